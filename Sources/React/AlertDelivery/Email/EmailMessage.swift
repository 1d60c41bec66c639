package import AlertRouting
internal import Crypto
internal import GatewayModel
internal import TextTemplates

/// Makes mails of notifications.
///
/// Source: RFC 5322 (format), RFC 2045-2047 (MIME), RFC 2387 (pictures within), RFC 3834 (`Auto-Submitted`).
package enum EmailMessage {
    /// Pictures of one message: each has some 20 kB, and readers look at the first.
    package static let chartsMax = 3
    /// Bytes of a text or HTML that a template makes. Mail servers commonly take 10 MB.
    package static let templateBytesMax = 1 << 20

    /// The mail for a notification. The same notification gives the same mail: a repetition can be told by its `Message-ID`.
    ///
    /// Texts and HTML are ours unless the settings have templates for them; a head in the settings replaces ours, except for those that make up the message.
    /// - Throws: not retryable: no valid recipient or sender, or a template that cannot be expanded.
    package static func build(_ notification: Notification, _ settings: EmailSettings, _ context: EmailContext) throws(DeliveryFailure) -> MailEnvelope {
        func expand(_ template: String, isHTML: Bool = false) throws(DeliveryFailure) -> String {
            do throws(TemplateFailure) { return try context.expand(template, isHTML).get() } catch { throw DeliveryFailure("a template of the mail cannot be expanded: \(error.message)", isRetryable: false) }
        }
        let recipients = MailAddress.list(try expand(settings.to))
        guard !recipients.addresses.isEmpty, recipients.invalid.isEmpty else {
            let wrong = recipients.invalid.first.map { "'\(MailHeader.oneLine($0))' is none" } ?? "there is none"
            throw DeliveryFailure("the recipients of a mail must be addresses such as ops@example.com: \(wrong)", isRetryable: false)
        }
        let fromText = try expand(settings.from)
        guard let sender = MailAddress.list(fromText).addresses.first else {
            throw DeliveryFailure("the sender of a mail must be an address such as gatewatch@example.com", isRetryable: false)
        }
        let facts = EmailFacts(notification, context)
        var heads: [MailHeader] = []
        for header in settings.headers {
            guard let head = MailHeader(header.name, try expand(header.value), isStructured: structured.contains(header.name.lowercased())) else {
                throw DeliveryFailure("'\(MailHeader.oneLine(header.name))' cannot be the name of a mail's header", isRetryable: false)
            }
            if !ownHeads.contains(header.name.lowercased()) { heads.append(head) }
        }
        let given = Set(heads.map { $0.name.lowercased() })
        heads = standardHeads(notification, settings, context, facts, sender, recipients.addresses).filter { !given.contains($0.name.lowercased()) } + heads
        let body = try body(settings, facts, context, expand: expand)
        let token = hash(notification.id)
        let message = heads.map(\.line).joined() + body.lines(boundary: "=_gatewatch_\(token)")
        var envelope = MailEnvelope(
            smartHost: settings.smartHost, hello: settings.hello, username: settings.username.isEmpty ? nil : settings.username, password: settings.password,
            identity: settings.identity.isEmpty ? nil : settings.identity, secret: settings.secret, requiresTLS: settings.requiresTLS, tls: settings.tls,
            usesImplicitTLS: settings.usesImplicitTLS, from: sender.address, recipients: [], message: Array(message.utf8))
        for address in recipients.addresses where !envelope.recipients.contains(address.address) { envelope.recipients.append(address.address) }
        return envelope
    }

    // MARK: Head

    /// What makes up the message, which settings cannot replace.
    private static let ownHeads: Set<String> = ["mime-version", "content-type", "content-transfer-encoding", "date", "message-id", "bcc"]
    private static let structured: Set<String> = ["from", "to", "cc", "reply-to", "sender", "references", "in-reply-to"]

    private static func standardHeads(
        _ notification: Notification, _ settings: EmailSettings, _ context: EmailContext, _ facts: EmailFacts, _ sender: MailAddress, _ recipients: [MailAddress]
    ) -> [MailHeader] {
        let host = MailAddress.isSafe("x@\(context.host)") ? context.host : "gatewatch.invalid"
        let thread = thread(notification, settings, context)
        return [
            MailHeader(known: "From", sender.headerText, isStructured: true),
            MailHeader(known: "To", recipients.map(\.headerText).joined(separator: ", "), isStructured: true),
            MailHeader(known: "Subject", facts.subject),
            MailHeader(known: "Date", MailHeader.date(context.now, offsetSeconds: context.zone.offset(at: context.now)), isStructured: true),
            MailHeader(known: "Message-ID", "<\(hash(notification.id)).\(notification.createdAt.microseconds)@\(host)>", isStructured: true),
            MailHeader(known: "References", thread, isStructured: true),
            MailHeader(known: "In-Reply-To", thread, isStructured: true),
            // Holiday notices must not answer, and filters can tell alerts from letters.
            MailHeader(known: "Auto-Submitted", "auto-generated", isStructured: true),
            MailHeader(known: "X-Auto-Response-Suppress", "All", isStructured: true),
            MailHeader(known: "X-Gatewatch-Receiver", notification.key.receiver),
            MailHeader(known: "MIME-Version", "1.0", isStructured: true),
        ]
    }

    /// The message that all of a group's refer to: it was never sent, and readers put together what refers to the same.
    private static func thread(_ notification: Notification, _ settings: EmailSettings, _ context: EmailContext) -> String {
        let day = settings.threading == .daily ? "-" + ReadableTime.clock(notification.createdAt, context.zone).prefix(10) : ""
        return "<\(hash(notification.key.receiver + "\0" + notification.key.group))\(day)@gatewatch>"
    }

    /// 16 letters that stand for a text which may hold anything.
    private static func hash(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Body

    private static func body(
        _ settings: EmailSettings, _ facts: EmailFacts, _ context: EmailContext, expand: (String, Bool) throws(DeliveryFailure) -> String
    ) throws(DeliveryFailure) -> MIMEPart {
        let ownHTML = settings.html == EmailSettings.defaultHTML
        var parts: [MIMEPart] = []
        var pictures: [MIMEPart] = []
        if !settings.text.isEmpty {
            parts.append(.text(subtype: "plain", try limited(try expand(settings.text, false))))
        } else if ownHTML {
            parts.append(.text(subtype: "plain", EmailPlainText(facts).text))
        }
        if ownHTML {
            let shown = facts.charts
            for (number, chart) in shown.enumerated() {
                pictures.append(.picture(identifier: EmailFacts.chartIdentifier(chart.fingerprint), name: "chart-\(number + 1).png", png: chart.png))
            }
            parts.append(.text(subtype: "html", EmailHTML(facts).text))
        } else if !settings.html.isEmpty {
            parts.append(.text(subtype: "html", try limited(try expand(settings.html, true))))
        }
        // An empty mail would still say that something is wrong.
        if parts.isEmpty { parts.append(.text(subtype: "plain", EmailPlainText(facts).text)) }
        let alternative = parts.count == 1 ? parts[0] : MIMEPart.alternative(parts)
        return pictures.isEmpty ? alternative : .related([alternative] + pictures)
    }

    private static func limited(_ text: String) throws(DeliveryFailure) -> String {
        guard text.utf8.count <= templateBytesMax else { throw DeliveryFailure("a template makes a mail of more than \(templateBytesMax) bytes", isRetryable: false) }
        return text
    }
}
