internal import GatewayModel

/// The metrics of one resource, as an `ExportMetricsServiceRequest` has them, whatever it was encoded in.
///
/// Source: open-telemetry/opentelemetry-proto `metrics.proto`.
struct OTLPResource {
    var attributes: [OTLPAttribute] = []
    var metrics: [OTLPMetric] = []
}

/// An attribute with its value as text: numbers and truth values as JSON spells them, lists and maps as JSON.
struct OTLPAttribute {
    var key: String
    var value: String
}

struct OTLPMetric {
    enum Kind { case gauge, sum, histogram, exponentialHistogram, summary }

    var name = ""
    var description = ""
    var unit = ""
    /// nil for a kind that is not known, whose points are left out.
    var kind: Kind?
    var isMonotonic = false
    /// 1 for differences, 2 for totals.
    var temporality = 0
    var points: [OTLPPoint] = []

    var isDelta: Bool { temporality == 1 }
}

/// A data point of any kind: what a kind does not have stays empty.
struct OTLPPoint {
    struct Buckets {
        var offset: Int32 = 0
        var counts: [UInt64] = []
    }

    var attributes: [OTLPAttribute] = []
    /// Nanoseconds since 1970.
    var time: UInt64 = 0
    /// Bit 0: no value was recorded, the series ended.
    var flags: UInt64 = 0
    var value = 0.0
    var count: UInt64 = 0
    var sum: Double?
    var bounds: [Double] = []
    var bucketCounts: [UInt64] = []
    var scale: Int32 = 0
    var zeroCount: UInt64 = 0
    var zeroThreshold = 0.0
    var positive = Buckets()
    var negative = Buckets()
    var quantiles: [(quantile: Double, value: Double)] = []
    var exemplars: [Exemplar] = []

    var hasNoValue: Bool { flags & 1 == 1 }
    /// Milliseconds since 1970.
    var milliseconds: Int64 { Int64(time / 1_000_000) }
}
