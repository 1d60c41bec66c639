internal import AlertRouting
internal import GatewayModel

/// What waits, what was told, and when what is due: a pure state machine. Time, randomness and the outcome of attempts are told to it.
///
/// Order. Messages of one group leave in the order in which they came: a resolved message never before the firing one. Among the groups of an integration the
/// message with the fewest attempts goes first, so that one that a receiver cannot digest does not hold up the others. One message of an integration is on its way at a time.
///
/// Repetition. A message whose attempt began and never ended (the program was killed, or no answer came) may have arrived. It is sent again, with the same id and
/// marked as uncertain; on a channel that cannot tell a repetition no more often than ``OutboxLimits/uncertainAttemptsMax`` times.
struct OutboxState: Sendable {
    /// An attempt that is to be made now.
    struct Attempt: Sendable, Equatable {
        let sequence: UInt64
        let notification: Notification
        /// From 1.
        let number: Int
        /// Whether an earlier attempt may have arrived.
        let mayHaveArrived: Bool
    }

    /// What is to be done at a time.
    struct Due: Sendable, Equatable {
        var attempts: [Attempt] = []
        /// Messages that leave without having been delivered.
        var ended: [OutboxEvent] = []
        /// When to ask again, unless something happens before; nil when nothing waits.
        var next: Timestamp?

        mutating func ask(at time: Timestamp) { next = min(next ?? time, time) }
    }

    /// What was last told about a group.
    private struct Told: Sendable {
        var state: NotifiedState
        var until: Timestamp
    }

    /// How an integration is doing.
    private struct Health: Sendable {
        var bucket: TokenBucket?
        /// No attempt before this, whatever the message.
        var notBefore = Timestamp(microseconds: .min)
        var failuresInRow = 0
        var lastError: String?
        var disabled: String?
        var lastDeliveredAt: Timestamp?
        /// Messages that are being seen to: on their way, or about to be ended.
        var taken: Set<UInt64> = []
        /// The message whose attempt has no outcome yet, or one that is not applied yet: until then none that follows it may go.
        var sending: UInt64?
    }

    let limits: OutboxLimits
    private(set) var nextSequence: UInt64 = 1
    private var queues: [IntegrationKey: [WaitingMessage]] = [:]
    private var places: [UInt64: IntegrationKey] = [:]
    private var health: [IntegrationKey: Health] = [:]
    private var told: [NotificationKey: Told] = [:]
    private var records: [DeliveryRecord] = []
    private(set) var counters: [IntegrationKey: DeliveryCounters] = [:]

    init(limits: OutboxLimits) { self.limits = limits }

    // MARK: Coming in

    /// Takes a message in: the events that say so, in order. They are to be applied next.
    mutating func admit(_ notification: Notification, now: Timestamp) -> [OutboxEvent] {
        let integration = IntegrationKey(notification.key)
        let message = WaitingMessage(sequence: nextSequence, notification: notification, firstBadAt: firstBadAt(notification), notBefore: notification.createdAt)
        nextSequence += 1
        var events = [OutboxEvent.queued(message)]
        var waiting = (queues[integration] ?? []).filter { health[integration]?.taken.contains($0.sequence) != true }
        func leave(_ old: WaitingMessage, _ status: DeliveryStatus, _ error: String?) {
            health[integration, default: Health()].taken.insert(old.sequence)
            events.append(.ended(old.sequence, status, at: now, error: error))
        }
        waiting.removeAll { old in
            guard old.notification.key == notification.key, Self.covers(notification, old.notification) else { return false }
            leave(old, .replaced, nil)
            return true
        }
        var bytes = waiting.reduce(Self.bytes(of: notification)) { $0 + Self.bytes(of: $1.notification) }
        while !waiting.isEmpty, waiting.count >= limits.messagesMax || bytes > limits.queueBytesMax {
            let oldest = waiting.removeFirst()
            bytes -= Self.bytes(of: oldest.notification)
            leave(oldest, .dropped, "the queue was full: more than \(limits.messagesMax) messages or \(limits.queueBytesMax) bytes waited")
        }
        return events
    }

    /// Whether a message says all that an older one says: each of its alerts in the same state. A message that says an alert is over does not cover the one that said it began.
    private static func covers(_ new: Notification, _ old: Notification) -> Bool {
        guard new.reason != .test, old.reason != .test else { return false }
        let states = Dictionary(new.alerts.map { ($0.alert.labels, $0.isResolved) }, uniquingKeysWith: { first, _ in first })
        return old.alerts.allSatisfy { states[$0.alert.labels] == $0.isResolved }
    }

    /// When what is new in a message began or ended.
    private func firstBadAt(_ notification: Notification) -> Timestamp? {
        guard notification.reason != .repeated, notification.reason != .test else { return nil }
        let before = told[notification.key]?.state
        let begun = notification.alerts.filter { !$0.isResolved && before?.firing.contains($0.alert.fingerprint) != true }
        if !begun.isEmpty { return begun.map { $0.alert.evidence?.activeAt ?? $0.alert.startsAt }.min() }
        return notification.alerts.filter { $0.isResolved && before?.resolved.contains($0.alert.fingerprint) != true }.map(\.alert.endsAt).min()
    }

    /// Bytes of memory that a message takes, about.
    private static func bytes(of notification: Notification) -> Int {
        notification.alerts.reduce(512) { sum, notified in
            let labels = notified.alert.labels.labels + notified.alert.annotations.labels
            return sum + 256 + notified.alert.generatorURL.utf8.count + (notified.alert.evidence?.expression.utf8.count ?? 0)
                + labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
        }
    }

    // MARK: Going out

    /// What is to be done now. What is handed out counts as begun or ended until ``apply(_:)`` or ``finish(_:_:now:jitter:recognisesRepetitions:)`` says otherwise.
    mutating func due(now: Timestamp, traits: (IntegrationKey) -> IntegrationTraits) -> Due {
        var due = Due()
        for (integration, queue) in queues.sorted(by: { $0.key < $1.key }) where !queue.isEmpty {
            var health = health[integration] ?? Health()
            for message in queue where !health.taken.contains(message.sequence) {
                if let reason = health.disabled, message.notification.reason != .test {
                    due.ended.append(.ended(message.sequence, .disabled, at: now, error: reason))
                } else if message.notification.expiresAt <= now {
                    due.ended.append(.ended(message.sequence, .expired, at: now, error: nil))
                } else { continue }
                health.taken.insert(message.sequence)
            }
            if health.sending == nil { choose(from: queue, &health, traits(integration).rate, now, &due) }
            self.health[integration] = health
        }
        return due
    }

    /// Chooses the message of a queue that goes next, or says when one may.
    private func choose(from queue: [WaitingMessage], _ health: inout Health, _ rate: DeliveryRate, _ now: Timestamp, _ due: inout Due) {
        var groups: Set<NotificationKey> = []
        var best: WaitingMessage?
        var earliest: Timestamp?
        for message in queue where !health.taken.contains(message.sequence) && groups.insert(message.notification.key).inserted {
            if message.notBefore > now { earliest = min(earliest ?? message.notBefore, message.notBefore) } else if message.attempts < best?.attempts ?? .max { best = message }
        }
        guard let best else {
            if let earliest { due.ask(at: max(earliest, health.notBefore)) }
            return
        }
        guard health.notBefore <= now else { return due.ask(at: health.notBefore) }
        var bucket = health.bucket.flatMap { $0.rate == rate ? $0 : nil } ?? TokenBucket(rate, now: now)
        let wait = bucket.take(now: now)
        health.bucket = bucket
        if let wait { return due.ask(at: wait) }
        health.taken.insert(best.sequence)
        health.sending = best.sequence
        due.attempts.append(
            Attempt(sequence: best.sequence, notification: best.notification, number: best.attempts + 1, mayHaveArrived: best.uncertainAttempts > 0))
    }

    /// What follows from an attempt's outcome; nil when the message is gone meanwhile. The event is to be applied next.
    mutating func finish(_ sequence: UInt64, _ outcome: DeliveryOutcome, now: Timestamp, jitter: Double, recognisesRepetitions: Bool) -> OutboxEvent? {
        guard let integration = places[sequence], let message = queues[integration]?.first(where: { $0.sequence == sequence }) else { return nil }
        var health = health[integration] ?? Health()
        defer { self.health[integration] = health }
        switch outcome {
        case .delivered, .deliveredExcept:
            (health.failuresInRow, health.lastError, health.disabled, health.notBefore, health.lastDeliveredAt) = (0, nil, nil, now, now)
            if case .deliveredExcept(let note) = outcome { return .ended(sequence, .delivered, at: now, error: note) }
            return .ended(sequence, .delivered, at: now, error: nil)
        case .giveUp(let error):
            health.failuresInRow += 1
            health.lastError = error
            return .ended(sequence, .failed, at: now, error: error)
        case .disable(let error):
            health.failuresInRow += 1
            (health.lastError, health.disabled) = (error, error)
            return .ended(sequence, .failed, at: now, error: error)
        case .retry(let refusal):
            health.failuresInRow += 1
            health.lastError = refusal.message
            if refusal.mayHaveArrived, !recognisesRepetitions, message.uncertainAttempts + 1 >= limits.uncertainAttemptsMax {
                return .ended(sequence, .failed, at: now, error: "\(refusal.message); it may have arrived, and is not sent a further time")
            }
            func wait(_ failures: Int) -> Timestamp {
                let seconds = max(refusal.afterSeconds ?? 0, RetryTable.backoffSeconds(failures: failures, jitter: jitter))
                return Timestamp(microseconds: now.microseconds + Int64(seconds * 1e6))
            }
            health.notBefore = wait(health.failuresInRow)
            return .failed(sequence, error: refusal.message, notBefore: wait(message.attempts), mayHaveArrived: refusal.mayHaveArrived)
        }
    }

    // MARK: What happened

    /// Takes up an event: one that this state made, or one of the journal.
    mutating func apply(_ event: OutboxEvent) {
        switch event {
        case .queued(let message):
            nextSequence = max(nextSequence, message.sequence + 1)
            places[message.sequence] = message.integration
            queues[message.integration, default: []].append(message)
            tell(message.notification)
        case .began(let sequence, let time):
            change(sequence) { message in
                message.attempts += 1
                message.begunAt = time
            }
        case .failed(let sequence, let error, let notBefore, let mayHaveArrived):
            change(sequence) { message in
                message.begunAt = nil
                message.lastError = error
                message.notBefore = notBefore
                if mayHaveArrived { message.uncertainAttempts += 1 }
            }
            guard let integration = places[sequence] else { return }
            counters[integration, default: DeliveryCounters()].failed += 1
            release(sequence, integration)
        case .ended(let sequence, let status, let time, let error): end(sequence, status, time, error)
        case .notified(let key, let state, let until): told[key] = Told(state: state, until: until)
        case .recorded(let record): keep(record)
        }
    }

    /// Called once when all of the journal is applied: what was on its way when the last process ended may have arrived.
    mutating func recovered() {
        counters = [:]
        for (integration, queue) in queues {
            queues[integration] = queue.map { message in
                var message = message
                if message.begunAt != nil {
                    message.begunAt = nil
                    message.uncertainAttempts += 1
                    message.lastError = "the program ended while it was sent"
                }
                return message
            }
        }
    }

    private mutating func change(_ sequence: UInt64, _ body: (inout WaitingMessage) -> Void) {
        guard let integration = places[sequence], let index = queues[integration]?.firstIndex(where: { $0.sequence == sequence }), var message = queues[integration]?[index] else { return }
        body(&message)
        queues[integration]?[index] = message
    }

    private mutating func release(_ sequence: UInt64, _ integration: IntegrationKey) {
        health[integration]?.taken.remove(sequence)
        if health[integration]?.sending == sequence { health[integration]?.sending = nil }
    }

    private mutating func end(_ sequence: UInt64, _ status: DeliveryStatus, _ time: Timestamp, _ error: String?) {
        guard let integration = places.removeValue(forKey: sequence), let index = queues[integration]?.firstIndex(where: { $0.sequence == sequence }),
            let message = queues[integration]?.remove(at: index)
        else { return }
        release(sequence, integration)
        let record = message.record(status, at: time, error: error)
        keep(record)
        var counted = counters[integration] ?? DeliveryCounters()
        if status == .delivered { counted.delivered += 1 }
        if status.isLoss { counted.failed += 1 }
        if let seconds = record.latencySeconds { counted.latency.add(seconds) }
        counters[integration] = counted
    }

    private mutating func keep(_ record: DeliveryRecord) {
        records.append(record)
        // A tenth more than wanted, so that the oldest are not removed one by one.
        if records.count > limits.recordsMax + limits.recordsMax / 10 { records.removeFirst(records.count - limits.recordsMax) }
    }

    // MARK: What was told

    private mutating func tell(_ notification: Notification) {
        guard notification.reason != .test else { return }
        func fingerprints(_ isResolved: Bool) -> Set<AlertFingerprint> { Set(notification.alerts.filter { $0.isResolved == isResolved }.map(\.alert.fingerprint)) }
        let state = NotifiedState(firing: fingerprints(false), resolved: fingerprints(true), at: notification.createdAt)
        // Twice the time until a repetition, so that what ends just then is still known to have begun.
        let lifetime = max(notification.expiresAt.microseconds - notification.createdAt.microseconds, 1_800 * Timestamp.microsecondsPerSecond)
        told[notification.key] = Told(state: state, until: Timestamp(microseconds: notification.createdAt.microseconds + 2 * lifetime))
    }

    func lastNotified(_ key: NotificationKey, now: Timestamp) -> NotifiedState? { told[key].flatMap { $0.until > now ? $0.state : nil } }

    /// Forgets what nobody needs any more.
    mutating func forget(now: Timestamp) {
        told = told.filter { $0.value.until > now }
        if told.count > limits.notifiedMax {
            let oldest = told.sorted { ($0.value.state.at, $0.key.group) < ($1.value.state.at, $1.key.group) }.prefix(told.count - limits.notifiedMax)
            for (key, _) in oldest { told[key] = nil }
        }
        let earliest = now.microseconds - limits.recordSecondsMax * Timestamp.microsecondsPerSecond
        records.removeAll { ($0.endedAt ?? $0.queuedAt).microseconds < earliest }
        queues = queues.filter { !$0.value.isEmpty }
    }

    /// The events from which this state follows.
    func snapshot() -> [OutboxEvent] {
        var events = records.suffix(limits.recordsMax).map { OutboxEvent.recorded($0) }
        events += queues.values.joined().sorted { $0.sequence < $1.sequence }.map { .queued($0) }
        // After the messages, each of which says less than what was told later.
        events += told.sorted { ($0.key.receiver, $0.key.integration, $0.key.index, $0.key.group) < ($1.key.receiver, $1.key.integration, $1.key.index, $1.key.group) }
            .map { .notified($0.key, $0.value.state, until: $0.value.until) }
        return events
    }

    // MARK: What people ask

    /// Newest first: those that wait, then those that ended.
    func deliveries(limit: Int, _ isWanted: (DeliveryRecord) -> Bool) -> [DeliveryRecord] {
        let waiting = queues.values.joined().sorted { $0.sequence > $1.sequence }.map { $0.record(.waiting, at: nil) }
        return Array((waiting + records.reversed()).lazy.filter(isWanted).prefix(limit))
    }

    /// What ended last.
    var lastRecord: DeliveryRecord? { records.last }

    func message(_ sequence: UInt64) -> WaitingMessage? { places[sequence].flatMap { queues[$0]?.first { $0.sequence == sequence } } }

    /// How each integration is doing of which something is known.
    func states() -> [IntegrationKey: IntegrationState] {
        var states: [IntegrationKey: IntegrationState] = [:]
        for key in Set(queues.keys).union(health.keys) {
            let queue = queues[key] ?? [], health = health[key]
            states[key] = IntegrationState(
                condition: health?.disabled != nil ? .disabled : (health?.failuresInRow ?? 0) > 0 ? .failing : .ok,
                lastError: health?.disabled ?? health?.lastError, queueLength: queue.count,
                oldestQueuedAt: queue.first?.notification.createdAt, lastDeliveredAt: health?.lastDeliveredAt)
        }
        return states
    }

    /// Lets disabled integrations try again: their configuration was read anew.
    mutating func enableAll() { for key in health.keys { health[key]?.disabled = nil } }
}
