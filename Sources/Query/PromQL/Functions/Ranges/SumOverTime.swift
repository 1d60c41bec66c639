internal import GatewayModel

/// `sum_over_time` and `avg_over_time`, of numbers or of histograms. A window with both has no result and a warning.
struct SumOverTime: RangeFunction {
    let isAverage: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        let values = samples.values
        // Below this no sum of finite numbers can overflow on the way, so that it does not matter in which order it is made.
        let largest = values.reduce(0) { $0 < $1.magnitude && $1.isFinite ? $1.magnitude : $0 }
        if largest * Double(values.count) < .greatestFiniteMagnitude {
            SlidingSummary.forEach(samples.windows, reference: { _ in }, summary: { index, _ in CompensatedSum(values[index]) }) { step, _, sum in
                let count = Double(samples.windows[step].count)
                row.values[step] = isAverage ? sum.sum / count + sum.lost / count : sum.total
            }
        } else {
            for (step, window) in samples.windows.enumerated() where !window.isEmpty {
                row.values[step] = Self.result(of: values[window], isAverage: isAverage)
            }
        }
        addHistograms(samples, metric: series.labels.nameForNotes, place: call.firstPlace, into: &row, &notes)
    }

    private func addHistograms(_ samples: WindowedSamples, metric: String, place: SourceRange?, into row: inout StepRow, _ notes: inout QueryNotes) {
        for (step, window) in samples.histogramWindows.enumerated() where !window.isEmpty {
            if !samples.windows[step].isEmpty {
                row.values[step] = StepRow.absent
                notes.add(.mixedFloatsAndHistograms(metric: metric), at: place)
                continue
            }
            let histograms = samples.histograms[window]
            let result = isAverage
                ? HistogramRange.average(histograms, metric: metric, place: place, notes: &notes)
                : HistogramRange.sum(histograms, metric: metric, place: place, notes: &notes)
            if let result { row.set(result, at: step) }
        }
    }

    /// As Prometheus makes it, sample by sample.
    static func result(of values: ArraySlice<Double>, isAverage: Bool) -> Double {
        if isAverage { return average(of: values) }
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.sum.isInfinite ? sum.sum : sum.total
    }

    /// The sum divided by the count or, from where the sum would overflow on, a running mean.
    private static func average(of values: ArraySlice<Double>) -> Double {
        guard let first = values.first else { return .nan }
        var sum = CompensatedSum(first)
        var count = 1.0
        var isRunningMean = false
        for value in values.dropFirst() {
            count += 1
            if !isRunningMean {
                var next = sum
                next.add(value)
                if !next.sum.isInfinite {
                    sum = next
                    continue
                }
                isRunningMean = true
                sum.sum /= count - 1
                sum.lost /= count - 1
            }
            let share = (count - 1) / count
            sum.sum *= share
            sum.lost *= share
            sum.add(value / count)
        }
        return isRunningMean ? sum.total : sum.sum / count + sum.lost / count
    }
}
