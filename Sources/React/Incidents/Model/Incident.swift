package import GatewayModel

/// What people work on: one or more alerts that belong together, from the first sign to the end.
package struct Incident: Sendable, Equatable {
    package enum State: String, Sendable { case open, acknowledged, resolved }

    /// Short enough to be said on the phone: `I-42`.
    package var id: String
    package var title: String
    package var state: State
    /// `critical`, `warning` or `info`: the worst that any of its alerts had.
    package var severity: String
    /// When the condition behind the first alert was first true.
    package var startedAt: Timestamp
    /// When the first alert fired: detection took `detectedAt - startedAt`.
    package var detectedAt: Timestamp
    package var acknowledgedAt: Timestamp?
    package var resolvedAt: Timestamp?
    package var assignee: String?
    /// Whether a person marked it by hand, rather than alerts having opened it.
    package var isMarked = false
    /// Alerts that belong to it, firing or not.
    package var alerts: [SeriesLabels]
    package var timeline: [IncidentEvent]

    package init(
        id: String, title: String, state: State, severity: String, startedAt: Timestamp, detectedAt: Timestamp, alerts: [SeriesLabels], timeline: [IncidentEvent]
    ) {
        self.id = id
        self.title = title
        self.state = state
        self.severity = severity
        self.startedAt = startedAt
        self.detectedAt = detectedAt
        self.alerts = alerts
        self.timeline = timeline
    }
}

/// One line of an incident's story.
package struct IncidentEvent: Sendable, Equatable {
    package enum Kind: String, Sendable { case opened, joined, alertResolved = "alert_resolved", acknowledged, assigned, note, resolved, reopened }

    package var at: Timestamp
    package var kind: Kind
    /// Who did it; empty for Gatewatch itself.
    package var author: String
    package var text: String

    package init(at: Timestamp, kind: Kind, author: String = "", text: String) {
        self.at = at
        self.kind = kind
        self.author = author
        self.text = text
    }
}
