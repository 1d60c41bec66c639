/// Something that is known of a run of samples and can be joined with the same of the run after it.
protocol RunSummary {
    /// Of no samples.
    static var empty: Self { get }

    func joined(with later: Self) -> Self
}

/// Summaries of windows that move on over the same samples.
///
/// Neighbouring windows share most of their samples. Taking away what leaves a window would cost the precision that sums of very different
/// magnitudes need, so nothing is ever taken away: the rows of a window are cut in two at a boundary. Before it there are the summaries of all
/// runs that end there, made backwards once; after it there is one summary that grows. A window is a look-up and one joining, and when it has
/// passed the boundary, the next boundary is its end. Every sample is looked at twice, however long the windows are.
enum SlidingSummary {
    /// - Parameters:
    ///   - windows: rows; starts and ends never go back. Empty ones are left out.
    ///   - reference: what summaries are relative to, of a new boundary's last row before it, which lies within all windows up to the next one.
    ///   - summary: of one row.
    ///   - body: is given each window's step, the reference and the summary.
    static func forEach<Summary: RunSummary, Reference>(
        _ windows: [Range<Int>], reference: (Int) -> Reference, summary: (Int, Reference) -> Summary, body: (Int, Reference, Summary) -> Void
    ) {
        var before: [Summary] = []
        var beforeStart = 0
        var boundary = 0
        var after = Summary.empty
        var afterEnd = 0
        guard let first = windows.first(where: { !$0.isEmpty }) else { return }
        var current = reference(first.upperBound - 1)
        for (step, window) in windows.enumerated() where !window.isEmpty {
            if window.lowerBound >= boundary {
                (beforeStart, boundary, afterEnd) = (window.lowerBound, window.upperBound, window.upperBound)
                current = reference(boundary - 1)
                after = .empty
                if before.count < window.count {
                    before.append(contentsOf: repeatElement(.empty, count: window.count - before.count))
                }
                var joined = Summary.empty
                for row in window.reversed() {
                    joined = summary(row, current).joined(with: joined)
                    before[row - beforeStart] = joined
                }
            } else {
                while afterEnd < window.upperBound {
                    after = after.joined(with: summary(afterEnd, current))
                    afterEnd += 1
                }
            }
            body(step, current, before[window.lowerBound - beforeStart].joined(with: after))
        }
    }
}
