import DurableFiles
import Foundation
import GatewayModel
import KeepTestSupport
import Synchronization

@testable import AlertRouting

/// A clock that tests set; waiting on it never ends.
final class HandClock: RoutingClock {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp = TestClock.start) { time = Mutex(start) }

    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(until time: Timestamp) async throws {
        await untilCancelled()
        throw CancellationError()
    }

    func advance(_ seconds: Double) { time.withLock { $0.microseconds += Int64(seconds * 1e6) } }
    func set(_ new: Timestamp) { time.withLock { $0 = new } }
}

/// A queue that keeps what it is given, as the one on disk does.
final class KeptQueue: AlertRouting.NotificationQueue {
    private struct State {
        var messages: [AlertRouting.Notification] = []
        var told: [NotificationKey: NotifiedState] = [:]
        var failure: StorageError?
    }

    private let state = Mutex(State())

    var messages: [AlertRouting.Notification] { state.withLock { $0.messages } }
    func fail(_ error: StorageError?) { state.withLock { $0.failure = error } }

    func enqueue(_ notification: AlertRouting.Notification) async throws(StorageError) {
        let failure = state.withLock { state -> StorageError? in
            if let failure = state.failure { return failure }
            state.messages.append(notification)
            func fingerprints(_ isResolved: Bool) -> Set<AlertFingerprint> { Set(notification.alerts.filter { $0.isResolved == isResolved }.map(\.alert.fingerprint)) }
            state.told[notification.key] = NotifiedState(firing: fingerprints(false), resolved: fingerprints(true), at: notification.createdAt)
            return nil
        }
        if let failure { throw failure }
    }

    func note(_ state: NotifiedState, for key: NotificationKey, until: Timestamp) async throws(StorageError) { self.state.withLock { $0.told[key] = state } }
    func lastNotified(_ key: NotificationKey) -> NotifiedState? { state.withLock { $0.told[key] } }

    /// The messages since the last call, as `receiver/integration firing|resolved: alerts`.
    func take() -> [String] {
        let messages = state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
        return messages.map { message in
            let alerts = message.alerts.map { ($0.isResolved ? "-" : "+") + $0.alert.labels.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
            return "\(message.key.receiver)/\(message.key.integration) \(message.reason.rawValue): \(alerts.joined(separator: " "))"
        }.sorted()
    }
}

/// A router with everything around it in hand.
struct RoutingBench {
    let clock = HandClock()
    let queue: KeptQueue
    let files: MemoryFiles
    let router: AlertRouter
    let events: EventLog<RoutingEvent>

    init(_ yaml: String, queue: KeptQueue = KeptQueue(), files: MemoryFiles = MemoryFiles(), at start: Timestamp = TestClock.start, limits: RoutingLimits = RoutingLimits()) throws {
        clock.set(start)
        self.queue = queue
        self.files = files
        let configuration = try RoutingConfigurationReader.read(yaml, folder: "/")
        let ids = Mutex(0)
        let events = EventLog<RoutingEvent>()
        self.events = events
        router = AlertRouter(
            configuration, limits: limits, queue: queue, clock: clock, files: RoutingFiles(folder: "alerting", files: files),
            newID: { ids.withLock { $0 += 1; return "id-\(start.microseconds)-\($0)" } }, onEvent: { events.note($0) })
    }

    /// An alert that fires from now on, told with an end in four minutes as rules do; or one that is over now.
    func alert(_ labels: String, resolved: Bool = false, since: Timestamp? = nil, evidence: AlertEvidence? = nil) -> Alert {
        let now = clock.now()
        let labels = SeriesLabels(labels.split(separator: ",").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return SeriesLabel(String(parts[0]), String(parts[1]))
        })
        return Alert(labels: labels, startsAt: since ?? now, endsAt: resolved ? now : now.advanced(milliseconds: 240_000), evidence: evidence)
    }

    func fire(_ labels: String...) async { await router.receive(labels.map { alert($0) }) }
    func end(_ labels: String...) async { await router.receive(labels.map { alert($0, resolved: true, since: Timestamp(microseconds: clock.now().microseconds - 1_000_000)) }) }

    /// Lets time pass, second by second, telling alerts again as rules do; returns what was told.
    func pass(_ seconds: Int, firing: String...) async -> [String] {
        for second in 1...max(seconds, 1) {
            clock.advance(1)
            if second % 60 == 0, !firing.isEmpty { await router.receive(firing.map { alert($0) }) }
            await router.flushDue()
        }
        return queue.take()
    }
}
