/// The values of one cell, for percentiles: all of them up to ``exactMax``, beyond that a log-linear histogram.
///
/// Problem: a percentile needs all values, but a cell may have hundreds of millions.
/// Idea: integers below 2,048 are counted one by one; from there on each power of two is divided into 1,024 equal steps, so that a step is at most
/// 2^-10 of its values. A step answers with its middle, which is wrong by at most half a step: 0.05 %, half of what the API promises.
/// Steps are numbered through; the counters cover whole powers of two (4 KiB each) from the smallest to the largest value seen, some 16 for durations.
/// Merging adds counters and concatenates lists, so a merged sketch is the one that all values together would have made, whatever the order.
/// Left out: t-digest and DDSketch need less memory, but their error depends on the order of merging or grows with the range.
package struct ValueSketch: Sendable {
    /// Values kept as they are: 32 KiB a cell.
    package static let exactMax = 4_096

    package internal(set) var count = 0
    /// The smallest value, exactly; `Int64.max` while there is none.
    package internal(set) var minimum = Int64.max
    /// The largest value, exactly; `Int64.min` while there is none.
    package internal(set) var maximum = Int64.min
    /// The values, unordered, while they are at most ``exactMax``; empty afterwards.
    var list: [Int64] = []
    var histogram = StepCounters()

    package init() {}

    /// Bytes of memory held besides the struct itself.
    package var bytes: Int { list.capacity * 8 + histogram.bytes }

    /// Adds values, none of them ``absentInteger``. At most 2^32 - 1 in all.
    package mutating func add(_ values: Span<Int64>) {
        if histogram.isEmpty, count + values.count <= Self.exactMax {
            append(values)
            return
        }
        widen(values)
        count += values.count
        turnIntoHistogram()
        histogram.add(values, from: minimum, to: maximum)
    }

    /// Adds all values of `other`.
    package mutating func merge(_ other: ValueSketch) {
        if other.count == 0 { return }
        if count == 0 {
            self = other
        } else if other.histogram.isEmpty {
            add(other.list.span)
        } else {
            turnIntoHistogram()
            count += other.count
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
            histogram.merge(other.histogram)
        }
    }

    /// The percentile (0...100): rank p/100 x (n - 1), linearly interpolated between the closest ranks. nil over no values.
    package func percentile(_ percent: Double) -> Double? { percentiles([percent])[0] }

    /// Several percentiles at once.
    package func percentiles(_ percents: [Double]) -> [Double?] {
        guard count > 0 else { return percents.map { _ in nil } }
        var selection = RankSelection(list)
        return percents.map { percent in
            let rank = percent / 100 * Double(count - 1)
            let lower = min(Int(rank), count - 1)
            let upper = min(lower + 1, count - 1)
            let (low, high) = histogram.isEmpty ? selection.values(lower, upper) : histogramValues(lower, upper)
            return low + (high - low) * (rank - Double(lower))
        }
    }

    private mutating func append(_ values: Span<Int64>) {
        widen(values)
        count += values.count
        // Powers of two, so that growing costs a constant share.
        if count > list.capacity { list.reserveCapacity(max(4, 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount))) }
        for index in values.indices { list.append(unsafe values[unchecked: index]) }
    }

    private mutating func widen(_ values: Span<Int64>) {
        var low = minimum
        var high = maximum
        for index in values.indices {
            let value = unsafe values[unchecked: index]
            low = min(low, value)
            high = max(high, value)
        }
        minimum = low
        maximum = high
    }

    mutating func turnIntoHistogram() {
        guard histogram.isEmpty, !list.isEmpty else { return }
        let values = list
        list = []
        histogram.add(values.span, from: minimum, to: maximum)
    }

    /// The values at two neighbouring ranks (from 0), within half a step; the first and last exactly.
    private func histogramValues(_ lower: Int, _ upper: Int) -> (Double, Double) {
        let (low, high) = histogram.values(lower, upper)
        func bounded(_ value: Double, _ rank: Int) -> Double {
            rank == 0 ? Double(minimum) : rank == count - 1 ? Double(maximum) : min(max(value, Double(minimum)), Double(maximum))
        }
        return (bounded(low, lower), bounded(high, upper))
    }
}
