internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// Our message for Slack: a heading, what there is to say about each of the first alerts, and where to look.
///
/// Limits are Slack's: 50 blocks, 150 characters of a heading, 3,000 of a section, 10 fields of 2,000, 75 of a button, 3,000 of an address; a message of blocks of
/// more than some 13,000 characters is refused as a whole.
enum SlackBlocks {
    private static let headerMax = 150
    private static let sectionMax = 2_400
    private static let fieldMax = 300
    private static let fieldsMax = 8
    private static let addressMax = 3_000
    /// Lines of alerts that are only named.
    private static let linesMax = 20

    static func body(_ message: OutgoingMessage, _ settings: SlackSettings, _ context: EmailContext) throws(DeliveryFailure) -> [UInt8] {
        let facts = EmailFacts(message.notification, context)
        var writer = JSONWriter(reserving: 4_096)
        writer.beginObject()
        try SlackMessage.writeEnvelope(settings, context, to: &writer)
        // Shown in push notices, and where blocks are not.
        writer.member("text", SlackText.escaped(facts.subject).truncated(500))
        writer.array("attachments") { array in
            array.object { attachment in
                attachment.member("color", color(facts))
                attachment.member("fallback", SlackText.escaped(facts.subject).truncated(500))
                attachment.array("blocks") { writeBlocks(facts, message, context, to: &$0) }
            }
            writePictures(facts, context, to: &array)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func color(_ facts: EmailFacts) -> String {
        guard facts.isFiring else { return "#2eb67d" }
        return switch facts.severity {
        case .critical: "#d92d20"
        case .warning: "#f79009"
        case .info: "#2e90fa"
        }
    }

    private static func writeBlocks(_ facts: EmailFacts, _ message: OutgoingMessage, _ context: EmailContext, to blocks: inout JSONWriter) {
        blocks.object { block in
            block.member("type", "header")
            block.object("text") {
                $0.member("type", "plain_text")
                // A heading shows no marks; it is cut before it is written, so that none is cut through.
                $0.member("text", facts.subject.truncated(headerMax))
            }
        }
        for alert in facts.alerts.prefix(EmailFacts.detailedMax) {
            writeSection(alert, context, to: &blocks)
            writeButtons(alert, to: &blocks)
        }
        let rest = facts.alerts.dropFirst(EmailFacts.detailedMax)
        if !rest.isEmpty {
            let lines = rest.prefix(linesMax).map { "• \($0.isResolved ? "resolved: " : "")*\(SlackText.plain($0.name.truncated(80)))* \(SlackText.plain($0.placeText.truncated(120)))" }
            writeText((lines + (rest.count > linesMax ? ["and \(rest.count - linesMax) more"] : [])).joined(separator: "\n"), to: &blocks)
        }
        let said = [
            facts.reason == .repeated ? "Still going on" : nil, facts.reason == .test ? "A test: nothing is wrong" : nil, message.mayHaveArrived ? RepetitionNote.sentence : nil,
            facts.alertsPage.map { SlackText.link($0, "All alerts") }, "Gatewatch, receiver \(SlackText.plain(facts.receiver.truncated(100)))",
        ]
        blocks.object { block in
            block.member("type", "context")
            block.array("elements") { array in
                array.object {
                    $0.member("type", "mrkdwn")
                    $0.member("text", said.compactMap { $0 }.joined(separator: " · "))
                }
            }
        }
    }

    private static func writeSection(_ alert: AlertFacts, _ context: EmailContext, to blocks: inout JSONWriter) {
        var lines = ["*\(SlackText.plain(alert.name.truncated(120)))*" + (alert.isResolved ? " is resolved" : "")]
        if !alert.summary.isEmpty { lines.append(SlackText.plain(alert.summary.truncated(700))) }
        lines.append(SlackText.plain(AlertSentence.measure(alert, context)))
        if !alert.detail.isEmpty, !alert.isResolved { lines.append(SlackText.plain(alert.detail.truncated(500))) }
        if let cause = alert.cause { lines.append("*Likely cause* " + SlackText.plain(cause.truncated(400))) }
        let fields = [SeriesLabel("severity", alert.severity.rawValue)] + alert.place.prefix(fieldsMax - 1)
        blocks.object { block in
            block.member("type", "section")
            block.object("text") {
                $0.member("type", "mrkdwn")
                $0.member("text", lines.joined(separator: "\n").truncated(sectionMax))
            }
            block.array("fields") { array in
                for field in fields {
                    array.object {
                        $0.member("type", "mrkdwn")
                        $0.member("text", "*\(SlackText.plain(field.name.truncated(60)))*\n\(SlackText.plain(field.value.truncated(fieldMax)))")
                    }
                }
            }
        }
    }

    private static func writeButtons(_ alert: AlertFacts, to blocks: inout JSONWriter) {
        let buttons = [("Dashboard", alert.dashboard), ("Runbook", alert.runbook), ("Silence", alert.silence)].compactMap { name, address in
            address.flatMap { $0.utf8.count <= addressMax ? (name, $0) : nil }
        }
        guard !buttons.isEmpty else { return }
        blocks.object { block in
            block.member("type", "actions")
            block.array("elements") { array in
                for (name, address) in buttons {
                    array.object { button in
                        button.member("type", "button")
                        button.object("text") {
                            $0.member("type", "plain_text")
                            $0.member("text", name)
                        }
                        button.member("url", address)
                    }
                }
            }
        }
    }

    private static func writeText(_ text: String, to blocks: inout JSONWriter) {
        blocks.object { block in
            block.member("type", "section")
            block.object("text") {
                $0.member("type", "mrkdwn")
                $0.member("text", text.truncated(sectionMax))
            }
        }
    }

    /// Pictures go into attachments of their own: a picture that Slack cannot fetch is then left out, whereas a block with one has the whole message refused.
    private static func writePictures(_ facts: EmailFacts, _ context: EmailContext, to array: inout JSONWriter) {
        for alert in facts.alerts.prefix(EmailMessage.chartsMax) where !alert.isResolved {
            guard let address = context.links.chart(alert.fingerprint, at: context.now) else { continue }
            array.object {
                $0.member("fallback", SlackText.escaped("\(alert.name): values of its expression").truncated(200))
                $0.member("image_url", address)
            }
        }
    }
}
