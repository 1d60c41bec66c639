internal import Foundation
internal import GatewayModel

/// Quantiles and fractions of native histograms.
///
/// Within an exponential bucket observations are taken to be spread evenly on a logarithmic scale: the median of a bucket is where its limit would be
/// at double the resolution. Within the zero bucket and buckets with limits of their own they are taken to be spread evenly.
/// NaN observations are in no bucket but in the count, and make the sum NaN: that is how they are recognised.
///
/// Source: prometheus/prometheus `promql/quantile.go`, HistogramQuantile and HistogramFraction.
extension NativeHistogram {
    /// The value below which a share of the observations lies: NaN without observations or for a NaN share, infinite for a share outside 0...1.
    ///
    /// - Parameters:
    ///   - metric: the metric's name for notes; empty when there is none.
    ///   - place: where the share is written, for notes.
    func quantile(_ share: Double, metric: String, place: SourceRange?, notes: inout QueryNotes) -> Double {
        if share < 0 { return -.infinity }
        if share > 1 { return .infinity }
        if count == 0 || share.isNaN { return .nan }

        // From the nearer end, so that numbers of like size are added up; with NaN observations always from below, where their number does not matter.
        let isForward = sum.isNaN || share < 0.5
        let buckets = isForward ? allBuckets : allBuckets.reversed()
        var rank = (isForward ? share : 1 - share) * count
        guard let (position, reached) = Self.bucket(at: rank, in: buckets) else { return .nan }
        var bucket = buckets[position]
        if hasCustomBuckets {
            if bucket.lower == -.infinity {
                if bucket.upper <= 0 { return bucket.upper }
                bucket.lower = 0
            } else if bucket.upper == .infinity {
                return bucket.lower
            }
        } else {
            narrowAtZero(&bucket)
        }

        // Rounding may have made it more than all.
        let total = min(reached, count)
        if total < rank {
            guard sum.isNaN else { return bucket.upper }
            notes.add(.quantileIsNaN(metric: metric), at: place)
            return .nan
        }
        rank = isForward ? rank - (total - bucket.count) : total - rank
        if sum.isNaN, total + buckets[(position + 1)...].reduce(0, { $0 + $1.count }) < count {
            notes.add(.quantileIsSkewed(metric: metric), at: place)
        }
        return bucket.value(at: rank / bucket.count, isLinear: hasCustomBuckets)
    }

    /// The first populated bucket at which the counts add up to a rank, or the last one, and what they add up to; nil without buckets.
    private static func bucket(at rank: Double, in buckets: [HistogramBucket]) -> (Int, Double)? {
        var total = 0.0
        for (position, bucket) in buckets.enumerated() where bucket.count != 0 {
            total += bucket.count
            if total >= rank { return (position, total) }
        }
        return buckets.isEmpty ? nil : (buckets.count - 1, total)
    }

    /// When there are buckets on one side only, so are the observations of the zero bucket.
    private func narrowAtZero(_ bucket: inout HistogramBucket) {
        guard bucket.lower <= 0, bucket.upper >= 0 else { return }
        if negativeBuckets.isEmpty, !positiveBuckets.isEmpty { bucket.lower = 0 }
        if positiveBuckets.isEmpty, !negativeBuckets.isEmpty { bucket.upper = 0 }
    }

    /// The share of the observations between two values: the inverse of ``quantile(_:metric:place:notes:)``. NaN without observations or for a NaN limit.
    func fraction(from lower: Double, to upper: Double, metric: String, place: SourceRange?, notes: inout QueryNotes) -> Double {
        if count == 0 || lower.isNaN || upper.isNaN { return .nan }
        if lower >= upper { return 0 }
        let buckets = allBuckets
        var total = count
        if sum.isNaN {
            total = buckets.reduce(0) { $0 + $1.count }
            if total < count { notes.add(.fractionExcludesNaN(metric: metric), at: place) }
        }
        return (rank(of: upper, in: buckets, total) - rank(of: lower, in: buckets, total)) / count
    }

    /// How many of the observations lie below a value.
    private func rank(of value: Double, in buckets: [HistogramBucket], _ total: Double) -> Double {
        var rank = 0.0
        for var bucket in buckets {
            let isLinear = hasCustomBuckets || (bucket.lower <= 0 && bucket.upper >= 0)
            narrowAtZero(&bucket)
            if bucket.lower >= value { return min(rank, total) }
            if bucket.upper > value {
                // Nothing is known of how observations are spread below the first limit: all of them count.
                if isLinear, bucket.lower == -.infinity { return min(bucket.count, total) }
                return min(rank + bucket.count * bucket.share(below: value, isLinear: isLinear), total)
            }
            rank += bucket.count
        }
        return total
    }

    /// The mean of all observations.
    var average: Double { sum / count }

    /// The variance of all observations, each taken to lie in the middle of its bucket.
    ///
    /// Source: prometheus/prometheus `promql/functions.go`, histogramVariance.
    var variance: Double {
        let mean = average
        var total = CompensatedSum()
        for bucket in allBuckets where bucket.count != 0 {
            let middle =
                if hasCustomBuckets {
                    (bucket.upper + bucket.lower) / 2
                } else if bucket.lower <= 0, bucket.upper >= 0 {
                    0.0
                } else {
                    (bucket.upper * bucket.lower).squareRoot() * (bucket.upper < 0 ? -1 : 1)
                }
            let distance = middle - mean
            total.add(bucket.count * distance * distance)
        }
        return total.total / count
    }
}

extension HistogramBucket {
    /// The value at a share of the bucket's observations, counted from its lower limit.
    func value(at share: Double, isLinear: Bool) -> Double {
        if isLinear || (lower <= 0 && upper >= 0) { return lower + (upper - lower) * share }
        let lowerLog = log2(abs(lower))
        let upperLog = log2(abs(upper))
        return lower > 0 ? exp2(lowerLog + (upperLog - lowerLog) * share) : -exp2(upperLog + (lowerLog - upperLog) * (1 - share))
    }

    /// The share of the bucket's observations below a value within its limits.
    func share(below value: Double, isLinear: Bool) -> Double {
        if isLinear { return (value - lower) / (upper - lower) }
        let lowerLog = log2(abs(lower))
        let upperLog = log2(abs(upper))
        let valueLog = log2(abs(value))
        return value > 0 ? (valueLog - lowerLog) / (upperLog - lowerLog) : 1 - (valueLog - upperLog) / (lowerLog - upperLog)
    }
}
