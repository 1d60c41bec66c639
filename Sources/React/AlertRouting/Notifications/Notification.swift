package import GatewayModel

/// A message that routing decided on: these alerts, of this group, to this integration of a receiver.
package struct Notification: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The group's first message.
        case first
        /// Alerts came in or were resolved since the last one.
        case changed
        /// Nothing changed for the repeat interval.
        case repeated
        /// Asked for by hand (`gatewatch notify test`).
        case test
    }

    /// Unique; the same in every attempt to deliver it, so that a receiver can tell a repetition.
    package var id: String
    package var key: NotificationKey
    package var reason: Reason
    package var groupLabels: SeriesLabels
    /// Firing ones first, then by labels. `endsAt` says which are resolved.
    package var alerts: [NotifiedAlert]
    package var createdAt: Timestamp
    /// When a newer message would say the same again: delivering it later means nothing to anybody.
    package var expiresAt: Timestamp

    package init(
        id: String, key: NotificationKey, reason: Reason, groupLabels: SeriesLabels, alerts: [NotifiedAlert], createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.key = key
        self.reason = reason
        self.groupLabels = groupLabels
        self.alerts = alerts
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    package var isFiring: Bool { alerts.contains { !$0.isResolved } }
}

/// An alert as it was when a message was decided on.
package struct NotifiedAlert: Sendable, Equatable {
    package var alert: Alert
    package var isResolved: Bool

    package init(_ alert: Alert, isResolved: Bool) {
        self.alert = alert
        self.isResolved = isResolved
    }
}

/// Whom a group's messages go to: they are ordered and repeated per key.
package struct NotificationKey: Sendable, Hashable {
    /// The receiver's name in the configuration.
    package var receiver: String
    /// `slack`, `email`, ... and its number within the receiver, from 0.
    package var integration: String
    package var index: Int
    /// Alertmanager's group key: the matchers of the route's path, and the group's labels. The same after a restart.
    package var group: String

    package init(receiver: String, integration: String, index: Int, group: String) {
        self.receiver = receiver
        self.integration = integration
        self.index = index
        self.group = group
    }
}

/// What was last told about a group.
package struct NotifiedState: Sendable, Equatable {
    package var firing: Set<AlertFingerprint>
    package var resolved: Set<AlertFingerprint>
    package var at: Timestamp

    package init(firing: Set<AlertFingerprint>, resolved: Set<AlertFingerprint>, at: Timestamp) {
        self.firing = firing
        self.resolved = resolved
        self.at = at
    }
}

/// Where messages wait for their delivery, on disk.
package protocol NotificationQueue: Sendable {
    /// Keeps a message durably and returns; it is delivered in order after the others of its receiver's integration. From then on ``lastNotified(_:)`` knows of it.
    func enqueue(_ notification: Notification) async throws(StorageError)
    /// Keeps durably what counts as told under a key although no message says it: a group is over for a receiver that does not hear of ends, so that the same
    /// alerts are news to it when they fire again.
    ///
    /// - Parameter until: when it may be forgotten.
    func note(_ state: NotifiedState, for key: NotificationKey, until: Timestamp) async throws(StorageError)
    /// What was last enqueued or noted under a key, also before a restart; nil when nothing was, or so long ago that it would be repeated anyway.
    func lastNotified(_ key: NotificationKey) -> NotifiedState?
}
