import GatewayModel
import PromQL

/// Series held in memory, for tests of the engine.
struct HeldSeries: SeriesReader {
    struct Series: SelectedSeries {
        let labels: SeriesLabels
        let samples: SampleColumns
        /// Exact increases, as a counter has that is known at every instant; asked for by range and grid.
        var exact: (@Sendable (Int64, StepGrid) -> [Double])?

        func read(from: Int64, through: Int64, into columns: inout SampleColumns) throws(SeriesError) {
            var low = 0, high = samples.count
            while low < high {
                let middle = (low + high) / 2
                if samples.times[middle] < from { low = middle + 1 } else { high = middle }
            }
            for row in low..<samples.count {
                if samples.times[row] > through { break }
                if !samples.histograms.isEmpty, let histogram = samples.histograms[row] {
                    columns.append(samples.times[row], histogram)
                } else {
                    columns.append(samples.times[row], samples.values[row])
                }
            }
        }

        func increases(range: Int64, at grid: StepGrid) throws(SeriesError) -> [Double]? { exact?(range, grid) }
    }

    var series: [Series] = []
    /// What the reader answers whole aggregations with.
    var answer: (@Sendable (SeriesAggregation) -> SeriesRows?)?

    init(_ series: [Series] = []) { self.series = series }

    /// Adds a series with samples at equal distances from 0; nil leaves one out.
    mutating func add(_ labels: [String: String], every step: Int64, _ values: [Double?]) {
        var samples = SampleColumns()
        for (row, value) in values.enumerated() { if let value { samples.append(Int64(row) * step, value) } }
        series.append(Series(labels: SeriesLabels(labels.map { SeriesLabel($0.key, $0.value) }), samples: samples))
    }

    func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries] {
        series.filter { series in request.matchers.allSatisfy { $0.matches(series.labels) } }.sorted { $0.labels < $1.labels }
    }

    func aggregate(_ request: SeriesAggregation) throws(SeriesError) -> SeriesRows? { answer?(request) }

    func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String] { [] }
    func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String] { [] }
    func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels] { [] }
}

extension PromQLEngine {
    func instant(_ query: String, at time: Int64) throws -> QueryAnswer { try instant(PromQLParser.parse(query), at: time) }

    func range(_ query: String, _ start: Int64, _ end: Int64, step: Int64) throws -> QueryAnswer {
        try range(PromQLParser.parse(query), grid: StepGrid(start: start, end: end, step: step))
    }

    /// The values at all instants as text, one line for each series: `{a="b"} 1@0 2@60`.
    func lines(_ query: String, _ start: Int64, _ end: Int64, step: Int64) throws -> [String] {
        try range(query, start * 1000, end * 1000, step: step * 1000).lines
    }
}

extension QueryAnswer {
    /// One line for each series or sample.
    var lines: [String] {
        switch value {
        case .scalar(let value): ["scalar \(value)"]
        case .string(let text): ["string \(text)"]
        case .vector(let samples): samples.map { "\($0.labels.line) \($0.value)" }
        case .matrix(let series):
            series.map { series in
                series.labels.line + zip(series.points.times, series.points.values).map { " \($1)@\($0 / 1000)" }.joined()
            }
        }
    }
}

extension SeriesLabels {
    /// As they are written in queries.
    var line: String {
        (metricName ?? "") + "{" + labels.filter { $0.name != Self.metricName }.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",") + "}"
    }
}
