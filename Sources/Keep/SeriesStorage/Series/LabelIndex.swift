internal import GatewayModel

/// Which series have which label: for every name its values, for every value the ids of its series, ascending.
///
/// A value type: readers take copies of the names that they ask for and search them without holding a lock.
struct LabelIndex {
    struct Name {
        let name: String
        /// In order of first sight.
        var values: [String] = []
        var positions: [String: Int] = [:]
        /// One for each value.
        var series: [[UInt32]] = []
        /// Series that have the label.
        var seriesCount = 0

        func series(of value: String) -> [UInt32] { positions[value].map { series[$0] } ?? [] }
    }

    private(set) var names: [String: Name] = [:]

    /// Adds a series, whose id is higher than all before, and returns its labels with strings that are shared with other series.
    mutating func insert(_ id: UInt32, _ labels: SeriesLabels) -> SeriesLabels {
        SeriesLabels(sorted: labels.labels.map { label in
            names[label.name, default: Name(name: label.name)].insert(id, label.value)
        })
    }

    /// Series of a metric.
    func seriesCount(ofMetric metric: String) -> Int {
        guard let names = names[SeriesLabels.metricName], let position = names.positions[metric] else { return 0 }
        return names.series[position].count
    }

    /// Distinct pairs of name and value.
    var pairCount: Int { names.values.reduce(0) { $0 + $1.values.count } }
}

extension LabelIndex.Name {
    fileprivate mutating func insert(_ id: UInt32, _ value: String) -> SeriesLabel {
        seriesCount += 1
        if let position = positions[value] {
            series[position].append(id)
            return SeriesLabel(name, values[position])
        }
        positions[value] = values.count
        values.append(value)
        series.append([id])
        return SeriesLabel(name, value)
    }
}
