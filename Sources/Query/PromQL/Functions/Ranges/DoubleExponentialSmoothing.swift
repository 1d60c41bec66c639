internal import GatewayModel

/// `double_exponential_smoothing(v, smoothing factor, trend factor)` of numbers, at least two. Histograms beside numbers are left out, which a note says.
///
/// Source: https://www.itl.nist.gov/div898/handbook/pmc/section4/pmc433.htm
struct DoubleExponentialSmoothing: RangeFunction {
    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        for (step, window) in samples.windows.enumerated() where !window.isEmpty || samples.hasHistograms(step) {
            let (smoothing, trend) = (scalars[0][step], scalars[1][step])
            try Self.check(smoothing, "smoothing")
            try Self.check(trend, "trend")
            if window.count > 1 { row.values[step] = Self.smooth(samples.values[window], smoothing, trend) }
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }

    private static func check(_ factor: Double, _ name: String) throws(PromQLError) {
        if factor <= 0 || factor >= 1 { throw .execution("invalid \(name) factor. Expected: 0 < \(name.prefix(1))f < 1, got: \(sixDigits(factor))") }
    }

    private static func smooth(_ values: ArraySlice<Double>, _ smoothing: Double, _ trend: Double) -> Double {
        let first = values.startIndex
        var (before, level) = (0.0, values[first])
        var slope = values[first + 1] - values[first]
        for row in values.indices.dropFirst() {
            if row > first + 1 { slope = trend * (level - before) + (1 - trend) * slope }
            let next = smoothing * values[row] + (1 - smoothing) * (level + slope)
            (before, level) = (level, next)
        }
        return level
    }

    /// As Go's `%f` writes it.
    private static func sixDigits(_ value: Double) -> String {
        if !value.isFinite { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        // Beyond this a number has no digits after the point left to round.
        guard value.magnitude < 1e12 else { return "\(value)" }
        let scaled = (value.magnitude * 1_000_000).rounded()
        let whole = Int64(scaled) / 1_000_000
        let rest = String(Int64(scaled) % 1_000_000)
        return "\(value < 0 ? "-" : "")\(whole).\(String(repeating: "0", count: 6 - rest.count))\(rest)"
    }
}
