package import AlertRouting
internal import ByteCoding
internal import ConfigurationText

/// Posts messages as Alertmanager's webhook does, version 4.
package enum AlertmanagerWebhook {
    package static func render(_ notification: Notification, _ settings: WebhookSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        let written = try settings.url.revealed()
        let isTemplate = written.contains("{{")
        let url = isTemplate ? try context.text(written, "the webhook's URL") : written
        var writer = JSONWriter(reserving: 4_096)
        if let payload = settings.payload { try TemplateTreeJSON.write(payload, context, "the webhook's payload", to: &writer) } else {
            writer.object { MessageJSON(notification: notification, externalURL: context.links.externalURL).writeMembers(to: &$0, alertsMax: settings.alertsMax) }
        }
        return DeliveryRequest(
            url: url, headers: [("Content-Type", "application/json")], body: writer.bytes, access: settings.access, timeoutSeconds: settings.timeoutSeconds ?? 10,
            addressee: isTemplate ? .derived : .configured)
    }
}

/// A tree of templates as JSON.
enum TemplateTreeJSON {
    /// Writes the tree with its texts expanded.
    ///
    /// - Parameter what: for errors.
    static func write(_ tree: TemplateTree, _ context: EmailContext, _ what: String, to writer: inout JSONWriter) throws(DeliveryFailure) {
        switch tree {
        case .text(let template): writer.value(try context.text(template, what))
        case .literal(let json): writer.raw(json.utf8)
        case .list(let elements):
            writer.beginArray()
            for element in elements { try write(element, context, what, to: &writer) }
            writer.endArray()
        case .map(let entries):
            writer.beginObject()
            for entry in entries {
                writer.key(entry.name)
                try write(entry.value, context, what, to: &writer)
            }
            writer.endObject()
        }
    }
}
