@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport

/// Notifications that all channels are shown with.
enum ChannelExamples {
    static func alert(_ labels: [String: String], summary: String, value: Double = 0.072, isResolved: Bool = false) -> NotifiedAlert {
        let annotations = ["summary": summary, "runbook_url": "/runbooks/high-error-rate"]
        return NotifiedAlert(
            Alert(
                labels: SeriesLabels(labels.map { SeriesLabel($0.key, $0.value) }), annotations: SeriesLabels(annotations.map { SeriesLabel($0.key, $0.value) }),
                startsAt: TestClock.start.adding(-60), endsAt: isResolved ? TestClock.start.adding(-2.5) : TestClock.start.adding(240), generatorURL: "http://gw/graph?g0.expr=x",
                evidence: AlertEvidence(
                    expression: "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05", value: value, threshold: AlertThreshold(.greater, 0.05), group: "gateway",
                    file: "rules.yml", activeAt: TestClock.start.adding(-180))),
            isResolved: isResolved)
    }

    static func notification(_ alerts: [NotifiedAlert], reason: Notification.Reason = .first, kind: String = "slack") -> Notification {
        Notification(
            id: "0f8c.1", key: NotificationKey(receiver: "team-a", integration: kind, index: 0, group: #"{}/{severity="critical"}:{alertname="HighErrorRate"}"#), reason: reason,
            groupLabels: SeriesLabels([SeriesLabel("alertname", "HighErrorRate")]), alerts: alerts, createdAt: TestClock.start, expiresAt: TestClock.start.adding(14_400))
    }

    static let firing = notification([alert(["alertname": "HighErrorRate", "severity": "critical", "provider": "openai", "model": "gpt-4o"], summary: "Many requests to openai fail.")])
    static let resolved = notification(
        [alert(["alertname": "HighErrorRate", "severity": "critical", "provider": "openai", "model": "gpt-4o"], summary: "Many requests to openai fail.", isResolved: true)], reason: .changed)
    static let mixed = notification([
        alert(["alertname": "HighErrorRate", "severity": "warning", "provider": "anthropic"], summary: "Many requests fail.", value: 0.1),
        alert(["alertname": "HighErrorRate", "severity": "critical", "provider": "openai"], summary: "Many requests fail.", isResolved: true),
    ], reason: .changed)
    static let many = notification((1...60).map { alert(["alertname": "HighErrorRate", "severity": "warning", "provider": "p\($0)"], summary: "Many requests fail.") })
    /// Labels of somebody who wants to be noticed.
    static let hostile = notification([
        alert(["alertname": "<!channel> & *bold* [x](http://evil)", "severity": "critical", "provider": "a|b>c`d`\u{1F525}\n\"quoted\"", "client": String(repeating: "ö", count: 5_000)],
            summary: "<script>alert(1)</script> @everyone")
    ])

    static func context(_ externalURL: String = "https://gw.example") -> EmailContext {
        var context = EmailContext(links: AlertLinks(externalURL: externalURL), now: TestClock.start, host: "gw.example") { text, _ in
            .success(text.hasPrefix("{{") ? "" : text)
        }
        let known = firing.alerts[0].alert.fingerprint
        context.causes[known] = AlertCause(sentence: "gpt-4o at openai for client batch-7: 312 of 340 additional errors, mostly rate_limit", filter: #"provider: "openai" and client: "batch-7""#)
        return context
    }

    static let all: [(name: String, notification: Notification)] = [("firing", firing), ("resolved", resolved), ("mixed", mixed), ("many", many), ("hostile", hostile)]
}

extension DeliveryRequest {
    var json: JSONValue? { body.withUnsafeBytes { try? JSONValue.parse($0) } }
}

extension JSONValue {
    /// All texts in it, wherever they stand.
    var texts: [String] {
        if let string { return [string] }
        if let elements { return elements.flatMap(\.texts) }
        return (members ?? []).flatMap { $0.value.texts }
    }

    /// All objects that have this member with this text.
    func objects(_ name: String, _ value: String) -> [JSONValue] {
        let own = self[name]?.string == value ? [self] : []
        return own + (elements ?? []).flatMap { $0.objects(name, value) } + (members ?? []).flatMap { $0.value.objects(name, value) }
    }
}
