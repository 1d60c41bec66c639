internal import Synchronization
package import GatewayModel

/// What the ledger says of a range: sums by source, over the whole range and by bucket.
package struct CompletenessReport: Sendable {
    /// The sums of one source, of one bucket of it, or of all sources.
    package struct Figures: Sendable {
        package internal(set) var cell = LedgerCell()
        /// Calls completed in the settled minutes of which the gateway's own count is known; nil when it is known of none.
        package internal(set) var expected: Int64?
        /// Distinct records here that completed in those minutes.
        package internal(set) var arrived: Int64 = 0
        /// Numerators and denominators of several sources added up; nil for a single source.
        var ratioParts: (present: Int64, due: Int64)?

        /// What of the due is here: of the calls that the gateway counted where it does, else of the documents that were received. Nil when nothing was due.
        package var completeness: Double? {
            let (present, due) = ratioParts ?? parts
            return due > 0 ? Double(present) / Double(due) : nil
        }

        var parts: (present: Int64, due: Int64) {
            if let expected { return (arrived, expected) }
            return (cell.accounted, cell.received)
        }

        mutating func add(_ cell: LedgerCell, isSettled: Bool) {
            self.cell.add(cell)
            guard isSettled, let count = cell.expected else { return }
            expected = (expected ?? 0).addingClamped(count)
            arrived += cell.completed
        }

        mutating func add(_ other: Figures) {
            let mine = ratioParts ?? (0, 0)
            let theirs = other.parts
            cell.add(other.cell)
            if let count = other.expected { expected = (expected ?? 0).addingClamped(count) }
            arrived += other.arrived
            ratioParts = (mine.present.addingClamped(theirs.present), mine.due.addingClamped(theirs.due))
        }
    }

    package struct Source: Sendable {
        package let source: LedgerSource
        package internal(set) var total = Figures()
        /// One for each bucket, in their order; empty without buckets.
        package internal(set) var buckets: [Figures]
        /// Completion time of the newest record that ever came; nil when none did since the ledger's memory begins.
        package internal(set) var newest: Timestamp?
        /// What is wrong with reading the gateway's own counters; nil when nothing is.
        package internal(set) var trouble: String?
    }

    package let range: TimeRange
    package let now: Timestamp
    /// Minutes before this instant are compared with the gateway's own counts: by then a record that is not late has come.
    package let settledTo: Timestamp
    /// By name; sources that had anything in the range.
    package let sources: [Source]
    package let total: Figures
    /// About the ledger itself: sentences for people, empty when all is well.
    package let ledgerNotes: [String]
}

extension CompletenessLedger {
    /// Buckets times sources in one report at most: what is more than a screen can show.
    package static let bucketsMax = 2_000

    /// What is known of a range. Whole minutes are counted: those that the range touches; before the last three days quarter hours.
    ///
    /// - Parameter edges: of the buckets, ascending, one more than there are buckets; empty for none.
    package func report(_ range: TimeRange, edges: [Timestamp] = []) -> CompletenessReport {
        let now = clockNow
        let settledTo = Timestamp(microseconds: now.microseconds - Int64(settings.lateSeconds) * Timestamp.microsecondsPerSecond)
        let settledMinute = Int32(clamping: floorMinute(settledTo.microseconds))
        let first = Int32(clamping: floorMinute(range.from.microseconds))
        let last = Int32(clamping: floorMinute(range.to.microseconds - 1))
        let firstInMemory = state.withLock { $0.firstMinute }
        let newest = state.withLock { $0.newest }
        var sources: [LedgerSource: CompletenessReport.Source] = [:]
        func take(_ entry: LedgerLine.Entry) {
            let isSettled = entry.minute < settledMinute
            var source = sources[entry.source] ?? CompletenessReport.Source(
                source: entry.source, buckets: Array(repeating: CompletenessReport.Figures(), count: max(0, edges.count - 1)))
            source.total.add(entry.cell, isSettled: isSettled)
            if let bucket = Self.bucket(of: max(Int64(entry.minute) * 60_000_000, range.from.microseconds), edges) {
                source.buckets[bucket].add(entry.cell, isSettled: isSettled)
            }
            sources[entry.source] = source
        }
        for entry in recentEntries(first...max(first, last)) { take(entry) }
        if first < firstInMemory { for entry in olderEntries(first, min(last, firstInMemory - 1)) { take(entry) } }
        let troubles = counterTroubles.withLock { $0 }
        for source in sources.keys { sources[source]?.newest = newest[source] }
        for (source, sentence) in troubles {
            sources[source, default: CompletenessReport.Source(source: source, buckets: [])].trouble = sentence
        }
        let sorted = sources.values.sorted { $0.source < $1.source }
        var total = CompletenessReport.Figures()
        for source in sorted { total.add(source.total) }
        return CompletenessReport(range: range, now: now, settledTo: settledTo, sources: sorted, total: total, ledgerNotes: notes)
    }

    private func recentEntries(_ minutes: ClosedRange<Int32>) -> [LedgerLine.Entry] {
        state.withLock { state in
            state.cells.filter { minutes.contains($0.key.minute) }.map { LedgerLine.Entry(minute: $0.key.minute, source: $0.key.source, cell: $0.value) }
        }
    }

    /// Entries that are only on disk.
    private func olderEntries(_ first: Int32, _ last: Int32) -> [LedgerLine.Entry] {
        guard let folder, first <= last else { return [] }
        // A quarter hour that the range begins in counts whole.
        let first = LedgerState.floor(first, LedgerState.olderMinutes)
        let days = folder.days().filter { $0 >= first.day && $0 <= last.day }
        return days.flatMap { day in
            if let known = olderDays.withLock({ $0.entries(day) }) { return known.filter { $0.minute >= first && $0.minute <= last } }
            guard let content = folder.read(day: day), !content.isFromTheFuture else { return [] }
            let entries = Self.lastWords(content.entries)
            // Files that still grow are read anew each time.
            if content.header?.minutes == LedgerState.olderMinutes { olderDays.withLock { $0.keep(entries, day) } }
            return entries.filter { $0.minute >= first && $0.minute <= last }
        }
    }

    private static func bucket(of time: Int64, _ edges: [Timestamp]) -> Int? {
        guard edges.count > 1, let from = edges.first, let to = edges.last, time >= from.microseconds, time < to.microseconds else { return nil }
        var (low, high) = (0, edges.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if edges[middle].microseconds <= time { low = middle } else { high = middle }
        }
        return low
    }
}
