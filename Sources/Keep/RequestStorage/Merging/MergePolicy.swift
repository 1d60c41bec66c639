internal import GatewayModel

/// Which parts are merged next: a pure decision over what is there.
///
/// Parts of one UTC day are merged with each other only, so that days can be dropped whole and late records stay in their day.
///
/// - **A growing day** is size-tiered like a log-structured merge tree: a tier spans a factor of ``fanIn`` in rows, and that many parts of a tier
///   (with all smaller ones) become one of a higher tier. So a row is written again at most once a tier.
/// - **A closed day**, some hours after its end, becomes one part, or as few as the limit of rows allows, its parts then lying one behind the
///   other in time. Late records wait as small parts of their day until they are an eighth of its largest part, or until nothing came for a day.
/// - **A part with many hidden rows** is written again without them.
///
/// What a row costs: once in the flush, at most once in each of the tiers that ``PolicySettings/rowsMax`` has, and once when its day closes; a late
/// row causes at most nine rows to be written when its day is put together again. ``writesMax(_:)`` says the sum for rows that are not late.
enum MergePolicy {
    /// Parts of a tier that become one.
    static let fanIn = 8

    /// What the policy sees of a part.
    struct Candidate: Sendable, Equatable {
        var day: Int32
        var number: UInt64
        var rows: Int
        var bytes: Int
        var hiddenRows = 0
        var firstTime: Int64 = 0
        /// When this process wrote it; nil for parts that were there before it.
        var written: Timestamp?
    }

    struct PolicySettings: Sendable {
        /// Rows of a merged part at most.
        var rowsMax: Int
        /// Parts of a merge at most.
        var sourcesMax: Int
        /// Seconds after its end from which a day counts as closed.
        var closedSeconds: Int
        /// Seconds without a new part before a closed day is put together.
        var settleSeconds: Int
        /// Seconds without a new part after which also few late records are merged into a closed day.
        var lateSeconds: Int
        /// A part is written again without its hidden rows when they are more than one in so many.
        var hiddenOneIn: Int
    }

    /// A merge that is due: parts of one day, at least two, or one with many hidden rows.
    struct Merge: Sendable, Equatable {
        var parts: [Candidate]
        var rows: Int { parts.reduce(0) { $0 + $1.rows } }
        var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }
    }

    /// Every merge that is due now, the most useful for its price first; no part stands in two of them.
    ///
    /// - Parameters:
    ///   - opened: when this process opened the store.
    ///   - isWhole: everything is put together as far as the limits allow, whatever it costs: for a store that is made ready for a benchmark or an archive.
    static func due(_ parts: [Candidate], now: Timestamp, opened: Timestamp, _ settings: PolicySettings, isWhole: Bool = false) -> [Merge] {
        var merges: [Merge] = []
        for (day, parts) in Dictionary(grouping: parts, by: \.day) {
            let parts = parts.sorted { ($0.firstTime, $0.number) < ($1.firstTime, $1.number) }
            if isWhole { merges += groups(parts, settings) } else { merges += due(day: day, parts, now, opened, settings) }
        }
        return merges.sorted { price($0) != price($1) ? price($0) < price($1) : ($0.parts[0].day, $0.parts[0].number) < ($1.parts[0].day, $1.parts[0].number) }
    }

    /// How often a row that is not late is written at most: by the flush, by merges of every tier above that of the smallest flush, and when its day closes.
    static func writesMax(_ settings: PolicySettings) -> Int { 2 + tier(rows: settings.rowsMax) }

    /// floor(log8(rows)).
    static func tier(rows: Int) -> Int { rows < 1 ? 0 : (Int.bitWidth - 1 - rows.leadingZeroBitCount) / 3 }

    // MARK: One day

    private static func due(day: Int32, _ parts: [Candidate], _ now: Timestamp, _ opened: Timestamp, _ settings: PolicySettings) -> [Merge] {
        var rest = parts
        var merges: [Merge] = []
        if isClosed(day, now, settings) {
            merges = groups(parts, settings).filter { isWorthIt($0, now, opened, settings) }
        } else if let merge = tiered(parts, settings) {
            merges = [merge]
        }
        let taken = Set(merges.flatMap { $0.parts.map(\.number) })
        rest.removeAll { taken.contains($0.number) }
        if isClosed(day, now, settings), let merge = tiered(rest, settings) {
            merges.append(merge)
            rest.removeAll { part in merge.parts.contains { $0.number == part.number } }
        }
        // A hidden row costs every reader of its block; one in some is worth writing the others again.
        return merges + rest.filter { hasManyHidden($0, settings) }.map { Merge(parts: [$0]) }
    }

    private static func isClosed(_ day: Int32, _ now: Timestamp, _ settings: PolicySettings) -> Bool {
        let end = (Int64(day) + 1) * Timestamp.microsecondsPerDay
        return now.microseconds >= end + Int64(settings.closedSeconds) * Timestamp.microsecondsPerSecond
    }

    private static func hasManyHidden(_ part: Candidate, _ settings: PolicySettings) -> Bool {
        part.hiddenRows > 0 && part.hiddenRows * settings.hiddenOneIn >= part.rows
    }

    /// Neighbours in time, as many together as the limits allow; parts that stay alone are left out unless hidden rows make them worth it.
    private static func groups(_ parts: [Candidate], _ settings: PolicySettings) -> [Merge] {
        var merges: [Merge] = []
        var open = Merge(parts: [])
        for part in parts where !isFull(part, settings) {
            if open.rows + part.rows > settings.rowsMax || open.parts.count == settings.sourcesMax {
                merges.append(open)
                open = Merge(parts: [])
            }
            open.parts.append(part)
        }
        merges.append(open)
        return merges.filter { $0.parts.count > 1 || $0.parts.contains { hasManyHidden($0, settings) } }
    }

    /// Whether a part is as good as the limit of rows: it could only be joined to little.
    private static func isFull(_ part: Candidate, _ settings: PolicySettings) -> Bool { part.rows > settings.rowsMax / 8 * 7 && !hasManyHidden(part, settings) }

    /// Whether putting a closed day's parts together is worth its price now.
    private static func isWorthIt(_ merge: Merge, _ now: Timestamp, _ opened: Timestamp, _ settings: PolicySettings) -> Bool {
        let quiet = quietSeconds(merge, now)
        guard quiet >= Int64(settings.settleSeconds) else { return false }
        let largest = merge.parts.map(\.rows).max() ?? 0
        if (merge.rows - largest) * fanIn >= largest { return true }
        // Parts that were there before this process are as old as it, because nobody knows better.
        let age = abs(now.microseconds - opened.microseconds) / Timestamp.microsecondsPerSecond
        return min(quiet, age) >= Int64(settings.lateSeconds)
    }

    /// Seconds since the youngest was written. A clock that was set back must not stop anything: then the time lies in the future, and the distance counts.
    private static func quietSeconds(_ merge: Merge, _ now: Timestamp) -> Int64 {
        merge.parts.compactMap(\.written).map { abs(now.microseconds - $0.microseconds) / Timestamp.microsecondsPerSecond }.min() ?? .max
    }

    /// The parts of the lowest tiers, once a tier has ``fanIn`` of them.
    private static func tiered(_ parts: [Candidate], _ settings: PolicySettings) -> Merge? {
        let parts = parts.filter { !isFull($0, settings) }
        for tier in 0...tier(rows: settings.rowsMax) where parts.count(where: { self.tier(rows: $0.rows) == tier }) >= fanIn {
            return limited(parts.filter { self.tier(rows: $0.rows) <= tier }, settings)
        }
        return nil
    }

    /// As many neighbours in time as the limits allow.
    private static func limited(_ parts: [Candidate], _ settings: PolicySettings) -> Merge? {
        var merge = Merge(parts: [])
        for part in parts where merge.parts.count < settings.sourcesMax && merge.rows + part.rows <= settings.rowsMax { merge.parts.append(part) }
        return merge.parts.count > 1 ? merge : nil
    }

    /// Bytes to be written for each part that goes away (for each fifth of hidden rows of a single one).
    private static func price(_ merge: Merge) -> Int { merge.bytes / max(1, merge.parts.count - 1) }
}
