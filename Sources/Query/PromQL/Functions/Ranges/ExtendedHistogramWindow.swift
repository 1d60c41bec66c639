internal import GatewayModel

/// The histograms of an `anchored` or `smoothed` window and around it, and how much they change between its edges.
///
/// Source: prometheus/prometheus `promql/functions.go`, extendedHistogramRate.
struct ExtendedHistogramWindow {
    /// Milliseconds since 1970.
    let times: [Int64]
    let histograms: [NativeHistogram]
    let start: Int64
    let end: Int64
    let isSmoothed: Bool
    let isCounter: Bool
    /// For notes.
    let metric: String
    let place: SourceRange?

    /// The change from edge to edge; a gauge. nil when nothing lies within the window, or when its histograms do not belong together, which a note says.
    func change(_ window: Range<Int>, _ notes: inout QueryNotes) -> NativeHistogram? {
        guard let rows = EdgeRows(times, window, start: start, end: end, isSmoothed: isSmoothed), belongTogether(rows, &notes) else { return nil }
        do {
            let left = isSmoothed && times[rows.first] < start ? try between(rows.first, at: start, &notes) : histograms[rows.first]
            let isBeyond = isSmoothed && rows.last > rows.lowest && times[rows.last] > end
            let right = isBeyond ? try between(rows.last - 1, at: end, &notes) : histograms[rows.last]
            if !isCounter, left.resetHint != .gauge || right.resetHint != .gauge { notes.add(.notGauge(metric: metric), at: place) }
            var change = right
            try subtract(left, from: &change, &notes)
            if isCounter, let lost = try lostInResets(rows, from: left, to: right, &notes) { try add(lost, to: &change, &notes) }
            change.resetHint = .gauge
            return change.compacted()
        } catch {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
    }

    private func belongTogether(_ rows: EdgeRows, _ notes: inout QueryNotes) -> Bool {
        let hasCustomBuckets = histograms[rows.first].hasCustomBuckets
        for row in rows.first...rows.last {
            if histograms[row].hasCustomBuckets != hasCustomBuckets {
                notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
                return false
            }
            if isCounter, histograms[row].resetHint == .gauge { notes.add(.notCounter(metric: metric), at: place) }
        }
        return true
    }

    /// The histogram on the line from a row to the next one; a counter that was reset between them came from nothing.
    func between(_ row: Int, at instant: Int64, _ notes: inout QueryNotes) throws(IncompatibleHistograms) -> NativeHistogram {
        let (before, after) = (histograms[row], histograms[row + 1])
        if instant == times[row] { return before }
        if instant == times[row + 1] { return after }
        let share = Double(instant - times[row]) / Double(times[row + 1] - times[row])
        if isCounter, after.isReset(after: before) { return after.scaled(by: share) }
        var result = after
        try subtract(before, from: &result, &notes)
        result.scale(by: share)
        try add(before, to: &result, &notes)
        return result
    }

    /// What a counter had counted at its resets within the window; nil without resets.
    private func lostInResets(
        _ rows: EdgeRows, from left: NativeHistogram, to right: NativeHistogram, _ notes: inout QueryNotes
    ) throws(IncompatibleHistograms) -> NativeHistogram? {
        // The first row is what `left` stands for; the last one, or the line towards it, is `right`.
        var next = rows.first + 1
        var before = left
        if isSmoothed, times[rows.first] < start, histograms[next].isReset(after: histograms[rows.first]) {
            // The line to the left edge has this reset in it already.
            before = histograms[next]
            next += 1
        }
        guard next <= rows.last else { return nil }
        var lost: NativeHistogram?
        for current in histograms[next..<rows.last] + [right] {
            if current.isReset(after: before) {
                if var sum = lost {
                    try add(before, to: &sum, &notes)
                    lost = sum
                } else {
                    lost = before
                }
            }
            before = current
        }
        return lost
    }

    private func add(_ other: NativeHistogram, to histogram: inout NativeHistogram, _ notes: inout QueryNotes) throws(IncompatibleHistograms) {
        if try histogram.add(other).boundsReconciled { notes.add(.boundsReconciled(.addition), at: place) }
    }

    private func subtract(_ other: NativeHistogram, from histogram: inout NativeHistogram, _ notes: inout QueryNotes) throws(IncompatibleHistograms) {
        if try histogram.subtract(other).boundsReconciled { notes.add(.boundsReconciled(.subtraction), at: place) }
    }
}
