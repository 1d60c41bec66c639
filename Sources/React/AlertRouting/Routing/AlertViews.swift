package import GatewayModel

/// Which alerts are asked for.
package struct AlertQuery: Sendable {
    package var includesActive = true
    package var includesSilenced = true
    package var includesInhibited = true
    /// Of groups only: whether those are shown that a time interval keeps quiet.
    package var includesMuted = true
    /// All must match.
    package var matchers: [SeriesMatcher] = []
    /// Matches the whole name of a receiver that is told of the alert.
    package var receiver: LabelPattern?
    /// All must match the labels of such a receiver.
    package var receiverMatchers: [SeriesMatcher] = []

    package init() {}
}

/// An alert with what became of it.
package struct AlertView: Sendable, Equatable {
    package enum State: String, Sendable { case active, suppressed }

    package var alert: Alert
    package var updatedAt: Timestamp
    /// Names of those who are told of it, in the order of the routes.
    package var receivers: [String]
    /// Why it is not told: silences by id, alerts by fingerprint, time intervals by name.
    package var silencedBy: [String]
    package var inhibitedBy: [AlertFingerprint]
    package var mutedBy: [String]

    package var state: State { silencedBy.isEmpty && inhibitedBy.isEmpty && mutedBy.isEmpty ? .active : .suppressed }
}

/// Alerts that are told together.
package struct AlertGroupView: Sendable, Equatable {
    package var labels: SeriesLabels
    package var routeLabels: SeriesLabels
    package var receiver: String
    /// Alertmanager's group key.
    package var key: String
    /// Sorted by labels.
    package var alerts: [AlertView]
}

extension RoutingState {
    /// The alerts that fire and that are asked for, sorted by fingerprint.
    mutating func views(_ query: AlertQuery, now: Timestamp) -> [AlertView] {
        var views: [AlertView] = []
        for fingerprint in alerts.keys.sorted() {
            guard let tracked = alerts[fingerprint], !tracked.isResolved(at: now), query.matchers.matches(tracked.alert.labels) else { continue }
            let view = view(tracked, mutedBy: [], now: now)
            guard view.receivers.contains(where: { isMeant($0, query) }), isWanted(view, query) else { continue }
            views.append(view)
        }
        return views
    }

    /// The groups that have alerts that are asked for, sorted by labels and receiver.
    mutating func groupViews(_ query: AlertQuery, now: Timestamp) -> [AlertGroupView] {
        var views: [AlertGroupView] = []
        for group in groups.values {
            let route = tree.routes[group.id.route]
            guard isMeant(route.receiver, query) else { continue }
            let mutedBy = intervals(muting: route, now: now)
            guard mutedBy.isEmpty || query.includesMuted else { continue }
            var members: [AlertView] = []
            for fingerprint in group.members {
                guard let tracked = alerts[fingerprint], !tracked.isResolved(at: now), query.matchers.matches(tracked.alert.labels) else { continue }
                let view = view(tracked, mutedBy: mutedBy, now: now)
                if isWanted(view, query) { members.append(view) }
            }
            guard !members.isEmpty else { continue }
            views.append(
                AlertGroupView(
                    labels: group.id.labels, routeLabels: route.labels, receiver: route.receiver, key: group.key,
                    alerts: members.sorted { $0.alert.labels < $1.alert.labels }))
        }
        return views.sorted { left, right in
            left.labels != right.labels ? left.labels < right.labels : left.receiver != right.receiver ? left.receiver < right.receiver : left.key < right.key
        }
    }

    private mutating func view(_ tracked: TrackedAlert, mutedBy: [String], now: Timestamp) -> AlertView {
        let labels = tracked.alert.labels
        return AlertView(
            alert: tracked.alert, updatedAt: tracked.updatedAt, receivers: tree.match(labels).map(\.receiver),
            silencedBy: silences(of: tracked.alert.fingerprint, labels, now: now), inhibitedBy: inhibitors(of: labels, now: now), mutedBy: mutedBy)
    }

    private func isMeant(_ receiver: String, _ query: AlertQuery) -> Bool {
        guard query.receiver?.matches(receiver) ?? true else { return false }
        return query.receiverMatchers.isEmpty || query.receiverMatchers.matches(configuration.receiver(receiver)?.labels ?? .none)
    }

    private func isWanted(_ view: AlertView, _ query: AlertQuery) -> Bool {
        if !query.includesActive, view.silencedBy.isEmpty, view.inhibitedBy.isEmpty { return false }
        if !query.includesSilenced, !view.silencedBy.isEmpty { return false }
        return query.includesInhibited || view.inhibitedBy.isEmpty
    }
}
