package import GatewayModel

/// When an alert counts as flapping.
package struct FlappingLimits: Sendable, Equatable {
    /// Changes between firing and not firing within the window.
    package var transitions: Int
    /// Milliseconds.
    package var window: Int64

    package init(transitions: Int = 6, window: Int64 = 3_600_000) {
        self.transitions = transitions
        self.window = window
    }
}

/// Counts how often a rule's alerts begin and end to fire.
///
/// One count for each alert: a hundred alerts that fire once are no flapping.
struct FlapDetector: Sendable, Equatable {
    /// Times of the last changes of each alert, ascending; at most `limits.transitions`, or those within the window.
    private var changes: [SeriesLabels: [Int64]] = [:]
    /// Alerts whose changes are remembered: a rule has no more alerts at a time.
    private static let alertsMax = 10_000
    /// Changes remembered of one alert: a change at every evaluation of the shortest interval in the longest sensible window.
    private static let changesMax = 4_096

    mutating func note(_ labels: SeriesLabels, at time: Int64) {
        guard changes[labels] != nil || changes.count < Self.alertsMax else { return }
        changes[labels, default: []].append(time)
        if let count = changes[labels]?.count, count > Self.changesMax { changes[labels]?.removeFirst(count - Self.changesMax) }
    }

    /// Forgets what has left the window.
    mutating func forget(before time: Int64) {
        guard !changes.isEmpty else { return }
        for (labels, times) in changes {
            guard let first = times.first, first <= time else { continue }
            let kept = times.drop { $0 <= time }
            changes[labels] = kept.isEmpty ? nil : Array(kept)
        }
    }

    /// Changes of an alert within the window, as of the last ``forget(before:)``.
    func count(_ labels: SeriesLabels) -> Int { changes[labels]?.count ?? 0 }

    /// The most changes that one alert had within the window.
    var countMax: Int { changes.values.lazy.map(\.count).max() ?? 0 }
}
