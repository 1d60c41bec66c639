import GatewayModel

/// Series in memory, for the routes' tests.
struct SeriesDouble: SeriesReader {
    struct Series: SelectedSeries {
        let labels: SeriesLabels
        let samples: SampleColumns

        func read(from: Int64, through: Int64, into columns: inout SampleColumns) {
            for index in 0..<samples.count where (from...through).contains(samples.times[index]) {
                if !samples.histograms.isEmpty, let histogram = samples.histograms[index] {
                    columns.append(samples.times[index], histogram)
                } else {
                    columns.append(samples.times[index], samples.values[index])
                }
            }
        }
    }

    private(set) var series: [Series] = []
    var known: [String: [MetricMetadata]] = [:]
    var exemplars: [SeriesExemplars] = []

    /// - Parameter samples: value by time in milliseconds since 1970.
    mutating func add(_ labels: KeyValuePairs<String, String>, _ samples: KeyValuePairs<Int64, Double>) {
        var columns = SampleColumns()
        for (time, value) in samples { columns.append(time, value) }
        add(labels, columns)
    }

    mutating func add(_ labels: KeyValuePairs<String, String>, _ samples: SampleColumns) {
        series.append(Series(labels: SeriesLabels(labels.map { SeriesLabel($0.key, $0.value) }), samples: samples))
        series.sort { $0.labels < $1.labels }
    }

    func select(_ request: SeriesRequest) -> [any SelectedSeries] { series.filter { series in request.matchers.allSatisfy { $0.matches(series.labels) } } }

    func labelSets(_ question: SeriesListing) -> [SeriesLabels] {
        let found = series.filter { series in
            (question.selectors.isEmpty || question.selectors.contains { $0.allSatisfy { $0.matches(series.labels) } })
                && series.samples.times.contains { (question.from...question.through).contains($0) }
        }
        return Array(found.map(\.labels).prefix(question.limit ?? .max))
    }

    private func everySet(_ question: SeriesListing) -> [SeriesLabels] {
        var question = question
        question.limit = nil
        return labelSets(question)
    }

    func labelNames(_ question: SeriesListing) -> [String] {
        Array(Set(everySet(question).flatMap { $0.labels.map(\.name) }).sorted().prefix(question.limit ?? .max))
    }

    func labelValues(of name: String, _ question: SeriesListing) -> [String] {
        Array(Set(everySet(question).compactMap { $0[name] }).sorted().prefix(question.limit ?? .max))
    }

    func metadata(of metric: String?) -> [String: [MetricMetadata]] { known.filter { metric == nil || $0.key == metric } }
    func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) -> [SeriesExemplars] { exemplars }
}
