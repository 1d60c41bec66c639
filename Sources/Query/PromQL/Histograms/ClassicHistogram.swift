internal import GatewayModel

/// One cumulative bucket of a classic histogram.
struct ClassicBucket: Sendable, Equatable {
    /// The value of `le`.
    var upper: Double
    /// Observations at or below it.
    var count: Double
}

/// What had to be changed in the counts of a classic histogram so that no bucket has less than the one before.
struct MonotonicityFix: Sendable, Equatable {
    /// Limits of the first and the last bucket that was changed.
    var lowest: Double
    var highest: Double
    /// The largest change.
    var difference: Double
}

/// Quantiles and fractions of classic histograms, whose buckets are series of their own and count everything at or below their limit.
///
/// Observations are taken to be spread evenly within a bucket; the lowest one begins at 0 if its limit is above 0.
/// Counts that go down from one bucket to the next come from series that were not scraped together. Differences within rounding are levelled silently,
/// others are levelled up and told.
///
/// Source: prometheus/prometheus `promql/quantile.go`, BucketQuantile and BucketFraction.
struct ClassicHistogram: Sendable {
    /// Ascending by limit, each limit once.
    private(set) var buckets: [ClassicBucket] = []

    /// Relative differences up to this come from adding up floating point numbers.
    private static let roundingMax = 1e-12

    /// - Parameter ascending: buckets in ascending order of their limits; counts of equal limits are added up.
    init(ascending: some Sequence<ClassicBucket>) {
        buckets.reserveCapacity(ascending.underestimatedCount)
        for bucket in ascending {
            if let last = buckets.last, last.upper == bucket.upper {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
    }

    private var endsAtInfinity: Bool { buckets.last?.upper == .infinity }

    /// The value below which a share of the observations lies, and what had to be fixed in the counts.
    ///
    /// NaN without a bucket for `+Inf`, without a second bucket, or without observations. The limit before the last when the value lies in the last bucket.
    mutating func quantile(_ share: Double) -> (value: Double, fix: MonotonicityFix?) {
        if share.isNaN { return (.nan, nil) }
        if share < 0 { return (-.infinity, nil) }
        if share > 1 { return (.infinity, nil) }
        guard endsAtInfinity else { return (.nan, nil) }
        let fix = makeMonotonic()
        guard buckets.count >= 2, let last = buckets.last, last.count != 0 else { return (.nan, fix) }
        let rank = share * last.count
        let position = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        if position == buckets.count - 1 { return (buckets[position - 1].upper, fix) }
        let bucket = buckets[position]
        if position == 0 { return (bucket.upper <= 0 ? bucket.upper : bucket.upper * (rank / bucket.count), fix) }
        let before = buckets[position - 1]
        return (before.upper + (bucket.upper - before.upper) * ((rank - before.count) / (bucket.count - before.count)), fix)
    }

    private mutating func makeMonotonic() -> MonotonicityFix? {
        guard var previous = buckets.first?.count else { return nil }
        var fix: MonotonicityFix?
        for position in buckets.indices.dropFirst() {
            let bucket = buckets[position]
            if bucket.count == previous { continue }
            if !isAlmostEqual(previous, bucket.count, within: Self.roundingMax) {
                if bucket.count > previous || bucket.count.isNaN {
                    previous = bucket.count
                    continue
                }
                let difference = previous - bucket.count
                fix = MonotonicityFix(
                    lowest: min(fix?.lowest ?? bucket.upper, bucket.upper), highest: max(fix?.highest ?? bucket.upper, bucket.upper),
                    difference: max(fix?.difference ?? 0, difference))
            }
            buckets[position].count = previous
        }
        return fix
    }

    /// The share of the observations between two values. NaN without a bucket for `+Inf`, without observations, or for a NaN limit.
    func fraction(from lower: Double, to upper: Double) -> Double {
        guard endsAtInfinity, let total = buckets.last?.count, total != 0, !lower.isNaN, !upper.isNaN else { return .nan }
        if lower >= upper { return 0 }
        return (rank(of: upper, total) - rank(of: lower, total)) / total
    }

    private func rank(of value: Double, _ total: Double) -> Double {
        var rank = 0.0
        var lower = (buckets.first?.upper ?? 0) > 0 ? 0 : -Double.infinity
        for bucket in buckets {
            if lower >= value { return min(rank, total) }
            if bucket.upper > value {
                // Nothing is known of how observations are spread below the first limit: all of them count.
                if lower == -.infinity { return min(bucket.count, total) }
                return min(rank + (bucket.count - rank) * (value - lower) / (bucket.upper - lower), total)
            }
            rank = bucket.count
            lower = bucket.upper
        }
        return total
    }
}

/// Whether two numbers are equal but for rounding: within a share of the sum of their magnitudes. NaN equals NaN, except for stale markers.
///
/// Source: prometheus/prometheus `util/almost/almost.go`.
func isAlmostEqual(_ left: Double, _ right: Double, within tolerance: Double) -> Bool {
    if SampleColumns.isStale(left) || SampleColumns.isStale(right) { return SampleColumns.isStale(left) && SampleColumns.isStale(right) }
    if left == right || (left.isNaN && right.isNaN) { return true }
    let difference = abs(left - right)
    let size = abs(left) + abs(right)
    // Close to zero a relative comparison says nothing.
    if left == 0 || right == 0 || size < .leastNormalMagnitude { return difference < tolerance * .leastNormalMagnitude }
    return difference / min(size, .greatestFiniteMagnitude) < tolerance
}
