internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// A notification's data in the shape and order in which Alertmanager posts them to webhooks, version 4.
///
/// Source: prometheus/alertmanager, `template/template.go` (Data, Alert) and `notify/webhook/webhook.go` (Message).
struct MessageJSON {
    let notification: Notification
    let externalURL: String

    /// `firing` while any of the alerts is.
    var status: String { notification.isFiring ? "firing" : "resolved" }

    /// Writes the members of the object.
    ///
    /// - Parameter alertsMax: alerts in it; the rest is only counted. 0 for all.
    func writeMembers(to object: inout JSONWriter, alertsMax: Int) {
        let alerts = notification.alerts
        let shown = alertsMax > 0 ? alerts.prefix(alertsMax) : alerts[...]
        object.member("receiver", notification.key.receiver)
        object.member("status", status)
        object.array("alerts") { array in for alert in shown { Self.write(alert, to: &array) } }
        Self.write("groupLabels", notification.groupLabels, to: &object)
        Self.write("commonLabels", Self.common(alerts.map(\.alert.labels)), to: &object)
        Self.write("commonAnnotations", Self.common(alerts.map(\.alert.annotations)), to: &object)
        object.member("externalURL", externalURL)
        object.member("version", "4")
        object.member("groupKey", notification.key.group)
        object.member("truncatedAlerts", alerts.count - shown.count)
    }

    static func write(_ notified: NotifiedAlert, to writer: inout JSONWriter) {
        let alert = notified.alert
        writer.object { object in
            object.member("status", notified.isResolved ? "resolved" : "firing")
            write("labels", alert.labels, to: &object)
            write("annotations", alert.annotations, to: &object)
            object.member("startsAt", time(alert.startsAt))
            object.member("endsAt", notified.isResolved ? time(alert.endsAt) : "0001-01-01T00:00:00Z")
            object.member("generatorURL", alert.generatorURL)
            object.member("fingerprint", alert.fingerprint.description)
        }
    }

    static func write(_ name: String, _ labels: SeriesLabels, to object: inout JSONWriter) {
        object.object(name) { object in for label in labels.labels { object.member(label.name, label.value) } }
    }

    /// Labels that all have, with the same value.
    static func common(_ all: [SeriesLabels]) -> SeriesLabels {
        guard let first = all.first else { return .none }
        return SeriesLabels(sorted: first.labels.filter { label in all.dropFirst().allSatisfy { $0[label.name] == label.value } })
    }

    /// RFC 3339 in UTC with as many decimals as are needed, as Go writes it: `2026-03-05T12:00:00.25Z`.
    static func time(_ time: Timestamp) -> String {
        let text = time.iso8601.dropLast()
        let decimals = text.suffix(6).reversed().drop { $0 == "0" }.reversed()
        return text.dropLast(7) + (decimals.isEmpty ? "" : "." + String(decimals)) + "Z"
    }
}
