internal import ByteCoding
internal import Dispatch
internal import DurableFiles
internal import GatewayModel
internal import Synchronization

/// What upkeep remembers from one look to the next.
struct SeriesUpkeep: Sendable {
    var isMerging = false
    /// Blocks that could not be read in full.
    var damaged: Set<UInt64> = []
    /// When each day last got a block, in seconds since 1970.
    var daysGrew: [Int32: Int64] = [:]
    var clockTrust: ClockTrust?
    var wasDoubting = false
    /// When memory was last given back, in seconds of the process.
    var released: Int64 = 0
    /// The same of what the allocator holds, and the samples that had come in by then.
    var trimmed: (at: Int64, samples: Int64) = (0, 0)
}

extension SeriesStore {
    /// Does what the store does by itself from time to time: flushes what is old, drops what is too old or too much, merges in the background. For tests,
    /// which have no timer.
    package func maintain() async { await run(on: flushing) { self.tick() } }

    /// On the flush queue.
    func tick() {
        let now = configuration.clock()
        let (isOld, isStuck) = state.withLock { state in
            (state.activeSince.map { now.microseconds - $0.microseconds >= Int64(configuration.flushSeconds) * Timestamp.microsecondsPerSecond } ?? false, state.sealed != nil)
        }
        if isOld || isStuck { flushAndReport() }
        do throws(StorageError) {
            try dropOldDays(now)
            try dropByBudget(now)
        } catch {
            configuration.onEvent(.flushFailed(error))
        }
        scheduleMerge()
        releaseMemory()
    }

    /// Blocks that nobody has read for a while give their memory back, and so does the allocator: an idle store is small however much it keeps.
    private func releaseMemory() {
        let now = configuration.uptime()
        let samples = state.withLock { $0.totals.samples }
        let isTrimDue = upkeep.withLock { upkeep in
            guard now - upkeep.trimmed.at >= Self.trimSeconds, samples != upkeep.trimmed.samples else { return false }
            upkeep.trimmed = (now, samples)
            return true
        }
        // Batches come and go in the allocator's memory, tens of megabytes in a burst.
        if isTrimDue { ReleasedMemory.returnToSystem() }
        let isDue = upkeep.withLock { upkeep in
            guard now - upkeep.released >= Self.releaseSeconds else { return false }
            upkeep.released = now
            return true
        }
        guard isDue else { return }
        for block in state.withLock({ $0.blocks }) { block.releaseIfIdle() }
    }

    /// Seconds between two times that the allocator's free memory goes back, while samples come in: it takes some milliseconds.
    private static let trimSeconds: Int64 = 15

    /// Seconds between two looks at what memory is idle: a dashboard that refreshes each minute keeps what it reads.
    private static let releaseSeconds: Int64 = 90

    // MARK: Dropping days

    private func dropOldDays(_ now: Timestamp) throws(StorageError) {
        let newest = state.withLock { $0.blocks.map(\.entry.day).max() }
        let uptime = configuration.uptime()
        let (today, isNewDoubt) = upkeep.withLock { upkeep -> (Int32, Bool) in
            var trust = upkeep.clockTrust ?? ClockTrust(newest: newest ?? now.utcDay)
            let day = trust.day(today: now.utcDay, uptime: uptime)
            defer { (upkeep.clockTrust, upkeep.wasDoubting) = (trust, trust.isDoubting) }
            return (day, trust.isDoubting && !upkeep.wasDoubting)
        }
        if isNewDoubt { configuration.onEvent(.clockDoubted(now: now)) }
        try drop(before: configuration.firstKeptDay(today: today), byBudget: false)
    }

    private func dropByBudget(_ now: Timestamp) throws(StorageError) {
        var bytes: [Int32: Int64] = [:]
        for entry in manifest.withLock({ $0.blocks }) { bytes[entry.day, default: 0] += entry.bytes }
        let logBytes = Int64(log.withLock { $0.writer.end })
        guard let first = DiskBudget.firstKeptDay(bytes, fixedBytes: logBytes, bytesMax: configuration.diskBytesMax, today: now.utcDay) else { return }
        try drop(before: first, byBudget: true)
    }

    private func drop(before first: Int32, byBudget: Bool) throws(StorageError) {
        var manifest = self.manifest.withLock { $0 }
        let lost = manifest.blocks.filter { $0.day < first }
        guard !lost.isEmpty else { return }
        manifest.retainedFromDay = max(manifest.retainedFromDay ?? first, first)
        let numbers = Set(lost.map(\.number))
        try commit(&manifest, adding: [], dropping: numbers) { $0.retainedFromDay = max($0.retainedFromDay, first) }
        removeBlocks(numbers)
        configuration.onEvent(
            .dropped(beforeDay: SeriesPaths.dayName(first), blocks: lost.count, samples: lost.reduce(0) { $0 + $1.samples }, byBudget: byBudget))
    }
}

extension SeriesStoreConfiguration {
    /// The first UTC day whose samples are kept.
    func firstKeptDay(today: Int32) -> Int32 { Int32(clamping: Int64(today) - Int64(max(1, retentionDays))) }
}
