package import AlertRouting
internal import ByteCoding
internal import ConfigurationText
package import GatewayModel

/// Posts messages to Microsoft Teams: adaptive cards to workflows, message cards to the older connectors.
///
/// Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using, https://adaptivecards.io/explorer.
package enum TeamsMessage {
    /// Bytes of a message that Teams takes, with some to spare for what the workflow adds.
    static let messageBytesMax = 26_000
    /// Characters of a text in a card.
    private static let textCharactersMax = 8_000

    /// A card for a workflow ("When a Teams webhook request is received").
    package static func renderWorkflow(_ message: OutgoingMessage, _ settings: TeamsSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        if hasOwnTexts(settings, "msteamsv2") { return try request(settings, try TeamsCard.own(message, settings, context)) }
        let facts = EmailFacts(message.notification, context)
        // Details of as many alerts as fit.
        var body: [UInt8] = []
        for (detailed, listed) in [(EmailFacts.detailedMax, 30), (2, 30), (1, 10), (0, 10), (0, 0)] {
            body = TeamsCard.card(facts, message, context, detailed: detailed, listed: listed)
            if body.count <= messageBytesMax { break }
        }
        return try request(settings, body)
    }

    /// A card for a connector, as Alertmanager posts it.
    package static func renderConnector(_ message: OutgoingMessage, _ settings: TeamsSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        let facts = EmailFacts(message.notification, context)
        var title = facts.subject, summary = facts.subject
        var text = facts.alerts.prefix(EmailFacts.detailedMax).map { TeamsText.escaped(AlertSentence.plain($0, context)) }.joined(separator: "\n\n")
        if hasOwnTexts(settings, "msteams") {
            title = try context.text(settings.title, "Teams's title")
            summary = try context.text(settings.summary, "Teams's summary")
            text = try context.text(settings.text, "Teams's text")
        }
        if message.mayHaveArrived { text += "\n\n" + RepetitionNote.sentence }
        var writer = JSONWriter(reserving: 2_048)
        writer.object { object in
            object.member("@context", "http://schema.org/extensions")
            object.member("@type", "MessageCard")
            object.member("title", title.truncated(500))
            object.member("summary", summary.truncated(500))
            object.member("text", text.truncated(textCharactersMax).truncated(utf8: messageBytesMax - 4_000))
            object.member("themeColor", facts.isFiring ? "8C1A1A" : "2DC72D")
        }
        return try request(settings, writer.bytes)
    }

    private static func request(_ settings: TeamsSettings, _ body: [UInt8]) throws(DeliveryFailure) -> DeliveryRequest {
        DeliveryRequest(url: try settings.url.revealed(), headers: [("Content-Type", "application/json")], body: body, access: settings.access, timeoutSeconds: 15)
    }

    private static func hasOwnTexts(_ settings: TeamsSettings, _ name: String) -> Bool {
        settings.title != #"{{ template "\#(name).default.title" . }}"# || settings.text != #"{{ template "\#(name).default.text" . }}"#
            || !settings.summary.isEmpty && settings.summary != #"{{ template "\#(name).default.summary" . }}"#
    }

    /// An answer's meaning, with the row that only Teams has: connectors say under status 200 that the message was not delivered.
    package static func judge(_ answer: DeliveryAnswer, at time: Timestamp) -> DeliveryOutcome {
        guard answer.status == 200 else { return RetryTable.outcome(of: answer, at: time) }
        let text = String(decoding: answer.body.prefix(2_000), as: UTF8.self).lowercased()
        guard text.contains("delivery failed") || text.contains("returned http error") else { return .delivered }
        let passes = ["429", "500", "502", "503", "504"].contains { text.contains("error \($0)") }
        return passes ? .retry(RetryTable.refusal(answer, at: time)) : .giveUp(RetryTable.sentence(answer))
    }
}

/// Texts for cards, which know some Markdown.
enum TeamsText {
    /// A text in which nothing is a link, bold or a list. Underscores stay: names are full of them, and within words they mean nothing.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\*[]`".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
