/// One label of a series.
package struct SeriesLabel: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The labels that identify a series, its metric's name (`__name__`) among them: sorted by name, each name once, no empty value.
///
/// In Prometheus's data model an empty value means that the label is not there.
package struct SeriesLabels: Sendable, Hashable {
    /// Sorted by the UTF-8 bytes of the names.
    package let labels: [SeriesLabel]

    /// The label that holds the metric's name.
    package static let metricName = "__name__"
    package static let none = SeriesLabels(sorted: [])

    /// - Parameter labels: in any order; of labels of the same name the last counts, and those with an empty value are left out.
    package init(_ labels: some Sequence<SeriesLabel>) {
        var byName: [String: String] = [:]
        for label in labels { byName[label.name] = label.value }
        self.labels = byName.filter { !$0.value.isEmpty }.map { SeriesLabel($0.key, $0.value) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// - Parameter labels: already sorted by name, each name once, no value empty. Not checked.
    package init(sorted labels: [SeriesLabel]) { self.labels = labels }

    /// The value of a label; nil when the series does not have it.
    package subscript(name: String) -> String? { labels.first { $0.name == name }?.value }

    /// The metric's name; nil when there is none, as in the results of most functions.
    package var metricName: String? { self[Self.metricName] }

    /// The labels without those named.
    package func dropping(_ names: Set<String>) -> SeriesLabels { SeriesLabels(sorted: labels.filter { !names.contains($0.name) }) }

    /// Only the labels named.
    package func keeping(_ names: Set<String>) -> SeriesLabels { SeriesLabels(sorted: labels.filter { names.contains($0.name) }) }

    /// The labels with one set, replaced, or, by an empty value, taken away.
    package func setting(_ name: String, to value: String) -> SeriesLabels { SeriesLabels(labels + [SeriesLabel(name, value)]) }
}

extension SeriesLabels: Comparable {
    /// Prometheus's order of label sets: label by label, name before value; what ends first comes first.
    package static func < (lhs: SeriesLabels, rhs: SeriesLabels) -> Bool {
        for (left, right) in zip(lhs.labels, rhs.labels) {
            if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
            if left.value != right.value { return left.value.utf8.lexicographicallyPrecedes(right.value.utf8) }
        }
        return lhs.labels.count < rhs.labels.count
    }
}
