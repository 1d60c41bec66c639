internal import ByteCoding
internal import Foundation
internal import GatewayModel

/// One bucket of a native histogram with its limits.
struct HistogramBucket: Sendable, Equatable {
    var lower: Double
    var upper: Double
    var lowerInclusive: Bool
    var upperInclusive: Bool
    var count: Double
    /// Of the bucket within its side; 0 for the zero bucket.
    var index: Int

    /// Prometheus's text of a bucket: `(0.5,1]:3`.
    var text: String {
        let limits = "\(PrometheusNumber.of(lower, .general)),\(PrometheusNumber.of(upper, .general))"
        return "\(lowerInclusive ? "[" : "(")\(limits)\(upperInclusive ? "]" : ")"):\(PrometheusNumber.of(count, .general))"
    }

    /// How the Prometheus API says which limits are inclusive: 0 only the upper, 1 only the lower, 2 none, 3 both.
    var boundaryRule: Int {
        switch (lowerInclusive, upperInclusive) {
        case (false, true): 0
        case (true, false): 1
        case (false, false): 2
        case (true, true): 3
        }
    }
}

extension NativeHistogram {
    /// The upper limit of a positive bucket (with its sign turned, the lower limit of a negative one) under an exponential schema.
    ///
    /// Source: prometheus/prometheus `model/histogram/generic.go`, getBoundExponential: the largest finite number stands for what would be 2^1024.
    static func exponentialBound(_ index: Int, schema: Int32) -> Double {
        if schema <= 0 {
            let exponent = index << Int(-schema)
            return exponent == 1024 ? .greatestFiniteMagnitude : scalbn(1, clampedExponent(exponent))
        }
        let steps = 1 << Int(schema)
        let fraction = exp2(Double(index & (steps - 1)) / Double(steps))
        let exponent = index >> Int(schema)
        return exponent == 1024 && fraction == 1 ? .greatestFiniteMagnitude : scalbn(fraction, clampedExponent(exponent))
    }

    /// Beyond these all results are 0 or infinite; indices from the wire may be anything.
    private static func clampedExponent(_ exponent: Int) -> Int { max(-4096, min(4096, exponent)) }

    /// The upper limit of the bucket of an index under the histogram's own schema.
    func upperBound(_ index: Int) -> Double {
        guard hasCustomBuckets else { return Self.exponentialBound(index, schema: schema) }
        if index < 0 { return -.infinity }
        return index < customValues.count ? customValues[index] : .infinity
    }

    var zeroBucket: HistogramBucket {
        HistogramBucket(lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount, index: 0)
    }

    /// The positive buckets that exist, populated or not, from 0 upwards; with limits of their own all buckets.
    var positiveSide: IndexedBuckets { IndexedBuckets(positiveSpans, positiveBuckets) }
    /// The negative buckets that exist, from 0 downwards.
    var negativeSide: IndexedBuckets { IndexedBuckets(negativeSpans, negativeBuckets) }

    /// The positive bucket of an index, with its limits.
    func positiveBucket(_ index: Int, count: Double) -> HistogramBucket {
        let lower = upperBound(index - 1)
        let upper = upperBound(index)
        // With limits of their own, the bucket between -Inf and the first limit includes what is -Inf, and the last one what is +Inf.
        let lowerInclusive = hasCustomBuckets ? lower == -.infinity : lower < 0
        return HistogramBucket(lower: lower, upper: upper, lowerInclusive: lowerInclusive, upperInclusive: true, count: count, index: index)
    }

    /// The negative bucket of an index, with its limits.
    func negativeBucket(_ index: Int, count: Double) -> HistogramBucket {
        HistogramBucket(
            lower: -Self.exponentialBound(index, schema: schema), upper: -Self.exponentialBound(index - 1, schema: schema), lowerInclusive: true,
            upperInclusive: false, count: count, index: index)
    }

    /// All buckets that exist, ascending, the zero bucket only if it is populated.
    ///
    /// Where the zero bucket reaches into its neighbours, their inner limit is the zero threshold.
    var allBuckets: [HistogramBucket] {
        var buckets: [HistogramBucket] = []
        let negative = negativeSide
        for (index, count) in zip(negative.indices, negative.counts).reversed() {
            var bucket = negativeBucket(index, count: count)
            if bucket.upper < 0, bucket.upper > -zeroThreshold { bucket.upper = -zeroThreshold }
            buckets.append(bucket)
        }
        if zeroCount > 0 { buckets.append(zeroBucket) }
        let positive = positiveSide
        for (index, count) in zip(positive.indices, positive.counts) {
            var bucket = positiveBucket(index, count: count)
            if bucket.lower > 0, bucket.lower < zeroThreshold { bucket.lower = zeroThreshold }
            buckets.append(bucket)
        }
        return buckets
    }
}
