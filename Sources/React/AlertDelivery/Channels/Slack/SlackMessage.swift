package import AlertRouting
internal import ByteCoding
internal import ConfigurationText
package import GatewayModel

/// Posts messages to Slack: incoming webhooks, and `chat.postMessage` with a bot's token.
///
/// Where the settings keep Alertmanager's usual texts, messages are ours, made of blocks. Where they have texts of their own, it is the attachment that Alertmanager sends.
/// Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/reference/block-kit.
package enum SlackMessage {
    package static func render(_ message: OutgoingMessage, _ settings: SlackSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        let body = hasOwnTexts(settings) ? try SlackAttachment.body(message, settings, context) : try SlackBlocks.body(message, settings, context)
        return try request(settings, body)
    }

    /// The message as nothing but text: for a Slack that does not take the blocks.
    package static func renderPlain(_ message: OutgoingMessage, _ settings: SlackSettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        let facts = EmailFacts(message.notification, context)
        var writer = JSONWriter()
        writer.beginObject()
        try writeEnvelope(settings, context, to: &writer)
        let lines = [facts.subject] + facts.alerts.prefix(EmailFacts.detailedMax).map { AlertSentence.plain($0, context) } + (message.mayHaveArrived ? [RepetitionNote.sentence] : [])
        writer.member("text", SlackText.escaped(lines.joined(separator: "\n")).truncated(textCharactersMax))
        writer.endObject()
        return try request(settings, writer.bytes)
    }

    /// Characters of a message's text that Slack advises.
    static let textCharactersMax = 4_000

    private static func request(_ settings: SlackSettings, _ body: [UInt8]) throws(DeliveryFailure) -> DeliveryRequest {
        DeliveryRequest(
            url: try settings.url.revealed(), headers: [("Content-Type", "application/json; charset=utf-8")], body: body, access: settings.access,
            timeoutSeconds: settings.timeoutSeconds ?? 10)
    }

    /// Whether somebody wrote texts for this receiver.
    static func hasOwnTexts(_ settings: SlackSettings) -> Bool {
        let usual = SlackSettings(url: settings.url)
        return settings.title != usual.title || settings.titleLink != usual.titleLink || settings.pretext != usual.pretext || settings.text != usual.text
            || settings.fallback != usual.fallback || settings.footer != usual.footer || settings.color != usual.color || !settings.messageText.isEmpty || !settings.fields.isEmpty
            || !settings.actions.isEmpty || !settings.imageURL.isEmpty || !settings.thumbURL.isEmpty
    }

    /// Where the message appears, and as whose.
    static func writeEnvelope(_ settings: SlackSettings, _ context: EmailContext, to writer: inout JSONWriter) throws(DeliveryFailure) {
        for (name, template) in [("channel", settings.channel), ("username", settings.username), ("icon_emoji", settings.iconEmoji), ("icon_url", settings.iconURL)] {
            let text = try context.text(template, "Slack's \(name)")
            if !text.isEmpty { writer.member(name, text) }
        }
        if settings.linksNames { writer.member("link_names", true) }
    }

    // MARK: Answers

    /// Errors that the Web API tells under status 200 and that pass.
    private static let passing: Set<String> = ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "rollup_error"]
    /// Errors after which nothing sent here will ever arrive.
    private static let gone: Set<String> = ["channel_is_archived", "is_archived", "no_service", "no_team", "account_inactive"]
    /// Errors that may be the blocks' fault.
    private static let malformed: Set<String> = [
        "invalid_payload", "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "too_many_attachments", "no_text",
        "missing_text_or_fallback_or_attachments", "msg_too_long",
    ]

    /// Whether the same message as nothing but text may be taken.
    package static func isMalformed(_ answer: DeliveryAnswer) -> Bool {
        guard answer.status == 400 || answer.status == 200, let word = error(answer) else { return false }
        return malformed.contains(word)
    }

    /// An answer's meaning, with the rows that only Slack has.
    package static func judge(_ answer: DeliveryAnswer, at time: Timestamp) -> DeliveryOutcome {
        guard (200..<300).contains(answer.status) else {
            if answer.status != 429, answer.status < 500, let word = error(answer), gone.contains(word) { return .disable(RetryTable.sentence(answer)) }
            return RetryTable.outcome(of: answer, at: time)
        }
        guard let word = error(answer) else { return .delivered }
        if passing.contains(word) { return .retry(RetryTable.refusal(answer, at: time)) }
        return gone.contains(word) ? .disable("Slack answered \(word)") : .giveUp("Slack answered \(word)")
    }

    /// The word that says what is wrong: of JSON with `"ok": false`, or a text of nothing but such a word; nil when nothing is.
    ///
    /// Servers that only speak Slack's language answer 200 with all kinds of texts; those are successes.
    private static func error(_ answer: DeliveryAnswer) -> String? {
        if let json = unsafe try? answer.body.withUnsafeBytes({ unsafe try JSONValue.parse($0) }), json.members != nil {
            return json["ok"]?.bool == false ? json["error"]?.string?.truncated(80) ?? "an error" : nil
        }
        let text = String(decoding: answer.body.prefix(100), as: UTF8.self)
        let isWord = text.contains("_") && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return isWord ? text : nil
    }
}
