package import AlertRouting
internal import ByteCoding
internal import ConfigurationText
internal import Crypto
package import GatewayModel

/// Triggers and resolves incidents of PagerDuty.
///
/// Source: PagerDuty's Events API v2, https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
package enum PagerDutyEvent {
    /// Bytes of an event that PagerDuty takes.
    static let eventBytesMax = 512_000
    /// Characters of an incident's title, and of the other texts of the payload.
    static let summaryCharactersMax = 1_024
    static let textCharactersMax = 1_024
    /// The older API, for service keys.
    static let versionOneURL = "https://events.pagerduty.com/generic/2010-04-15/create_event.json"

    package static func render(_ notification: Notification, _ settings: PagerDutySettings, _ context: EmailContext) throws(DeliveryFailure) -> DeliveryRequest {
        let details = try self.details(notification, settings, context)
        var body = try event(notification, settings, context, details)
        if body.count > eventBytesMax {
            // The incident matters more than its details.
            var note = JSONWriter()
            note.object { $0.member("error", "the details were left out: the event would have had \(body.count) bytes, and PagerDuty takes \(eventBytesMax)") }
            body = try event(notification, settings, context, note.bytes)
        }
        let url = settings.routingKey == nil && settings.serviceKey != nil ? (settings.url == PagerDutySettings.defaultURL ? versionOneURL : settings.url) : settings.url
        return DeliveryRequest(url: url, headers: [("Content-Type", "application/json")], body: body, access: settings.access, timeoutSeconds: settings.timeoutSeconds ?? 10)
    }

    /// The same for all messages of a group, so that what is triggered can be resolved, also after a restart: SHA-256 of the group's key, in hexadecimal.
    package static func deduplicationKey(_ group: String) -> String {
        SHA256.hash(data: Array(group.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// PagerDuty knows four words; any other is refused with the whole event.
    package static func severity(_ word: String) -> String {
        switch word.lowercased() {
        case "critical", "page", "emergency", "fatal", "disaster", "p1": "critical"
        case "error", "high", "p2": "error"
        case "info", "informational", "low", "debug", "p4", "p5": "info"
        default: "warning"
        }
    }

    /// An answer's meaning, with the rows that only PagerDuty has.
    package static func judge(_ answer: DeliveryAnswer, at time: Timestamp) -> DeliveryOutcome {
        // 403 was its word for too many events before it had 429.
        if answer.status == 403 { return .retry(RetryTable.refusal(answer, at: time)) }
        guard answer.status == 400, let json = unsafe try? answer.body.withUnsafeBytes({ unsafe try JSONValue.parse($0) }), let errors = json["errors"]?.elements else {
            return RetryTable.outcome(of: answer, at: time)
        }
        let texts = errors.compactMap(\.string).joined(separator: "; ")
        return .giveUp("PagerDuty refused the event: \((texts.isEmpty ? json["message"]?.string ?? "" : texts).truncated(RetryTable.answerCharactersMax))")
    }

    // MARK: The event

    private static func event(
        _ notification: Notification, _ settings: PagerDutySettings, _ context: EmailContext, _ details: [UInt8]
    ) throws(DeliveryFailure) -> [UInt8] {
        let action = notification.isFiring ? "trigger" : "resolve"
        let summary = try context.text(settings.description, "PagerDuty's description").truncated(summaryCharactersMax)
        let client = try context.text(settings.client, "PagerDuty's client"), clientURL = try context.text(settings.clientURL, "PagerDuty's client_url")
        var writer = JSONWriter(reserving: 4_096)
        writer.beginObject()
        if let key = settings.routingKey {
            writer.member("routing_key", try key.revealed())
            writer.member("dedup_key", deduplicationKey(notification.key.group))
            writer.member("event_action", action)
            writer.member("client", client)
            if !clientURL.isEmpty { writer.member("client_url", clientURL) }
            try writePayload(notification, settings, context, summary: summary, client: client, details, to: &writer)
            try writeLinks(notification, settings, context, to: &writer)
        } else if let key = settings.serviceKey {
            writer.member("service_key", try key.revealed())
            writer.member("incident_key", deduplicationKey(notification.key.group))
            writer.member("event_type", action)
            writer.member("description", summary)
            if action == "trigger" {
                writer.member("client", client)
                writer.member("client_url", clientURL)
            }
            writer.key("details")
            writer.raw(details)
        } else { throw DeliveryFailure("PagerDuty needs a routing key or a service key", isRetryable: false) }
        writer.endObject()
        return writer.bytes
    }

    private static func writePayload(
        _ notification: Notification, _ settings: PagerDutySettings, _ context: EmailContext, summary: String, client: String, _ details: [UInt8], to writer: inout JSONWriter
    ) throws(DeliveryFailure) {
        let facts = EmailFacts(notification, context)
        let word = try context.text(settings.severity, "PagerDuty's severity")
        let source = try context.text(settings.source, "PagerDuty's source")
        writer.key("payload")
        writer.beginObject()
        writer.member("summary", summary.isEmpty ? facts.subject.truncated(summaryCharactersMax) : summary)
        writer.member("source", (source.isEmpty ? (client.isEmpty ? "gatewatch" : client) : source).truncated(textCharactersMax))
        writer.member("severity", severity(word.isEmpty ? facts.severity.rawValue : word))
        if let since = facts.alerts.filter({ !$0.isResolved }).map(\.since).min() { writer.member("timestamp", MessageJSON.time(since)) }
        for (name, template) in [("class", settings.kind), ("component", settings.component), ("group", settings.group)] {
            let text = try context.text(template, "PagerDuty's \(name)")
            if !text.isEmpty { writer.member(name, text.truncated(textCharactersMax)) }
        }
        writer.key("custom_details")
        writer.raw(details)
        writer.endObject()
    }

    /// The settings' links and images, then ours to the first alerts' dashboards, runbooks and pictures.
    private static func writeLinks(_ notification: Notification, _ settings: PagerDutySettings, _ context: EmailContext, to writer: inout JSONWriter) throws(DeliveryFailure) {
        var links: [(href: String, text: String)] = []
        for link in settings.links { links.append((try context.text(link.href, "a link's href"), try context.text(link.text, "a link's text"))) }
        let facts = EmailFacts(notification, context)
        for alert in facts.alerts.prefix(EmailFacts.detailedMax) {
            for (href, text) in [(alert.dashboard, "Dashboard"), (alert.runbook, "Runbook"), (alert.silence, "Silence")] { if let href { links.append((href, "\(text): \(alert.name)")) } }
        }
        if !links.isEmpty {
            writer.array("links") { array in
                for link in links where !link.href.isEmpty {
                    array.object {
                        $0.member("href", link.href)
                        $0.member("text", link.text)
                    }
                }
            }
        }
        var images: [(source: String, alternative: String, href: String)] = []
        for image in settings.images {
            images.append((try context.text(image.source, "an image's src"), try context.text(image.alternative, "an image's alt"), try context.text(image.href, "an image's href")))
        }
        for alert in facts.alerts.prefix(EmailFacts.detailedMax) where !alert.isResolved {
            if let source = context.links.chart(alert.fingerprint, at: context.now) { images.append((source, "\(alert.name): values of its expression", alert.dashboard ?? "")) }
        }
        // PagerDuty shows pictures only over https and refuses others.
        images.removeAll { !$0.source.hasPrefix("https://") }
        guard !images.isEmpty else { return }
        writer.array("images") { array in
            for image in images {
                array.object {
                    $0.member("src", image.source)
                    if !image.alternative.isEmpty { $0.member("alt", image.alternative) }
                    if !image.href.isEmpty { $0.member("href", image.href) }
                }
            }
        }
    }

    // MARK: Details

    /// The details as JSON: those of the settings, and ours where the settings keep the usual ones.
    private static func details(_ notification: Notification, _ settings: PagerDutySettings, _ context: EmailContext) throws(DeliveryFailure) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        var names: Set<String> = []
        for entry in settings.details {
            names.insert(entry.name)
            writer.key(entry.name)
            if case .text(let template) = entry.value { writeDetail(try context.text(template, "PagerDuty's details"), to: &writer) } else {
                try TemplateTreeJSON.write(entry.value, context, "PagerDuty's details", to: &writer)
            }
        }
        if settings.details.contains(where: { $0.name == "firing" && PagerDutySettings.defaultDetails.contains($0) }), !names.contains("alerts") {
            let facts = EmailFacts(notification, context)
            writer.array("alerts") { array in for alert in facts.alerts.prefix(EmailFacts.linesMax) { array.value(AlertSentence.plain(alert, context)) } }
        }
        writer.endObject()
        return writer.bytes
    }

    /// A text that is a JSON object or list is one, as Alertmanager has it; everything else is text.
    private static func writeDetail(_ text: String, to writer: inout JSONWriter) {
        if let json = try? JSONValue.parse(text), json.members != nil || json.elements != nil { writer.raw(text.utf8) } else { writer.value(text) }
    }
}
