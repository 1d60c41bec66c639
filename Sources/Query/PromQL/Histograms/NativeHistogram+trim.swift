internal import Foundation
internal import GatewayModel

/// `histogram </ value` keeps the observations below a value, `histogram >/ value` those above.
///
/// The bucket in which the value lies is divided, by the same spreading of observations as for quantiles. Count and sum are then estimated anew, each
/// kept bucket by its middle: the geometric one of exponential buckets. Of a bucket that reaches to infinity nothing is known but its finite limit; it
/// goes wholly or stays wholly, unless it reaches over 0 and can be taken to begin there.
///
/// Source: prometheus/prometheus `model/histogram/float_histogram.go`, TrimBuckets.
extension NativeHistogram {
    /// The histogram without what lies above (`isUpper`) or below a value; the same when nothing lies there.
    func trimmed(at value: Double, isUpper: Bool) -> NativeHistogram {
        var trimmed = self
        var trim = HistogramTrim(value: value, isUpper: isUpper, isLinear: hasCustomBuckets)
        let positive = positiveSide
        for (position, index) in positive.indices.enumerated() where positive.counts[position] != 0 {
            trimmed.positiveBuckets[position] = trim.keep(positiveBucket(index, count: positive.counts[position]), isPositive: true)
        }
        let negative = negativeSide
        for (position, index) in negative.indices.enumerated() where negative.counts[position] != 0 {
            trimmed.negativeBuckets[position] = trim.keep(negativeBucket(index, count: negative.counts[position]), isPositive: false)
        }
        if zeroCount > 0 {
            let hasPositive = positive.counts.contains { $0 != 0 }
            let hasNegative = negative.counts.contains { $0 != 0 }
            var zero = zeroBucket
            if hasNegative, !hasPositive { zero.upper = 0 }
            if hasPositive, !hasNegative { zero.lower = 0 }
            trimmed.zeroCount = trim.keepZero(zero)
        }
        guard trim.hasCut else { return self }
        trimmed.count = trim.count
        trimmed.sum = trim.sum
        trimmed.compact()
        return trimmed
    }
}

/// What is left of a histogram while its buckets are cut one after the other.
private struct HistogramTrim {
    let value: Double
    let isUpper: Bool
    let isLinear: Bool
    private(set) var count = 0.0
    private(set) var sum = 0.0
    /// Whether anything was taken away.
    private(set) var hasCut = false

    init(value: Double, isUpper: Bool, isLinear: Bool) {
        self.value = value
        self.isUpper = isUpper
        self.isLinear = isLinear
    }

    private mutating func keep(_ kept: Double, of whole: Double, at middle: Double) -> Double {
        count += kept
        if kept != 0 { sum += middle * kept }
        if kept != whole { hasCut = true }
        return kept
    }

    /// The count of what is left of a bucket.
    mutating func keep(_ bucket: HistogramBucket, isPositive: Bool) -> Double {
        let isInside = isUpper ? bucket.upper <= value : bucket.lower >= value
        if isInside { return keep(bucket.count, of: bucket.count, at: middle(bucket.lower, bucket.upper, isPositive)) }
        let isOutside = isUpper ? bucket.lower >= value : bucket.upper <= value
        // A NaN value is neither below nor above anything.
        if isOutside || value.isNaN { return keep(0, of: bucket.count, at: 0) }
        if bucket.lower == -.infinity || bucket.upper == .infinity {
            let (kept, middle) = keepUnbounded(bucket)
            return keep(kept, of: bucket.count, at: middle)
        }
        let below = bucket.count * bucket.share(below: value, isPositive: isPositive, isLinear: isLinear)
        return isUpper
            ? keep(below, of: bucket.count, at: middle(bucket.lower, value, isPositive))
            : keep(bucket.count - below, of: bucket.count, at: middle(value, bucket.upper, isPositive))
    }

    /// What is left of a bucket that reaches to infinity and holds the value, and where that lies.
    private func keepUnbounded(_ bucket: HistogramBucket) -> (Double, Double) {
        if bucket.lower == -.infinity {
            let endsAboveZero = bucket.upper > 0 && bucket.upper != .infinity
            if isUpper {
                if value > 0, endsAboveZero { return (bucket.count * value / bucket.upper, value / 2) }
                return bucket.upper <= 0 ? (bucket.count, value) : (0, 0)
            }
            return value >= 0 && endsAboveZero ? (bucket.count * (1 - value / bucket.upper), (value + bucket.upper) / 2) : (0, 0)
        }
        return isUpper ? (0, 0) : (bucket.count, value)
    }

    mutating func keepZero(_ bucket: HistogramBucket) -> Double {
        let width = bucket.upper - bucket.lower
        let (lower, upper) = isUpper ? (bucket.lower, value) : (value, bucket.upper)
        if isUpper ? value >= bucket.upper && value > bucket.lower : value <= bucket.lower {
            return keep(bucket.count, of: bucket.count, at: (bucket.lower + bucket.upper) / 2)
        }
        if isUpper ? value <= bucket.lower : value >= bucket.upper { return keep(0, of: bucket.count, at: 0) }
        return keep(bucket.count * (upper - lower) / width, of: bucket.count, at: (lower + upper) / 2)
    }

    /// Where the observations between two limits are taken to lie.
    private func middle(_ lower: Double, _ upper: Double, _ isPositive: Bool) -> Double {
        if lower.isInfinite {
            if upper.isInfinite { return 0 }
            return upper > 0 ? upper / 2 : upper
        }
        if upper.isInfinite { return lower }
        if isLinear { return (lower + upper) / 2 }
        return abs(lower * upper).squareRoot() * (isPositive ? 1 : -1)
    }
}

extension HistogramBucket {
    fileprivate func share(below value: Double, isPositive: Bool, isLinear: Bool) -> Double {
        if value <= lower { return 0 }
        if value >= upper { return 1 }
        // A value within a bucket of one side lies on that side.
        return share(below: value, isLinear: isLinear)
    }
}
