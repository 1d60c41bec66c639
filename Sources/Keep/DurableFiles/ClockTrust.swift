internal import GatewayModel

/// Which day it is when days are dropped: the clock's, unless the clock has leapt.
///
/// A clock that is set far ahead, by mistake or by a broken time server, must not make retention drop everything at once. So a day more than
/// ``slackDays`` after the last one that was believed is doubted, and for ``doubtSeconds`` of the process's own time the old one counts; long enough for
/// somebody to read the log and set the clock right. A store that was not running for days meets the same doubt once, and drops what is too old
/// a day later. A clock that is set back only makes fewer days too old.
///
/// A pure state machine: it is told what the clocks say.
package struct ClockTrust: Sendable {
    /// Days that a believed day may be passed by at once: a night's maintenance and a weekend's first hours pass without doubt.
    package static let slackDays: Int32 = 2
    package static let doubtSeconds: Int64 = 86_400

    /// The latest day that was believed.
    private var believed: Int32
    /// The process's time at which the doubt began.
    private var doubtedSince: Int64?

    package var isDoubting: Bool { doubtedSince != nil }

    /// - Parameter newest: the day of the newest record, or today's in an empty store.
    package init(newest: Int32) { believed = newest }

    /// The day to reckon with.
    ///
    /// - Parameters:
    ///   - today: the clock's day.
    ///   - uptime: seconds on a clock that nobody sets.
    package mutating func day(today: Int32, uptime: Int64) -> Int32 {
        guard Int64(today) > Int64(believed) + Int64(Self.slackDays) else {
            doubtedSince = nil
            believed = max(believed, today)
            return today
        }
        let since = doubtedSince ?? uptime
        guard uptime - since >= Self.doubtSeconds else {
            doubtedSince = since
            return believed
        }
        doubtedSince = nil
        believed = today
        return today
    }
}
