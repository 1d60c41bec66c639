internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension RequestStore {
    /// Writes all rows that are in memory to parts and returns when they are there. Appends go on meanwhile.
    ///
    /// - Throws: what kept the parts from being written; the rows stay in memory and in the log, and it is tried again by itself.
    package func flush() async throws(StorageError) {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, StorageError>, Never>) in
            flushing.async {
                do throws(StorageError) {
                    // Rows that an earlier try left come first, then those that came since.
                    if self.state.withLock({ $0.sealed != nil }) { try self.flushNow() }
                    try self.flushNow()
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
    }

    /// Starts a flush when memory or the log is full and none is on its way. After a failure the tick tries again, not every append.
    func scheduleFlushIfDue() {
        let mustSchedule = state.withLock { state in
            guard !state.isFlushScheduled, state.sealed == nil, state.isFlushDue(configuration) else { return false }
            state.isFlushScheduled = true
            return true
        }
        guard mustSchedule else { return }
        flushing.async {
            self.state.withLock { $0.isFlushScheduled = false }
            self.flushAndReport()
        }
    }

    // MARK: On the flush queue

    func flushAndReport() {
        do throws(StorageError) {
            try flushNow()
        } catch {
            configuration.onEvent(.flushFailed(error))
        }
        // What came while this ran may fill memory again.
        scheduleFlushIfDue()
    }

    /// Seals the rows in memory, unless an earlier try left sealed ones, and makes parts of them.
    func flushNow() throws(StorageError) {
        state.withLock { $0.isFlushing = true }
        defer { state.withLock { $0.isFlushing = false } }
        do throws(StorageError) {
            // Deletions alone fill the log too.
            if state.withLock({ $0.sealed == nil && (!$0.active.isEmpty || $0.isFlushDue(configuration)) }) { try seal() }
            if let sealed = state.withLock({ $0.sealed }) { try finish(sealed) }
            state.withLock { $0.flushFailure = nil }
        } catch {
            let now = configuration.clock()
            state.withLock { state in
                state.flushFailure = (error, now)
                state.flushFailures += 1
            }
            updateObstacle()
            throw error
        }
        updateObstacle()
    }

    /// Begins a new log and sets the rows in memory aside: those in older logs, and only those.
    private func seal() throws(StorageError) {
        let result = writing.sync { () -> Result<Void, StorageError> in
            do throws(StorageError) {
                let next = try log.withLock { (log) throws(StorageError) in
                    try log.writer.roll()
                    return log.writer.number
                }
                state.withLock { state in
                    state.sealed = StoreState.Sealed(generation: state.active, nextLog: next)
                    state.active = MemoryGeneration(number: state.active.number + 1)
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Writes the parts, lets them count, shows them in place of the rows in memory, and removes the logs they came from.
    private func finish(_ sealed: StoreState.Sealed) throws(StorageError) {
        let began = configuration.clock()
        let parts: [Part]
        var leftOut = sealed.leftOut
        if let written = sealed.parts {
            parts = written
        } else {
            let written = try writeParts(sealed.generation)
            parts = written.parts
            leftOut = written.leftOut
            state.withLock { state in
                state.sealed?.parts = parts
                state.sealed?.leftOut = leftOut
            }
        }
        var manifest = manifest.withLock { $0 }
        let oldLogs = manifest.firstLog..<sealed.nextLog
        manifest.generation += 1
        manifest.firstLog = sealed.nextLog
        manifest.nextSequence = max(manifest.nextSequence, state.withLock { $0.sequence } + 1)
        manifest.parts += parts.map { Manifest.Entry($0) }
        try commit(manifest, forgetting: leftOut)
        state.withLock { state in
            state.hidden.remove(leftOut)
            for part in parts {
                state.insert(part)
                state.merging.written[part.directory.number] = began
                state.merging.flushedBytes += Int64(part.bytes)
            }
            state.sealed = nil
            state.flushes += 1
        }
        for log in oldLogs { removeLog(log) }
        forgetGoneSegments()
        // The rows' memory goes back to the system, not only to the allocator: idle stores are small.
        ReleasedMemory.returnToSystem()
        let milliseconds = (configuration.clock().microseconds - began.microseconds) / 1_000
        let bytes = parts.reduce(Int64(0)) { $0 + Int64($1.bytes) }
        configuration.onEvent(.flushed(rows: sealed.generation.rows, parts: parts.count, bytes: bytes, milliseconds: Int(milliseconds)))
    }

    private func writeParts(_ generation: MemoryGeneration) throws(StorageError) -> (parts: [Part], leftOut: [Int64]) {
        var parts: [Part] = []
        var leftOut: [Int64] = []
        do throws(StorageError) {
            for (day, segments) in generation.days.sorted(by: { $0.key < $1.key }) {
                let (batches, hidden) = shownBatches(of: segments)
                if !batches.isEmpty { parts.append(try writePart(batches, day: day)) }
                leftOut += hidden
            }
            if !parts.isEmpty { try files.synchronizeFolder(paths.parts) }
        } catch {
            for part in parts { removePart(day: part.directory.day, number: part.directory.number) }
            throw error
        }
        return (parts, leftOut)
    }

    private func writePart(_ batches: [RecordBatch], day: Int32) throws(StorageError) -> Part {
        let number = nextPartNumber()
        let path = paths.part(day: day, number: number)
        try files.createFolder(paths.day(day))
        _ = try PartWriter.write(batches, day: day, number: number, to: path, files: files)
        return try completePart(at: path, day: day)
    }

    /// Lets a manifest count, on disk first, with the list of hidden records as they are now.
    ///
    /// - Parameter gone: hidden records that no part has any more when this manifest counts. The caller takes them out of the state with the change of parts.
    func commit(_ manifest: Manifest, forgetting gone: [Int64] = []) throws(StorageError) {
        var manifest = manifest
        let listed = try listHidden(in: &manifest, forgetting: gone)
        try paths.manifest.commit(manifest, files)
        let list = self.manifest.withLock { $0.hidden }
        if let list, list != manifest.hidden { try? files.remove(paths.hidden(list.number)) }
        listedVersion.withLock { $0 = listed }
        self.manifest.withLock { current in
            manifest.nextPart = max(manifest.nextPart, current.nextPart)
            current = manifest
        }
    }

    /// Removes a log that is not needed any more; what cannot be removed now is removed at the next start.
    private func removeLog(_ number: UInt64) {
        let path = paths.log(number)
        let bytes = (try? files.image(path))?.count ?? 0
        try? files.remove(path)
        state.withLock { $0.logBytes = max(0, $0.logBytes - bytes) }
    }
}
