internal import GatewayModel

/// `irate` and `idelta`: the change between the last two samples of a window.
struct InstantRate: RangeFunction {
    /// Of a counter, per second; otherwise the difference as it is.
    let isRate: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = series.samples
        for (step, window) in series.windows.enumerated() where window.count > 1 {
            let last = window.upperBound - 1
            let seconds = Double(samples.times[last] - samples.times[last - 1]) / 1_000
            if samples.histograms.isEmpty {
                row.values[step] = change(from: samples.values[last - 1], to: samples.values[last], seconds: seconds)
                continue
            }
            switch (samples.histograms[last - 1], samples.histograms[last]) {
            case (nil, nil): row.values[step] = change(from: samples.values[last - 1], to: samples.values[last], seconds: seconds)
            case (let before?, let after?):
                let difference = HistogramRange.lastDifference(
                    before, after, isCounter: isRate, metric: series.labels.nameForNotes, place: call.firstPlace, notes: &notes)
                if let difference { row.set(isRate ? difference.divided(by: seconds) : difference, at: step) }
            default: notes.add(.mixedFloatsAndHistograms(metric: series.labels.nameForNotes), at: call.firstPlace)
            }
        }
    }

    private func change(from before: Double, to after: Double, seconds: Double) -> Double {
        isRate ? (after < before ? after : after - before) / seconds : after - before
    }
}
