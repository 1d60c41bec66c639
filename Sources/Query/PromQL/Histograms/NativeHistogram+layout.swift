internal import GatewayModel

extension NativeHistogram {
    mutating func setPositive(_ side: IndexedBuckets) {
        positiveSpans = side.spans
        positiveBuckets = side.counts
    }

    mutating func setNegative(_ side: IndexedBuckets) {
        negativeSpans = side.spans
        negativeBuckets = side.counts
    }

    /// Whether the buckets of both lie at the same indices, so that they can be taken one by one; resolution and limits are not looked at.
    func hasSameBuckets(as other: NativeHistogram) -> Bool {
        positiveSpans == other.positiveSpans && negativeSpans == other.negativeSpans && positiveBuckets.count == other.positiveBuckets.count
            && negativeBuckets.count == other.negativeBuckets.count
    }

    /// Takes away the buckets that hold nothing and joins spans that touch: what Prometheus calls `Compact(0)`.
    mutating func compact() {
        if needsCompaction(positiveSpans, positiveBuckets) { setPositive(positiveSide.populated) }
        if needsCompaction(negativeSpans, negativeBuckets) { setNegative(negativeSide.populated) }
    }

    func compacted() -> NativeHistogram {
        var copy = self
        copy.compact()
        return copy
    }

    private func needsCompaction(_ spans: [Span], _ buckets: [Double]) -> Bool {
        buckets.contains(0) || spans.contains { $0.length == 0 } || spans.dropFirst().contains { $0.offset == 0 }
            || spans.reduce(0, { $0 + Int($1.length) }) != buckets.count
    }

    /// Lowers the resolution of exponential buckets; a no-op when the schema is not above the target or the limits are custom.
    mutating func reduceResolution(to target: Int32) {
        guard !hasCustomBuckets, target < schema else { return }
        setPositive(positiveSide.reduced(from: schema, to: target))
        setNegative(negativeSide.reduced(from: schema, to: target))
        schema = target
    }

    /// Whether two histograms hold the same data in the same buckets, bit by bit; the hint is no part of it.
    ///
    /// Source: prometheus/prometheus `model/histogram/float_histogram.go`, Equals.
    func holdsSame(as other: NativeHistogram) -> Bool {
        func same(_ left: Double, _ right: Double) -> Bool { left.bitPattern == right.bitPattern }
        guard schema == other.schema, same(count, other.count), same(sum, other.sum), zeroThreshold == other.zeroThreshold,
            same(zeroCount, other.zeroCount), !hasCustomBuckets || customValues == other.customValues
        else { return false }
        let sides = [(positiveSide, other.positiveSide), (negativeSide, other.negativeSide)]
        return sides.allSatisfy { left, right in left.indices == right.indices && zip(left.counts, right.counts).allSatisfy(same) }
    }

    /// Whether some part has grown beyond what a number can hold.
    var hasOverflow: Bool {
        count.isInfinite || sum.isInfinite || zeroCount.isInfinite || positiveBuckets.contains(where: \.isInfinite)
            || negativeBuckets.contains(where: \.isInfinite)
    }
}
