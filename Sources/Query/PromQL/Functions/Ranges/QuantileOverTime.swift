internal import GatewayModel

/// `quantile_over_time(q, v)` of numbers. Histograms beside numbers are left out, which a note says.
struct QuantileOverTime: RangeFunction {
    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        var sorted = SortedWindow()
        for (step, window) in samples.windows.enumerated() where !window.isEmpty {
            let quantile = scalars[0][step]
            if !(0...1).contains(quantile) { notes.add(.invalidQuantile(quantile), at: call.firstPlace) }
            sorted.move(to: window, of: samples.values)
            row.values[step] = sorted.quantile(quantile)
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }
}

/// `mad_over_time(v)`: the median of the distances from the median. A NaN in the window makes it NaN. Histograms beside numbers are left out, which a
/// note says.
struct MedianDeviationOverTime: RangeFunction {
    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        var sorted = SortedWindow()
        for (step, window) in samples.windows.enumerated() where !window.isEmpty {
            sorted.move(to: window, of: samples.values)
            row.values[step] = sorted.medianDeviation()
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }
}

/// The numbers of a window in ascending order, NaN first, kept while the window moves on.
struct SortedWindow {
    /// Integers in the order of the numbers.
    private var keys: [Int64] = []
    private var window = 0..<0

    /// Moves to a window that starts and ends nowhere before the last one.
    mutating func move(to next: Range<Int>, of values: [Double]) {
        let leaving = max(0, min(next.lowerBound, window.upperBound) - window.lowerBound)
        let entering = next.upperBound - max(next.lowerBound, window.upperBound)
        // Finding one place and moving what lies behind costs about as much as sorting eight numbers anew.
        if (leaving + entering) * 8 > next.count || next.lowerBound >= window.upperBound {
            keys.removeAll(keepingCapacity: true)
            for row in next { keys.append(Self.key(values[row])) }
            keys.sort()
        } else {
            for row in window.lowerBound..<next.lowerBound { keys.remove(at: place(of: Self.key(values[row]))) }
            for row in window.upperBound..<next.upperBound {
                let key = Self.key(values[row])
                keys.insert(key, at: place(of: key))
            }
        }
        window = next
    }

    /// Source: prometheus/prometheus `promql/quantile.go`, quantile.
    func quantile(_ quantile: Double) -> Double {
        if keys.isEmpty || quantile.isNaN { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        let rank = quantile * Double(keys.count - 1)
        let lower = max(0, Int(rank))
        let upper = min(keys.count - 1, lower + 1)
        let weight = rank - rank.rounded(.down)
        return Self.value(keys[lower]) * (1 - weight) + Self.value(keys[upper]) * weight
    }

    /// The median of the distances from the median; NaN when there is a NaN.
    func medianDeviation() -> Double {
        guard let first = keys.first, first != .min else { return .nan }
        let median = quantile(0.5)
        var distances = SortedWindow()
        distances.keys = keys.map { Self.key((Self.value($0) - median).magnitude) }
        distances.keys.sort()
        return distances.quantile(0.5)
    }

    /// The first place whose key is not less.
    private func place(of key: Int64) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The bits of numbers are in their order; of negative numbers all but the sign are turned around.
    private static func key(_ value: Double) -> Int64 { value.isNaN ? .min : flip(Int64(bitPattern: value.bitPattern)) }
    private static func value(_ key: Int64) -> Double { key == .min ? .nan : Double(bitPattern: UInt64(bitPattern: flip(key))) }
    private static func flip(_ bits: Int64) -> Int64 { bits ^ (bits >> 63 & .max) }
}
