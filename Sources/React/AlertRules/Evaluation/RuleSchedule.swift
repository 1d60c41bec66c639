internal import GatewayModel

/// When a group's turns come: every interval, at an offset of the group's own, so that groups of the same interval do not all come at once, and the instants of a
/// group stay evenly spaced over restarts.
///
/// Source: prometheus/prometheus `rules/group.go`, `EvalTimestamp`. The offset is a hash of the group's name and file there too, but of another kind.
struct RuleSchedule: Sendable {
    /// Milliseconds, greater than 0.
    let interval: Int64
    let offset: Int64

    init(interval: Int64, file: String, group: String) {
        self.interval = max(1, interval)
        let hash = AlertFingerprint(SeriesLabels([SeriesLabel("file", file), SeriesLabel("name", group)])).value
        // The multiplication brings the high bits, which differ more, to where the remainder sees them.
        offset = Int64((hash &* 0x9E37_79B9_7F4A_7C15) >> 1) % self.interval
    }

    /// The first turn behind an instant.
    func turn(after now: Int64) -> Int64 {
        let since = (now - offset) % interval
        return now - (since < 0 ? since + interval : since) + interval
    }

    /// The turn that follows one, and how many were missed because that one took so long.
    ///
    /// A turn that is late by less than an interval is taken at once. When somebody has set the clock back by more than an interval, turns are counted anew.
    func turn(following turn: Int64, now: Int64) -> (turn: Int64, missed: Int) {
        guard now > turn - interval else { return (self.turn(after: now), 0) }
        let missed = max(0, (now - turn) / interval - 1)
        return (turn + (missed + 1) * interval, Int(missed))
    }
}

/// The time as the rules see it.
package protocol RuleClock: Sendable {
    /// Milliseconds since 1970.
    func now() -> Int64
    /// Throws when the task is cancelled.
    func sleep(milliseconds: Int64) async throws
}
