/// Where series are read: what PromQL and the Prometheus API see of kept samples and of metric families.
package protocol SeriesReader: Sendable {
    /// The series that match, and whose samples may lie in the range, in ascending order of their labels, each label set once.
    func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries]

    /// Answers an aggregation of whole series at once, where that is cheaper than reading them and gives the same values; nil where it cannot.
    func aggregate(_ request: SeriesAggregation) throws(SeriesError) -> SeriesRows?

    /// Names of labels of the matching series, ascending.
    func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String]
    /// Values of a label over the matching series, ascending.
    func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String]
    /// Label sets of the matching series, ascending.
    func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels]

    /// What is known of metrics, by family name; nil for all.
    func metadata(of metric: String?) -> [String: [MetricMetadata]]
    /// Exemplars in the closed range, of the series that match any of the selectors.
    func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) throws(SeriesError) -> [SeriesExemplars]
}

extension SeriesReader {
    package func aggregate(_ request: SeriesAggregation) throws(SeriesError) -> SeriesRows? { nil }
    package func metadata(of metric: String?) -> [String: [MetricMetadata]] { [:] }
    package func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) throws(SeriesError) -> [SeriesExemplars] { [] }
}

/// One series of an answer.
package protocol SelectedSeries: Sendable {
    var labels: SeriesLabels { get }
    /// Appends the samples of the closed range, in milliseconds since 1970, stale markers included.
    func read(from: Int64, through: Int64, into samples: inout SampleColumns) throws(SeriesError)
    /// Of a counter whose value is known at every instant and not only at samples: its exact increase from `time - range` to `time` at each of
    /// the request's instants, which needs no extrapolation. nil for series that are known by samples only.
    func increases(range: Int64, at grid: StepGrid) throws(SeriesError) -> [Double]?
}

extension SelectedSeries {
    package func increases(range: Int64, at grid: StepGrid) throws(SeriesError) -> [Double]? { nil }
}

/// Instants at equal distances: `start, start + step ... <= end`, in milliseconds since 1970. One instant when `start == end`.
package struct StepGrid: Sendable, Hashable {
    package var start: Int64
    package var end: Int64
    /// Greater than 0.
    package var step: Int64

    package init(start: Int64, end: Int64, step: Int64) {
        self.start = start
        self.end = end
        self.step = step
    }

    package var count: Int { end < start ? 0 : Int((end - start) / step) + 1 }

    package subscript(index: Int) -> Int64 { start + Int64(index) * step }
}

/// Which series, and which of their samples, an expression needs.
package struct SeriesRequest: Sendable {
    /// All must match.
    package var matchers: [SeriesMatcher]
    /// The closed range in which samples will be read, in milliseconds since 1970: look-back, ranges and offsets are already in it.
    package var from: Int64
    package var through: Int64
    /// The instants of the evaluation, offset and `@` already applied.
    package var grid: StepGrid
    /// Milliseconds of the range selector; 0 for an instant selector.
    package var range: Int64 = 0
    /// The function that is applied to the selector, `rate` for example; nil when there is none.
    package var function: String?

    package init(_ matchers: [SeriesMatcher], from: Int64, through: Int64, grid: StepGrid, range: Int64 = 0, function: String? = nil) {
        self.matchers = matchers
        self.from = from
        self.through = through
        self.grid = grid
        self.range = range
        self.function = function
    }
}

/// An aggregation that a reader may answer without giving the series: `sum by (model) (rate(family[5m]))`.
package struct SeriesAggregation: Sendable {
    package enum Function: Sendable { case rate, increase, instant }
    package enum Operator: Sendable { case sum, count, average, minimum, maximum }

    package var matchers: [SeriesMatcher]
    /// Instants of the evaluation, offset and `@` already applied.
    package var grid: StepGrid
    /// Milliseconds; 0 for ``Function/instant``.
    package var range: Int64
    package var function: Function
    package var aggregation: Operator
    /// Labels to group by, or, with `isWithout`, to leave out.
    package var grouping: [String]
    package var isWithout: Bool

    package init(
        _ matchers: [SeriesMatcher], grid: StepGrid, range: Int64, function: Function, aggregation: Operator, grouping: [String], isWithout: Bool
    ) {
        self.matchers = matchers
        self.grid = grid
        self.range = range
        self.function = function
        self.aggregation = aggregation
        self.grouping = grouping
        self.isWithout = isWithout
    }
}

/// Rows of values over a ``StepGrid``.
package struct SeriesRows: Sendable {
    /// One for each row.
    package var labels: [SeriesLabels]
    /// One for each row: one value for each instant of the grid; ``SampleColumns/staleMarker`` where there is none.
    package var values: [[Double]]

    package init(labels: [SeriesLabels] = [], values: [[Double]] = []) {
        self.labels = labels
        self.values = values
    }
}

/// Which series to list.
package struct SeriesListing: Sendable {
    /// Series that match all of any of these; empty for all series.
    package var selectors: [[SeriesMatcher]]
    /// Series with samples in the closed range, in milliseconds since 1970. Readers may answer by larger stretches.
    package var from: Int64
    package var through: Int64
    /// Answers to give; nil for all.
    package var limit: Int?

    package init(_ selectors: [[SeriesMatcher]] = [], from: Int64 = .min, through: Int64 = .max, limit: Int? = nil) {
        self.selectors = selectors
        self.from = from
        self.through = through
        self.limit = limit
    }
}

/// Why series could not be read.
package enum SeriesError: Error, Sendable, Equatable {
    /// More than a limit allows: its name and value.
    case limit(String, Int)
    case timeout(seconds: Double)
    case cancelled
    /// What cannot be read, and why.
    case unreadable(String)
}
