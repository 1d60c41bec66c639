internal import GatewayModel

/// `max_over_time`, `min_over_time` and when it was: `ts_of_max_over_time`, `ts_of_min_over_time` (of equal values the last). NaN counts only where
/// there is nothing else. Histograms beside numbers are left out, which a note says.
///
/// Of a sliding window only those rows can become the extreme that no later row beats; they lie in a queue, the extreme in front. Each row enters
/// and leaves it once.
struct ExtremeOverTime: RangeFunction {
    let isMaximum: Bool
    let givesTime: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        switch (isMaximum, givesTime) {
        case (true, false): slide(samples, into: &row.values) { $0 >= $1 }
        case (false, false): slide(samples, into: &row.values) { $0 <= $1 }
        case (true, true): slide(samples, into: &row.values) { $0 > $1 }
        case (false, true): slide(samples, into: &row.values) { $0 < $1 }
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }

    /// - Parameter stays: whether an earlier value stays before a later one.
    @inline(__always)
    private func slide(_ samples: WindowedSamples, into results: inout [Double], stays: (Double, Double) -> Bool) {
        let values = samples.values
        var queue: [Int] = []
        var front = 0
        var next = 0
        for (step, window) in samples.windows.enumerated() where !window.isEmpty {
            if next < window.lowerBound {
                next = window.lowerBound
                queue.removeAll(keepingCapacity: true)
                front = 0
            }
            while next < window.upperBound {
                let value = values[next]
                if !value.isNaN {
                    while queue.count > front, let last = queue.last, !stays(values[last], value) { queue.removeLast() }
                    queue.append(next)
                }
                next += 1
            }
            while front < queue.count, queue[front] < window.lowerBound { front += 1 }
            if front > 4_096, front * 2 > queue.count {
                queue.removeFirst(front)
                front = 0
            }
            let extreme = front < queue.count ? queue[front] : window.upperBound - 1
            results[step] = givesTime ? Double(samples.times[extreme]) / 1_000 : values[extreme]
        }
    }
}
