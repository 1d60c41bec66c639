internal import GatewayModel

/// The sum of histograms, with what rounding loses kept for every bucket (``CompensatedSum``).
///
/// Source: prometheus/prometheus `model/histogram/float_histogram.go`, KahanAdd; the aggregations in `promql/engine.go`.
struct HistogramSum: Sendable {
    private(set) var value: NativeHistogram
    /// What was lost, in the buckets of `value`.
    private var compensation: NativeHistogram
    /// Whether limits differed, so that only common ones are left.
    private(set) var boundsReconciled = false
    private var seesReset = false
    private var seesNoReset = false

    init(_ first: NativeHistogram) {
        value = first
        compensation = first.scaled(by: 0)
        // Zero times infinity is no number.
        compensation.clear()
        look(at: first.resetHint)
    }

    /// Whether some histograms say that they come after a reset and others that they do not.
    var resetsCollide: Bool { seesReset && seesNoReset }

    var hasOverflow: Bool { value.hasOverflow }

    /// The sum; compact.
    var result: NativeHistogram {
        var total = value
        total.count += compensation.count
        total.sum += compensation.sum
        total.zeroCount += compensation.zeroCount
        for index in total.positiveBuckets.indices { total.positiveBuckets[index] += compensation.positiveBuckets[index] }
        for index in total.negativeBuckets.indices { total.negativeBuckets[index] += compensation.negativeBuckets[index] }
        return total.compacted()
    }

    private mutating func look(at hint: NativeHistogram.ResetHint) {
        if hint == .reset { seesReset = true }
        if hint == .notReset { seesNoReset = true }
    }

    mutating func add(_ histogram: NativeHistogram) throws(IncompatibleHistograms) {
        look(at: histogram.resetHint)
        guard value.hasCustomBuckets == histogram.hasCustomBuckets else { throw IncompatibleHistograms() }
        _ = value.joinHint(of: histogram)
        var done = HistogramReconciliation()
        var other = value.align(with: histogram, &done)
        if done.boundsReconciled {
            boundsReconciled = true
            compensation.restrict(to: value.customValues)
        }
        if value.zeroThreshold > compensation.zeroThreshold { compensation.moveToZeroBucket(below: value.zeroThreshold) }
        compensation.reduceResolution(to: value.schema)
        share(&other)
        Self.add(other.count, to: &value.count, &compensation.count)
        Self.add(other.sum, to: &value.sum, &compensation.sum)
        Self.add(other.zeroCount, to: &value.zeroCount, &compensation.zeroCount)
        for index in value.positiveBuckets.indices {
            Self.add(other.positiveBuckets[index], to: &value.positiveBuckets[index], &compensation.positiveBuckets[index])
        }
        for index in value.negativeBuckets.indices {
            Self.add(other.negativeBuckets[index], to: &value.negativeBuckets[index], &compensation.negativeBuckets[index])
        }
    }

    /// Adds what another sum has added up.
    mutating func join(_ later: HistogramSum) throws(IncompatibleHistograms) {
        try add(later.result)
        seesReset = seesReset || later.seesReset
        seesNoReset = seesNoReset || later.seesNoReset
        boundsReconciled = boundsReconciled || later.boundsReconciled
    }

    mutating func divide(by divisor: Double) {
        value.divide(by: divisor)
        compensation.divide(by: divisor)
    }

    mutating func scale(by factor: Double) {
        value.scale(by: factor)
        compensation.scale(by: factor)
    }

    private static func add(_ addend: Double, to sum: inout Double, _ compensation: inout Double) {
        var total = CompensatedSum(sum, lost: compensation)
        total.add(addend)
        sum = total.sum
        compensation = total.lost
    }

    /// Gives all three the same buckets.
    private mutating func share(_ other: inout NativeHistogram) {
        if value.hasSameBuckets(as: other), value.hasSameBuckets(as: compensation) { return }
        let positive = Self.union(value.positiveSide, other.positiveSide, compensation.positiveSide)
        value.setPositive(value.positiveSide.spread(over: positive))
        other.setPositive(other.positiveSide.spread(over: positive))
        compensation.setPositive(compensation.positiveSide.spread(over: positive))
        let negative = Self.union(value.negativeSide, other.negativeSide, compensation.negativeSide)
        value.setNegative(value.negativeSide.spread(over: negative))
        other.setNegative(other.negativeSide.spread(over: negative))
        compensation.setNegative(compensation.negativeSide.spread(over: negative))
    }

    private static func union(_ first: IndexedBuckets, _ second: IndexedBuckets, _ third: IndexedBuckets) -> [Int] {
        first.merged(with: second) { $0 + $1 }.merged(with: third) { $0 + $1 }.indices
    }
}

extension NativeHistogram {
    fileprivate mutating func clear() {
        count = 0
        sum = 0
        zeroCount = 0
        for index in positiveBuckets.indices { positiveBuckets[index] = 0 }
        for index in negativeBuckets.indices { negativeBuckets[index] = 0 }
    }

    /// Widens the zero bucket to a threshold, whatever the buckets hold.
    fileprivate mutating func moveToZeroBucket(below threshold: Double) {
        for side in [positiveSide, negativeSide] {
            for (index, bucket) in zip(side.indices, side.counts) where Self.exponentialBound(index - 1, schema: schema) < threshold { zeroCount += bucket }
        }
        zeroThreshold = threshold
        setPositive(positiveSide.from(threshold, schema: schema))
        setNegative(negativeSide.from(threshold, schema: schema))
    }
}

extension IndexedBuckets {
    /// The same counts over more indices, ascending, all of its own among them; 0 in those that are new.
    fileprivate func spread(over wider: [Int]) -> IndexedBuckets {
        var spread = IndexedBuckets()
        spread.indices = wider
        spread.counts = Array(repeating: 0, count: wider.count)
        var position = 0
        for (place, index) in wider.enumerated() where position < indices.count && indices[position] == index {
            spread.counts[place] = counts[position]
            position += 1
        }
        return spread
    }
}

/// The mean of histograms: their sum divided by their number, or, once the sum would overflow, a mean that is moved by each.
struct HistogramMean: Sendable {
    private var sum: HistogramSum
    private var number = 1.0
    private var isIncremental = false

    init(_ first: NativeHistogram) { sum = HistogramSum(first) }

    var boundsReconciled: Bool { sum.boundsReconciled }
    var resetsCollide: Bool { sum.resetsCollide }

    mutating func add(_ histogram: NativeHistogram) throws(IncompatibleHistograms) {
        number += 1
        if !isIncremental {
            var next = sum
            try next.add(histogram)
            if !next.hasOverflow {
                sum = next
                return
            }
            isIncremental = true
            sum.divide(by: number - 1)
        }
        sum.scale(by: (number - 1) / number)
        try sum.add(histogram.divided(by: number))
    }

    /// Takes in the histograms of another mean.
    mutating func join(_ later: HistogramMean) throws(IncompatibleHistograms) {
        if !isIncremental, !later.isIncremental {
            var next = sum
            try next.join(later.sum)
            if !next.hasOverflow {
                sum = next
                number += later.number
                return
            }
        }
        let total = number + later.number
        var other = later.sum
        sum.scale(by: isIncremental ? number / total : 1 / total)
        other.scale(by: later.isIncremental ? later.number / total : 1 / total)
        try sum.join(other)
        isIncremental = true
        number = total
    }

    /// The mean; compact.
    var result: NativeHistogram {
        guard !isIncremental else { return sum.result }
        var mean = sum
        mean.divide(by: number)
        return mean.result
    }
}
