internal import GatewayModel

/// Zero buckets of different widths are brought to one width before two histograms are added or compared: the narrower one grows over the buckets
/// beside it. It must not end within a populated bucket (its observations could not be divided), so it may have to grow further than the other's
/// width, and then the other has to follow. This ends, since each step passes at least one populated bucket.
///
/// Source: prometheus/prometheus `model/histogram/float_histogram.go`, reconcileZeroBuckets.
extension NativeHistogram {
    /// The zero bucket when it reaches at least as far as a threshold that is not below its own.
    ///
    /// - Returns: its count, and where it ends: at the threshold, or at the outer limit of the populated bucket in which the threshold lies.
    func zeroBucket(reaching threshold: Double) -> (count: Double, threshold: Double) {
        guard threshold > zeroThreshold else { return (zeroCount, zeroThreshold) }
        let positive = positiveSide
        let negative = negativeSide
        var reach = threshold
        while true {
            let (first, firstReach) = absorbed(positive, reaching: reach)
            let (second, secondReach) = absorbed(negative, reaching: firstReach)
            if secondReach == firstReach { return (zeroCount + first + second, firstReach) }
            reach = secondReach
        }
    }

    /// The count of the buckets of a side that begin before a threshold, and where they end if the last one is populated.
    private func absorbed(_ side: IndexedBuckets, reaching threshold: Double) -> (count: Double, threshold: Double) {
        var count = 0.0
        for (index, bucket) in zip(side.indices, side.counts) {
            if Self.exponentialBound(index - 1, schema: schema) >= threshold { break }
            count += bucket
            let upper = Self.exponentialBound(index, schema: schema)
            if upper > threshold { return (count, bucket == 0 ? threshold : upper) }
        }
        return (count, threshold)
    }

    /// Widens the zero bucket to a threshold and takes away the buckets that begin within; what they held must be in `count` already.
    mutating func widenZeroBucket(to threshold: Double, count: Double) {
        zeroCount = count
        zeroThreshold = threshold
        setPositive(positiveSide.from(threshold, schema: schema).populated)
        setNegative(negativeSide.from(threshold, schema: schema).populated)
    }

    /// Brings this histogram's zero bucket to the width that both can have.
    ///
    /// - Returns: what the other's zero bucket holds at that width.
    mutating func reconcileZeroBucket(with other: NativeHistogram) -> Double {
        var count = other.zeroCount
        var threshold = other.zeroThreshold
        while threshold != zeroThreshold {
            if zeroThreshold > threshold { (count, threshold) = other.zeroBucket(reaching: zeroThreshold) }
            if threshold > zeroThreshold {
                let wider = zeroBucket(reaching: threshold)
                widenZeroBucket(to: wider.threshold, count: wider.count)
            }
            // A NaN threshold from the wire would never be reached.
            if threshold.isNaN || zeroThreshold.isNaN { break }
        }
        return count
    }
}

extension IndexedBuckets {
    /// The buckets that do not begin within a zero bucket of this width.
    func from(_ threshold: Double, schema: Int32) -> IndexedBuckets {
        guard threshold > 0 else { return self }
        var outer = IndexedBuckets()
        for (index, count) in zip(indices, counts) where NativeHistogram.exponentialBound(index - 1, schema: schema) >= threshold {
            outer.append(index, count)
        }
        return outer
    }

    /// The buckets that do not end within a zero bucket of this width.
    func endingBeyond(_ threshold: Double, schema: Int32) -> IndexedBuckets {
        guard threshold > 0 else { return self }
        var outer = IndexedBuckets()
        for (index, count) in zip(indices, counts) where NativeHistogram.exponentialBound(index, schema: schema) > threshold {
            outer.append(index, count)
        }
        return outer
    }
}
