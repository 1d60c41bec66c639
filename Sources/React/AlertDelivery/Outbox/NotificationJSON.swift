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
            AlertJSON.write("group_labels", notification.groupLabels, to: &object)
            object.array("alerts") { array in
                for alert in notification.alerts {
                    array.object {
                        $0.member("resolved", alert.isResolved)
                        AlertJSON.write(alert.alert, to: &$0)
                    }
                }
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

    // MARK: Reading

    static func notification(_ json: JSONValue?) -> Notification? {
        guard let json, let id = json["id"]?.string, let key = key(json["key"]), let reason = json["reason"]?.string.flatMap({ Notification.Reason(rawValue: $0) }),
            let groupLabels = AlertJSON.labels(json["group_labels"]), let alerts = json["alerts"]?.elements,
            let created = AlertJSON.time(json["created_at"]), let expires = AlertJSON.time(json["expires_at"])
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

    private static func alert(_ json: JSONValue) -> NotifiedAlert? {
        guard let isResolved = json["resolved"]?.bool, let alert = AlertJSON.alert(json) else { return nil }
        return NotifiedAlert(alert, isResolved: isResolved)
    }
}
