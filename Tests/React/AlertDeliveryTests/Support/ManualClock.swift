import AlertDelivery
import GatewayModel
import KeepTestSupport
import Synchronization

/// A clock that leaps to whatever is slept for: time passes only while everybody waits, and then at once.
final class LeapingClock: DeliveryClock {
    private let time = Mutex(TestClock.start)

    func now() -> Timestamp { time.withLock { $0 } }

    func sleep(until target: Timestamp) async throws {
        try Task.checkCancellation()
        await Task.yield()
        time.withLock { $0 = max($0, target) }
    }

    func advance(_ seconds: Double) { time.withLock { $0 = $0.adding(seconds) } }
}
