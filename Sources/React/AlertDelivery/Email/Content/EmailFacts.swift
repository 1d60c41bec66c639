package import AlertRouting
package import GatewayModel

/// All that one mail says, before it is put into text or HTML.
package struct EmailFacts: Sendable {
    package struct Chart: Sendable {
        package var fingerprint: AlertFingerprint
        package var png: [UInt8]
    }

    /// Firing ones first, the worst first.
    package var alerts: [AlertFacts]
    package var firing: Int
    package var resolved: Int
    package var reason: Notification.Reason
    package var receiver: String
    /// The labels that all of the group's alerts share.
    package var groupLabels: [SeriesLabel]
    package var zone: TimeZoneName
    package var now: Timestamp
    /// Of the first alerts that have one, ``EmailMessage/chartsMax`` at most.
    package var charts: [Chart]
    /// The page of all alerts; nil when it is not known where the server is reached.
    package var alertsPage: String?

    /// Alerts that are told one by one. What is more becomes a digest: a line each.
    package static let detailedMax = 4
    /// Lines of a digest, of some kilobyte each in HTML. Nobody reads on, and mails beyond some 100 kB are cut off by readers.
    package static let linesMax = 50

    package init(_ notification: Notification, _ context: EmailContext) {
        alerts = notification.alerts.map { AlertFacts($0, links: context.links, cause: context.causes[$0.alert.fingerprint], now: context.now) }
        alerts = alerts.enumerated().sorted { left, right in
            if left.element.isResolved != right.element.isResolved { return !left.element.isResolved }
            return left.element.severity != right.element.severity ? left.element.severity < right.element.severity : left.offset < right.offset
        }.map(\.element)
        firing = alerts.count { !$0.isResolved }
        resolved = alerts.count - firing
        reason = notification.reason
        receiver = notification.key.receiver
        groupLabels = notification.groupLabels.labels
        zone = context.zone
        now = context.now
        alertsPage = context.links.alerts
        charts = alerts.prefix(Self.detailedMax).compactMap { alert in context.charts[alert.fingerprint].map { Chart(fingerprint: alert.fingerprint, png: $0) } }
        charts = Array(charts.prefix(EmailMessage.chartsMax))
    }

    package var isDigest: Bool { alerts.count > Self.detailedMax }
    package var isFiring: Bool { firing > 0 }

    /// The worst of what fires, or of all when nothing does.
    package var severity: AlertSeverity { alerts.filter { isFiring ? !$0.isResolved : true }.map(\.severity).min() ?? .warning }

    /// `[FIRING:2] HighErrorRate: openai, gpt-4o (critical)`. What all have in common when there are several.
    package var subject: String {
        let mark = isFiring ? "[FIRING:\(firing)]" : "[RESOLVED]"
        let test = reason == .test ? "[TEST] " : ""
        let names = uniqueNames
        let name = names.count == 1 ? names[0] : "\(names.prefix(2).joined(separator: ", "))\(names.count > 2 ? " and \(names.count - 2) more" : "")"
        let place = commonPlace.map { String($0.value.prefix(60)) }.prefix(5).joined(separator: ", ")
        return "\(test)\(mark) \(name.prefix(120))\(place.isEmpty ? "" : ": " + place)\(isFiring ? " (\(severity.rawValue))" : "")"
    }

    /// One sentence on top: `2 alerts fire, 1 is resolved`.
    package var headline: String {
        switch (firing, resolved) {
        case (1, 0): alerts[0].name
        case (0, 1): "\(alerts[0].name) is resolved"
        case (0, let resolved): "\(resolved) alerts are resolved"
        case (let firing, 0): "\(firing) alerts fire"
        case (let firing, let resolved): "\(firing) \(firing == 1 ? "alert fires" : "alerts fire"), \(resolved) \(resolved == 1 ? "is" : "are") resolved"
        }
    }

    package func chart(of alert: AlertFacts) -> String? { charts.contains { $0.fingerprint == alert.fingerprint } ? Self.chartIdentifier(alert.fingerprint) : nil }

    /// What a picture is called within the mail.
    package static func chartIdentifier(_ fingerprint: AlertFingerprint) -> String { "chart-\(fingerprint)@gatewatch" }

    private var uniqueNames: [String] {
        var names: [String] = []
        for alert in alerts where (isFiring ? !alert.isResolved : true) && !names.contains(alert.name) { names.append(alert.name) }
        return names.isEmpty ? ["no alerts"] : names
    }

    /// Labels that all alerts have with the same value.
    private var commonPlace: [SeriesLabel] { (alerts.first?.place ?? []).filter { label in alerts.allSatisfy { $0.place.contains(label) } } }
}
