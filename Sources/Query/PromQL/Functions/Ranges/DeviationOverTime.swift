internal import GatewayModel

/// `stdvar_over_time` and `stddev_over_time` of numbers (of the population, not of a sample). Histograms beside numbers are left out, which a note says.
struct DeviationOverTime: RangeFunction {
    let isVariance: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        let values = samples.values
        // Relative to a value of the window the squares are at most a few times as large as the result, which keeps its digits.
        SlidingSummary.forEach(
            samples.windows, reference: { values[$0] },
            summary: { index, reference in PowerSums(values[index] - reference) }
        ) { step, _, sums in
            let count = Double(samples.windows[step].count)
            let mean = sums.sum / count
            var variance = max(0, sums.squares / count - mean * mean)
            if !sums.squares.isFinite { variance = Self.variance(of: values[samples.windows[step]]) }
            row.values[step] = isVariance ? variance : variance.squareRoot()
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }

    /// As Prometheus makes it, sample by sample.
    private static func variance(of values: ArraySlice<Double>) -> Double {
        var count = 0.0
        var mean = CompensatedSum(), squares = CompensatedSum()
        for value in values {
            count += 1
            let difference = value - mean.total
            mean.add(difference / count)
            squares.add(difference * (value - mean.total))
        }
        return squares.total / count
    }
}

/// The sums of values and of their squares.
private struct PowerSums: RunSummary {
    var sum = 0.0
    var squares = 0.0

    static let empty = PowerSums(0)

    init(_ value: Double) {
        sum = value
        squares = value * value
    }

    func joined(with later: PowerSums) -> PowerSums {
        var result = self
        result.sum += later.sum
        result.squares += later.squares
        return result
    }
}
