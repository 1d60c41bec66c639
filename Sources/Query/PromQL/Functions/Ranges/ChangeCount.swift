internal import GatewayModel

/// `changes` and `resets`: how often neighbouring samples of a window differ, or the later one shows that a counter began anew. From a number to a
/// histogram and back counts as both.
///
/// Whether two neighbours count is found once for the whole series; a window is a difference of two counts.
struct ChangeCount: RangeFunction {
    let countsResets: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = series.samples
        let counts = countsBefore(samples)
        for (step, window) in series.windows.enumerated() {
            let first = series.edges == .anchored ? Self.anchor(samples.times, window, start: series.start(step)) : window.lowerBound
            guard let first, first < window.upperBound else { continue }
            row.values[step] = Double(counts[window.upperBound - 1] - counts[first])
        }
    }

    /// The last row at or before the start, otherwise the first one; nil when no row lies after the start.
    private static func anchor(_ times: [Int64], _ window: Range<Int>, start: Int64) -> Int? {
        let inside = EdgeRows.row(after: start, in: times, window)
        return inside < window.upperBound ? max(window.lowerBound, inside - 1) : nil
    }

    /// For each row how many of the rows up to it count against the row before them.
    private func countsBefore(_ samples: SampleColumns) -> [Int32] {
        var counts = [Int32](repeating: 0, count: samples.count)
        var count: Int32 = 0
        for index in counts.indices.dropFirst() {
            if samples.histograms.isEmpty ? doesCount(samples.values[index - 1], samples.values[index]) : doesCount(samples, index) { count += 1 }
            counts[index] = count
        }
        return counts
    }

    private func doesCount(_ before: Double, _ after: Double) -> Bool {
        countsResets ? after < before : after != before && !(after.isNaN && before.isNaN)
    }

    private func doesCount(_ samples: SampleColumns, _ index: Int) -> Bool {
        switch (samples.histograms[index - 1], samples.histograms[index]) {
        case (nil, nil): doesCount(samples.values[index - 1], samples.values[index])
        case (let before?, let after?): countsResets ? after.isReset(after: before) : !after.holdsSame(as: before)
        default: true
        }
    }
}
