package import AlertRouting
package import GatewayModel

/// One integration of one receiver: messages to it are sent one at a time.
package struct IntegrationKey: Sendable, Hashable, Comparable {
    package var receiver: String
    /// `slack`, `email`, ...
    package var kind: String
    /// Its number among the receiver's integrations of that kind, from 0.
    package var index: Int

    package init(receiver: String, kind: String, index: Int) {
        self.receiver = receiver
        self.kind = kind
        self.index = index
    }

    package init(_ key: NotificationKey) { self.init(receiver: key.receiver, kind: key.integration, index: key.index) }

    package static func < (lhs: IntegrationKey, rhs: IntegrationKey) -> Bool {
        (lhs.receiver, lhs.kind, lhs.index) < (rhs.receiver, rhs.kind, rhs.index)
    }
}

/// What became of a message.
package enum DeliveryStatus: String, Sendable, CaseIterable {
    /// In the queue, perhaps on its way, perhaps after attempts that failed.
    case waiting
    case delivered = "sent"
    /// The receiver refused it for good, or never answered.
    case failed
    /// It could not be delivered before its time was over.
    case expired
    /// A newer message that says the same and more took its place before it was sent.
    case replaced
    /// The queue was full.
    case dropped
    /// The receiver had said before that it is gone.
    case disabled

    /// Whether somebody should have been told and was not.
    package var isLoss: Bool {
        switch self {
        case .waiting, .delivered, .replaced: false
        case .failed, .expired, .dropped, .disabled: true
        }
    }
}

/// One line of the log of deliveries: what was to be told to whom, and what became of it.
package struct DeliveryRecord: Sendable, Equatable {
    /// The message's own id, as receivers see it.
    package var id: String
    package var integration: IntegrationKey
    /// The group's key, as Alertmanager writes it.
    package var group: String
    package var reason: Notification.Reason
    package var groupLabels: SeriesLabels
    /// The first of its alerts, ``alertsMax`` at most.
    package var alerts: [SummarisedAlert]
    package var firing: Int
    package var resolved: Int
    package var queuedAt: Timestamp
    /// When the condition behind what is new in the message was first true, or ended; nil when nothing is new.
    package var firstBadAt: Timestamp?
    /// When it was delivered or given up; nil while it waits.
    package var endedAt: Timestamp?
    package var attempts: Int
    package var status: DeliveryStatus
    /// Of the last attempt that failed.
    package var lastError: String?

    /// Alerts of a message that the log names.
    package static let alertsMax = 5

    /// Seconds from the first sign to the delivery; nil when it was not delivered or nothing was new.
    package var latencySeconds: Double? {
        guard status == .delivered, let firstBadAt, let endedAt else { return nil }
        return max(0, endedAt.seconds - firstBadAt.seconds)
    }
}

/// An alert in the log of deliveries.
package struct SummarisedAlert: Sendable, Equatable {
    package var labels: SeriesLabels
    package var isResolved: Bool

    package init(labels: SeriesLabels, isResolved: Bool) {
        self.labels = labels
        self.isResolved = isResolved
    }
}

/// A message that waits for its delivery.
struct WaitingMessage: Sendable, Equatable {
    /// Its place in the outbox.
    let sequence: UInt64
    let notification: Notification
    let firstBadAt: Timestamp?
    /// Attempts that began.
    var attempts = 0
    /// When the attempt began that has no outcome yet.
    var begunAt: Timestamp?
    /// Attempts of which nobody knows whether they arrived.
    var uncertainAttempts = 0
    /// No attempt before this.
    var notBefore: Timestamp
    var lastError: String?

    var integration: IntegrationKey { IntegrationKey(notification.key) }

    func record(_ status: DeliveryStatus, at time: Timestamp?, error: String? = nil) -> DeliveryRecord {
        DeliveryRecord(
            id: notification.id, integration: integration, group: notification.key.group, reason: notification.reason, groupLabels: notification.groupLabels,
            alerts: notification.alerts.prefix(DeliveryRecord.alertsMax).map { SummarisedAlert(labels: $0.alert.labels, isResolved: $0.isResolved) },
            firing: notification.alerts.count { !$0.isResolved }, resolved: notification.alerts.count { $0.isResolved }, queuedAt: notification.createdAt, firstBadAt: firstBadAt,
            endedAt: time, attempts: attempts, status: status, lastError: error ?? lastError)
    }
}
