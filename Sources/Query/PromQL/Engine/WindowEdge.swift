internal import GatewayModel

extension WindowedSeries {
    /// Finds the rows of each window, both edges moving forward only.
    ///
    /// - Returns: the samples in all windows together.
    mutating func cutWindows(lookback: Int64) -> Int {
        var windows = windows
        self.windows = []
        if windows.count != ends.count { windows = Array(repeating: 0..<0, count: ends.count) }
        let before = edges == nil ? range : range + lookback
        let seen = Self.cut(samples.times, ends, before: before, after: edges == .smoothed ? lookback : 0, into: &windows)
        self.windows = windows
        return seen
    }

    private static func cut(_ times: [Int64], _ ends: [Int64], before: Int64, after: Int64, into windows: inout [Range<Int>]) -> Int {
        let times = times.span, ends = ends.span
        var windows = windows.mutableSpan
        var lower = WindowEdge(), upper = WindowEdge()
        var seen = 0
        for step in ends.indices {
            upper.move(to: ends[step] &+ after, times)
            lower.move(to: ends[step] &- before, times)
            windows[step] = lower.row..<upper.row
            seen &+= upper.row &- lower.row
        }
        return seen
    }
}

/// A place in a series' times that follows instants which only go forward.
///
/// Samples and instants mostly come at equal distances, so the place is looked for as far ahead as it moved last time; where it is not, it is found by
/// going on from there.
struct WindowEdge {
    /// Samples at or before the instant.
    private(set) var row = 0
    private var stride = 0

    @inline(__always)
    mutating func move(to instant: Int64, _ times: borrowing Span<Int64>) {
        let start = row
        var row = start &+ stride
        if row > times.count { row = times.count }
        while row > start && times[row &- 1] > instant { row &-= 1 }
        while row < times.count && times[row] <= instant { row &+= 1 }
        stride = row &- start
        self.row = row
    }
}
