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
    /// What becomes the keys of the next window.
    private var next: [Int64] = []
    private var window = 0..<0

    /// Moves to a window that starts and ends nowhere before the last one.
    mutating func move(to window: Range<Int>, of values: [Double]) {
        if window.lowerBound >= self.window.upperBound {
            keys.removeAll(keepingCapacity: true)
            for row in window { keys.append(Self.key(values[row])) }
            keys.sort()
        } else {
            exchange(
                leaving: Self.keys(values[self.window.lowerBound..<window.lowerBound]), entering: Self.keys(values[self.window.upperBound..<window.upperBound]))
        }
        self.window = window
    }

    /// Copies the keys between those that leave and those that enter in one piece each.
    ///
    /// - Parameters:
    ///   - leaving: keys that are there, ascending.
    ///   - entering: keys to put in, ascending.
    private mutating func exchange(leaving: [Int64], entering: [Int64]) {
        next.removeAll(keepingCapacity: true)
        next.reserveCapacity(keys.count + entering.count)
        var copied = 0, left = 0, entered = 0
        while left < leaving.count || entered < entering.count {
            let isEntering = left == leaving.count || (entered < entering.count && entering[entered] <= leaving[left])
            let place = place(of: isEntering ? entering[entered] : leaving[left], from: copied)
            next.append(contentsOf: keys[copied..<place])
            if isEntering {
                next.append(entering[entered])
                entered += 1
                copied = place
            } else {
                left += 1
                copied = place + 1
            }
        }
        next.append(contentsOf: keys[copied...])
        swap(&keys, &next)
    }

    /// The first place from one on whose key is not less.
    private func place(of key: Int64, from start: Int) -> Int {
        var (base, length) = (start, keys.count - start)
        while length > 0 {
            let half = (length + 1) / 2
            // Without a branch, which would be guessed wrongly every other time.
            base += keys[base + half - 1] < key ? half : 0
            length -= half
        }
        return base
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
        guard median.isFinite else { return .nan }
        // From the median outwards on both sides, the nearer one first, until the middle of the distances is reached.
        var below = keys.count / 2 - 1, above = keys.count / 2
        var middle = (lower: 0.0, upper: 0.0)
        for _ in 0...min(keys.count - 1, (keys.count - 1) / 2 + 1) {
            let down = below >= 0 ? median - Self.value(keys[below]) : .infinity
            let up = above < keys.count ? Self.value(keys[above]) - median : .infinity
            if down < up { below -= 1 } else { above += 1 }
            middle = (middle.upper, min(down, up))
        }
        if keys.count == 1 { return middle.upper }
        let weight = keys.count % 2 == 1 ? 0 : 0.5
        return middle.lower * (1 - weight) + middle.upper * weight
    }

    private static func keys(_ values: ArraySlice<Double>) -> [Int64] {
        var keys = values.map(key)
        keys.sort()
        return keys
    }

    /// The bits of numbers are in their order; of negative numbers all but the sign are turned around.
    private static func key(_ value: Double) -> Int64 { value.isNaN ? .min : flip(Int64(bitPattern: value.bitPattern)) }
    private static func value(_ key: Int64) -> Double { key == .min ? .nan : Double(bitPattern: UInt64(bitPattern: flip(key))) }
    private static func flip(_ bits: Int64) -> Int64 { bits ^ (bits >> 63 & .max) }
}
