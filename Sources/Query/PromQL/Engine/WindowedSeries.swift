internal import GatewayModel

/// One series of a range vector: its samples, and which of them each instant's window holds.
struct WindowedSeries {
    let labels: SeriesLabels
    /// Without stale markers. What lies before the first window may be there too, for `anchored` and `smoothed`.
    let samples: SampleColumns
    /// The rows of each instant's window, one for each instant; their starts and ends never go back.
    let windows: [Range<Int>]
    /// The instants at which the windows end, offset and `@` applied. A window holds what lies in `(end - range, end]`.
    let ends: [Int64]
    /// Milliseconds.
    let range: Int64
    /// nil for plain windows.
    let edges: RangeEdges?
    /// Exact increases, one for each instant, of a counter that is known at every instant and not by samples only; nil for all others.
    let exactIncreases: [Double]?

    func start(_ step: Int) -> Int64 { ends[step] - range }
}

/// A function over a range vector.
///
/// It sees a whole series at once, so that what neighbouring windows share is computed once.
protocol RangeFunction: Sendable {
    /// Fills in the row's values (and histograms) from the series' windows; what it leaves is absent.
    ///
    /// - Parameters:
    ///   - scalars: the scalar arguments in their order, one number for each instant.
    ///   - place: where the range vector stands in the query, for notes.
    func apply(_ series: WindowedSeries, scalars: [[Double]], place: SourceRange, into row: inout StepRow, notes: inout QueryNotes)
}
