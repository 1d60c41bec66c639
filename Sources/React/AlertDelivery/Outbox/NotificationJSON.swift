internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// A message as JSON, as the outbox keeps it. Times are microseconds since 1970. Drawn in `docs/formats/outbox.md`.
enum NotificationJSON {
    static func write(_ notification: Notification, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", notification.id)
            object.key("key")
            write(notification.key, to: &object)
            object.member("reason", notification.reason.rawValue)
            write("group_labels", notification.groupLabels, to: &object)
            object.array("alerts") { array in
                for alert in notification.alerts { array.object { write(alert, to: &$0) } }
            }
            object.member("created_at", notification.createdAt.microseconds)
            object.member("expires_at", notification.expiresAt.microseconds)
        }
    }

    static func write(_ key: NotificationKey, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("receiver", key.receiver)
            object.member("integration", key.integration)
            object.member("index", key.index)
            object.member("group", key.group)
        }
    }

    static func write(_ name: String, _ labels: SeriesLabels, to writer: inout JSONWriter) {
        writer.object(name) { object in
            for label in labels.labels { object.member(label.name, label.value) }
        }
    }

    private static func write(_ notified: NotifiedAlert, to object: inout JSONWriter) {
        let alert = notified.alert
        object.member("resolved", notified.isResolved)
        write("labels", alert.labels, to: &object)
        write("annotations", alert.annotations, to: &object)
        object.member("starts_at", alert.startsAt.microseconds)
        object.member("ends_at", alert.endsAt.microseconds)
        object.member("generator_url", alert.generatorURL)
        guard let evidence = alert.evidence else { return }
        object.object("evidence") { object in
            object.member("expression", evidence.expression)
            // As text: JSON has neither NaN nor infinities.
            object.member("value", evidence.value.description)
            if let threshold = evidence.threshold {
                object.member("comparison", threshold.comparison.rawValue)
                object.member("limit", threshold.limit.description)
            }
            object.member("group", evidence.group)
            object.member("file", evidence.file)
            object.member("active_at", evidence.activeAt.microseconds)
        }
    }

    // MARK: Reading

    static func notification(_ json: JSONValue?) -> Notification? {
        guard let json, let id = json["id"]?.string, let key = key(json["key"]), let reason = json["reason"]?.string.flatMap({ Notification.Reason(rawValue: $0) }),
            let groupLabels = labels(json["group_labels"]), let alerts = json["alerts"]?.elements, let created = time(json["created_at"]), let expires = time(json["expires_at"])
        else { return nil }
        let read = alerts.compactMap { alert($0) }
        guard read.count == alerts.count else { return nil }
        return Notification(id: id, key: key, reason: reason, groupLabels: groupLabels, alerts: read, createdAt: created, expiresAt: expires)
    }

    static func key(_ json: JSONValue?) -> NotificationKey? {
        guard let json, let receiver = json["receiver"]?.string, let integration = json["integration"]?.string, let index = json["index"]?.integer, let group = json["group"]?.string
        else { return nil }
        return NotificationKey(receiver: receiver, integration: integration, index: Int(clamping: index), group: group)
    }

    static func labels(_ json: JSONValue?) -> SeriesLabels? {
        guard let members = json?.members else { return nil }
        return SeriesLabels(members.compactMap { member in member.value.string.map { SeriesLabel(member.name, $0) } })
    }

    static func time(_ json: JSONValue?) -> Timestamp? { json?.integer.map { Timestamp(microseconds: $0) } }

    private static func alert(_ json: JSONValue) -> NotifiedAlert? {
        guard let isResolved = json["resolved"]?.bool, let labels = labels(json["labels"]), let annotations = Self.labels(json["annotations"]), let starts = time(json["starts_at"]),
            let ends = time(json["ends_at"])
        else { return nil }
        let alert = Alert(
            labels: labels, annotations: annotations, startsAt: starts, endsAt: ends, generatorURL: json["generator_url"]?.string ?? "", evidence: evidence(json["evidence"]))
        return NotifiedAlert(alert, isResolved: isResolved)
    }

    private static func evidence(_ json: JSONValue?) -> AlertEvidence? {
        guard let json, let expression = json["expression"]?.string, let value = json["value"]?.string.flatMap(Double.init), let activeAt = time(json["active_at"]) else { return nil }
        var threshold: AlertThreshold?
        if let comparison = json["comparison"]?.string.flatMap({ AlertThreshold.Comparison(rawValue: $0) }), let limit = json["limit"]?.string.flatMap(Double.init) {
            threshold = AlertThreshold(comparison, limit)
        }
        return AlertEvidence(
            expression: expression, value: value, threshold: threshold, group: json["group"]?.string ?? "", file: json["file"]?.string ?? "", activeAt: activeAt)
    }
}
