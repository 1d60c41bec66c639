internal import GatewayModel

/// Notes that functions leave beside those about histograms (``HistogramNote``), in Prometheus's words.
///
/// Source: prometheus/prometheus `util/annotations/annotations.go`.
extension QueryNotes {
    mutating func mayBeNoCounter(_ metric: String, at place: SourceRange?) {
        add(.info, "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(metric.goQuoted)", at: place)
    }

    mutating func sortInRangeQuery(at place: SourceRange?) {
        add(.warning, "sort is ineffective for range queries since results are always ordered by labels", at: place)
    }
}

extension SeriesLabels {
    /// The metric's name as notes have it: empty when there is none.
    var nameForNotes: String { metricName ?? "" }
}
