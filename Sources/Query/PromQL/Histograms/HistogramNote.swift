internal import ByteCoding
internal import GatewayModel

/// What a query's user is told about histograms, in Prometheus's words.
///
/// Source: prometheus/prometheus `util/annotations/annotations.go`.
enum HistogramNote: Sendable, Equatable {
    enum Operation: String, Sendable { case addition, subtraction, aggregation }

    case mixedFloatsAndHistograms(metric: String)
    case mixedFloatsAndHistogramsInAggregation
    case mixedClassicAndNative(metric: String)
    case mixedExponentialAndCustom(metric: String)
    case notCounter(metric: String)
    case notGauge(metric: String)
    case incompatibleBucketLayout(operation: String)
    case badBucketLabel(metric: String, value: String)
    case resetsCollide(Operation)
    case invalidQuantile(Double)
    case boundsReconciled(Operation)
    case incompatibleTypes(left: String, operation: String, right: String)
    case ignoredInAggregation(String)
    case ignoredInMixedRange(metric: String)
    case quantileIsNaN(metric: String)
    case quantileIsSkewed(metric: String)
    case fractionExcludesNaN(metric: String)

    var severity: QueryNotes.Severity {
        switch self {
        case .mixedFloatsAndHistograms, .mixedFloatsAndHistogramsInAggregation, .mixedClassicAndNative, .mixedExponentialAndCustom, .notCounter, .notGauge,
            .incompatibleBucketLayout, .badBucketLabel, .resetsCollide, .invalidQuantile:
            .warning
        case .boundsReconciled, .incompatibleTypes, .ignoredInAggregation, .ignoredInMixedRange, .quantileIsNaN, .quantileIsSkewed, .fractionExcludesNaN:
            .info
        }
    }

    var message: String {
        switch self {
        case .mixedFloatsAndHistograms(let metric): "encountered a mix of histograms and floats for metric name \(metric.goQuoted)"
        case .mixedFloatsAndHistogramsInAggregation: "encountered a mix of histograms and floats for aggregation"
        case .mixedClassicAndNative(let metric): "vector contains a mix of classic and native histograms" + Self.named(metric)
        case .mixedExponentialAndCustom(let metric):
            "vector contains a mix of histograms with exponential and custom buckets schemas for metric name \(metric.goQuoted)"
        case .notCounter(let metric): "this native histogram metric is not a counter: \(metric.goQuoted)"
        case .notGauge(let metric): "this native histogram metric is not a gauge: \(metric.goQuoted)"
        case .incompatibleBucketLayout(let operation): "incompatible bucket layout encountered for binary operator \(operation)"
        case .badBucketLabel(let metric, let value):
            "bucket label \"le\" is missing or has a malformed value of \(value.goQuoted)" + Self.named(metric)
        case .resetsCollide(let operation): "conflicting counter resets during histogram \(operation.rawValue)"
        case .invalidQuantile(let quantile): "quantile value should be between 0 and 1, got \(PrometheusNumber.of(quantile, .general))"
        case .boundsReconciled(let operation): "mismatched custom buckets were reconciled during \(operation.rawValue)"
        case .incompatibleTypes(let left, let operation, let right):
            "incompatible sample types encountered for binary operator \"\(operation)\": \(left) \(operation) \(right)"
        case .ignoredInAggregation(let aggregation): "ignored histogram in \(aggregation) aggregation"
        case .ignoredInMixedRange(let metric):
            "ignored histograms in a range containing both floats and histograms for metric name \(metric.goQuoted)"
        case .quantileIsNaN(let metric): "input to histogram_quantile has NaN observations, result is NaN" + Self.named(metric)
        case .quantileIsSkewed(let metric): "input to histogram_quantile has NaN observations, result is skewed higher" + Self.named(metric)
        case .fractionExcludesNaN(let metric):
            "input to histogram_fraction has NaN observations, which are excluded from all fractions" + Self.named(metric)
        }
    }

    private static func named(_ metric: String) -> String { metric.isEmpty ? "" : " for metric name \(metric.goQuoted)" }
}

extension QueryNotes {
    mutating func add(_ note: HistogramNote, at place: SourceRange?) { add(note.severity, note.message, at: place) }
}
