internal import Foundation
package import GatewayModel

/// From alerts to messages: which belong together, who is told, when, and what keeps them quiet.
///
/// The decisions are ``RoutingState``'s; this carries them out, one turn after the other. Messages are handed to a queue on disk, which also knows what was told before
/// a restart; silences, and the alerts that fire, are kept in files of their own.
///
/// After a restart the alerts that fired before are known at once, but none of them ends by the clock before those who tell alerts had time to tell them again: rules by
/// ``rulesHaveEvaluated()``, others within ``heldSecondsMax``. So nothing is told anew that the queue knows of, and nothing is called over just because the program was away.
package actor AlertRouter: AlertSink {
    /// How long after the start alerts of others are held: Prometheus tells each again every minute.
    package static let heldSecondsMax: Int64 = 150
    /// How long after the start alerts of our own rules are held although no rule was evaluated.
    package static let ownHeldSecondsMax: Int64 = 900
    /// Between two tries to hand over what the queue refused.
    private static let retryMilliseconds: Int64 = 5_000
    private static let maintenanceMilliseconds: Int64 = 60_000

    private var state: RoutingState
    private let defaults: RouteDefaults
    private let limits: RoutingLimits
    private let queue: any NotificationQueue
    private let clock: any RoutingClock
    private let files: RoutingFiles
    private let newID: @Sendable () -> String
    private let onEvent: @Sendable (RoutingEvent) -> Void
    private let startedAt: Timestamp
    private var hasEvaluated = false
    private var isHolding = true
    private var maintainedAt: Timestamp
    private var alertsGeneration: UInt64 = 0
    /// Why silences cannot be changed: their file could not be read, and must not be overwritten.
    private let silencesFault: StorageError?
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Reads what was kept.
    ///
    /// - Parameter newID: an identifier that never repeats.
    package init(
        _ configuration: RoutingConfiguration, defaults: RouteDefaults = RouteDefaults(), limits: RoutingLimits = RoutingLimits(), queue: any NotificationQueue,
        clock: any RoutingClock, files: RoutingFiles, newID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        onEvent: @escaping @Sendable (RoutingEvent) -> Void = { _ in }
    ) {
        var ledger = SilenceLedger()
        var fault: StorageError?
        do throws(StorageError) { ledger = SilenceLedger(try files.silences()) } catch {
            fault = error
            onEvent(.damaged(error))
        }
        state = RoutingState(configuration, defaults: defaults, silences: ledger, limits: limits)
        let now = clock.now()
        do throws(StorageError) {
            let held = try files.alerts().map { alert in
                var alert = alert
                // What was told to be over is over: held, it would be told to fire again. Only an end that lay ahead may have been put off since.
                alert.isHeld = alert.alert.endsAt > alert.updatedAt
                return alert
            }
            _ = state.receive(held, now: now) { _, _ in true }
        } catch { onEvent(.damaged(error)) }
        state.counters = RoutingCounters()
        state.hasNewAlerts = false
        (self.defaults, self.limits, self.queue, self.clock, self.files, self.newID, self.onEvent) = (defaults, limits, queue, clock, files, newID, onEvent)
        (startedAt, maintainedAt, silencesFault) = (now, now, fault)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Alerts

    package func receive(_ alerts: [Alert]) {
        let now = clock.now()
        take(alerts.map { TrackedAlert($0, updatedAt: now, hasTimeout: false) }, now)
    }

    /// Takes alerts of others: those that are right count, whatever is wrong with others.
    ///
    /// - Returns: those that were taken, for whom else they concern, and what was wrong with the others, by their place among the given.
    package func post(_ posted: [PostedAlert]) -> (taken: [Alert], faults: [(index: Int, error: PostedAlertError)]) {
        let now = clock.now()
        var faults: [(index: Int, error: PostedAlertError)] = []
        var alerts: [TrackedAlert] = []
        for (index, alert) in posted.enumerated() {
            do throws(PostedAlertError) {
                alerts.append(try alert.tracked(now: now, resolveTimeout: state.configuration.resolveTimeout, limits: limits))
            } catch { faults.append((index, error)) }
        }
        state.counters.invalid += faults.count
        take(alerts, now)
        return (alerts.map(\.alert), faults)
    }

    private func take(_ alerts: [TrackedAlert], _ now: Timestamp) {
        let lost = state.receive(alerts, now: now) { fingerprint, keys in keys.contains { queue.lastNotified($0)?.firing.contains(fingerprint) ?? false } }
        if lost.alerts > 0 { onEvent(.alertsDropped(count: lost.alerts, limit: limits.alertsMax)) }
        if lost.groups > 0 { onEvent(.groupsDropped(count: lost.groups, limit: limits.groupsMax)) }
        wake.yield()
    }

    /// All rules have been evaluated once since the start: from now on an alert of theirs that is not told again ends in its time.
    package func rulesHaveEvaluated() { hasEvaluated = true }

    // MARK: Telling

    /// Tells what is due, again and again, until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { timers in
            var armed: Timestamp?
            var iterator = wakes.makeAsyncIterator()
            while !Task.isCancelled {
                let next = await flushDue()
                let now = clock.now()
                let time = min(next ?? .distantFuture, now.advanced(milliseconds: Self.maintenanceMilliseconds))
                if armed.map({ time < $0 || $0 <= now }) ?? true {
                    armed = time
                    let (clock, wake) = (clock, wake)
                    timers.addTask {
                        try? await clock.sleep(until: time)
                        wake.yield()
                    }
                }
                guard await iterator.next() != nil else { break }
            }
            timers.cancelAll()
        }
        await keepAlerts()
    }

    /// Tells what is due now; returns when something will be due next, nil without groups.
    @discardableResult
    package func flushDue() async -> Timestamp? {
        let now = clock.now()
        await maintain(now)
        var plans: [FlushPlan] = []
        for group in state.due(now: now) { plans.append(state.plan(group, now: now, told: { queue.lastNotified($0) }, newID: newID)) }
        if !plans.isEmpty {
            // First what fires, then the messages about it: who is told that something began will also be told that it is over.
            await keepAlerts()
            let refused = await carryOut(plans)
            for (plan, integrations) in zip(plans, refused) {
                if integrations.isEmpty { state.finish(plan) } else { state.retry(plan, at: now.advanced(milliseconds: Self.retryMilliseconds), refused: integrations) }
            }
        }
        return state.nextFlush
    }

    /// Hands messages over, all at once, since they share the disk's time; returns for each plan the integrations whose messages were refused.
    private func carryOut(_ plans: [FlushPlan]) async -> [[String]] {
        var refused = [[String]](repeating: [], count: plans.count)
        await withTaskGroup(of: (Int, NotificationKey, StorageError)?.self) { tasks in
            for (index, plan) in plans.enumerated() {
                for message in plan.messages {
                    tasks.addTask { [queue] in
                        do throws(StorageError) {
                            try await queue.enqueue(message)
                            return nil
                        } catch { return (index, message.key, error) }
                    }
                }
                for note in plan.notes {
                    tasks.addTask { [queue] in
                        do throws(StorageError) {
                            try await queue.note(note.state, for: note.key, until: note.until)
                            return nil
                        } catch { return (index, note.key, error) }
                    }
                }
            }
            for await failure in tasks {
                guard let (index, key, error) = failure else { continue }
                refused[index].append(key.integration)
                onEvent(.notQueued(receiver: key.receiver, group: key.group, error))
            }
        }
        return refused
    }

    private func keepAlerts() async {
        guard state.hasNewAlerts else { return }
        state.hasNewAlerts = false
        alertsGeneration += 1
        do throws(StorageError) { try await files.save(Array(state.alerts.values), generation: alertsGeneration) } catch {
            state.hasNewAlerts = true
            onEvent(.notKept(file: RoutingFiles.alertsName, error))
        }
    }

    /// Lets go of what was held, and forgets what is long over.
    private func maintain(_ now: Timestamp) async {
        if isHolding {
            let seconds = (now.microseconds - startedAt.microseconds) / Timestamp.microsecondsPerSecond
            let (endsOwn, endsOthers) = (hasEvaluated || seconds >= Self.ownHeldSecondsMax, seconds >= Self.heldSecondsMax)
            if endsOwn || endsOthers { state.release { $0.alert.evidence == nil ? endsOthers : endsOwn } }
            isHolding = !(endsOwn && endsOthers)
        }
        guard maintainedAt.advanced(milliseconds: Self.maintenanceMilliseconds) <= now else { return }
        maintainedAt = now
        state.forgetUngrouped(now: now)
        guard silencesFault == nil, state.silences.forget(now: now) else { return }
        do throws(StorageError) { try await keepSilences() } catch { onEvent(.notKept(file: RoutingFiles.silencesName, error)) }
    }

    // MARK: Silences

    package var silences: [Silence] { state.silences.all }
    package func silence(_ id: String) -> Silence? { state.silences[id] }

    /// Makes a silence, or changes the one of its id; it holds when it is on disk.
    ///
    /// - Returns: the id under which it holds.
    package func setSilence(_ silence: Silence) async throws(SilenceError) -> String {
        if let silencesFault { throw .storage(silencesFault) }
        let before = state.silences
        let id = try state.silences.set(silence, newID: newID(), now: clock.now())
        try await keepSilences(or: before, id, silence.id)
        return id
    }

    /// Ends a silence; one that has ended stays as it is.
    package func expireSilence(_ id: String) async throws(SilenceError) {
        if let silencesFault { throw .storage(silencesFault) }
        let before = state.silences
        guard try state.silences.expire(id, now: clock.now()) else { return }
        try await keepSilences(or: before, id)
    }

    /// Keeps the silences, or takes back what was done to some of them.
    private func keepSilences(or before: SilenceLedger, _ ids: String...) async throws(SilenceError) {
        do throws(StorageError) { try await keepSilences() } catch {
            for id in ids { state.silences.restore(id, before[id]) }
            throw .storage(error)
        }
    }

    private func keepSilences() async throws(StorageError) { try await files.save(state.silences.all, generation: state.silences.version) }

    // MARK: For people

    package func alerts(_ query: AlertQuery = AlertQuery()) -> [AlertView] { state.views(query, now: clock.now()) }
    package func groups(_ query: AlertQuery = AlertQuery()) -> [AlertGroupView] { state.groupViews(query, now: clock.now()) }
    package var configuration: RoutingConfiguration { state.configuration }
    package var counters: RoutingCounters { state.counters }
    package var now: Timestamp { clock.now() }
    package var groupCount: Int { state.groups.count }

    /// Alerts that are told, and those that something keeps quiet.
    package func alertCounts() -> (active: Int, suppressed: Int) {
        let views = alerts()
        let active = views.count { $0.state == .active }
        return (active, views.count - active)
    }

    /// Another configuration holds from now on. Groups are made anew, each with its wait; what was told is known, so nothing is told twice.
    package func reload(_ configuration: RoutingConfiguration) {
        let now = clock.now()
        var fresh = RoutingState(configuration, defaults: defaults, silences: state.silences, limits: limits)
        _ = fresh.receive(Array(state.alerts.values), now: now) { _, _ in true }
        fresh.counters = state.counters
        state = fresh
        onEvent(.configurationLoaded(receivers: configuration.receivers.count, routes: fresh.tree.routes.count))
        wake.yield()
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}
