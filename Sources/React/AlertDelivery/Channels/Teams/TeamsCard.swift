internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// Adaptive cards, version 1.2: what the Teams clients of all platforms show.
enum TeamsCard {
    /// Bytes of an address; longer ones are those of labels that hold whole texts, and would take up the card.
    private static let addressBytesMax = 2_000

    /// Our card.
    ///
    /// - Parameters:
    ///   - detailed: alerts with all that there is to say about them.
    ///   - listed: further alerts of which the name is told.
    static func card(_ facts: EmailFacts, _ message: OutgoingMessage, _ context: EmailContext, detailed: Int, listed: Int) -> [UInt8] {
        wrapped { body in
            writeTitle(facts.subject.truncated(300), facts, to: &body)
            if message.mayHaveArrived { writeText(RepetitionNote.sentence, isSubtle: true, to: &body) }
            for alert in facts.alerts.prefix(detailed) { writeAlert(alert, context, to: &body) }
            let rest = facts.alerts.dropFirst(detailed)
            if !rest.isEmpty {
                var lines = rest.prefix(listed).map { alert in
                    "- \(alert.isResolved ? "resolved: " : "")**\(TeamsText.escaped(alert.name.truncated(80)))** \(TeamsText.escaped(alert.placeText.truncated(120)))"
                }
                if rest.count > listed { lines.append("- and \(rest.count - listed) more") }
                writeText(lines.joined(separator: "\n"), to: &body)
            }
        } actions: { actions in
            let first = facts.alerts.first
            for (name, address) in [("Dashboard", first?.dashboard), ("Runbook", first?.runbook), ("Silence", first?.silence), ("All alerts", facts.alertsPage)] {
                guard let address, address.utf8.count <= addressBytesMax else { continue }
                actions.object {
                    $0.member("type", "Action.OpenUrl")
                    $0.member("title", name)
                    $0.member("url", address)
                }
            }
        }
    }

    /// The card of the settings' own title and text, as Alertmanager makes it.
    static func own(_ message: OutgoingMessage, _ settings: TeamsSettings, _ context: EmailContext) throws(DeliveryFailure) -> [UInt8] {
        let facts = EmailFacts(message.notification, context)
        let title = try context.text(settings.title, "Teams's title"), text = try context.text(settings.text, "Teams's text")
        return wrapped { body in
            writeTitle(title.truncated(500), facts, to: &body)
            if message.mayHaveArrived { writeText(RepetitionNote.sentence, isSubtle: true, to: &body) }
            writeText(text.truncated(utf8: TeamsMessage.messageBytesMax - 4_000), to: &body)
        } actions: { _ in
        }
    }

    private static func wrapped(_ body: (inout JSONWriter) -> Void, actions: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 4_096)
        writer.object { message in
            message.member("type", "message")
            message.array("attachments") { attachments in
                attachments.object { attachment in
                    attachment.member("contentType", "application/vnd.microsoft.card.adaptive")
                    attachment.nullMember("contentUrl")
                    attachment.object("content") { content in
                        content.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                        content.member("type", "AdaptiveCard")
                        content.member("version", "1.2")
                        content.object("msteams") { $0.member("width", "full") }
                        content.array("body", body)
                        content.array("actions", actions)
                    }
                }
            }
        }
        return writer.bytes
    }

    private static func writeTitle(_ text: String, _ facts: EmailFacts, to body: inout JSONWriter) {
        let color = !facts.isFiring ? "Good" : facts.severity == .critical ? "Attention" : facts.severity == .warning ? "Warning" : "Accent"
        body.object {
            $0.member("type", "TextBlock")
            $0.member("text", TeamsText.escaped(text))
            $0.member("weight", "Bolder")
            $0.member("size", "Medium")
            $0.member("wrap", true)
            $0.member("style", "heading")
            $0.member("color", color)
        }
    }

    private static func writeText(_ text: String, isSubtle: Bool = false, to body: inout JSONWriter) {
        body.object {
            $0.member("type", "TextBlock")
            $0.member("text", text)
            $0.member("wrap", true)
            if isSubtle { $0.member("isSubtle", true) }
        }
    }

    private static func writeAlert(_ alert: AlertFacts, _ context: EmailContext, to body: inout JSONWriter) {
        let heading = "**\(TeamsText.escaped(alert.name.truncated(120)))**" + (alert.isResolved ? " is resolved" : "")
        writeText(heading + (alert.summary.isEmpty ? "" : ": " + TeamsText.escaped(alert.summary.truncated(700))), to: &body)
        writeText(TeamsText.escaped(AlertSentence.measure(alert, context)), to: &body)
        if !alert.detail.isEmpty, !alert.isResolved { writeText(TeamsText.escaped(alert.detail.truncated(700)), to: &body) }
        if let cause = alert.cause { writeText("**Likely cause** " + TeamsText.escaped(cause.truncated(400)), to: &body) }
        let facts = [SeriesLabel("severity", alert.severity.rawValue)] + alert.place.prefix(8)
        body.object { set in
            set.member("type", "FactSet")
            set.array("facts") { array in
                for fact in facts {
                    array.object {
                        $0.member("title", TeamsText.escaped(fact.name.truncated(60)))
                        $0.member("value", TeamsText.escaped(fact.value.truncated(200)))
                    }
                }
            }
        }
        guard !alert.isResolved, let picture = context.links.chart(alert.fingerprint, at: context.now) else { return }
        body.object {
            $0.member("type", "Image")
            $0.member("url", picture)
            $0.member("altText", TeamsText.escaped("\(alert.name.truncated(120)): values of its expression"))
            $0.member("size", "Stretch")
        }
    }
}
