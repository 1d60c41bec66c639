internal import AlertRouting
internal import ByteCoding

/// The attachment that Alertmanager sends to Slack, of the texts in the settings.
///
/// Source: prometheus/alertmanager, `notify/slack/slack.go`; https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
enum SlackAttachment {
    /// Characters of a title; Alertmanager cuts there too.
    private static let titleCharactersMax = 1_024
    /// Characters of other texts.
    private static let textCharactersMax = 8_000

    static func body(_ message: OutgoingMessage, _ settings: SlackSettings, _ context: EmailContext) throws(DeliveryFailure) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        try SlackMessage.writeEnvelope(settings, context, to: &writer)
        let above = try text(settings.messageText, "message_text", context)
        let note = message.mayHaveArrived ? RepetitionNote.sentence : ""
        let first = [above, note].filter { !$0.isEmpty }.joined(separator: "\n")
        if !first.isEmpty { writer.member("text", first) }
        writer.key("attachments")
        writer.beginArray()
        writer.beginObject()
        writer.member("title", try text(settings.title, "title", context).truncated(titleCharactersMax))
        for (name, template) in [
            ("title_link", settings.titleLink), ("pretext", settings.pretext), ("text", settings.text), ("fallback", settings.fallback), ("callback_id", settings.callbackID),
            ("image_url", settings.imageURL), ("thumb_url", settings.thumbURL), ("footer", settings.footer), ("color", settings.color),
        ] {
            let value = try text(template, name, context)
            if !value.isEmpty || ["text", "fallback"].contains(name) { writer.member(name, value) }
        }
        try writeFields(settings, context, to: &writer)
        try writeActions(settings, context, to: &writer)
        let marked = settings.markdownIn.isEmpty ? ["fallback", "pretext", "text"] : settings.markdownIn
        writer.array("mrkdwn_in") { array in for name in marked { array.value(name) } }
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func text(_ template: String, _ what: String, _ context: EmailContext) throws(DeliveryFailure) -> String {
        SlackText.withoutCalls(try context.text(template, "Slack's \(what)")).truncated(textCharactersMax)
    }

    private static func writeFields(_ settings: SlackSettings, _ context: EmailContext, to writer: inout JSONWriter) throws(DeliveryFailure) {
        guard !settings.fields.isEmpty else { return }
        writer.key("fields")
        writer.beginArray()
        for field in settings.fields {
            writer.beginObject()
            writer.member("title", try text(field.title, "fields", context))
            writer.member("value", try text(field.value, "fields", context))
            writer.member("short", field.isShort ?? settings.hasShortFields)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func writeActions(_ settings: SlackSettings, _ context: EmailContext, to writer: inout JSONWriter) throws(DeliveryFailure) {
        guard !settings.actions.isEmpty else { return }
        writer.key("actions")
        writer.beginArray()
        for action in settings.actions {
            writer.beginObject()
            for (name, template) in [
                ("type", action.type), ("text", action.text), ("url", action.url), ("style", action.style), ("name", action.name), ("value", action.value),
            ] {
                let value = try text(template, "actions", context)
                if !value.isEmpty || ["type", "text"].contains(name) { writer.member(name, value) }
            }
            if let confirmation = action.confirmation {
                writer.key("confirm")
                writer.beginObject()
                for (name, template) in [
                    ("title", confirmation.title), ("text", confirmation.text), ("ok_text", confirmation.okText), ("dismiss_text", confirmation.dismissText),
                ] {
                    let value = try text(template, "actions", context)
                    if !value.isEmpty || name == "text" { writer.member(name, value) }
                }
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endArray()
    }
}
