package import GatewayModel

/// What identifies a group: the route that made it and the labels it is grouped by.
package struct AlertGroupID: Sendable, Hashable {
    package let route: Int
    package let labels: SeriesLabels
}

/// Alerts that are told together.
struct AlertGroup: Sendable {
    let id: AlertGroupID
    /// Alertmanager's group key: `{}/{team="x"}:{alertname="A", job="b"}`.
    let key: String
    var members: Set<AlertFingerprint> = []
    /// When it is looked at next.
    var nextFlush: Timestamp
    var hasFlushed = false
    /// Names of the time intervals that kept it from being told when it was looked at last.
    var mutedBy: [String] = []

    init(_ id: AlertGroupID, route: Route, now: Timestamp) {
        self.id = id
        key = Self.key(route, id.labels)
        nextFlush = route.digest?.next(after: now) ?? now.advanced(milliseconds: route.groupWait)
    }

    static func key(_ route: Route, _ labels: SeriesLabels) -> String {
        "\(route.key):{\(labels.labels.map { "\($0.name)=\($0.value.goQuoted)" }.joined(separator: ", "))}"
    }
}

/// What is to be done for a group whose time has come.
struct FlushPlan: Sendable {
    struct Note: Sendable {
        let key: NotificationKey
        let state: NotifiedState
        let until: Timestamp
    }

    let group: AlertGroupID
    var messages: [Notification] = []
    var notes: [Note] = []
    /// Resolved members that nobody waits to hear of, with the time of their last telling: they leave the group when this is carried out.
    var settled: [AlertFingerprint: Timestamp] = [:]
}
