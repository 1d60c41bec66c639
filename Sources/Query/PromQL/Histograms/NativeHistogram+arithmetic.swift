internal import GatewayModel

/// Histograms of which one has exponential buckets and the other limits of its own cannot be added.
struct IncompatibleHistograms: Error, Equatable {}

/// What had to be done to add or subtract two histograms, for the notes.
struct HistogramReconciliation: Sendable, Equatable {
    /// One was known to come after a counter's reset, the other not to.
    var resetsCollide = false
    /// Their limits differed and only those that both have are left.
    var boundsReconciled = false
}

extension NativeHistogram {
    /// Adds another histogram: at the lower of the two resolutions, the wider of the two zero buckets, or the limits that both have.
    ///
    /// Buckets that hold nothing may be left; ``compact()`` takes them away.
    @discardableResult
    mutating func add(_ other: NativeHistogram) throws(IncompatibleHistograms) -> HistogramReconciliation { try combine(other) { $0 + $1 } }

    /// Subtracts another histogram. The hint becomes what an addition would make of it; a difference that is an answer of its own is a gauge.
    @discardableResult
    mutating func subtract(_ other: NativeHistogram) throws(IncompatibleHistograms) -> HistogramReconciliation { try combine(other) { $0 - $1 } }

    private mutating func combine(
        _ other: NativeHistogram, by operation: (Double, Double) -> Double
    ) throws(IncompatibleHistograms) -> HistogramReconciliation {
        guard hasCustomBuckets == other.hasCustomBuckets else { throw IncompatibleHistograms() }
        var done = HistogramReconciliation(resetsCollide: joinHint(of: other))
        let aligned = align(with: other, &done)
        count = operation(count, other.count)
        sum = operation(sum, other.sum)
        zeroCount = operation(zeroCount, aligned.zeroCount)
        if hasSameBuckets(as: aligned) {
            for index in positiveBuckets.indices { positiveBuckets[index] = operation(positiveBuckets[index], aligned.positiveBuckets[index]) }
            for index in negativeBuckets.indices { negativeBuckets[index] = operation(negativeBuckets[index], aligned.negativeBuckets[index]) }
        } else {
            setPositive(positiveSide.merged(with: aligned.positiveSide, by: operation))
            setNegative(negativeSide.merged(with: aligned.negativeSide, by: operation))
        }
        return done
    }

    /// Brings this histogram and another to a common zero bucket, resolution and limits.
    ///
    /// - Returns: the other one, so changed; its count, sum and hint as they were.
    mutating func align(with other: NativeHistogram, _ done: inout HistogramReconciliation) -> NativeHistogram {
        var other = other
        if hasCustomBuckets {
            if customValues != other.customValues {
                done.boundsReconciled = true
                let common = Self.commonBounds(customValues, other.customValues)
                restrict(to: common)
                other.restrict(to: common)
            }
            return other
        }
        if zeroThreshold != other.zeroThreshold {
            other.zeroCount = reconcileZeroBucket(with: other)
            other.zeroThreshold = zeroThreshold
        }
        // What the other's wider zero bucket holds is no longer in its buckets. They are taken away at its own resolution: upstream does it at the lower
        // one, where a bucket that reaches over the threshold would count them a second time.
        if other.reaches(other.positiveSpans) { other.setPositive(other.positiveSide.endingBeyond(zeroThreshold, schema: other.schema)) }
        if other.reaches(other.negativeSpans) { other.setNegative(other.negativeSide.endingBeyond(zeroThreshold, schema: other.schema)) }
        reduceResolution(to: other.schema)
        other.reduceResolution(to: schema)
        return other
    }

    /// Whether the zero bucket covers the first of the buckets.
    private func reaches(_ spans: [Span]) -> Bool {
        guard zeroThreshold > 0, let first = spans.first else { return false }
        return Self.exponentialBound(Int(first.offset), schema: schema) <= zeroThreshold
    }

    /// Limits that both have.
    static func commonBounds(_ left: [Double], _ right: [Double]) -> [Double] {
        let known = Set(right)
        return left.filter(known.contains)
    }

    /// Leaves only some of the limits: buckets between two that are left become one.
    mutating func restrict(to bounds: [Double]) {
        var side = IndexedBuckets()
        var target = 0
        for (index, count) in zip(positiveSide.indices, positiveSide.counts) {
            let upper = upperBound(index)
            while target < bounds.count, bounds[target] < upper { target += 1 }
            side.append(target, count)
        }
        customValues = bounds
        setPositive(side)
    }

    /// Takes over what another's hint means for a sum of both.
    ///
    /// - Returns: whether one says reset and the other no reset; the sum's hint is unknown then.
    mutating func joinHint(of other: NativeHistogram) -> Bool {
        switch (resetHint, other.resetHint) {
        case (let left, let right) where left == right: return false
        case (.gauge, _), (_, .gauge): resetHint = .gauge
        case (.unknown, _), (_, .unknown): resetHint = .unknown
        default:
            resetHint = .unknown
            return true
        }
        return false
    }

    /// Multiplies everything by a factor. A negative factor makes a gauge of it.
    mutating func scale(by factor: Double) {
        mapCounts { $0 * factor }
        if factor < 0 { resetHint = .gauge }
    }

    /// Divides everything by a number. Division by zero takes away all buckets; a negative divisor makes a gauge of it.
    mutating func divide(by divisor: Double) {
        mapCounts { $0 / divisor }
        if divisor == 0 {
            setPositive(IndexedBuckets())
            setNegative(IndexedBuckets())
        } else if divisor < 0 {
            resetHint = .gauge
        }
    }

    func scaled(by factor: Double) -> NativeHistogram {
        var copy = self
        copy.scale(by: factor)
        return copy
    }

    func divided(by divisor: Double) -> NativeHistogram {
        var copy = self
        copy.divide(by: divisor)
        return copy
    }

    private mutating func mapCounts(_ change: (Double) -> Double) {
        count = change(count)
        sum = change(sum)
        zeroCount = change(zeroCount)
        for index in positiveBuckets.indices { positiveBuckets[index] = change(positiveBuckets[index]) }
        for index in negativeBuckets.indices { negativeBuckets[index] = change(negativeBuckets[index]) }
    }
}
