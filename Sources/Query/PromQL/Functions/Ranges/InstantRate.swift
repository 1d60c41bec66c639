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
            let pair = samples.histograms.isEmpty ? (nil, nil) : (samples.histograms[last - 1], samples.histograms[last])
            switch pair {
            case (nil, nil):
                let (before, after) = (samples.values[last - 1], samples.values[last])
                let change = isRate && after < before ? after : after - before
                row.values[step] = isRate ? change / seconds : change
            case (let before?, let after?):
                let difference = HistogramRange.lastDifference(
                    before, after, isCounter: isRate, metric: series.labels.nameForNotes, place: call.firstPlace, notes: &notes)
                if let difference { row.set(isRate ? difference.divided(by: seconds) : difference, at: step) }
            default: notes.add(.mixedFloatsAndHistograms(metric: series.labels.nameForNotes), at: call.firstPlace)
            }
        }
    }
}
