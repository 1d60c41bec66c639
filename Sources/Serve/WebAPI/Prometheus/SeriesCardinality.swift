internal import GatewayModel

/// Which names and values make the many series: the lists of `status/tsdb`.
///
/// Source: prometheus/prometheus `tsdb/index/postings.go`, `MemPostings.Stats`.
struct SeriesCardinality: Sendable {
    struct Entry: Sendable, Equatable {
        let name: String
        let value: Int
    }

    /// Entries of each list when the request does not say.
    static let entriesDefault = 10
    /// Entries of each list at most.
    static let entriesMax = 10_000

    let seriesCount: Int
    let labelPairCount: Int
    let seriesCountByMetricName: [Entry]
    let labelValueCountByLabelName: [Entry]
    /// Bytes of the distinct values.
    let memoryInBytesByLabelName: [Entry]
    let seriesCountByLabelValuePair: [Entry]

    /// - Parameter entries: entries of each list, the largest first.
    init(_ series: [SeriesLabels], entries: Int) {
        var byMetric: [String: Int] = [:]
        var byPair: [SeriesLabel: Int] = [:]
        for labels in series {
            if let name = labels.metricName { byMetric[name, default: 0] += 1 }
            for label in labels.labels { byPair[label, default: 0] += 1 }
        }
        var values: [String: Int] = [:]
        var bytes: [String: Int] = [:]
        for label in byPair.keys {
            values[label.name, default: 0] += 1
            bytes[label.name, default: 0] += label.value.utf8.count
        }
        seriesCount = series.count
        labelPairCount = byPair.count
        func largest(_ counts: some Sequence<(String, Int)>) -> [Entry] {
            Array(counts.map { Entry(name: $0.0, value: $0.1) }.sorted { ($1.value, $0.name) < ($0.value, $1.name) }.prefix(entries))
        }
        seriesCountByMetricName = largest(byMetric.lazy.map { ($0.key, $0.value) })
        labelValueCountByLabelName = largest(values.lazy.map { ($0.key, $0.value) })
        memoryInBytesByLabelName = largest(bytes.lazy.map { ($0.key, $0.value) })
        seriesCountByLabelValuePair = largest(byPair.lazy.map { ("\($0.key.name)=\($0.key.value)", $0.value) })
    }
}
