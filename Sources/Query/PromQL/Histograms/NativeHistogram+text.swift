internal import ByteCoding
package import GatewayModel

extension NativeHistogram {
    /// As Prometheus prints a histogram: `{count:4, sum:5, (0.5,1]:1, (1,2]:2}`; buckets ascending, only those that hold something.
    ///
    /// Source: prometheus/prometheus `model/histogram/float_histogram.go`, String.
    package var text: String {
        var text = "{count:\(PrometheusNumber.of(count, .general)), sum:\(PrometheusNumber.of(sum, .general))"
        for bucket in unclampedBuckets where bucket.count != 0 { text += ", \(bucket.text)" }
        return text + "}"
    }

    /// All buckets with the limits of their indices, also where the zero bucket reaches over them.
    private var unclampedBuckets: [HistogramBucket] {
        let negative = negativeSide
        let positive = positiveSide
        return zip(negative.indices, negative.counts).reversed().map { negativeBucket($0, count: $1) }
            + (zeroCount != 0 ? [zeroBucket] : []) + zip(positive.indices, positive.counts).map { positiveBucket($0, count: $1) }
    }

    /// In the notation of test scripts: `{{schema:1 count:4 sum:5 buckets:[1 2 1]}}`.
    ///
    /// Source: prometheus/prometheus `model/histogram/float_histogram.go`, TestExpression.
    package var notation: String {
        var parts: [String] = []
        func add(_ name: String, _ value: Double) { if value != 0 { parts.append("\(name):\(PrometheusNumber.of(value, .general))") } }
        if schema != 0 { parts.append("schema:\(schema)") }
        add("count", count)
        add("sum", sum)
        add("z_bucket", zeroCount)
        add("z_bucket_w", zeroThreshold)
        if hasCustomBuckets { parts.append("custom_values:[\(customValues.map { PrometheusNumber.of($0, .general) }.joined(separator: " "))]") }
        switch resetHint {
        case .unknown: break
        case .reset: parts.append("counter_reset_hint:reset")
        case .notReset: parts.append("counter_reset_hint:not_reset")
        case .gauge: parts.append("counter_reset_hint:gauge")
        }
        parts += Self.notation(positiveSide.populated, "buckets", "offset") + Self.notation(negativeSide.populated, "n_buckets", "n_offset")
        return "{{\(parts.joined(separator: " "))}}"
    }

    /// More buckets than this are not written out with the gaps between them; the indices of histograms from the wire may lie anywhere.
    private static let notationBucketsMax = 10_000

    private static func notation(_ side: IndexedBuckets, _ name: String, _ offsetName: String) -> [String] {
        guard let first = side.indices.first, let last = side.indices.last else { return [] }
        let offset = first == 0 ? [] : ["\(offsetName):\(first)"]
        guard last - first < notationBucketsMax else { return offset + ["\(name):[\(side.counts.count) buckets]"] }
        var counts = Array(repeating: 0.0, count: last - first + 1)
        for (index, count) in zip(side.indices, side.counts) { counts[index - first] = count }
        return offset + ["\(name):[\(counts.map { PrometheusNumber.of($0, .general) }.joined(separator: " "))]"]
    }

    /// A bucket as the Prometheus API gives it.
    package struct APIBucket: Sendable, Equatable {
        /// Which limits are inclusive: 0 only the upper, 1 only the lower, 2 none, 3 both.
        package let boundaryRule: Int
        package let lower: Double
        package let upper: Double
        package let count: Double
    }

    /// The populated buckets, ascending, as the Prometheus API gives them beside count and sum.
    ///
    /// Source: prometheus/prometheus `util/jsonutil/marshal.go`, MarshalHistogram.
    package var apiBuckets: [APIBucket] {
        allBuckets.filter { $0.count != 0 }.map { APIBucket(boundaryRule: $0.boundaryRule, lower: $0.lower, upper: $0.upper, count: $0.count) }
    }
}
