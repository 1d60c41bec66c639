internal import AlertRouting
internal import GatewayModel

/// A mail for readers without HTML.
struct EmailPlainText {
    let facts: EmailFacts

    init(_ facts: EmailFacts) { self.facts = facts }

    var text: String {
        var lines: [String] = []
        if facts.reason == .test { lines += ["This is a test: nothing is wrong.", ""] }
        lines.append(facts.headline)
        if facts.isDigest { digest(into: &lines) } else { for alert in facts.alerts { detail(alert, into: &lines) } }
        lines.append("")
        if let page = facts.alertsPage { lines.append("All alerts: \(page)") }
        lines.append("Sent to the receiver \(Self.line(facts.receiver)) by Gatewatch, \(ReadableTime.text(facts.now, facts.zone)).")
        return lines.joined(separator: "\n") + "\n"
    }

    private func detail(_ alert: AlertFacts, into lines: inout [String]) {
        lines += ["", "\(alert.isResolved ? "RESOLVED" : "FIRING") \(Self.line(alert.name)) (\(alert.severity.rawValue))"]
        func add(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append("  " + name + String(repeating: " ", count: max(1, 12 - name.count)) + value)
        }
        add("What", Self.line(alert.summary))
        add("Where", alert.place.map { "\($0.name)=\(Self.line($0.value))" }.joined(separator: ", "))
        add("Since", ReadableTime.text(alert.since, facts.zone) + (alert.isResolved ? "" : ", for \(alert.lasted(facts.now))"))
        add("Until", alert.until.map { ReadableTime.text($0, facts.zone) + ", after \(alert.lasted(facts.now))" })
        add("How bad", alert.value.map { $0 + (alert.limit.map { ", wrong when \($0)" } ?? "") })
        add("Likely", alert.cause.map(Self.line))
        add("Detail", Self.line(alert.detail))
        add("Dashboard", alert.dashboard)
        add("Runbook", alert.runbook)
        add("Silence", alert.silence)
        add("Source", alert.source)
    }

    private func digest(into lines: inout [String]) {
        lines.append("")
        for alert in facts.alerts.prefix(EmailFacts.linesMax) {
            let value = alert.value.map { "  \($0)" } ?? ""
            let time = alert.until ?? alert.since
            lines.append(
                "\(alert.isResolved ? "resolved" : alert.severity.rawValue)  \(ReadableTime.clock(time, facts.zone))  \(Self.line(alert.name))  \(Self.line(alert.placeText))\(value)")
        }
        if facts.alerts.count > EmailFacts.linesMax { lines.append("... and \(facts.alerts.count - EmailFacts.linesMax) more") }
        for cause in facts.alerts.compactMap(\.cause).prefix(3) { lines.append("Likely cause: \(Self.line(cause))") }
    }

    /// Values of labels and annotations may hold lines of their own; here they must not look like ours.
    private static func line(_ text: String) -> String { String(MailHeader.oneLine(text).prefix(2_000)) }
}
