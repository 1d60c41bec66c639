package import GatewayModel

/// An alert that a rule has, or had until lately.
///
/// Source: prometheus/prometheus `rules/alerting.go`; alert generator compliance specification 1.0. Times in milliseconds since 1970.
package struct ActiveAlert: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Resolved; told for a while longer.
        case inactive
        /// The condition is true, but not for long enough.
        case pending
        case firing
    }

    /// Identify it; `alertname` is among them.
    package let labels: SeriesLabels
    package internal(set) var annotations: SeriesLabels
    package internal(set) var state: State
    /// The last sample behind it.
    package internal(set) var value: Double
    /// When the condition was first true.
    package internal(set) var activeAt: Int64
    package internal(set) var firedAt: Int64?
    package internal(set) var resolvedAt: Int64?
    /// When the condition ended, while `keep_firing_for` lets the alert go on.
    package internal(set) var keepFiringSince: Int64?
    package internal(set) var lastSentAt: Int64?
    /// Until when it is said to fire unless it is told again.
    package internal(set) var validUntil: Int64?
    /// It fired before a restart, and its condition was not found since: until then it is held, because samples may not be there again yet.
    var heldUntil: Int64?
    /// `ALERTS` without its state, and `ALERTS_FOR_STATE`: made once, written at every evaluation.
    let series: AlertSeries

    init(labels: SeriesLabels, annotations: SeriesLabels, state: State, value: Double, activeAt: Int64) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.value = value
        self.activeAt = activeAt
        series = AlertSeries(labels)
    }

    mutating func clampTimes(to now: Int64) {
        activeAt = min(activeAt, now)
        firedAt = firedAt.map { min($0, now) }
        resolvedAt = resolvedAt.map { min($0, now) }
        keepFiringSince = keepFiringSince.map { min($0, now) }
        lastSentAt = lastSentAt.map { min($0, now) }
    }

    /// Whether it is to be told at an evaluation.
    ///
    /// - Parameter resendDelay: milliseconds between two tellings of what goes on. Told when so much has passed, and not only more: the specification asks for
    ///   the first multiple of the interval that is as long.
    func needsSending(at time: Int64, resendDelay: Int64) -> Bool {
        guard state != .pending else { return false }
        guard let lastSentAt else { return true }
        if let resolvedAt, resolvedAt > lastSentAt { return true }
        return time - lastSentAt >= resendDelay
    }
}

/// The labels of the series that an alert is written as.
struct AlertSeries: Sendable, Equatable {
    let pending: SeriesLabels
    let firing: SeriesLabels
    let forState: SeriesLabels

    static let alertsName = "ALERTS"
    static let forStateName = "ALERTS_FOR_STATE"
    private static let stateLabel = "alertstate"

    init(_ labels: SeriesLabels) {
        let named = labels.setting(SeriesLabels.metricName, to: Self.alertsName)
        pending = named.setting(Self.stateLabel, to: ActiveAlert.State.pending.rawValue)
        firing = named.setting(Self.stateLabel, to: ActiveAlert.State.firing.rawValue)
        forState = labels.setting(SeriesLabels.metricName, to: Self.forStateName)
    }
}
