internal import GatewayModel

/// The rows of a `smoothed` instant selector: values on the line between the samples around each instant, the last one's where none follows.
///
/// Source: prometheus/prometheus `promql/engine.go`, `smoothSeries`.
struct SmoothedSource: RowSource {
    let selector: ResolvedSelector
    let series: [any SelectedSeries]
    let labels: [SeriesLabels]
    /// Where the selector stands.
    let place: SourceRange

    init(_ selector: ResolvedSelector, _ series: [any SelectedSeries], place: SourceRange) {
        self.selector = selector
        self.series = series
        self.place = place
        labels = series.map(\.labels)
    }

    func fill(_ row: inout StepRow, _ index: Int, _ scratch: inout SeriesScratch) throws(PromQLError) {
        var window = WindowedSeries(
            labels: labels[index], samples: SampleColumns(), windows: [], ends: selector.ends, range: 0, edges: .smoothed, exactIncreases: nil)
        do { try series[index].read(from: selector.from, through: selector.through, into: &window.samples) } catch { throw PromQLError(error) }
        window.samples.removeStaleMarkers()
        guard window.samples.count > 0 else { return }
        scratch.samplesSeen += window.cutWindows(lookback: selector.lookback)
        let samples = WindowedSamples(window)
        for step in selector.ends.indices {
            let numbers = samples.windows[step]
            if samples.hasHistograms(step) {
                guard numbers.isEmpty else {
                    scratch.notes.add(.mixedFloatsAndHistograms(metric: labels[index].nameForNotes), at: place)
                    continue
                }
                if let histogram = histogram(samples, step, labels[index].nameForNotes, &scratch.notes) { row.set(histogram, at: step) }
            } else if let value = Self.number(samples, numbers, at: selector.ends[step]) {
                row.values[step] = value
            }
        }
    }

    private static func number(_ samples: WindowedSamples, _ window: Range<Int>, at instant: Int64) -> Double? {
        guard let (before, after) = neighbours(samples.times, window, of: instant) else { return nil }
        let value = samples.values[before]
        guard let after else { return value }
        let (start, end) = (samples.times[before], samples.times[after])
        return value + (samples.values[after] - value) * Double(instant - start) / Double(end - start)
    }

    private func histogram(_ samples: WindowedSamples, _ step: Int, _ metric: String, _ notes: inout QueryNotes) -> NativeHistogram? {
        let instant = selector.ends[step]
        guard let (before, after) = Self.neighbours(samples.histogramTimes, samples.histogramWindows[step], of: instant) else { return nil }
        guard after != nil else { return samples.histograms[before] }
        let line = ExtendedHistogramWindow(
            times: samples.histogramTimes, histograms: samples.histograms, start: instant, end: instant, isSmoothed: true, isCounter: false, metric: metric,
            place: place)
        do {
            return try line.between(before, at: instant, &notes)
        } catch {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
    }

    /// The row at an instant alone, or the rows around it, or the last row before it.
    private static func neighbours(_ times: [Int64], _ window: Range<Int>, of instant: Int64) -> (before: Int, after: Int?)? {
        var low = window.lowerBound, high = window.upperBound
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < instant { low = middle + 1 } else { high = middle }
        }
        if low < window.upperBound, times[low] == instant { return (low, nil) }
        guard low > window.lowerBound else { return nil }
        return (low - 1, low < window.upperBound ? low : nil)
    }
}

extension WindowedSeries {
    /// The first window of an extended range selector as a range vector: samples, and values at both edges.
    ///
    /// - Throws: `execution` for histograms, as in Prometheus.
    func extendedPoints() throws(PromQLError) -> SampleColumns {
        var points = SampleColumns()
        let times = samples.times, values = samples.values, isSmoothed = edges == .smoothed
        guard samples.histograms.isEmpty else { throw .execution("anchored modifier is not supported with histograms") }
        let (start, end) = (start(0), ends[0])
        guard let window = windows.first, !window.isEmpty, let rows = EdgeRows(times, window, start: start, end: end, isSmoothed: isSmoothed) else {
            return points
        }
        func between(_ row: Int, _ instant: Int64) -> Double {
            values[row] + (values[row + 1] - values[row]) * Double(instant - times[row]) / Double(times[row + 1] - times[row])
        }
        points.append(start, isSmoothed && times[rows.first] < start ? between(rows.first, start) : values[rows.first])
        for row in rows.first...rows.last where times[row] > start && times[row] < end { points.append(times[row], values[row]) }
        points.append(end, isSmoothed && rows.last > rows.lowest && times[rows.last] > end ? between(rows.last - 1, end) : values[rows.last])
        return points
    }
}
