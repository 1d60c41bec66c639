internal import GatewayModel

/// `rate`, `increase` and `delta` of native histograms: as those of numbers, for every bucket, the count and the sum. A window with both has no result.
///
/// Source: prometheus/prometheus `promql/functions.go`, extrapolatedRate and extendedHistogramRate.
extension Rate {
    func addHistograms(
        _ series: WindowedSeries, _ samples: WindowedSamples, place: SourceRange?, into row: inout StepRow, _ notes: inout QueryNotes
    ) {
        let metric = series.labels.nameForNotes
        for (step, window) in samples.histogramWindows.enumerated() where !window.isEmpty {
            guard samples.windows[step].isEmpty else {
                notes.add(.mixedFloatsAndHistograms(metric: metric), at: place)
                continue
            }
            let change: NativeHistogram?
            if let edges = series.edges {
                let extended = ExtendedHistogramWindow(
                    times: samples.histogramTimes, histograms: samples.histograms, start: series.start(step), end: series.ends[step],
                    isSmoothed: edges == .smoothed, isCounter: isCounter, metric: metric, place: place)
                change = extended.change(window, &notes).map { isPerSecond ? $0.divided(by: Double(series.range) / 1_000) : $0 }
            } else {
                change = continued(series, samples, step, window, metric: metric, place: place, &notes)
            }
            if let change { row.set(change, at: step) }
        }
    }

    private func continued(
        _ series: WindowedSeries, _ samples: WindowedSamples, _ step: Int, _ window: Range<Int>, metric: String, place: SourceRange?, _ notes: inout QueryNotes
    ) -> NativeHistogram? {
        guard window.count > 1 else { return nil }
        let histograms = series.samples.histograms[series.windows[step]]
        let difference = HistogramRange.difference(histograms, isCounter: isCounter, metric: metric, place: place, notes: &notes)
        guard let difference, let first = samples.histograms[window].first else { return nil }
        var zeroAfter = Double.infinity
        if isCounter, difference.count > 0, first.count >= 0 { zeroAfter = first.count / difference.count }
        let edges = Continuation(
            start: series.start(step), end: series.ends[step], first: samples.histogramTimes[window.lowerBound],
            last: samples.histogramTimes[window.upperBound - 1], count: window.count)
        return difference.scaled(by: edges.factor(zeroAfter: zeroAfter, perSecondsOf: isPerSecond ? series.range : nil))
    }
}
