package import AlertRouting
package import DurableFiles
package import GatewayModel
internal import Synchronization

/// Messages on their way to receivers: kept on disk before they are acknowledged, sent in order, tried again until they arrive or their time is over.
///
/// The decisions are ``OutboxState``'s; this carries them out. What happens is written to a journal before it counts, so that after a crash at any instant
/// nothing is lost, and nothing is sent twice but what was on its way just then. While the disk refuses writes, messages are delivered nevertheless, from memory:
/// that the disk is full is just what somebody must be told.
package final class Outbox: NotificationQueue {
    /// What the program's log should say.
    package enum Event: Sendable, Equatable {
        case delivered(IntegrationKey, id: String, attempts: Int, latencySeconds: Double?)
        /// An attempt failed; `again` when another follows.
        case failed(IntegrationKey, id: String, error: String, again: Bool)
        /// A message left undelivered.
        case lost(IntegrationKey, id: String, status: DeliveryStatus, error: String?)
        /// The disk refuses: messages are held in memory only.
        case notKept(StorageError)
        case keptAgain
        case damaged(StorageError)
    }

    private struct Kept: Sendable {
        var state: OutboxState
        /// Whether the journal lacks something that the state has.
        var isAhead = false
        var journalBytesAfterSnapshot = 0
        var snapshotTriedAt: Timestamp?
    }

    /// Between two tries to write what the disk refused.
    private static let snapshotRetrySeconds: Int64 = 5

    private let journal: Journal
    private let kept: Mutex<Kept>
    private let limits: OutboxLimits
    private let clock: any DeliveryClock
    private let sender: any MessageSender
    private let jitter: @Sendable () -> Double
    private let onEvent: @Sendable (Event) -> Void
    private let wake = WakeSignal()

    /// Opens the outbox in a folder, which is made when it is missing.
    ///
    /// - Parameter jitter: a random number from 0 up to 1.
    package init(
        folder: String, files: any FileLayer, clock: any DeliveryClock, sender: any MessageSender, limits: OutboxLimits = OutboxLimits(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }, onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws(StorageError) {
        let (journal, recovered) = try Journal.open(folder: folder, files: files)
        for damage in recovered.damage { onEvent(.damaged(damage)) }
        var state = OutboxState(limits: limits)
        for entry in recovered.entries {
            if let event = OutboxEvent(entry) { state.apply(event) } else {
                onEvent(.damaged(.damaged(file: folder, what: "an entry that is no event of an outbox", offset: 0)))
            }
        }
        state.recovered()
        state.forget(now: clock.now())
        self.journal = journal
        kept = Mutex(Kept(state: state))
        (self.limits, self.clock, self.sender, self.jitter, self.onEvent) = (limits, clock, sender, jitter, onEvent)
    }

    // MARK: In

    /// See ``NotificationQueue/enqueue(_:)``. Throws only when the outbox is closed: what the disk refuses is held in memory.
    package func enqueue(_ notification: Notification) async throws(StorageError) {
        let now = clock.now()
        let events = kept.withLock { $0.state.admit(notification, now: now) }
        if let failure = await write(events), failure == .closed { throw failure }
        wake.signal()
    }

    package func note(_ state: NotifiedState, for key: NotificationKey, until: Timestamp) async throws(StorageError) {
        if let failure = await write([.notified(key, state, until: until)]), failure == .closed { throw failure }
    }

    package func lastNotified(_ key: NotificationKey) -> NotifiedState? {
        let now = clock.now()
        return kept.withLock { $0.state.lastNotified(key, now: now) }
    }

    // MARK: Out

    /// Delivers what waits, until ``stop()`` or the task is cancelled; returns when what was on its way has an outcome.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { timers in
                await withDiscardingTaskGroup { attempts in
                    var armed: Timestamp?
                    while !wake.isStopped {
                        let now = clock.now()
                        var due = kept.withLock { $0.state.due(now: now, traits: sender.traits) }
                        if !due.ended.isEmpty { _ = await write(due.ended) }
                        for attempt in due.attempts { attempts.addTask { await self.carryOut(attempt) } }
                        if let again = await compactIfDue(now) { due.ask(at: again) }
                        if let next = due.next, armed.map({ next < $0 || $0 <= now }) ?? true {
                            armed = next
                            timers.addTask {
                                try? await self.clock.sleep(until: next)
                                self.wake.signal()
                            }
                        }
                        await wake.wait()
                    }
                }
                timers.cancelAll()
            }
        } onCancel: {
            stop()
        }
    }

    /// Lets ``run()`` come to its end.
    package func stop() { wake.stop() }

    /// Ends the journal; call after ``run()`` has returned.
    package func close() async { await journal.close() }

    private func carryOut(_ attempt: OutboxState.Attempt) async {
        let integration = IntegrationKey(attempt.notification.key)
        _ = await write([.began(attempt.sequence, at: clock.now())])
        let outcome = await sender.send(
            OutgoingMessage(notification: attempt.notification, attempt: attempt.number, mayHaveArrived: attempt.mayHaveArrived))
        let now = clock.now(), jitter = jitter(), recognisesRepetitions = sender.traits(integration).recognisesRepetitions
        let event = kept.withLock { $0.state.finish(attempt.sequence, outcome, now: now, jitter: jitter, recognisesRepetitions: recognisesRepetitions) }
        if let event { _ = await write([event]) }
        wake.signal()
    }

    // MARK: Journal

    /// Writes events and applies them; they are applied also when they cannot be written. Returns why they were not.
    private func write(_ events: [OutboxEvent]) async -> StorageError? {
        do throws(StorageError) {
            try await journal.append(events.map { $0.encode() }) { failure in self.apply(events, failure) }
            return nil
        } catch { return error }
    }

    /// On the journal's thread.
    private func apply(_ events: [OutboxEvent], _ failure: StorageError?) {
        if failure == .closed { return }
        var told: [Event] = []
        kept.withLock { kept in
            for event in events {
                switch event {
                case .ended(let sequence, let status, _, let error):
                    kept.state.apply(event)
                    if status != .replaced, let record = kept.state.lastRecord { told.append(Self.event(record, status, sequence, error)) }
                case .failed(let sequence, let error, _, _):
                    if let message = kept.state.message(sequence) { told.append(.failed(message.integration, id: message.notification.id, error: error, again: true)) }
                    kept.state.apply(event)
                case .queued, .began, .notified, .recorded: kept.state.apply(event)
                }
            }
            guard let failure else { return }
            if !kept.isAhead { told.append(.notKept(failure)) }
            kept.isAhead = true
        }
        for event in told { onEvent(event) }
    }

    private static func event(_ record: DeliveryRecord, _ status: DeliveryStatus, _ sequence: UInt64, _ error: String?) -> Event {
        switch status {
        case .delivered: .delivered(record.integration, id: record.id, attempts: record.attempts, latencySeconds: record.latencySeconds)
        case .failed: .failed(record.integration, id: record.id, error: error ?? "", again: false)
        case .waiting, .expired, .replaced, .dropped, .disabled: .lost(record.integration, id: record.id, status: status, error: record.lastError)
        }
    }

    /// Replaces a journal that has grown, or that lacks something, by a snapshot. Returns when to come again for what the disk refused.
    private func compactIfDue(_ now: Timestamp) async -> Timestamp? {
        let bytes = journal.bytes
        let (isDue, wasAhead, again) = kept.withLock { kept -> (Bool, Bool, Timestamp?) in
            guard kept.isAhead else { return (bytes > max(limits.journalBytesMax, 2 * kept.journalBytesAfterSnapshot), false, nil) }
            let again = kept.snapshotTriedAt.map { Timestamp(microseconds: $0.microseconds + Self.snapshotRetrySeconds * Timestamp.microsecondsPerSecond) }
            if let again, again > now { return (false, true, again) }
            kept.snapshotTriedAt = now
            return (true, true, nil)
        }
        guard isDue else { return again }
        do throws(StorageError) {
            try await journal.replace {
                self.kept.withLock { kept in
                    kept.state.forget(now: now)
                    // Here, where nothing is applied meanwhile: what the disk refuses afterwards counts again.
                    kept.isAhead = false
                    return kept.state.snapshot().map { $0.encode() }
                }
            }
            let bytes = journal.bytes
            kept.withLock { $0.journalBytesAfterSnapshot = bytes }
            if wasAhead { onEvent(.keptAgain) }
            return nil
        } catch {
            kept.withLock { $0.isAhead = true }
            return Timestamp(microseconds: now.microseconds + Self.snapshotRetrySeconds * Timestamp.microsecondsPerSecond)
        }
    }

    // MARK: For people

    /// The log of deliveries, newest first, those that wait before the others.
    package func deliveries(limit: Int, where isWanted: (DeliveryRecord) -> Bool = { _ in true }) -> [DeliveryRecord] {
        kept.withLock { $0.state.deliveries(limit: limit, isWanted) }
    }

    /// How the integrations are doing to which something was ever sent.
    package var states: [IntegrationKey: IntegrationState] { kept.withLock { $0.state.states() } }
    package var counters: [IntegrationKey: DeliveryCounters] { kept.withLock { $0.state.counters } }

    /// The configuration was read anew: integrations that said they are gone are tried again.
    package func enableAll() {
        kept.withLock { $0.state.enableAll() }
        wake.signal()
    }
}
