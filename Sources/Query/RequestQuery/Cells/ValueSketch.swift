internal import GatewayModel

/// The values of one cell, for percentiles: all of them up to ``exactMax``, beyond that a log-linear histogram.
///
/// Problem: a percentile needs all values, but a cell may have hundreds of millions.
/// Idea: integers below 2,048 are counted one by one; from there on each power of two is divided into 1,024 equal steps, so that a step is at most
/// 2^-10 of its values. A step answers with its middle, which is wrong by at most half a step: 0.05 %, half of what the API promises.
/// Steps are numbered through; the counters cover whole powers of two (4 KiB each) from the smallest to the largest value seen, some 16 for durations.
/// Merging adds counters and concatenates lists, so a merged sketch is the one that all values together would have made, whatever the order.
/// Left out: t-digest and DDSketch need less memory, but their error depends on the order of merging or grows with the range.
struct ValueSketch: Sendable {
    /// Values kept as they are: 32 KiB a cell.
    static let exactMax = 4_096

    private(set) var count = 0
    private(set) var minimum = Int64.max
    private(set) var maximum = Int64.min
    /// The values, unordered, while they are at most ``exactMax``; empty afterwards.
    private var list: [Int64] = []
    private var histogram = StepCounters()

    /// Bytes of memory held besides the struct itself.
    var bytes: Int { list.capacity * 8 + histogram.bytes }

    /// Adds values, none of them ``absentInteger``. At most 2^32 - 1 in all.
    mutating func add(_ values: Span<Int64>) {
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
    mutating func merge(_ other: ValueSketch) {
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
    func percentile(_ percent: Double) -> Double? { percentiles([percent])[0] }

    /// Several percentiles at once.
    func percentiles(_ percents: [Double]) -> [Double?] {
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

    private mutating func turnIntoHistogram() {
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

/// The counters of a log-linear histogram over all 64-bit integers but the smallest.
private struct StepCounters: Sendable {
    /// Steps per power of two.
    private static let pageSteps = 1_024

    /// The step that `counters[0]` counts: a multiple of ``pageSteps``.
    private var firstStep = 0
    private var counters: [UInt32] = []

    var isEmpty: Bool { counters.isEmpty }
    var bytes: Int { counters.capacity * 4 }

    /// A value's step, ascending with the values. Magnitudes below 2,048 have a step each, all above share theirs with up to a 1,024th of their size.
    @inline(__always) static func step(of value: Int64) -> Int {
        let magnitude = value.magnitude
        let shift = max(0, 53 &- (magnitude | 1).leadingZeroBitCount)
        let step = shift &* pageSteps &+ Int(truncatingIfNeeded: magnitude &>> UInt64(shift))
        return value < 0 ? ~step : step
    }

    /// The middle of a step.
    static func middle(of step: Int) -> Double {
        if step < 0 { return -middle(of: ~step) }
        let shift = step < 2 * pageSteps ? 0 : step / pageSteps - 1
        let width = Double(UInt64(1) << UInt64(shift))
        return Double(step - shift * pageSteps) * width + (width - 1) / 2
    }

    /// Adds values that lie in `from ... to`.
    mutating func add(_ values: Span<Int64>, from: Int64, to: Int64) {
        cover(Self.step(of: from), Self.step(of: to))
        Self.count(values, firstStep, &counters)
    }

    mutating func merge(_ other: StepCounters) {
        cover(other.firstStep, other.firstStep + other.counters.count - 1)
        let offset = other.firstStep - firstStep
        for index in other.counters.indices { counters[offset + index] &+= other.counters[index] }
    }

    /// The values in the middle of the steps at two neighbouring ranks.
    func values(_ lower: Int, _ upper: Int) -> (Double, Double) {
        let low = step(atRank: lower)
        let high = upper < low.seen ? low.step : step(atRank: upper).step
        return (Self.middle(of: low.step), Self.middle(of: high))
    }

    /// The step of a rank, and how many values lie in it and before it.
    private func step(atRank rank: Int) -> (step: Int, seen: Int) {
        var seen = 0
        for page in stride(from: 0, to: counters.count, by: Self.pageSteps) {
            let inPage = Self.sum(counters.span.extracting(page..<page + Self.pageSteps))
            if seen + inPage <= rank {
                seen += inPage
                continue
            }
            for index in page..<page + Self.pageSteps {
                seen += Int(counters[index])
                if seen > rank { return (firstStep + index, seen) }
            }
        }
        return (firstStep + counters.count - 1, seen)
    }

    private static func sum(_ counters: Span<UInt32>) -> Int {
        var total: UInt64 = 0
        for index in counters.indices { total &+= unsafe UInt64(counters[unchecked: index]) }
        return Int(total)
    }

    private static func count(_ values: Span<Int64>, _ firstStep: Int, _ counters: inout [UInt32]) {
        var target = counters.mutableSpan
        for index in values.indices { unsafe target[step(of: values[unchecked: index]) &- firstStep] &+= 1 }
    }

    /// Makes the counters reach over two steps, in whole pages.
    private mutating func cover(_ low: Int, _ high: Int) {
        let page = Self.pageSteps
        let first = low >= 0 ? low / page * page : (low + 1) / page * page - page
        let end = (high >= 0 ? high / page * page : (high + 1) / page * page - page) + page
        let isCovered = !counters.isEmpty && first >= firstStep && end <= firstStep + counters.count
        if isCovered { return }
        let from = counters.isEmpty ? first : min(first, firstStep)
        let until = counters.isEmpty ? end : max(end, firstStep + counters.count)
        // A new array of just this size: appending would reserve twice as much.
        var grown = [UInt32](repeating: 0, count: until - from)
        if !counters.isEmpty { grown.replaceSubrange((firstStep - from)..<(firstStep - from + counters.count), with: counters) }
        counters = grown
        firstStep = from
    }
}

/// Finds values by rank in a short list: by repeated partition (C. A. R. Hoare, "Find", 1961), which costs a tenth of sorting.
private struct RankSelection {
    private var values: [Int64]

    init(_ values: [Int64]) { self.values = values }

    /// The values at two neighbouring ranks (from 0).
    mutating func values(_ lower: Int, _ upper: Int) -> (Double, Double) {
        Self.select(lower, &values)
        let low = values[lower]
        // All behind the selected rank are at least as large: the next rank is their smallest.
        let high = upper == lower ? low : values[upper...].min() ?? low
        return (Double(low), Double(high))
    }

    /// Moves the value of a rank to its place, the smaller ones before it and the larger ones behind.
    private static func select(_ rank: Int, _ values: inout [Int64]) {
        var span = values.mutableSpan
        var low = 0
        var high = span.count - 1
        while low < high {
            let pivot = median(span[low], span[low + (high - low) / 2], span[high])
            var left = low
            var right = high
            while left <= right {
                while span[left] < pivot { left &+= 1 }
                while span[right] > pivot { right &-= 1 }
                if left <= right {
                    span.swapAt(left, right)
                    left &+= 1
                    right &-= 1
                }
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { return }
        }
    }

    private static func median(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 { max(min(a, b), min(max(a, b), c)) }
}
