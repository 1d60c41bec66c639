internal import GatewayModel

/// When an alert would have fired: the states that ``AlertingState`` goes through, for one label set whose condition is known at every instant.
///
/// Only what makes an alert begin and end is reckoned with, and no dictionaries, since a curve of thresholds takes hundreds of millions of steps.
/// A test holds the two against one another.
struct AlertSimulation {
    let grid: StepGrid
    let holdDuration: Int64
    let keepFiringFor: Int64

    private enum State {
        case inactive
        /// Since when the condition holds.
        case pending(Int64)
        /// Since when it fires, and since when the condition has been gone.
        case firing(Int64, goneSince: Int64?)
    }

    /// The stretches in which the alert fires, ascending. Each begins with the evaluation that made it fire and ends with the one that resolved it; the last
    /// one may go on, and then ends a step after the last instant.
    func spans(_ track: AlertTrack, _ threshold: AlertThreshold?) -> [TimeSpan] {
        guard let (first, end) = extent(track) else { return [] }
        var spans: [TimeSpan] = []
        var state = State.inactive
        var fixed = track.fixed[...]
        let values = track.values
        for index in first..<grid.count {
            while let stretch = fixed.first, stretch.upperBound <= index { fixed.removeFirst() }
            var holds = fixed.first?.contains(index) ?? false
            if !holds, let threshold, index >= track.firstValue, index - track.firstValue < values.count {
                let value = values[index - track.firstValue]
                holds = value.bitPattern != SampleColumns.staleMarker.bitPattern && threshold.holds(value)
            }
            step(&state, holds: holds, at: grid[index], &spans)
            // Behind the last value nothing but an end can come.
            if index >= end, case .inactive = state { break }
        }
        if case .firing(let since, _) = state { spans.append(TimeSpan(from: since, to: grid[grid.count - 1] + grid.step)) }
        return spans
    }

    /// The first instant with a value, and the one behind the last.
    private func extent(_ track: AlertTrack) -> (Int, Int)? {
        var first = track.fixed.first?.lowerBound
        var end = track.fixed.last?.upperBound ?? 0
        if !track.values.isEmpty {
            first = min(first ?? track.firstValue, track.firstValue)
            end = max(end, track.firstValue + track.values.count)
        }
        return first.map { ($0, end) }
    }

    private func step(_ state: inout State, holds: Bool, at time: Int64, _ spans: inout [TimeSpan]) {
        switch (state, holds) {
        case (.inactive, false): return
        case (.inactive, true): state = holdDuration <= 0 ? .firing(time, goneSince: nil) : .pending(time)
        case (.pending, false): state = .inactive
        case (.pending(let since), true): if time - since >= holdDuration { state = .firing(time, goneSince: nil) }
        case (.firing(let since, _), true): state = .firing(since, goneSince: nil)
        case (.firing(let since, let gone), false):
            if keepFiringFor > 0, time - (gone ?? time) < keepFiringFor {
                state = .firing(since, goneSince: gone ?? time)
            } else {
                spans.append(TimeSpan(from: since, to: time))
                state = .inactive
            }
        }
    }
}
