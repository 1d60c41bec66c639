internal import GatewayModel

/// Source: prometheus/prometheus `model/histogram/float_histogram.go`, DetectReset.
extension NativeHistogram {
    /// Whether a counter was reset between a histogram before and this one: some count (of the sum of observations nothing can be said) became
    /// smaller, or the buckets became finer, which no counter does without a reset. A hint decides without looking.
    func isReset(after previous: NativeHistogram) -> Bool {
        switch resetHint {
        case .reset: return true
        case .notReset: return false
        case .unknown, .gauge: break
        }
        if count < previous.count { return true }
        if schema == previous.schema, zeroThreshold == previous.zeroThreshold, customValues == previous.customValues, hasSameBuckets(as: previous) {
            // The common case, without making anything.
            return zeroCount < previous.zeroCount || zip(positiveBuckets, previous.positiveBuckets).contains(where: <)
                || zip(negativeBuckets, previous.negativeBuckets).contains(where: <)
        }
        if hasCustomBuckets {
            if !previous.hasCustomBuckets { return true }
            return isResetWithCustomBuckets(after: previous)
        }
        if previous.hasCustomBuckets { return true }
        if schema > previous.schema || zeroThreshold < previous.zeroThreshold { return true }
        let zero = previous.zeroBucket(reaching: zeroThreshold)
        if zero.threshold != zeroThreshold || zeroCount < zero.count { return true }
        return Self.shrinks(from: outer(previous.positiveSide, previous.schema), to: outer(positiveSide, schema))
            || Self.shrinks(from: outer(previous.negativeSide, previous.schema), to: outer(negativeSide, schema))
    }

    /// A side's buckets outside this histogram's zero bucket, at its resolution.
    private func outer(_ side: IndexedBuckets, _ from: Int32) -> IndexedBuckets {
        side.reduced(from: from, to: schema).endingBeyond(zeroThreshold, schema: schema)
    }

    private func isResetWithCustomBuckets(after previous: NativeHistogram) -> Bool {
        if customValues == previous.customValues { return Self.shrinks(from: previous.positiveSide, to: positiveSide) }
        let common = Self.commonBounds(customValues, previous.customValues)
        var current = self
        var before = previous
        current.restrict(to: common)
        before.restrict(to: common)
        return Self.shrinks(from: before.positiveSide, to: current.positiveSide)
    }

    /// Whether a bucket became smaller; a bucket that is not there holds nothing.
    private static func shrinks(from before: IndexedBuckets, to after: IndexedBuckets) -> Bool {
        var position = 0
        for (index, count) in zip(before.indices, before.counts) {
            while position < after.indices.count, after.indices[position] < index { position += 1 }
            let isThere = position < after.indices.count && after.indices[position] == index
            if isThere ? after.counts[position] < count : count != 0 { return true }
        }
        return false
    }
}
