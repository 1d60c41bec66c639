internal import GatewayModel

/// `rate`, `increase` and `delta` of windows that are `anchored` or `smoothed`: between values at the window's edges, with nothing continued.
///
/// At an anchored edge the value is that of the last sample at or before it, at a smoothed one it lies on the line between the neighbours.
/// Source: prometheus/prometheus `promql/functions.go`, extendedRate.
extension Rate {
    func ratesWithEdges(_ series: WindowedSeries, _ samples: WindowedSamples, into row: inout StepRow) {
        let isSmoothed = series.edges == .smoothed
        for (step, window) in samples.windows.enumerated() where !window.isEmpty && !samples.hasHistograms(step) {
            let (start, end) = (series.start(step), series.ends[step])
            guard let rows = EdgeRows(samples.times, window, start: start, end: end, isSmoothed: isSmoothed) else { continue }
            var change = change(samples, rows, start: start, end: end, isSmoothed: isSmoothed)
            if isPerSecond { change /= Double(series.range) / 1_000 }
            row.values[step] = change
        }
    }

    private func change(_ samples: WindowedSamples, _ rows: EdgeRows, start: Int64, end: Int64, isSmoothed: Bool) -> Double {
        let (times, values) = (samples.times, samples.values)
        let left = isSmoothed && times[rows.first] < start ? between(samples, rows.first, at: start) : values[rows.first]
        let right = isSmoothed && rows.last > rows.lowest && times[rows.last] > end ? between(samples, rows.last - 1, at: end) : values[rows.last]
        var change = right - left
        guard isCounter else { return change }
        // The value at the left edge stands for the first sample, the one at the right edge for a sample at or after it.
        let innerEnd = times[rows.last] >= end ? rows.last : rows.last + 1
        var before = left
        if rows.first + 1 < innerEnd {
            for value in values[(rows.first + 1)..<innerEnd] {
                if value < before { change += before }
                before = value
            }
        }
        return right < before ? change + before : change
    }

    /// The value on the line from a row to the next one; a counter that was reset between them came from 0.
    private func between(_ samples: WindowedSamples, _ row: Int, at instant: Int64) -> Double {
        let (next, time) = (samples.values[row + 1], samples.times[row])
        let value = isCounter && next < samples.values[row] ? 0 : samples.values[row]
        return value + (next - value) * Double(instant - time) / Double(samples.times[row + 1] - time)
    }
}

/// The rows at the edges of an extended window.
struct EdgeRows {
    /// The first row that the window and the look-back around it hold.
    let lowest: Int
    /// The last one at or before the start, otherwise the first one.
    let first: Int
    /// Anchored: the last one. Smoothed: the first one at or after the end, otherwise the last one.
    let last: Int

    /// nil when all samples lie at or before the start, or when a smoothed window's lie all after its end.
    init?(_ times: [Int64], _ window: Range<Int>, start: Int64, end: Int64, isSmoothed: Bool) {
        lowest = window.lowerBound
        let final = window.upperBound - 1
        first = max(lowest, Self.row(after: start, in: times, lowest..<final) - 1)
        last = isSmoothed ? Self.row(after: end - 1, in: times, lowest..<final) : final
        if times[last] <= start || isSmoothed && times[first] > end { return nil }
    }

    /// The first of some rows that lies after an instant; the row behind them when none does.
    static func row(after instant: Int64, in times: [Int64], _ rows: Range<Int>) -> Int {
        var (low, high) = (rows.lowerBound, rows.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] > instant { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
