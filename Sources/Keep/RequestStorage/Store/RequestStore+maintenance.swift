internal import ByteCoding
internal import Dispatch
internal import GatewayModel
internal import Synchronization

extension RequestStore {
    /// Does what is due: flushes rows that have waited long, tries again what failed, drops days that are too old. The store does this by
    /// itself every ``StoreConfiguration/tickSeconds``.
    package func maintain() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            flushing.async {
                self.maintainNow()
                continuation.resume()
            }
        }
    }

    /// Sets how long single records are kept and drops at once what is older. Takes effect for this process; the setting is the caller's to keep.
    ///
    /// - Parameter days: at least 1; less counts as 1.
    package func setRetention(days: Int) async {
        state.withLock { $0.retentionDays = max(1, days) }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            flushing.async {
                self.sweepNow()
                continuation.resume()
            }
        }
    }

    // MARK: On the flush queue

    /// Seconds between two tries of a flush that failed.
    private static let retrySeconds: Int64 = 2

    func maintainNow() {
        let now = configuration.clock()
        writing.sync { repairLog() }
        let (isFlushDue, isSweepDue) = state.withLock { state in
            // A clock that was set back must not stop anything: then the last time lies in the future.
            let waited = state.flushFailure.map { abs(now.microseconds - $0.at.microseconds) / Timestamp.microsecondsPerSecond }
            let isRetryDue = waited.map { $0 >= Self.retrySeconds } ?? (state.sealed != nil)
            let isAged = state.flushFailure == nil && (state.isFlushAged(configuration, now: now) || state.isFlushDue(configuration))
            let swept = state.lastSweep.map { abs(now.microseconds - $0.microseconds) / Timestamp.microsecondsPerSecond }
            return (isRetryDue || isAged, swept.map { $0 >= Int64(configuration.sweepSeconds) } ?? true)
        }
        if isFlushDue { flushAndReport() }
        if isSweepDue { sweepNow() }
        scheduleMergeIfDue()
    }

    /// Begins a new log in place of one that failed, so that the store becomes ready again without waiting for an append.
    private func repairLog() {
        let repaired = log.withLock { log -> String? in
            guard log.isOpen, log.writer.failure != nil, (try? log.writer.roll()) != nil else { return nil }
            return paths.relative(paths.log(log.writer.number))
        }
        let isAccepting = lowSpace() == nil && log.withLock { $0.writer.failure == nil }
        let wasRefusing = isAccepting && state.withLock { state in
            defer { state.refusal = nil }
            return state.refusal != nil
        }
        if let repaired { configuration.onEvent(.logReplaced(file: repaired)) }
        if wasRefusing { configuration.onEvent(.accepting) }
    }

    /// Drops the days that are older than retention: from the manifest first, then from sight, then from the disk.
    func sweepNow() {
        let now = configuration.clock()
        let (first, parts, hasRows) = state.withLock { state in
            state.lastSweep = now
            let first = Int32(clamping: Int64(now.utcDay) - Int64(state.retentionDays))
            return (first, state.parts.filter { $0.directory.day < first }, state.hasRows(before: first))
        }
        var manifest = manifest.withLock { $0 }
        let lost = manifest.parts.filter { $0.day < first }
        guard !lost.isEmpty || hasRows else { return }
        manifest.generation += 1
        manifest.parts.removeAll { $0.day < first }
        manifest.retainedFromDay = max(manifest.retainedFromDay ?? first, first)
        do throws(StorageError) {
            try commit(manifest)
        } catch {
            // Nothing has changed; the next sweep tries again.
            state.withLock { $0.lastSweep = nil }
            return configuration.onEvent(.flushFailed(error))
        }
        forgetDocuments(of: parts)
        let rows = state.withLock { $0.drop(before: first) }
        for entry in lost {
            removePart(day: entry.day, number: entry.number)
            files.removeFolderIfEmpty(paths.day(entry.day))
        }
        let records = rows + lost.reduce(Int64(0)) { $0 + Int64($1.rows) }
        configuration.onEvent(.dropped(before: Timestamp(microseconds: Int64(first) * Timestamp.microsecondsPerDay), parts: lost.count, records: records))
    }

    /// A dropped document may come again. What cannot be read any more stays refused until the next start.
    private func forgetDocuments(of parts: [Part]) {
        for part in parts {
            var found: [(UInt64, Int64)] = []
            try? DocumentHashes.forEach(in: part, key: key) { hash, sequence in found.append((hash, sequence)) }
            documents.withLock { documents in for (hash, sequence) in found { documents.remove(hash, value: sequence) } }
        }
    }
}

extension StoreState {
    fileprivate func hasRows(before first: Int32) -> Bool {
        active.days.keys.contains { $0 < first } || sealed?.generation.days.keys.contains { $0 < first } ?? false
    }

    /// Forgets the days before `first`; returns the rows in memory that went.
    fileprivate mutating func drop(before first: Int32) -> Int64 {
        parts.removeAll { $0.directory.day < first }
        retainedFromDay = max(retainedFromDay ?? first, first)
        return active.drop(before: first) + (sealed?.generation.drop(before: first) ?? 0)
    }
}
