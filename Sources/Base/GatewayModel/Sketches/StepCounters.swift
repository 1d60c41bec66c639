internal import ByteCoding

/// The counters of a log-linear histogram over all 64-bit integers but the smallest.
struct StepCounters: Sendable {
    /// Steps per power of two.
    static let pageSteps = 1_024

    /// The step that `counters[0]` counts: a multiple of ``pageSteps``.
    private(set) var firstStep = 0
    private(set) var counters: [UInt32] = []

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

    /// Adds the encoded counters of the closed span of steps.
    ///
    /// - Throws: unless they are exactly `count` values within the span.
    mutating func merge(_ reader: inout SketchReader, from low: Int, to high: Int, count: UInt64) throws(ByteReadingError) {
        cover(low, high)
        var index = low - firstStep
        let end = high - firstStep + 1
        var target = counters.mutableSpan
        var seen: UInt64 = 0
        for _ in 0..<(try reader.next()) {
            let counter = try reader.next()
            if counter == 0 {
                index += Int(clamping: min(try reader.next(), UInt64(end)))
            } else {
                guard index < end, counter <= count else { throw reader.failure("steps up to the maximum's") }
                target[index] &+= UInt32(truncatingIfNeeded: counter)
                seen &+= counter
                index &+= 1
            }
        }
        guard seen == count else { throw reader.failure("as many values as the sketch says") }
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
