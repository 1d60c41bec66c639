internal import GatewayModel
internal import HTTPTransport

/// Families of the program itself, said in one call each.
struct PrometheusText {
    enum Kind {
        case counter, gauge, summary

        var metricKind: MetricMetadata.Kind {
            switch self {
            case .counter: .counter
            case .gauge: .gauge
            case .summary: .summary
            }
        }
    }

    var writer: ExpositionWriter

    init(_ format: ExpositionFormat = .text) { writer = ExpositionWriter(format, reserving: 1 << 16) }

    /// A family: its head and one line for each sample, labels in the order given.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]) {
        writer.family(name, kind.metricKind, help: help)
        for sample in samples { writer.sample(sample.labels.map { SeriesLabel($0.0, $0.1) }, sample.value) }
    }

    /// A family of one sample without labels.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: Double) { family(name, kind, help, [([], value)]) }

    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) { family(name, kind, help, Double(value)) }

    /// A summary: how much in all, how often, and the quantiles that are known.
    mutating func summary(_ name: String, _ help: String, sum: Double, count: Int, quantiles: [(share: Double, value: Double)] = []) {
        writer.family(name, .summary, help: help)
        for quantile in quantiles { writer.sample([SeriesLabel("quantile", "\(quantile.share)")], quantile.value) }
        writer.sample(suffix: "_sum", [], sum)
        writer.sample(suffix: "_count", [], Double(count))
    }

    /// A histogram of durations, in seconds.
    mutating func histogram(_ name: String, _ help: String, _ durations: DurationBuckets) {
        writer.family(name, .histogram, help: help, unit: "seconds")
        let buckets = zip(DurationBuckets.limits + [.infinity], durations.cumulative).map { ExpositionWriter.Bucket(limit: $0, cumulativeCount: Double($1)) }
        writer.histogram([], buckets: buckets, sum: durations.sum, count: Double(durations.count))
    }
}
