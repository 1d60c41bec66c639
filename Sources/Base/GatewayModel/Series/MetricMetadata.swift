/// What is known of a metric family beside its samples.
package struct MetricMetadata: Sendable, Hashable {
    /// The types of Prometheus and OpenMetrics, as they are spelled in `/api/v1/metadata`.
    package enum Kind: String, Sendable, CaseIterable {
        case counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown
    }

    package var kind: Kind
    package var help: String
    /// Empty when none is declared.
    package var unit: String

    package init(_ kind: Kind, help: String = "", unit: String = "") {
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}

/// An observation that a sample points at, a trace for example.
package struct Exemplar: Sendable, Hashable {
    package var labels: SeriesLabels
    package var value: Double
    /// Milliseconds since 1970.
    package var time: Int64

    package init(_ labels: SeriesLabels, value: Double, time: Int64) {
        self.labels = labels
        self.value = value
        self.time = time
    }
}

/// Exemplars of one series, in the order of time.
package struct SeriesExemplars: Sendable, Equatable {
    package var labels: SeriesLabels
    package var exemplars: [Exemplar]

    package init(_ labels: SeriesLabels, _ exemplars: [Exemplar]) {
        self.labels = labels
        self.exemplars = exemplars
    }
}
