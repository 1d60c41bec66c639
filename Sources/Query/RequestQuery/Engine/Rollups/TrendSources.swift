internal import GatewayModel

/// What of a question is answered from trends, and what to say about it.
struct TrendSources: Sendable {
    private(set) var sources: [ScanSource] = []
    /// Sentences for people; empty when the range lies where records are kept.
    private(set) var notes: [String] = []

    init(_ snapshot: StoreSnapshot, _ plan: ScanPlan) {
        let range = plan.range
        let trends = snapshot.trends.filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }
        guard !trends.isEmpty else { return }
        let choice = RollupChoice(plan)
        var unanswered: [String: (first: Timestamp, last: Timestamp)] = [:]
        for trend in trends {
            if let source = choice.source(trend) {
                sources.append(source)
            } else {
                let reason = Self.reason(choice.missingDimensions(trend))
                let known = unanswered[reason] ?? trend.timeBounds
                unanswered[reason] = (min(known.first, trend.timeBounds.first), max(known.last, trend.timeBounds.last))
            }
        }
        if !sources.isEmpty { notes.append("where single records are no longer kept, the answer comes from trends") }
        notes += unanswered.sorted { $0.key < $1.key }.map { reason, days in
            "records from \(Self.day(days.first)) to \(Self.day(days.last)) are missing: their trends \(reason)"
        }
    }

    private static func reason(_ missing: [RequestField]) -> String {
        if missing.isEmpty { return "do not hold this combination of fields, or not at these times" }
        return "do not know " + missing.map(\.name).joined(separator: ", ")
    }

    private static func day(_ instant: Timestamp) -> String { String(instant.iso8601.prefix(10)) }
}
