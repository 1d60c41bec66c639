package import GatewayModel

/// What notification templates see: `template.Data` of Alertmanager.
///
/// Source: Alertmanager's documentation, "Notification template reference", "Data" and "Alert".
package struct MessageData: TemplateObject {
    package let receiver: String
    /// In the order in which they are shown.
    package let alerts: [MessageAlert]
    package let groupLabels: SeriesLabels
    package let externalURL: String

    package init(receiver: String, alerts: [MessageAlert], groupLabels: SeriesLabels, externalURL: String) {
        self.receiver = receiver
        self.alerts = alerts
        self.groupLabels = groupLabels
        self.externalURL = externalURL
    }

    /// `firing` while any of the alerts is, `resolved` afterwards.
    package var status: String { alerts.contains { !$0.isResolved } ? "firing" : "resolved" }
    package var commonLabels: SeriesLabels { Self.common(alerts.map(\.labels)) }
    package var commonAnnotations: SeriesLabels { Self.common(alerts.map(\.annotations)) }

    /// Labels that all have, with the same value.
    private static func common(_ all: [SeriesLabels]) -> SeriesLabels {
        guard let first = all.first else { return .none }
        return SeriesLabels(sorted: first.labels.filter { label in all.dropFirst().allSatisfy { $0[label.name] == label.value } })
    }

    package func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
        guard arguments.isEmpty else { return nil }
        return switch name {
        case "Receiver": .string(receiver)
        case "Status": .string(status)
        case "Alerts": .object(Alerts(alerts: alerts))
        case "GroupLabels": .object(LabelPairs(groupLabels))
        case "CommonLabels": .object(LabelPairs(commonLabels))
        case "CommonAnnotations": .object(LabelPairs(commonAnnotations))
        case "ExternalURL": .string(externalURL)
        default: nil
        }
    }

    package var fields: [(name: String, value: TemplateValue)] {
        ["Receiver", "Status", "Alerts", "GroupLabels", "CommonLabels", "CommonAnnotations", "ExternalURL"].compactMap { name in
            member(name, []).map { (name.prefix(1).lowercased() + name.dropFirst(), $0) }
        }
    }

    package var typeName: String { "*template.Data" }

    private struct Alerts: TemplateObject {
        let alerts: [MessageAlert]

        func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
            switch (name, arguments.count) {
            case ("Firing", 0): .list(alerts.filter { !$0.isResolved }.map(TemplateValue.object))
            case ("Resolved", 0): .list(alerts.filter(\.isResolved).map(TemplateValue.object))
            default: nil
            }
        }

        var contents: TemplateValue? { .list(alerts.map(TemplateValue.object)) }
        var typeName: String { "template.Alerts" }
    }
}

/// One alert of a notification.
package struct MessageAlert: TemplateObject {
    package let labels: SeriesLabels
    package let annotations: SeriesLabels
    package let isResolved: Bool
    package let startsAt: Timestamp
    /// nil while it has not ended: Go's zero time, year 1.
    package let endsAt: Timestamp?
    package let generatorURL: String

    package init(labels: SeriesLabels, annotations: SeriesLabels, isResolved: Bool, startsAt: Timestamp, endsAt: Timestamp?, generatorURL: String) {
        self.labels = labels
        self.annotations = annotations
        self.isResolved = isResolved
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
    }

    package func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
        arguments.isEmpty ? fields.first { $0.name.prefix(1).uppercased() + $0.name.dropFirst() == name }?.value : nil
    }

    package var fields: [(name: String, value: TemplateValue)] {
        [
            ("status", .string(isResolved ? "resolved" : "firing")), ("labels", .object(LabelPairs(labels))), ("annotations", .object(LabelPairs(annotations))),
            ("startsAt", .time(TemplateTime(startsAt))), ("endsAt", .time(endsAt.map(TemplateTime.init) ?? .zero)), ("generatorURL", .string(generatorURL)),
            ("fingerprint", .string(AlertFingerprint(labels).description)),
        ]
    }

    package var typeName: String { "template.Alert" }
}
