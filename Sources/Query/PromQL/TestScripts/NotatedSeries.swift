package import GatewayModel

/// A series in Prometheus's notation for tests: labels, and values at equal distances in time.
///
///     http_requests_total{job="api"}  0+10x5 _ stale {{schema:1 count:4 buckets:[1 2 1]}}x3
///
/// Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series and prometheus/prometheus
/// `promql/parser/generated_parser.y` (series_description).
package struct NotatedSeries: Sendable, Equatable {
    package let labels: SeriesLabels
    /// One for each step, the first at the start.
    package let values: [NotatedValue]

    /// - Throws: with the place of what cannot be read.
    package init(_ text: String) throws(SeriesNotationError) {
        var parser = SeriesNotationParser(text)
        labels = try parser.labels()
        values = try parser.values()
    }

    /// Labels alone, as they stand before the values.
    package static func labels(_ text: String) throws(SeriesNotationError) -> SeriesLabels {
        var parser = SeriesNotationParser(text)
        let labels = try parser.labels()
        try parser.expectEnd()
        return labels
    }
}

/// What a series has at one step.
package enum NotatedValue: Sendable, Equatable {
    /// No sample (`_`).
    case missing
    /// A number; ``SampleColumns/staleMarker`` for `stale`.
    case number(Double)
    /// A histogram, and whether its counter reset hint is written, so that it is to be compared.
    case histogram(NativeHistogram, statesHint: Bool)
}

/// Why a series cannot be read, and where.
package struct SeriesNotationError: Error, Sendable, Equatable {
    package let message: String
    /// In UTF-8 bytes from the start of the text.
    package let offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}
