import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

/// A random series, a grid and the windows, found by looking at every sample for every instant.
struct RandomSeries: CustomTestStringConvertible {
    enum Shape: CaseIterable {
        /// Goes up, now and then begins anew.
        case counter
        /// Goes up and down around a value far from 0.
        case gauge
        /// NaN, infinities, 0 and -0 among few different values.
        case odd
        /// The same value for long.
        case steady
        /// Very large beside very small values.
        case wide
    }

    let seed: UInt64
    let shape: Shape
    let samples: SampleColumns
    let grid: StepGrid
    /// Milliseconds.
    let range: Int64

    var testDescription: String { "\(shape), seed \(seed)" }

    static let all: [RandomSeries] = Shape.allCases.flatMap { shape in (1...12).map { RandomSeries(seed: $0, shape) } }

    init(seed: UInt64, _ shape: Shape) {
        self.seed = seed
        self.shape = shape
        var random = SeededGenerator(seed: seed)
        var samples = SampleColumns()
        var time: Int64 = 1_700_000_000_000
        var value = shape == .gauge ? 1e6 : 0
        for _ in 0..<Int.random(in: 0...300, using: &random) {
            // Mostly regular, with jitter, and sometimes a gap of many windows.
            time += 15_000 + Int64.random(in: -200...200, using: &random)
            if Int.random(in: 0..<40, using: &random) == 0 { time += Int64.random(in: 0...3_000_000, using: &random) }
            value = Self.next(value, shape, &random)
            samples.append(time, value)
        }
        self.samples = samples
        range = [1_000, 60_000, 300_000, 1_800_000].randomElement(using: &random) ?? 60_000
        let step: Int64 = [15_000, 61_000, 600_000, 7_000_000].randomElement(using: &random) ?? 15_000
        let start = 1_700_000_000_000 + Int64.random(in: -600_000...600_000, using: &random)
        grid = StepGrid(start: start, end: max(start, min(time + 1_200_000, start + 200 * step)), step: step)
        windows = Self.windows(samples.times, grid) { [range] end in (end - range, end) }
    }

    private static func next(_ value: Double, _ shape: Shape, _ random: inout SeededGenerator) -> Double {
        switch shape {
        case .counter:
            let isReset = Int.random(in: 0..<30, using: &random) == 0
            return isReset ? Double.random(in: 0...3, using: &random) : value + Double.random(in: 0...9, using: &random)
        case .gauge: return 1e6 + Double.random(in: -50...50, using: &random)
        case .odd: return [0, -0.0, 1, 1, 2, -3, .nan, .infinity, -.infinity][Int.random(in: 0..<(Bool.random(using: &random) ? 6 : 9), using: &random)]
        case .steady: return Int.random(in: 0..<20, using: &random) == 0 ? Double.random(in: 0...1, using: &random) : value
        case .wide: return Double.random(in: -1...1, using: &random) * [1e-9, 1, 1e9, 1e15][Int.random(in: 0..<4, using: &random)]
        }
    }

    let windows: [Range<Int>]

    /// Rows after the first and up to the second time, for each instant.
    private static func windows(_ times: [Int64], _ grid: StepGrid, _ bounds: (Int64) -> (after: Int64, through: Int64)) -> [Range<Int>] {
        (0..<grid.count).map { step in
            let (after, through) = bounds(grid[step])
            let first = times.firstIndex { $0 > after } ?? times.count
            return first..<max(first, times.firstIndex { $0 > through } ?? times.count)
        }
    }

    func series(edges: RangeEdges? = nil, lookback: Int64 = 300_000, name: String = "x_total") -> WindowedSeries {
        let windows: [Range<Int>] =
            switch edges {
            case nil: self.windows
            case .anchored: Self.windows(samples.times, grid) { ($0 - range - lookback, $0) }
            case .smoothed: Self.windows(samples.times, grid) { ($0 - range - lookback, $0 + lookback) }
            }
        return WindowedSeries(
            labels: SeriesLabels([SeriesLabel("__name__", name), SeriesLabel("model", "a")]), samples: samples, windows: windows,
            ends: (0..<grid.count).map { grid[$0] }, range: range, edges: edges, exactIncreases: nil)
    }
}

/// Calls functions as the engine does.
enum FunctionCall {
    /// What a function over a range vector makes of a series.
    static func over(
        _ series: WindowedSeries, _ query: String, scalars: [Double] = [], grid: StepGrid
    ) throws -> (row: StepRow, notes: QueryNotes) {
        let call = try call(query)
        var row = StepRow(series.labels, count: grid.count)
        var notes = QueryNotes()
        let context = FunctionContext(grid: grid, query: grid, delaysNameRemoval: true)
        let function = try #require(PromQLFunctions.overRanges[call.function.name])
        try function.apply(
            series, scalars: scalars.map { Array(repeating: $0, count: grid.count) }, call: call, context: context, into: &row, notes: &notes)
        return (row, notes)
    }

    static func over(_ random: RandomSeries, _ query: String, scalars: [Double] = [], edges: RangeEdges? = nil) throws -> [Double] {
        try over(random.series(edges: edges), query, scalars: scalars, grid: random.grid).row.values
    }

    static func call(_ query: String) throws -> Call {
        guard case .call(let call) = try PromQLParser.parse(query) else { throw NoCall() }
        return call
    }

    struct NoCall: Error {}
}

/// Whether two numbers agree: bit by bit in what is missing, NaN and infinities, and within a share of their size otherwise.
func agree(_ left: Double, _ right: Double, within tolerance: Double = 1e-9, size: Double = 0) -> Bool {
    if StepRow.isAbsent(left) || StepRow.isAbsent(right) { return StepRow.isAbsent(left) && StepRow.isAbsent(right) }
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if left.isInfinite || right.isInfinite { return left == right }
    return (left - right).magnitude <= tolerance * max(left.magnitude, right.magnitude, size)
}
