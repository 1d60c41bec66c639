import GatewayModel
import Synchronization

/// A clock that tests set.
package final class TestClock: Sendable {
    private let time: Mutex<Timestamp>
    private let running = Mutex<Int64>(0)

    /// Noon of 2026-03-05 (UTC), in milliseconds since 1970.
    package static let noon: Int64 = 1_772_712_000_000
    /// The same noon.
    package static let start = Timestamp(microseconds: noon * 1_000)

    package init(_ start: Timestamp = TestClock.start) { time = Mutex(start) }

    package var now: Timestamp { time.withLock { $0 } }

    /// Seconds that have passed on the clock that nobody sets.
    package var uptime: Int64 { running.withLock { $0 } }

    package func advance(seconds: Int64) {
        leap(seconds: seconds)
        running.withLock { $0 += max(0, seconds) }
    }

    /// Somebody sets the wall clock.
    package func leap(seconds: Int64) { time.withLock { $0.microseconds += seconds * Timestamp.microsecondsPerSecond } }
    package func leap(days: Int64) { leap(seconds: days * 86_400) }
    package func advance(days: Int64) { advance(seconds: days * 86_400) }
}
