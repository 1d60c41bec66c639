import AlertRules
import GatewayModel
import PromQL
import Synchronization

/// A clock that tests set; who sleeps wakes when it has come far enough.
final class HandClock: RuleClock {
    private struct State {
        var now: Int64
        var sleepers: [(until: Int64, id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var nextID = 0
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    init(_ now: Int64 = RuleFixture.start) { state = Mutex(State(now: now)) }

    func now() -> Int64 { state.withLock { $0.now } }

    func sleep(milliseconds: Int64) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.contains(id) { return true }
                    state.sleepers.append((state.now + milliseconds, id, continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(id)
                let place = state.sleepers.firstIndex { $0.id == id }
                return place.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Those who sleep.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func advance(milliseconds: Int64) {
        let due = state.withLock { state in
            state.now += milliseconds
            let due = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Goes on in small steps, and before each waits until everybody sleeps.
    ///
    /// - Parameter sleepers: how many are expected to sleep.
    func run(milliseconds: Int64, step: Int64 = 1_000, sleepers: Int) async {
        for _ in 0..<(milliseconds / step) {
            while sleeperCount < sleepers { await Task.yield() }
            advance(milliseconds: step)
        }
        while sleeperCount < sleepers { await Task.yield() }
    }
}

/// Keeps samples in memory, where a reader finds them.
final class StoreWriter: SeriesWriter {
    let store = SampleStore()
    private let fault = Mutex<SeriesWriteError?>(nil)

    /// What the next batches are refused with; nil to take them.
    func refuse(_ error: SeriesWriteError?) { fault.withLock { $0 = error } }

    func append(_ batch: SampleBatch) async throws(SeriesWriteError) -> SampleReceipt {
        if let error = fault.withLock({ $0 }) { throw error }
        var receipt = SampleReceipt()
        for index in batch.series.indices {
            var samples = SampleColumns()
            for sample in batch.sampleRange(index) { samples.append(batch.times[sample], batch.values[sample]) }
            if let labels = SeriesKey.labels(of: Array(batch.keys[batch.keyRange(index)])) { store.append(labels, samples) }
            receipt.references.append(SeriesReference(UInt64(index) + 1))
            receipt.stored += samples.count
        }
        return receipt
    }
}

/// Remembers what it was told.
final class RecordingSink: AlertSink {
    private let alerts = Mutex<[Alert]>([])

    func receive(_ alerts: [Alert]) async { self.alerts.withLock { $0 += alerts } }

    var told: [Alert] { alerts.withLock { $0 } }
    func forget() { alerts.withLock { $0 = [] } }
}

/// Collects events.
final class EventList: Sendable {
    private let list = Mutex<[RuleEngine.Event]>([])
    func add(_ event: RuleEngine.Event) { list.withLock { $0.append(event) } }
    var events: [RuleEngine.Event] { list.withLock { $0 } }
}

/// An engine over series in memory with everything that it talks to.
struct EngineFixture {
    let writer = StoreWriter()
    let sink = RecordingSink()
    let clock: HandClock
    let events = EventList()
    let engine: RuleEngine

    init(memory: RememberedAlerts? = nil, writer: StoreWriter? = nil, clock: HandClock = HandClock(), options: RuleOptions = RuleOptions(interval: 10_000)) {
        let events = events
        self.clock = clock
        let writer = writer ?? self.writer
        engine = RuleEngine(
            reader: writer.store, writer: writer, options: options, sinks: [sink], memory: memory, clock: clock, threads: 2, onEvent: { events.add($0) })
    }

    func put(_ rules: [Rule], group: String = "g", interval: Int64 = 10_000, file: String = "rules.yaml") {
        engine.replace([RuleFile(path: file, groups: [RuleGroup(name: group, interval: interval, rules: rules)])])
    }

    /// Runs the engine while the clock goes on, then stops it. With a memory one more sleeps: who writes it anew from time to time.
    func run(milliseconds: Int64, sleepers: Int = 1, then body: () async throws -> Void = {}) async throws {
        let task = Task { await engine.run() }
        await clock.run(milliseconds: milliseconds, sleepers: sleepers)
        try await body()
        task.cancel()
        await task.value
    }
}
