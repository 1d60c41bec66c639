internal import GatewayModel

/// Finds out which stretches of a part a table may answer for in place of the records, so that the answer stays the same.
///
/// A row of a table stands for records of one stretch of time (a minute, a quarter of an hour, or the whole part) and is counted at the start of it.
/// So a table serves if no edge of a bucket cuts a stretch; where an end of the range does, the records of that rim are read. Edges of zones whose
/// offset is a fraction of an hour, and of days on which clocks change, are multiples of a quarter of an hour like all others.
struct RollupChoice: Sendable {
    private let range: TimeRange
    private let buckets: TimeBuckets
    private let demand: RollupDemand
    /// False when the question counts by limits that tables do not count by.
    private let isPossible: Bool

    init(_ plan: ScanPlan) {
        range = plan.range
        buckets = plan.buckets
        let measures = plan.measures
        var dimensions = Set(plan.by + measures.distinct).union(plan.filter.fields)
        for filter in measures.filters { dimensions.formUnion(filter.fields) }
        demand = RollupDemand(
            dimensions: dimensions, sums: Set(measures.sums), sketches: Set(measures.sketches + measures.minima + measures.maxima),
            counts: Set(measures.distributions.map(\.field)))
        isPossible = measures.distributions.allSatisfy { ValueLimits.counted($0.field)?.slots(in: $0.limits) != nil }
    }

    /// What is to be read of a segment: a table and the records at its rims, or the records.
    func sources(_ segment: any RecordSegment) -> [ScanSource] {
        if segment.hiddenCount == 0, isPossible {
            // The smallest first.
            for table in segment.rollups {
                let bounds = segment.timeBounds
                guard let interior = interior(bounds, step: table.step), table.serves(demand) else { continue }
                let rims = [TimeRange(from: range.from, to: interior.from), TimeRange(from: interior.to, to: range.to)]
                let touched = rims.filter { !$0.isEmpty && $0.overlaps(first: bounds.first, last: bounds.last) }
                return [ScanSource(segment: table, range: interior, records: segment.rowCount)] + touched.map { ScanSource(segment: segment, range: $0) }
            }
        }
        return [ScanSource(segment: segment, range: range)]
    }

    /// The table to read of a trend; nil when none gives the answer that its records would have given.
    func source(_ trend: Trend) -> ScanSource? {
        guard isPossible else { return nil }
        for table in trend.tables {
            guard let interior = interior(trend.timeBounds, step: table.step), table.serves(demand) else { continue }
            let rims = [TimeRange(from: range.from, to: interior.from), TimeRange(from: interior.to, to: range.to)]
            let isCut = rims.contains { !$0.isEmpty && $0.overlaps(first: trend.timeBounds.first, last: trend.timeBounds.last) }
            if !isCut { return ScanSource(segment: table, range: interior, records: trend.records) }
        }
        return nil
    }

    /// Of the dimensions that the question needs, those that no table of a trend has at all.
    func missingDimensions(_ trend: Trend) -> [RequestField] {
        demand.dimensions.filter { field in !trend.tables.contains { $0.serves(RollupDemand(dimensions: [field])) } }.sorted { $0.name < $1.name }
    }

    /// The part of the range that whole rows of a table stand for; nil when there is none, or an edge of a bucket cuts a row.
    private func interior(_ bounds: (first: Timestamp, last: Timestamp), step: Int64?) -> TimeRange? {
        let last = Timestamp(microseconds: range.to.microseconds - 1)
        let isWhole = bounds.first >= range.from && bounds.last <= last
        guard let step else {
            return isWhole && buckets.index(of: bounds.first) == buckets.index(of: bounds.last) ? range : nil
        }
        guard buckets.areCut(at: step, first: max(bounds.first, range.from), last: min(bounds.last, last)) else { return nil }
        var interior = range
        if bounds.first < range.from { interior.from.microseconds = floorDivide(range.from.microseconds &+ (step - 1), step) * step }
        if bounds.last > last { interior.to.microseconds = floorDivide(range.to.microseconds, step) * step }
        return !interior.isEmpty && interior.overlaps(first: bounds.first, last: bounds.last) ? interior : nil
    }
}

extension TimeBuckets {
    /// Whether all edges behind `first` and up to `last` are multiples of `step` since 1970.
    func areCut(at step: Int64, first: Timestamp, last: Timestamp) -> Bool {
        let low = index(of: first)
        let high = index(of: last)
        if low == high { return true }
        if let fixedWidth { return fixedWidth % step == 0 }
        return edges[(low + 1)...high].allSatisfy { $0.microseconds % step == 0 }
    }
}
