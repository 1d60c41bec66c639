internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension RequestStore {
    /// See ``RequestWriter/append(_:identity:)``. Rows without `time` get the time of their arrival.
    ///
    /// A batch of more than 16,384 rows is several frames of the log; if the process dies before it is acknowledged it is there whole or not at all.
    /// Cancelling the task does not take a batch back.
    /// - Throws: ``StorageError/full(reason:)``, ``StorageError/closed`` or ``StorageError/system(operation:file:code:)``; nothing of the batch is stored then.
    package func append(_ batch: RecordBatch, identity: BatchIdentity) async throws(StorageError) -> AppendReceipt {
        guard batch.count > 0 || !identity.deletions.isEmpty else { return AppendReceipt(firstSequence: state.withLock { $0.sequence } + 1) }
        let bytes = batch.memoryBytes + identity.deletions.count * Self.deletionBytes
        try await queue.enter(bytes)
        return try await enqueue(PreparedAppend(batch.completingTimes(configuration.clock()), identity, key: key), bytes)
    }

    /// Bytes that a deletion counts at the door.
    static let deletionBytes = 64

    /// Hands an append that has come in to the writer and waits for what becomes of it.
    func enqueue(_ prepared: PreparedAppend, _ bytes: Int) async throws(StorageError) -> AppendReceipt {
        let result = await withCheckedContinuation { (continuation: AppendContinuation) in
            let mustWake = queue.push(QueuedAppend(prepared: prepared, continuation: continuation), bytes: prepared.bytes)
            if mustWake { writing.async { self.drain() } }
        }
        queue.leave(bytes)
        return try result.get()
    }

    // MARK: On the write queue

    /// Writes a group and comes again until nobody waits. It goes to the queue's end in between: a flush that wants to seal the log must get
    /// its turn also when appenders never pause.
    private func drain() {
        let group = queue.take(bytesMax: configuration.groupBytesMax)
        if group.isEmpty { return }
        write(group)
        writing.async { self.drain() }
    }

    private func write(_ group: [QueuedAppend]) {
        let results: [Result<NumberedAppend, StorageError>]
        var noted: [UInt64] = []
        do throws(StorageError) {
            try checkSpace()
            loadWhatIsAsked(group)
            results = try log.withLock { (log) throws(StorageError) in
                guard log.isOpen else { throw .closed }
                let results = number(group, &log.nextSequence, &noted)
                let frames = results.compactMap { try? $0.get() }.filter { !$0.frames.isEmpty }.map { ($0.receipt.firstSequence, $0.frames) }
                if !frames.isEmpty { try log.writer.append(frames) }
                return results
            }
        } catch {
            messages.withLock { messages in for key in noted { messages.table.remove(key) } }
            refuse(group, error)
            return
        }
        let numbered = results.compactMap { try? $0.get() }
        if !numbered.isEmpty { publish(numbered) }
        for (append, result) in zip(group, results) { append.continuation.resume(returning: result.map(\.receipt)) }
        scheduleFlushIfDue()
        updateObstacle()
    }

    /// Numbers of a group that fails later are not used again: it may be on the disk in part.
    private func number(_ group: [QueuedAppend], _ next: inout Int64, _ noted: inout [UInt64]) -> [Result<NumberedAppend, StorageError>] {
        let hidden = state.withLock { $0.hidden }
        let now = configuration.clock()
        var numbering = SequenceNumbering(
            next: next, known: known(group), hiddenRoom: max(0, configuration.hiddenRecordsMax - hidden.count), key: key, isHidden: { hidden.contains($0) })
        let results = messages.withLock { messages in
            group.map { append -> Result<NumberedAppend, StorageError> in
                do throws(StorageError) {
                    return .success(try numbering.number(append.prepared, &messages.table, noted: &noted, now: now))
                } catch { return .failure(error) }
            }
        }
        next = numbering.next
        return results
    }

    /// Where the group's documents are that are stored already.
    private func known(_ group: [QueuedAppend]) -> [UInt64: DocumentPlace?] {
        guard group.contains(where: { $0.prepared.asksForDocuments }) else { return [:] }
        var known: [UInt64: DocumentPlace?] = [:]
        documents.withLock { documents in
            for append in group { for hash in append.prepared.documentHashes { if let place = documents.place(hash) { known[hash] = place } } }
        }
        return known
    }

    private func checkSpace() throws(StorageError) {
        if let reason = lowSpace() { throw .full(reason: reason) }
    }

    /// Why the disk counts as full; nil when there is enough room (or the system does not say).
    func lowSpace() -> String? {
        files.lowSpace(paths.root, bytesMin: configuration.freeBytesMin)
    }

    private func refuse(_ group: [QueuedAppend], _ error: StorageError) {
        let isNew = state.withLock { state in
            defer { state.refusal = error }
            return state.refusal == nil
        }
        if isNew { configuration.onEvent(.refused(error)) }
        for append in group { append.continuation.resume(returning: .failure(error)) }
    }

    /// Makes the rows visible.
    private func publish(_ appends: [NumberedAppend]) {
        let now = configuration.clock()
        let days = PartitionDays(now: now, retentionDays: state.withLock { $0.retentionDays })
        let pieces = appends.flatMap { append in
            append.batch.map { days.split($0) }?.map { (segment: BatchSegment($0.batch), day: $0.day, bytes: $0.batch.memoryBytes) } ?? []
        }
        let hidden = appends.flatMap(\.hidden)
        documents.withLock { documents in for append in appends { documents.note(append.documents) } }
        let (mustMerge, wasRefusing) = state.withLock { state in
            // In the same step as the new rows, so that nobody sees both records of a document, or neither.
            if !hidden.isEmpty { state.hidden.insert(hidden) }
            for piece in pieces { state.active.append(piece.segment, day: piece.day, bytes: piece.bytes, now: now) }
            state.sequence = appends.reduce(state.sequence) { max($0, $1.lastSequence) }
            let bytes = appends.reduce(0) { $0 + $1.bytes }
            state.logBytes += bytes
            state.active.logBytes += bytes
            state.syncs += bytes > 0 ? 1 : 0
            state.batches += Int64(appends.count)
            let wasRefusing = state.refusal != nil
            state.refusal = nil
            let mustMerge = !state.isMergeScheduled && pieces.contains { (state.active.days[$0.day]?.count ?? 0) >= MergePlan.fanIn }
            if mustMerge { state.isMergeScheduled = true }
            return (mustMerge, wasRefusing)
        }
        if wasRefusing { configuration.onEvent(.accepting) }
        if mustMerge { merging.async { self.mergeMemory() } }
    }

    /// Lets appenders in, makes them wait or refuses them, as memory stands.
    func updateObstacle() {
        queue.update {
            state.withLock { state in
                guard state.isFull(configuration) else { return nil }
                return state.flushFailure.map { .failing($0.error) } ?? .flushing
            }
        }
    }

    // MARK: On the merge queue

    private func mergeMemory() {
        while true {
            let (generation, merges) = state.withLock { state in
                let merges = state.active.merges()
                if merges.isEmpty { state.isMergeScheduled = false }
                return (state.active.number, merges)
            }
            if merges.isEmpty { return }
            for merge in merges {
                let merged = BatchSegment(RecordBatch.concatenating(merge.segments.map(\.batch)))
                state.withLock { state in
                    guard state.active.number == generation else { return }
                    state.active.replace(day: merge.day, run: merge.run, sources: merge.segments, with: merged)
                }
            }
            forgetGoneSegments()
        }
    }
}

extension RecordBatch {
    /// The batch with `now` for every time that is absent, and without numbers of its own.
    fileprivate func completingTimes(_ now: Timestamp) -> RecordBatch {
        var result = self
        if self[.sequence] != nil { result[.sequence] = nil }
        guard let times = integers(.time) else {
            result[.time] = .integers([Int64](repeating: now.microseconds, count: count))
            return result
        }
        if times.contains(absentInteger) { result[.time] = .integers(times.map { $0 == absentInteger ? now.microseconds : $0 }) }
        return result
    }
}
