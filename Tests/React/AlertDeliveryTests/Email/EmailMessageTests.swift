import AlertDelivery
import AlertRouting
import Foundation
import GatewayModel
import TextTemplates
import Testing

/// Notifications for mails, and what is read out of the mails again.
enum MailSample {
    static let now = Timestamp(microseconds: 1_772_726_600_000_000)  // 2026-03-05T16:03:20Z

    static func labels(_ pairs: [String: String]) -> SeriesLabels { SeriesLabels(pairs.map { SeriesLabel($0.key, $0.value) }) }

    static func alert(
        _ name: String = "HighErrorRate", _ extra: [String: String] = ["provider": "openai", "model": "gpt-4o", "severity": "critical"], annotations: [String: String] = [:],
        resolved: Bool = false, evidence: Bool = true
    ) -> NotifiedAlert {
        let since = Timestamp(microseconds: now.microseconds - 240_000_000)
        var alert = Alert(
            labels: labels(extra.merging(["alertname": name]) { a, _ in a }), annotations: labels(annotations), startsAt: Timestamp(microseconds: since.microseconds + 60_000_000),
            endsAt: resolved ? now : Timestamp(microseconds: now.microseconds + 300_000_000), generatorURL: "https://gw.example/?page=explore")
        if evidence {
            alert.evidence = AlertEvidence(
                expression: "sum by (provider, model) (rate(errors_total[5m])) / sum by (provider, model) (rate(requests_total[5m])) > 0.05", value: 0.1243, threshold: AlertThreshold(.greater, 0.05),
                group: "llm", file: "rules/llm.yaml", activeAt: since)
        }
        return NotifiedAlert(alert, isResolved: resolved)
    }

    static func notification(_ alerts: [NotifiedAlert], reason: AlertRouting.Notification.Reason = .first, id: String = "n-1") -> AlertRouting.Notification {
        AlertRouting.Notification(
            id: id, key: NotificationKey(receiver: "team", integration: "email", index: 0, group: "{}:{alertname=\"HighErrorRate\"}"), reason: reason,
            groupLabels: labels(["alertname": "HighErrorRate"]), alerts: alerts, createdAt: now, expiresAt: Timestamp(microseconds: now.microseconds + 14_400_000_000))
    }

    static var settings: EmailSettings { EmailSettings(to: "Ops <ops@example.com>, oncall@example.com", from: "Gatewatch <gw@example.com>", hello: "gw.example", smartHost: "mail.example:587") }

    static func context(_ change: (inout EmailContext) -> Void = { _ in }) -> EmailContext {
        var context = EmailContext(links: AlertLinks(externalURL: "https://gw.example/"), zone: TimeZoneName("Europe/Berlin") ?? .utc, now: now, host: "gw.example") { text, _ in .success(text) }
        change(&context)
        return context
    }

    static func message(_ alerts: [NotifiedAlert] = [alert()], settings: EmailSettings = settings, context: EmailContext = context(), reason: AlertRouting.Notification.Reason = .first, id: String = "n-1") throws
        -> ReadMail
    {
        ReadMail(try EmailMessage.build(notification(alerts, reason: reason, id: id), settings, context))
    }
}

/// A mail taken apart as far as the tests ask; a full reader (Python's `email`) judges it end to end.
struct ReadMail {
    let envelope: MailEnvelope
    let lines: [String]
    let heads: [(name: String, value: String)]

    init(_ envelope: MailEnvelope) {
        self.envelope = envelope
        let text = String(decoding: envelope.message, as: UTF8.self)
        lines = text.components(separatedBy: "\r\n")
        var heads: [(name: String, value: String)] = []
        for line in lines.prefix(while: { !$0.isEmpty }) {
            if line.hasPrefix(" "), let last = heads.popLast() { heads.append((last.name, last.value + line)) } else if let colon = line.firstIndex(of: ":") {
                heads.append((String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)))
            }
        }
        self.heads = heads
    }

    subscript(name: String) -> String? { heads.first { $0.name == name }?.value }

    /// The body with the transfer encoding of its texts undone.
    var body: String {
        let text = lines.joined(separator: "\r\n").replacingOccurrences(of: "=\r\n", with: "")
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct EmailMessageTests {
    @Test func aMailSaysWhatWhereSinceWhenHowBadAndWhy() throws {
        let mail = try MailSample.message(
            [MailSample.alert(annotations: ["summary": "Errors at openai", "runbook_url": "/runbooks/HighErrorRate"])],
            context: MailSample.context { $0.causes[MailSample.alert().alert.fingerprint] = AlertCause(sentence: "client batch-7: 312 of 340 additional errors", filter: "client: \"batch-7\"") })
        #expect(mail["Subject"] == "[FIRING:1] HighErrorRate: gpt-4o, openai (critical)")
        #expect(mail["From"] == "\"Gatewatch\" <gw@example.com>")
        #expect(mail["To"] == "\"Ops\" <ops@example.com>, oncall@example.com")
        #expect(mail["Auto-Submitted"] == "auto-generated")
        #expect(mail["Date"] == "Thu, 05 Mar 2026 17:03:20 +0100")
        #expect(mail.envelope.recipients == ["ops@example.com", "oncall@example.com"])
        for part in [
            "Errors at openai", "model=gpt-4o, provider=openai", "2026-03-05 16:59:20 +01:00, for 4 min", "12.4 %, wrong when above 5 %", "312 of 340 additional errors",
            "https://gw.example/?from=2026-03-05T15:29:20Z&to=2026-03-05T16:13:20Z&where=client:%20%22batch-7%22", "https://gw.example/runbooks/HighErrorRate",
            "https://gw.example/?page=alerts&view=silences&silence=%7Balertname%3D%22HighErrorRate%22%2Cmodel",
        ] {
            let shown = part.replacingOccurrences(of: "&", with: "&amp;")
            #expect(mail.body.contains(part), "text: \(part)")
            if !part.contains("wrong when"), !part.contains("for 4 min"), !part.contains("model=") { #expect(mail.body.contains(shown), "HTML: \(shown)") }
        }
    }

    @Test func theMessageKeepsToItsLinesAndIsASCII() throws {
        let alerts = (0..<3).map { MailSample.alert("Größe\($0)", ["client": String(repeating: "längs ", count: 400)]) }
        let png = [UInt8](repeating: 200, count: 30_000)
        let mail = try MailSample.message(alerts, context: MailSample.context { context in for alert in alerts { context.charts[alert.alert.fingerprint] = png } })
        #expect(mail.lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 127 && ($0 >= 32 || $0 == 9) } })
        #expect(mail.lines.last == "")
        #expect(mail.heads.map(\.name).count == Set(mail.heads.map(\.name)).count)
        #expect(mail["Content-Type"]?.hasPrefix("multipart/related; type=\"multipart/alternative\"") == true)
        #expect(mail.lines.count { $0.hasPrefix("Content-ID: <chart-") } == 3)
    }

    /// No text of an alert becomes an element, an attribute, a header, a part or an address that runs code.
    @Test func textsOfAlertsStayTexts() throws {
        let evil = "\"'><script>alert(1)</script>\r\nBcc: x@y.example\r\n\r\n--=_gatewatch_"
        let mail = try MailSample.message(
            [MailSample.alert(evil, ["client": evil, "severity": evil], annotations: ["summary": evil, "description": evil, "runbook_url": "javascript:alert(1)"])],
            context: MailSample.context { $0.causes[MailSample.alert(evil, ["client": evil, "severity": evil]).alert.fingerprint] = AlertCause(sentence: evil, filter: evil) })
        #expect(mail["Bcc"] == nil)
        let html = try #require(mail.body.range(of: "<!DOCTYPE html>").map { String(mail.body[$0.lowerBound...]) })
        #expect(!html.contains("<script") && !html.contains("javascript:") && !html.contains("\"'>"))
        #expect(!mail.body.contains("javascript:"))
        #expect(mail.lines.count { $0.hasPrefix("--=_gatewatch_") } == 3)
        #expect(!html.contains("http://") || !html.contains("src=\"http"))
    }

    @Test func messagesOfAGroupBelongTogetherAndRepetitionsAreTheSame() throws {
        let first = try MailSample.message(), second = try MailSample.message(reason: .changed, id: "n-2")
        #expect(first["References"] == second["References"] && first["References"] == first["In-Reply-To"])
        #expect(first["Message-ID"] != second["Message-ID"])
        #expect(try MailSample.message().envelope.message == first.envelope.message)
        var daily = MailSample.settings
        daily.threading = .daily
        #expect(try MailSample.message(settings: daily)["References"]?.contains("-2026-03-05@gatewatch") == true)
    }

    @Test func theEndIsTold() throws {
        let mail = try MailSample.message([MailSample.alert(resolved: true)])
        #expect(mail["Subject"] == "[RESOLVED] HighErrorRate: gpt-4o, openai")
        #expect(mail.body.contains("RESOLVED HighErrorRate (critical)"))
        #expect(mail.body.contains("2026-03-05 17:03:20 +01:00, after 4 min"))
        #expect(!mail.body.contains("silence="))
    }

    @Test func manyAlertsBecomeADigest() throws {
        let alerts = (0..<150).map { MailSample.alert("Alert\($0)", ["client": "c\($0)", "severity": $0 == 140 ? "critical" : "warning"], resolved: $0 < 5) }
        let mail = try MailSample.message(alerts)
        #expect(mail["Subject"]?.hasPrefix("[FIRING:145] Alert140, Alert5 and 143 more") == true)
        #expect(mail.body.contains("145 alerts fire, 5 are resolved"))
        #expect(mail.body.contains("... and 100 more"))
        #expect(mail.envelope.message.count < 120_000)
    }

    @Test func aTestSaysThatItIsOne() throws {
        let mail = try MailSample.message(reason: .test)
        #expect(mail["Subject"]?.hasPrefix("[TEST] ") == true)
        #expect(mail.body.contains("This is a test: nothing is wrong."))
    }

    @Test func settingsReplaceTextsAndHeads() throws {
        var settings = MailSample.settings
        settings.headers = [.init(name: "Subject", value: "mine\r\nBcc: a@b"), .init(name: "Reply-To", value: "r@x.example"), .init(name: "Content-Type", value: "text/evil")]
        settings.html = "<p>HTML</p>"
        settings.text = "plain"
        let context = MailSample.context { $0.expand = { text, isHTML in .success(text.contains("HTML") ? (isHTML ? "<p>für</p>" : "wrong") : text) } }
        let mail = try MailSample.message(settings: settings, context: context)
        #expect(mail["Subject"] == "mine  Bcc: a@b" || mail["Subject"] == "mine Bcc: a@b")
        #expect(mail["Reply-To"] == "r@x.example")
        #expect(mail["Content-Type"]?.hasPrefix("multipart/alternative") == true)
        #expect(mail.heads.count { $0.name == "Content-Type" } == 1)
        #expect(mail.body.contains("<p>für</p>") && mail.body.contains("plain"))
        settings.text = ""
        #expect(try MailSample.message(settings: settings, context: context)["Content-Type"] == "text/html; charset=utf-8")
    }

    @Test(arguments: [("", "gw@example.com"), ("nonsense", "gw@example.com"), ("a@b, nonsense", "gw@example.com"), ("a@b", "nobody")])
    func withoutValidAddressesThereIsNoMail(_ example: (to: String, from: String)) {
        var settings = MailSample.settings
        (settings.to, settings.from) = (example.to, example.from)
        let failure = #expect(throws: DeliveryFailure.self) { try MailSample.message(settings: settings) }
        #expect(failure?.isRetryable == false)
    }

    @Test func aTemplateThatFailsIsNoReasonToTryAgain() {
        let context = MailSample.context { $0.expand = { _, _ in .failure(TemplateFailure("no such field")) } }
        let failure = #expect(throws: DeliveryFailure.self) { try MailSample.message(context: context) }
        #expect(failure?.message.contains("no such field") == true && failure?.isRetryable == false)
    }

    /// Mails to look at, written where `GATEWATCH_MAIL_SAMPLES` says.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["GATEWATCH_MAIL_SAMPLES"] != nil)) func samples() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["GATEWATCH_MAIL_SAMPLES"] ?? "")
        let firing = MailSample.alert(annotations: ["summary": "12 % of the requests to gpt-4o at openai fail", "description": "More than 5 % of all requests failed over 5 minutes.", "runbook_url": "/runbooks/HighErrorRate"])
        let context = MailSample.context {
            $0.causes[firing.alert.fingerprint] = AlertCause(sentence: "gpt-4o at openai for client batch-7: 312 of 340 additional errors, mostly rate_limit", filter: "client: \"batch-7\"")
        }
        let resolved = MailSample.alert("SlowAnswers", ["provider": "anthropic", "severity": "warning"], annotations: ["summary": "Answers are slow"], resolved: true)
        let many = (0..<12).map { MailSample.alert("ProviderDown\($0 % 3)", ["provider": "provider-\($0)", "severity": ["critical", "warning", "info"][$0 % 3]], resolved: $0 % 4 == 3) }
        for (name, alerts) in [("firing", [firing]), ("mixed", [firing, resolved]), ("resolved", [resolved]), ("digest", many)] {
            let mail = try MailSample.message(alerts, context: context)
            try Data(mail.envelope.message).write(to: folder.appending(path: name + ".eml"))
        }
    }
}
