internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
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

    /// Drops the records of all days before this one, at once and for good. Records of these days that come later are kept as any others.
    ///
    /// - Parameter day: UTC days since 1970-01-01.
    /// - Returns: how many records went.
    package func drop(before day: Int32) async throws(StorageError) -> Int64 {
        try await onFlushQueue { () throws(StorageError) in
            try self.emptyMemory()
            return try self.drop(before: day, cause: .request)
        }
    }

    /// Drops the records of one UTC day, at once and for good. Records of that day that come later are kept as any others.
    ///
    /// - Returns: how many records went.
    package func drop(day: Int32) async throws(StorageError) -> Int64 {
        try await onFlushQueue { () throws(StorageError) in try self.dropNow(day: day) }
    }

    private func onFlushQueue<T: Sendable>(_ body: @escaping @Sendable () throws(StorageError) -> T) async throws(StorageError) -> T {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<T, StorageError>, Never>) in
            flushing.async {
                do throws(StorageError) { continuation.resume(returning: .success(try body())) } catch { continuation.resume(returning: .failure(error)) }
            }
        }
        return try result.get()
    }

    // MARK: On the flush queue

    /// Seconds between two tries of a flush that failed.
    private static let retrySeconds: Int64 = 2

    /// Seconds in which a part was not read before its memory is given back: longer than a dashboard waits between two looks.
    private static let releaseSeconds: Int64 = 90

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
        releaseIdleParts(now)
        if isSweepDue { sweepNow() } else { keepBudget(now) }
        scheduleMergeIfDue()
    }

    /// Parts that nobody has read for a while give their memory back: an idle store is small however much it keeps.
    private func releaseIdleParts(_ now: Timestamp) {
        let parts = state.withLock { state -> [Part] in
            let elapsed = state.lastRelease.map { abs(now.microseconds - $0.microseconds) / Timestamp.microsecondsPerSecond }
            guard elapsed.map({ $0 >= Self.releaseSeconds }) ?? true else { return [] }
            state.lastRelease = now
            return state.parts
        }
        for part in parts { part.releaseIfIdle() }
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

    /// Drops the days that are older than retention, and the oldest ones while the disk budget is exceeded.
    func sweepNow() {
        let now = configuration.clock()
        state.withLock { $0.lastSweep = now }
        let (first, today, began) = state.withLock { state in
            let wasDoubting = state.clockTrust.isDoubting
            let day = state.clockTrust.day(today: now.utcDay, uptime: configuration.uptime())
            return (Int32(clamping: Int64(day) - Int64(state.retentionDays)), day, !wasDoubting && state.clockTrust.isDoubting)
        }
        if began { configuration.onEvent(.clockDoubted(now: now)) }
        tryToDrop(before: first, cause: .retention)
        do throws(StorageError) { try dropOldTrends(today: Int32(clamping: today)) } catch { configuration.onEvent(.flushFailed(error)) }
        keepBudget(now)
    }

    /// Drops, or leaves everything as it is for the next sweep.
    private func tryToDrop(before first: Int32, cause: DropCause) {
        do throws(StorageError) {
            _ = try drop(before: first, cause: cause)
        } catch {
            state.withLock { $0.lastSweep = nil }
            configuration.onEvent(.flushFailed(error))
        }
    }

    /// Drops the oldest days while the store takes more than its budget.
    private func keepBudget(_ now: Timestamp) {
        guard configuration.diskBytesMax > 0 else { return }
        let first = state.withLock { state in
            var bytes: [Int32: Int64] = [:]
            for part in state.parts { bytes[part.directory.day, default: 0] += Int64(part.bytes + part.rollupBytes) }
            let fixedBytes = state.trends.reduce(Int64(state.logBytes)) { $0 + Int64($1.bytes) }
            return DiskBudget.firstKeptDay(bytes, fixedBytes: fixedBytes, bytesMax: configuration.diskBytesMax, today: now.utcDay)
        }
        if let first { tryToDrop(before: first, cause: .diskBudget) }
    }

    /// Drops whole days: from the manifest first, then from sight, then from the disk. Returns the records that went.
    private func drop(before first: Int32, cause: DropCause) throws(StorageError) -> Int64 {
        let (parts, hasRows) = state.withLock { state in (state.parts.filter { $0.directory.day < first }, state.hasRows(before: first)) }
        var manifest = manifest.withLock { $0 }
        let lost = manifest.parts.filter { $0.day < first }
        guard !lost.isEmpty || hasRows else { return 0 }
        let trends = try writeTrends(of: parts, cause: cause)
        manifest.generation += 1
        manifest.trends += trends.map { Manifest.Entry($0) }
        manifest.parts.removeAll { $0.day < first }
        manifest.retainedFromDay = max(manifest.retainedFromDay ?? first, first)
        let gone = hiddenSequences(of: state.withLock { $0.segments(before: first) })
        try commit(manifest, forgetting: gone)
        forgetDocuments(of: parts)
        let records = state.withLock { state in
            state.trends = (state.trends + trends).sorted { $0.trend.timeBounds.first < $1.trend.timeBounds.first }
            state.hidden.remove(gone)
            let records = state.drop(before: first) + lost.reduce(Int64(0)) { $0 + Int64($1.rows) }
            if cause == .diskBudget { state.noteBudget(before: first, records: records) }
            return records
        }
        forgetGoneSegments()
        removeFiles(of: lost)
        configuration.onEvent(.dropped(before: Timestamp(utcDay: first), parts: lost.count, records: records, cause: cause))
        return records
    }

    /// Writes all rows to parts, so that none that is dropped stands in a log.
    private func emptyMemory() throws(StorageError) {
        if state.withLock({ $0.sealed != nil }) { try flushNow() }
        try flushNow()
    }

    /// Drops one day's parts. See ``drop(day:)``.
    private func dropNow(day: Int32) throws(StorageError) -> Int64 {
        try emptyMemory()
        let parts = state.withLock { $0.parts.filter { $0.directory.day == day } }
        var manifest = manifest.withLock { $0 }
        let lost = manifest.parts.filter { $0.day == day }
        guard !lost.isEmpty else { return 0 }
        manifest.generation += 1
        manifest.parts.removeAll { $0.day == day }
        let gone = hiddenSequences(of: parts)
        try commit(manifest, forgetting: gone)
        forgetDocuments(of: parts)
        state.withLock { state in
            state.hidden.remove(gone)
            state.parts.removeAll { $0.directory.day == day }
        }
        forgetGoneSegments()
        removeFiles(of: lost)
        let records = lost.reduce(Int64(0)) { $0 + Int64($1.rows) }
        configuration.onEvent(.droppedDay(StorePaths.dayName(day), parts: lost.count, records: records))
        return records
    }

    private func removeFiles(of lost: [Manifest.Entry]) {
        for entry in lost {
            removePart(day: entry.day, number: entry.number)
            files.removeFolderIfEmpty(paths.day(entry.day))
        }
    }

    /// A dropped document may come again. What cannot be read any more stays refused until the next start.
    private func forgetDocuments(of parts: [Part]) {
        guard documents.withLock({ $0.isLoaded }) else { return }
        for part in parts {
            var found: [(UInt64, DocumentPlace)] = []
            try? DocumentHashes.forEach(in: part, key: key) { hash, place in found.append((hash, place)) }
            documents.withLock { documents in for (hash, place) in found { documents.forget(hash, place) } }
        }
    }
}

extension StoreState {
    fileprivate func segments(before first: Int32) -> [any RecordSegment] {
        let memory = [sealed?.generation, active].compactMap(\.self).flatMap { $0.days.filter { $0.key < first }.values.joined() }
        return parts.filter { $0.directory.day < first } + memory
    }

    fileprivate func hasRows(before first: Int32) -> Bool {
        active.days.keys.contains { $0 < first } || sealed?.generation.days.keys.contains { $0 < first } ?? false
    }

    /// Counts what the disk budget dropped, and remembers it for the answers that miss it.
    fileprivate mutating func noteBudget(before first: Int32, records: Int64) {
        budget.droppedRecords += records
        budget.firstDay = max(budget.firstDay ?? first, first)
    }

    /// Forgets the days before `first`; returns the rows in memory that went.
    fileprivate mutating func drop(before first: Int32) -> Int64 {
        parts.removeAll { $0.directory.day < first }
        retainedFromDay = max(retainedFromDay ?? first, first)
        return active.drop(before: first) + (sealed?.generation.drop(before: first) ?? 0)
    }
}
