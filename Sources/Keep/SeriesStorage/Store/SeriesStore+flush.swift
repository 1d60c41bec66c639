internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension SeriesStore {
    /// Writes all samples in memory to blocks; returns when that is done.
    package func flush() async throws(StorageError) {
        let result = await run(on: flushing) { () -> Result<Void, StorageError> in
            do throws(StorageError) { return .success(try self.flushNow()) } catch { return .failure(error) }
        }
        try result.get()
    }

    func scheduleFlushIfDue() {
        let isDue = state.withLock { state in state.activeBytes >= configuration.headBytesMax }
            || log.withLock { $0.writer.end >= configuration.logBytesMax }
        guard isDue, !isFlushScheduled.exchange(true, ordering: .relaxed) else { return }
        flushing.async { self.flushAndReport() }
    }

    /// On the flush queue. A flush that failed is tried again by the timer.
    func flushAndReport() {
        isFlushScheduled.store(false, ordering: .relaxed)
        do throws(StorageError) {
            try flushNow()
            state.withLock { $0.flushFailure = nil }
        } catch {
            state.withLock { $0.flushFailure = error }
            configuration.onEvent(.flushFailed(error))
        }
        updateObstacle()
        // Memory may have filled up again meanwhile, and with the door closed nobody else would ask.
        if state.withLock({ $0.flushFailure == nil }) { scheduleFlushIfDue() }
    }

    /// Keeps appenders out while memory is full: two generations may be in memory, and no more. They wait for a flush that goes on, and are refused when
    /// flushes fail.
    func updateObstacle() {
        queue.update {
            state.withLock { state in
                guard state.activeBytes >= (state.sealed == nil ? 2 : 1) * configuration.headBytesMax else { return nil }
                return state.flushFailure.map { .failing($0) } ?? .flushing
            }
        }
    }

    // MARK: On the flush queue

    private func flushNow() throws(StorageError) {
        // What an earlier flush could not write comes first.
        if state.withLock({ $0.sealed == nil }) { try seal() }
        guard let sealed = state.withLock({ $0.sealed }) else { return }
        let started = ContinuousClock.now
        let entries = try writeBlocks(sealed.series)
        try writeSide()
        var manifest = self.manifest.withLock { $0 }
        manifest.firstLog = sealed.nextLog
        // When this fails, which of the two copies of the manifest counts is not known: the blocks stay, and the samples in memory too. The next try writes
        // others.
        try commit(&manifest, adding: entries) { state in
            for series in sealed.series { unsafe series.sealed = HeadSamples() }
            state.sealed = nil
            state.totals.flushes += 1
            state.totals.flushedBytes += entries.reduce(0) { $0 + $1.bytes }
        }
        removeLogs(before: sealed.nextLog)
        let milliseconds = Int((ContinuousClock.now - started) / .milliseconds(1))
        configuration.onEvent(.flushed(samples: sealed.samples, blocks: entries.count, bytes: entries.reduce(0) { $0 + $1.bytes }, milliseconds: milliseconds))
        ReleasedMemory.returnToSystem()
    }

    /// Sets the samples in memory aside and begins a new log for those to come. Nothing happens when there are none.
    private func seal() throws(StorageError) {
        let result = writing.sync { () -> Result<Void, StorageError> in
            guard state.withLock({ $0.activeSamples > 0 }) else { return .success(()) }
            do throws(StorageError) {
                let next = try log.withLock { (log) throws(StorageError) -> UInt64 in
                    guard log.isOpen else { throw .closed }
                    try log.writer.roll()
                    return log.writer.number
                }
                state.withLock { $0.seal(nextLog: next) }
                return .success(())
            } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Writes a block for each UTC day that has samples, and opens none of them yet.
    private func writeBlocks(_ series: [KeptSeries]) throws(StorageError) -> [SeriesManifest.Entry] {
        let heads = state.withLock { _ in series.map(unsafe \.sealed) }
        var days: Set<Int32> = []
        for head in heads { days.formUnion(head.days) }
        var entries: [SeriesManifest.Entry] = []
        do throws(StorageError) {
            for day in days.sorted() {
                var writer = try SeriesBlockWriter(number: takeBlockNumber(), day: day, paths: paths, files: files)
                do throws(StorageError) {
                    try write(day, series, heads, to: &writer)
                    if writer.samples > 0 { entries.append(try writer.finish()) } else { writer.abandon() }
                } catch {
                    writer.abandon()
                    throw error
                }
            }
        } catch {
            for entry in entries { try? files.remove(paths.block(entry.number)) }
            throw error
        }
        return entries
    }

    /// The number of a new block: never given twice, whatever becomes of the block.
    func takeBlockNumber() -> UInt64 {
        manifest.withLock { manifest in
            defer { manifest.nextBlock += 1 }
            return manifest.nextBlock
        }
    }

    private func write(_ day: Int32, _ series: [KeptSeries], _ heads: [HeadSamples], to writer: inout SeriesBlockWriter) throws(StorageError) {
        let from = Int64(day) * Self.dayMilliseconds
        let through = from + Self.dayMilliseconds - 1
        var samples = SampleColumns()
        for (series, head) in zip(series, heads) {
            var pieces = SeriesPieces()
            pieces.add(head, from: from, through: through)
            samples.removeAll()
            pieces.read(from: from, through: through, into: &samples) { self.noteDamage($0) }
            if samples.count > 0 { try writer.add(series.id, key: series.key, samples) }
        }
    }

    /// Puts a manifest in place that names further blocks, opens them, and lets readers see them in one step with what `change` does.
    func commit(
        _ manifest: inout SeriesManifest, adding entries: [SeriesManifest.Entry], dropping dropped: Set<UInt64> = [], _ change: @escaping (inout SeriesState) -> Void
    ) throws(StorageError) {
        var opened: [SeriesBlock] = []
        for entry in entries { opened.append(try SeriesBlock(opening: entry, paths, files)) }
        manifest.generation += 1
        manifest.blocks.removeAll { dropped.contains($0.number) }
        manifest.blocks = (manifest.blocks + entries).sorted { $0.number < $1.number }
        manifest.nextSeries = state.withLock { $0.directory.nextID }
        do throws(StorageError) {
            try paths.manifest.commit(manifest, files)
        } catch {
            // One of the two copies may name the blocks already: this generation is not used again, as their numbers are not.
            let generation = manifest.generation
            self.manifest.withLock { $0.generation = generation }
            throw error
        }
        let now = configuration.clock().microseconds / Timestamp.microsecondsPerSecond
        upkeep.withLock { upkeep in for entry in entries where dropped.isEmpty { upkeep.daysGrew[entry.day] = now } }
        let committed = manifest
        self.manifest.withLock { known in
            // A merge may have taken a number meanwhile.
            let nextBlock = max(known.nextBlock, committed.nextBlock)
            known = committed
            known.nextBlock = nextBlock
        }
        // The write queue alone changes what series hold.
        writing.sync {
            state.withLock { state in
                for block in state.blocks where dropped.contains(block.entry.number) { for id in block.seriesIDs { unsafe state.directory[id]?.blocks -= 1 } }
                state.blocks.removeAll { dropped.contains($0.entry.number) }
                for block in opened { for id in block.seriesIDs { unsafe state.directory[id]?.blocks += 1 } }
                state.blocks = (state.blocks + opened).sorted { $0.entry.number < $1.entry.number }
                change(&state)
                state.directory.removeEmpty()
            }
        }
        for block in opened { block.releasePages() }
    }

    private func writeSide() throws(StorageError) {
        let (metadata, exemplars) = state.withLock { state in
            (state.metadata.flatMap { family, known in known.map { SampleBatch.FamilyMetadata(family: family, metadata: $0) } },
                state.exemplars.all.map { (id: $0.series, exemplar: $0.exemplar) })
        }
        try files.replace(paths.metadata, with: SideFile.encode(metadata, exemplars))
    }

    /// What remains is removed at the next start.
    private func removeLogs(before number: UInt64) {
        guard let names = try? files.list(paths.logs.path) else { return }
        for name in names {
            if let log = FilePaths.number(name, suffix: LogFolder.suffix), log < number { try? files.remove(paths.logs.path + "/" + name) }
        }
    }
}

extension SeriesState {
    /// Sets the samples in memory aside; series without any stay as they are.
    fileprivate mutating func seal(nextLog: UInt64) {
        var moved: [KeptSeries] = []
        for case let series? in directory.series where unsafe !series.active.isEmpty {
            unsafe series.sealed = unsafe series.active
            unsafe series.active = HeadSamples()
            moved.append(series)
        }
        sealed = Sealed(series: moved, samples: activeSamples, nextLog: nextLog)
        generation += 1
        activeBytes = 0
        activeSamples = 0
        activeSince = nil
    }
}

extension HeadSamples {
    /// The UTC days on which there are samples, and perhaps days between these.
    fileprivate var days: Set<Int32> {
        var days: Set<Int32> = []
        func add(_ first: Int64, _ last: Int64) { days.formUnion(SeriesBlockFormat.day(of: first)...SeriesBlockFormat.day(of: last)) }
        for chunk in closed { add(chunk.first, chunk.last) }
        if let open, openCount > 0 { for index in 0..<openCount { days.insert(SeriesBlockFormat.day(of: open.time(index))) } }
        for time in lateTimes { days.insert(SeriesBlockFormat.day(of: time)) }
        for sample in histograms { days.insert(SeriesBlockFormat.day(of: sample.time)) }
        return days
    }
}
