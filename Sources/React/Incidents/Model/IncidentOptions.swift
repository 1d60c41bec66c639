/// How alerts become incidents, and how much of them is kept.
package struct IncidentOptions: Sendable, Equatable {
    /// Alerts whose values of these labels are the same are one trouble.
    package var groupLabels: [String]
    /// Alerts of other names whose values of these labels are the same join when they fire soon after each other; labels that are missing in both do not count.
    package var causeLabels: [String]
    /// Seconds since the last alert of an open incident within which one of the same group joins.
    package var groupWindowSeconds: Int64
    /// Seconds since the last alert of an open incident within which one of the same cause joins.
    package var causeWindowSeconds: Int64
    /// Seconds since the end of an incident within which an alert of the same group opens it again.
    package var reopenWindowSeconds: Int64
    /// Whether an incident ends with the last of its alerts; otherwise a person ends it.
    package var resolvesAutomatically: Bool
    /// Days that an incident is kept after its end.
    package var retentionDays: Int

    package init(
        groupLabels: [String] = ["alertname", "provider", "model", "cluster"], causeLabels: [String] = ["provider", "model", "cluster"], groupWindowSeconds: Int64 = 86_400,
        causeWindowSeconds: Int64 = 300, reopenWindowSeconds: Int64 = 1_800, resolvesAutomatically: Bool = true, retentionDays: Int = 400
    ) {
        self.groupLabels = groupLabels
        self.causeLabels = causeLabels
        self.groupWindowSeconds = groupWindowSeconds
        self.causeWindowSeconds = causeWindowSeconds
        self.reopenWindowSeconds = reopenWindowSeconds
        self.resolvesAutomatically = resolvesAutomatically
        self.retentionDays = retentionDays
    }
}

/// What incidents may grow to.
package enum IncidentLimits {
    /// Incidents kept, of some ten kilobytes at most times. The oldest that are over go first.
    package static let incidentsMax = 10_000
    /// Alerts that one incident names; those behind belong to it without being named, as in an outage of everything.
    package static let alertsMax = 200
    /// Lines of a story. A fifth is left for people when alerts come and go for days.
    package static let timelineMax = 500
    package static let machineTimelineMax = 400
    /// Bytes of what people write.
    package static let noteBytesMax = 4_000
    package static let nameBytesMax = 200
    /// Incidents that one answer may have, and weeks of statistics: those of the retention.
    package static let answerMax = 1_000
    package static let weeksMax = 60
    /// Seconds for which an alert counts as firing after a start although nobody told it: rules remember for as long.
    package static let graceSeconds: Int64 = 900
}

/// Why a person's wish about an incident is not carried out.
package enum IncidentError: Error, Sendable, Equatable {
    case notFound(String)
    /// A field that is missing, too long or contradictory, in a sentence.
    case invalid(field: String, reason: String)
    /// It was done, and is not on the disk yet: it would be lost with the process.
    case notKept(String)
}
