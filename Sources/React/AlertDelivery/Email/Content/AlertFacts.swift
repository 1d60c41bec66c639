package import AlertRouting
package import GatewayModel

/// How bad an alert is, by its label `severity`. Words of other people's rules are mapped to ours.
package enum AlertSeverity: String, Sendable, CaseIterable, Comparable {
    case critical, warning, info

    package init(_ labels: SeriesLabels) {
        switch labels["severity"]?.lowercased() {
        case "critical", "page", "error", "high", "emergency", "fatal": self = .critical
        case "info", "informational", "none", "low", "debug": self = .info
        default: self = .warning
        }
    }

    private var rank: Int { self == .critical ? 0 : self == .warning ? 1 : 2 }

    /// The worst comes first.
    package static func < (lhs: AlertSeverity, rhs: AlertSeverity) -> Bool { lhs.rank < rhs.rank }
}

/// What there is to say about one alert of a message: what, where, since when, how bad, why, and where to look.
package struct AlertFacts: Sendable, Equatable {
    package var name: String
    package var severity: AlertSeverity
    package var isResolved: Bool
    /// The annotation `summary`, else `description`, else empty.
    package var summary: String
    /// The annotation `description` where there is a summary too.
    package var detail: String
    /// The labels that say where: all but the name and the severity.
    package var place: [SeriesLabel]
    /// When the condition was first true.
    package var since: Timestamp
    /// When it ended; nil while it fires.
    package var until: Timestamp?
    /// The value as people read it, and what makes it wrong (`above 5 %`); nil where nobody told.
    package var value: String?
    package var limit: String?
    package var expression: String?
    package var group: String?
    package var cause: String?
    package var dashboard: String?
    package var runbook: String?
    package var silence: String?
    /// Where the alert came from, as it says itself.
    package var source: String?
    package var fingerprint: AlertFingerprint

    /// - Parameters:
    ///   - links: where the server is reached.
    ///   - cause: what was found out.
    ///   - now: the end of what is shown of an alert that fires.
    package init(_ notified: NotifiedAlert, links: AlertLinks, cause: AlertCause?, now: Timestamp) {
        let alert = notified.alert
        name = alert.name.isEmpty ? "Alert" : alert.name
        severity = AlertSeverity(alert.labels)
        isResolved = notified.isResolved
        fingerprint = alert.fingerprint
        let (shortText, longText) = (alert.annotations["summary"] ?? "", alert.annotations["description"] ?? alert.annotations["message"] ?? "")
        summary = shortText.isEmpty ? longText : shortText
        detail = shortText.isEmpty ? "" : longText
        place = alert.labels.labels.filter { $0.name != Alert.nameLabel && $0.name != "severity" }
        since = alert.evidence?.activeAt ?? alert.startsAt
        until = notified.isResolved ? alert.endsAt : nil
        if let evidence = alert.evidence {
            let unit = ValueUnit(of: evidence.expression)
            value = ReadableNumber.text(evidence.value, unit)
            limit = evidence.threshold?.words(unit)
            expression = evidence.expression
            group = evidence.group
        }
        self.cause = notified.isResolved ? nil : cause?.sentence
        let filter = notified.isResolved ? nil : cause?.filter
        dashboard = links.dashboard(since: since, until: until ?? now, filter: filter ?? RecordConditions(alert.labels).text)
        runbook = (alert.annotations["runbook_url"] ?? alert.annotations["runbook"]).flatMap(links.followable)
        silence = notified.isResolved ? nil : links.silence(alert.labels)
        source = links.followable(alert.generatorURL)
    }

    /// `openai, gpt-4o`: the values of the labels that say where, shortened.
    package var placeText: String { place.prefix(6).map { String($0.value.prefix(60)) }.joined(separator: ", ") }

    /// How long it lasted, or has lasted at `now`.
    package func lasted(_ now: Timestamp) -> String { ReadableNumber.duration(Double(max(0, (until ?? now).microseconds - since.microseconds) / 1_000_000)) }
}

/// Times as messages say them.
package enum ReadableTime {
    /// `2026-03-05 17:03:20 +01:00`; UTC is called that.
    package static func text(_ time: Timestamp, _ zone: TimeZoneName) -> String {
        let offset = zone.offset(at: time)
        let sign = offset < 0 ? "-" : "+", minutes = abs(offset) / 60
        let name = offset == 0 ? "UTC" : "\(sign)\(two(minutes / 60)):\(two(minutes % 60))"
        return clock(time, zone) + " " + name
    }

    /// On the zone's clock, without its name: `2026-03-05 17:03:20`.
    package static func clock(_ time: Timestamp, _ zone: TimeZoneName) -> String {
        let wall = Timestamp(microseconds: time.microseconds + Int64(zone.offset(at: time)) * Timestamp.microsecondsPerSecond).iso8601
        return wall.prefix(10) + " " + wall.dropFirst(11).prefix(8)
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
