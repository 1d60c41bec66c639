import GatewayModel
import Testing

/// Series with their labels only, and what was asked of them.
private struct ListedSeries: SeriesReader {
    struct Series: SelectedSeries {
        let labels: SeriesLabels
        let value: Double
        func read(from: Int64, through: Int64, into samples: inout SampleColumns) { samples.append(from, value) }
    }

    let series: [Series]
    var rows: SeriesRows?
    var metadata: [String: [MetricMetadata]] = [:]
    var exemplars: [SeriesExemplars] = []

    init(_ labelSets: [SeriesLabels], value: Double, rows: SeriesRows? = nil) {
        series = labelSets.sorted().map { Series(labels: $0, value: value) }
        self.rows = rows
    }

    func select(_ request: SeriesRequest) -> [any SelectedSeries] { series.filter { series in request.matchers.allSatisfy { $0.matches(series.labels) } } }
    func aggregate(_ request: SeriesAggregation) -> SeriesRows? { rows }
    func labelNames(_ question: SeriesListing) -> [String] { Set(labelSets(question).flatMap { $0.labels.map(\.name) }).sorted() }
    func labelValues(of name: String, _ question: SeriesListing) -> [String] { Set(labelSets(question).compactMap { $0[name] }).sorted() }
    func labelSets(_ question: SeriesListing) -> [SeriesLabels] {
        series.map(\.labels).filter { labels in question.selectors.isEmpty || question.selectors.contains { $0.allSatisfy { $0.matches(labels) } } }
    }
    func metadata(of metric: String?) -> [String: [MetricMetadata]] { metadata }
    func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) -> [SeriesExemplars] { exemplars }
}

private func labels(_ pairs: KeyValuePairs<String, String>) -> SeriesLabels { SeriesLabels(pairs.map { SeriesLabel($0.key, $0.value) }) }

struct JoinedSeriesReaderTests {
    private let everything = SeriesListing()
    private let grid = StepGrid(start: 0, end: 0, step: 1)

    private func values(_ reader: some SeriesReader, _ matchers: [SeriesMatcher] = []) throws -> [SeriesLabels: Double] {
        var found: [SeriesLabels: Double] = [:]
        var order: [SeriesLabels] = []
        for series in try reader.select(SeriesRequest(matchers, from: 0, through: 0, grid: grid)) {
            var samples = SampleColumns()
            try series.read(from: 0, through: 0, into: &samples)
            #expect(found.updateValue(samples.values[0], forKey: series.labels) == nil, "a label set twice")
            order.append(series.labels)
        }
        #expect(order == order.sorted())
        return found
    }

    /// Every way in which four label sets can be spread over two readers.
    @Test func seriesOfBothAreSeenAndThePreferredWinsOnEqualLabels() throws {
        let sets = [labels(["__name__": "a", "x": "1"]), labels(["__name__": "a", "x": "2"]), labels(["__name__": "b"]), labels(["__name__": "b", "x": "1"])]
        for first in 0..<16 {
            for second in 0..<16 {
                func chosen(_ mask: Int) -> [SeriesLabels] { sets.indices.filter { mask & (1 << $0) != 0 }.map { sets[$0] } }
                let joined = JoinedSeriesReader(ListedSeries(chosen(first), value: 1), ListedSeries(chosen(second), value: 2))
                var expected: [SeriesLabels: Double] = [:]
                for set in chosen(second) { expected[set] = 2 }
                for set in chosen(first) { expected[set] = 1 }
                #expect(try values(joined) == expected)
                #expect(try joined.labelSets(everything) == expected.keys.sorted())
                #expect(try joined.labelNames(everything) == Set(expected.keys.flatMap { $0.labels.map(\.name) }).sorted())
                #expect(try joined.labelValues(of: "x", everything) == Set(expected.keys.compactMap { $0["x"] }).sorted())
            }
        }
    }

    @Test func limitsHoldForTheUnion() throws {
        let joined = JoinedSeriesReader(ListedSeries([labels(["a": "2"])], value: 1), ListedSeries([labels(["a": "1"]), labels(["a": "3"])], value: 2))
        #expect(try joined.labelValues(of: "a", SeriesListing(limit: 2)) == ["1", "2"])
        #expect(try joined.labelSets(SeriesListing(limit: 1)) == [labels(["a": "1"])])
    }

    @Test func anAggregationIsLeftToTheOneReaderThatHasTheSeries() throws {
        let (own, foreign) = (SeriesRows(labels: [.none], values: [[1]]), SeriesRows(labels: [.none], values: [[2]]))
        let joined = JoinedSeriesReader(
            ListedSeries([labels(["__name__": "family"]), labels(["__name__": "both"])], value: 1, rows: own),
            ListedSeries([labels(["__name__": "kept"]), labels(["__name__": "both", "x": "1"])], value: 2, rows: foreign))
        func answer(_ name: String) throws -> [[Double]]? {
            try joined.aggregate(
                SeriesAggregation([SeriesMatcher("__name__", equals: name)], grid: grid, range: 0, function: .instant, aggregation: .sum, grouping: [], isWithout: false))?.values
        }
        #expect(try answer("family") == [[1]])
        #expect(try answer("kept") == [[2]])
        #expect(try answer("both") == nil)
    }

    @Test func metadataAndExemplarsOfOneMetricAreJoined() throws {
        var (first, second) = (ListedSeries([], value: 1), ListedSeries([], value: 2))
        first.metadata = ["m": [MetricMetadata(.counter, help: "one")], "n": [MetricMetadata(.gauge)]]
        second.metadata = ["m": [MetricMetadata(.counter, help: "one"), MetricMetadata(.counter, help: "two")]]
        let series = labels(["a": "1"])
        first.exemplars = [SeriesExemplars(series, [Exemplar(.none, value: 1, time: 20)])]
        second.exemplars = [SeriesExemplars(series, [Exemplar(.none, value: 2, time: 10)]), SeriesExemplars(labels(["a": "0"]), [])]
        let joined = JoinedSeriesReader(first, second)
        #expect(joined.metadata(of: nil) == ["m": [MetricMetadata(.counter, help: "one"), MetricMetadata(.counter, help: "two")], "n": [MetricMetadata(.gauge)]])
        #expect(try joined.exemplars([], from: 0, through: 30).map { $0.exemplars.map(\.time) } == [[], [10, 20]])
    }
}
