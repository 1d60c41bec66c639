package import GatewayModel

/// Why a rule gave nothing, in a sentence.
package struct RuleFailure: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// What becomes of one rule's alerts from evaluation to evaluation. No clock, no reading, no sending.
///
/// Every alert goes its own way: it is pending while its condition is true but not long enough, fires, and is inactive when the condition has ended; inactive
/// ones are told for a while and then forgotten. The same labels coming back are a new alert.
///
/// Source: prometheus/prometheus `rules/alerting.go`, `AlertingRule.Eval`, `sendAlerts`. Ours: alerts that flap are told as firing until they hold still
/// (see ``outgoing(at:interval:options:)``), and alerts that fired before a restart are not resolved by it.
struct AlertingState: Sendable {
    /// An alert as one evaluation found it.
    struct Found: Sendable {
        let labels: SeriesLabels
        let annotations: SeriesLabels
        let value: Double
    }

    /// A flapping alert that is told as firing although it does not at the moment.
    struct Held: Sendable {
        var alert: ActiveAlert
        var resolvedAt: Int64
    }

    let holdDuration: Int64
    let keepFiringFor: Int64
    private(set) var active: [SeriesLabels: ActiveAlert] = [:]
    private(set) var held: [SeriesLabels: Held] = [:]
    private(set) var flaps = FlapDetector()
    /// Whether what was before a restart is known again; until then no series of alerts are written, which would hide those of before.
    var isRestored = true

    init(_ specification: AlertSpecification) {
        holdDuration = specification.holdDuration
        keepFiringFor = specification.keepFiringFor
    }

    /// Takes over what an unchanged rule had before its file was read again.
    mutating func copy(from other: AlertingState) {
        active = other.active
        held = other.held
        flaps = other.flaps
        isRestored = other.isRestored
    }

    // MARK: Evaluation

    /// Goes on by one evaluation.
    ///
    /// - Parameter limit: alerts at most, 0 for any number; with more all alerts are forgotten.
    /// - Returns: whether any alert began or ended to fire.
    mutating func update(_ found: [Found], at time: Int64, limit: Int, options: RuleOptions) throws(RuleFailure) -> Bool {
        var present: Set<SeriesLabels> = []
        present.reserveCapacity(found.count)
        for alert in found where !present.insert(alert.labels).inserted {
            throw RuleFailure("vector contains metrics with the same labelset after applying alert labels")
        }
        for alert in found { take(alert, at: time) }
        var hasChanged = false
        var count = 0
        flaps.forget(before: time - options.flapping.window)
        for labels in Array(active.keys) {
            guard var alert = active.removeValue(forKey: labels) else { continue }
            let isPresent = present.contains(labels)
            if isPresent { (alert.keepFiringSince, alert.heldUntil) = (nil, nil) }
            if !isPresent, !keepsFiring(&alert, at: time) {
                hasChanged = hasChanged || alert.state == .firing
                if let gone = resolved(alert, at: time, options) { active[labels] = gone }
                continue
            }
            count += 1
            if alert.state == .pending, time - alert.activeAt >= holdDuration {
                fire(&alert, at: time)
                hasChanged = true
            }
            active[labels] = alert
        }
        if limit > 0, count > limit {
            active = [:]
            throw RuleFailure("exceeded limit of \(limit) with \(count) alerts")
        }
        return hasChanged
    }

    /// Keeps what is new of a known alert, or begins one.
    private mutating func take(_ found: Found, at time: Int64) {
        if let known = active[found.labels], known.state != .inactive {
            active[found.labels]?.value = found.value
            active[found.labels]?.annotations = found.annotations
        } else {
            active[found.labels] = ActiveAlert(labels: found.labels, annotations: found.annotations, state: .pending, value: found.value, activeAt: time)
        }
    }

    private func keepsFiring(_ alert: inout ActiveAlert, at time: Int64) -> Bool {
        guard alert.state == .firing else { return false }
        if let heldUntil = alert.heldUntil, time < heldUntil { return true }
        guard keepFiringFor > 0 else { return false }
        let since = alert.keepFiringSince ?? time
        alert.keepFiringSince = since
        return time - since < keepFiringFor
    }

    private mutating func fire(_ alert: inout ActiveAlert, at time: Int64) {
        alert.state = .firing
        // One that flaps goes on as the one that people know.
        alert.firedAt = held.removeValue(forKey: alert.labels)?.alert.firedAt ?? time
        flaps.note(alert.labels, at: time)
    }

    /// The alert without its condition; nil when it is to be forgotten.
    private mutating func resolved(_ alert: ActiveAlert, at time: Int64, _ options: RuleOptions) -> ActiveAlert? {
        switch alert.state {
        case .pending: return nil
        case .inactive: return time - (alert.resolvedAt ?? time) > options.resolvedRetention ? nil : alert
        case .firing:
            flaps.note(alert.labels, at: time)
            if isFlapping(alert.labels, options) { held[alert.labels] = Held(alert: alert, resolvedAt: time) }
            var alert = alert
            alert.state = .inactive
            alert.resolvedAt = time
            return alert
        }
    }

    func isFlapping(_ labels: SeriesLabels, _ options: RuleOptions) -> Bool {
        options.flapping.transitions > 0 && flaps.count(labels) >= options.flapping.transitions
    }

    // MARK: Telling

    /// The alerts to be told after an evaluation, which are noted as told.
    ///
    /// The end of a flapping alert is not told: it is told as firing until it has changed less often within the window, and then as it is. So a receiver hears
    /// of it once, and once more when it is over.
    mutating func outgoing(at time: Int64, interval: Int64, options: RuleOptions) -> [ActiveAlert] {
        var told: [ActiveAlert] = []
        let validUntil = time + 4 * max(interval, options.resendDelay)
        for labels in Array(held.keys) {
            guard var entry = held[labels] else { continue }
            if isFlapping(labels, options) {
                guard entry.alert.needsSending(at: time, resendDelay: options.resendDelay) else { continue }
                (entry.alert.lastSentAt, entry.alert.validUntil) = (time, validUntil)
                held[labels] = entry
                told.append(entry.alert)
            } else {
                held[labels] = nil
                // One that is pending again, or already forgotten, is told as ended all the same; the others are told below.
                if active[labels].map({ $0.state == .pending }) ?? true {
                    entry.alert.state = .inactive
                    entry.alert.resolvedAt = entry.resolvedAt
                    told.append(entry.alert)
                }
            }
        }
        for (labels, alert) in active where alert.needsSending(at: time, resendDelay: options.resendDelay) && held[labels] == nil {
            active[labels]?.lastSentAt = time
            active[labels]?.validUntil = validUntil
            if let alert = active[labels] { told.append(alert) }
        }
        return told.sorted { $0.labels < $1.labels }
    }

    /// Takes times that lie ahead as now: somebody has set the clock back, and an alert that waits for its time must not wait for hours.
    mutating func clampTimes(to now: Int64) {
        for labels in Array(active.keys) { active[labels]?.clampTimes(to: now) }
        for labels in Array(held.keys) { held[labels]?.alert.clampTimes(to: now) }
    }

    // MARK: Restoring

    /// Takes back an alert that people were told of before a restart.
    ///
    /// - Parameter heldUntil: how long it goes on firing without its condition.
    mutating func restore(_ alert: ActiveAlert, heldUntil: Int64) {
        var alert = alert
        if alert.state == .firing { alert.heldUntil = heldUntil }
        active[alert.labels] = alert
    }

    /// Sets since when a pending alert's condition counts as true.
    mutating func restore(activeAt: Int64, of labels: SeriesLabels) { active[labels]?.activeAt = activeAt }
}
