internal import GatewayModel

/// One series of a range vector: its samples, and which of them each instant's window holds.
struct WindowedSeries: Sendable {
    var labels: SeriesLabels
    /// Without stale markers. What lies before the first window may be there too, for `anchored` and `smoothed`.
    var samples: SampleColumns
    /// The rows of each instant's window, one for each instant; their starts and ends never go back.
    ///
    /// A window holds what lies in `(end - range, end]`. With ``edges`` it also holds what lies in the look-back before that, and for `smoothed`
    /// in the look-back after it, so that the function finds the neighbours of its edges.
    var windows: [Range<Int>]
    /// The instants at which the windows end, offset and `@` applied.
    let ends: [Int64]
    /// Milliseconds.
    let range: Int64
    /// nil for plain windows.
    let edges: RangeEdges?
    /// Exact increases, one for each instant, of a counter that is known at every instant and not by samples only; nil for all others.
    var exactIncreases: [Double]?

    func start(_ step: Int) -> Int64 { ends[step] - range }
}

/// A function over a range vector.
///
/// It sees a whole series at once, so that what neighbouring windows share is computed once.
protocol RangeFunction: Sendable {
    /// Whether the results are still values of the metric, so that its name stays.
    var keepsName: Bool { get }

    /// Fills in the row's values (and histograms) from the series' windows; what it leaves is absent.
    ///
    /// - Parameters:
    ///   - scalars: the scalar arguments in their order, one number for each instant.
    ///   - call: the arguments as they were written, for places in notes.
    ///   - context: its grid has the instants of the evaluation, without offset and `@`.
    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError)
}

extension RangeFunction {
    var keepsName: Bool { false }
}
