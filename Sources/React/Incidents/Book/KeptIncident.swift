internal import GatewayModel

/// An incident with what decides about it.
struct KeptIncident: Sendable, Equatable {
    let number: Int
    /// Counts up with every change; of two entries of the journal the one with the higher counts.
    var revision = 1
    var incident: Incident
    /// Alerts of it that fire.
    var firing: Set<AlertFingerprint> = []
    /// When the last alert joined.
    var lastAlertAt: Timestamp

    static func id(_ number: Int) -> String { "I-\(number)" }

    var isUnresolved: Bool { incident.state != .resolved }

    /// Adds a line to the story; those of Gatewatch itself only while there is room for people's.
    mutating func tell(_ kind: IncidentEvent.Kind, at time: Timestamp, author: String = "", _ text: String) {
        let most = author.isEmpty ? IncidentLimits.machineTimelineMax : IncidentLimits.timelineMax
        // The end and the beginning are told whatever there is.
        guard incident.timeline.count < most || kind == .resolved || kind == .reopened else { return }
        incident.timeline.append(IncidentEvent(at: time, kind: kind, author: author, text: text))
    }

    mutating func resolve(at time: Timestamp, author: String = "", _ text: String) {
        incident.state = .resolved
        incident.resolvedAt = time
        firing = []
        tell(.resolved, at: time, author: author, text)
    }

    mutating func reopen(at time: Timestamp, author: String = "", _ text: String) {
        incident.state = incident.acknowledgedAt == nil ? .open : .acknowledged
        incident.resolvedAt = nil
        tell(.reopened, at: time, author: author, text)
    }
}

/// How bad: the words of labels, put in three classes.
enum IncidentSeverity {
    static let all = ["info", "warning", "critical"]

    /// What the label says; a warning when it says nothing that is known.
    static func of(_ labels: SeriesLabels) -> String {
        switch (labels["severity"] ?? "").lowercased() {
        case "critical", "page", "error", "emergency", "fatal", "disaster", "high": "critical"
        case "info", "information", "none", "low", "debug", "notice": "info"
        default: "warning"
        }
    }

    static func worse(_ left: String, _ right: String) -> String { (all.firstIndex(of: left) ?? 1) >= (all.firstIndex(of: right) ?? 1) ? left : right }
}
