internal import GatewayModel

/// A selector over a grid: which series, and for which instants, offset and `@` applied.
struct ResolvedSelector: Sendable {
    let matchers: [SeriesMatcher]
    /// One for each instant of the grid: where its value is looked up, or where its window ends.
    let ends: [Int64]
    /// The same as a grid: one instant only when all are the same (`@`).
    let grid: StepGrid
    /// Milliseconds of the window; nil for an instant selector.
    let range: Int64?
    let edges: RangeEdges?
    /// Milliseconds.
    let lookback: Int64
    /// Whether histograms are marked with the resets that are seen while they are read.
    let marksResets: Bool

    init(_ selector: VectorSelector, range: DurationExpression?, _ grid: StepGrid, _ state: QueryState) throws(PromQLError) {
        matchers = selector.matchers
        edges = selector.edges
        lookback = state.options.lookbackMilliseconds
        marksResets = selector.needsStatisticsOnly
        self.range = if let range { try range.milliseconds(state.query) } else { nil }
        (ends, self.grid) = try Self.instants(of: grid, offset: selector.offset, at: selector.at, state.query)
    }

    /// A range vector that is read from elsewhere.
    init(ends: [Int64], grid: StepGrid, range: Int64, _ lookback: Int64) {
        matchers = []
        self.ends = ends
        self.grid = grid
        self.range = range
        edges = nil
        self.lookback = lookback
        marksResets = false
    }

    /// - Throws: `execution` when the function has no form for extended ranges.
    func checkEdges(_ function: String) throws(PromQLError) {
        guard let edges else { return }
        let allowed = edges == .anchored ? ["changes", "delta", "increase", "rate", "resets"] : ["delta", "increase", "rate"]
        guard allowed.contains(function) else {
            throw .execution("\(edges.rawValue) modifier can only be used with: \(allowed.joined(separator: ", ")) - not with \(function)")
        }
    }

    /// The instants at which a selector or a subquery looks back from.
    static func instants(
        of grid: StepGrid, offset: DurationExpression?, at: TimeModifier?, _ query: StepGrid
    ) throws(PromQLError) -> ([Int64], StepGrid) {
        let offset = if let offset { try offset.milliseconds(query, allowsNegative: true) } else { Int64(0) }
        guard let at else {
            let shifted = StepGrid(start: grid.start - offset, end: grid.end - offset, step: grid.step)
            return ((0..<grid.count).map { shifted[$0] }, shifted)
        }
        let time: Int64 =
            switch at {
            case .at(let time): time
            case .start: query.start
            case .end: query.end
            }
        let instant = max(-timeMax, min(timeMax, time)) - offset
        return (Array(repeating: instant, count: grid.count), StepGrid(start: instant, end: instant, step: 1))
    }

    /// Milliseconds from 1970, in both directions, beyond which no sample lies: 70 million years, so that sums with durations do not overflow.
    static let timeMax = Int64.max / 4

    /// The closed range of the samples that are needed. Windows and the look-back do not hold their left edge.
    var from: Int64 {
        let back = if let range { edges == nil ? range : range + lookback } else { lookback }
        return grid.start - back + 1
    }

    var through: Int64 { edges == .smoothed ? grid.end + lookback : grid.end }

    func request(function: String?) -> SeriesRequest {
        SeriesRequest(matchers, from: from, through: through, grid: grid, range: range ?? 0, function: function)
    }
}

extension SampleColumns {
    /// Takes out the stale markers, which range vectors do not show.
    mutating func removeStaleMarkers() {
        guard values.contains(where: { StepRow.isAbsent($0) }) else { return }
        var kept = 0
        for row in 0..<count where !StepRow.isAbsent(values[row]) || (!histograms.isEmpty && histograms[row] != nil) {
            times[kept] = times[row]
            values[kept] = values[row]
            if !histograms.isEmpty { histograms[kept] = histograms[row] }
            kept += 1
        }
        times.removeLast(count - kept)
        values.removeLast(values.count - kept)
        if !histograms.isEmpty { histograms.removeLast(histograms.count - kept) }
    }
}
