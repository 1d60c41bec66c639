@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Synchronization
import Testing

/// Notes what is sent, and answers in turn.
private final class TransportDouble: DeliveryTransport {
    private let requests = Mutex<[DeliveryRequest]>([])
    private let answers: [DeliveryAnswer]

    init(_ answers: [DeliveryAnswer] = [DeliveryAnswer(status: 200)]) { self.answers = answers }

    var sent: [DeliveryRequest] { requests.withLock { $0 } }
    func send(_ mail: MailEnvelope) async throws(DeliveryFailure) -> MailReceipt { throw DeliveryFailure("no mail", isRetryable: false) }

    func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count
        }
        return answers[min(number, answers.count) - 1]
    }
}

private struct SlowCauses: CauseFinder {
    func cause(of alert: Alert, now: Timestamp) async -> AlertCause? {
        await untilCancelled()
        return AlertCause(sentence: "too late", filter: "")
    }
}

private struct KnownCauses: CauseFinder {
    func cause(of alert: Alert, now: Timestamp) async -> AlertCause? { AlertCause(sentence: "because of client batch-7", filter: "") }
}

private func configuration(_ yaml: String, templates: [(name: String, text: String)] = []) throws -> DeliveryConfiguration {
    let routing = try RoutingConfigurationReader.read(yaml, folder: "/etc")
    return DeliveryConfiguration(receivers: routing.receivers, templates: try MessageTemplates(files: templates), externalURL: "https://gw.example", host: "gw")
}

private let slack = """
    route: {receiver: team-a}
    receivers:
    - name: team-a
      rate_limit: {messages: 6, interval: 1m}
      slack_configs: [{api_url: "https://hooks.slack.com/services/T/B/secret"}]
      webhook_configs: [{url: "http://hook.example/path"}]
    """

struct ReceiverSenderTests {
    private func sender(_ transport: TransportDouble, _ yaml: String = slack, templates: [(name: String, text: String)] = [], causes: (any CauseFinder)? = nil) throws -> ReceiverSender {
        ReceiverSender(try configuration(yaml, templates: templates), transport: transport, clock: LeapingClock(), causes: causes)
    }

    @Test func aMessageGoesWhereItsKeySays() async throws {
        let transport = TransportDouble()
        let sender = try sender(transport)
        #expect(await sender.send(OutgoingMessage(notification: ChannelExamples.notification(ChannelExamples.firing.alerts, kind: "webhook"))) == .delivered)
        #expect(transport.sent.map(\.url) == ["http://hook.example/path"])
        #expect(await sender.send(OutgoingMessage(notification: ChannelExamples.notification([], kind: "pagerduty"))) == .giveUp("the configuration no longer has this receiver"))
    }

    @Test func slackGetsTextWhenItDoesNotTakeTheBlocks() async throws {
        let transport = TransportDouble([DeliveryAnswer(status: 400, body: Array("invalid_blocks".utf8)), DeliveryAnswer(status: 200, body: Array("ok".utf8))])
        #expect(await (try sender(transport)).send(OutgoingMessage(notification: ChannelExamples.firing)) == .delivered)
        #expect(transport.sent.count == 2)
        #expect(transport.sent[1].json?["attachments"] == nil)
    }

    @Test func theCauseIsToldWhenItIsThereInTime() async throws {
        let transport = TransportDouble()
        _ = await (try sender(transport, causes: KnownCauses())).send(OutgoingMessage(notification: ChannelExamples.firing))
        _ = await (try sender(transport, causes: SlowCauses())).send(OutgoingMessage(notification: ChannelExamples.firing))
        #expect(transport.sent.map { $0.json?.texts.contains { $0.contains("because of client batch-7") } } == [true, false])
    }

    @Test func aReceiversOwnRateCounts() throws {
        let sender = try sender(TransportDouble())
        #expect(sender.traits(IntegrationKey(receiver: "team-a", kind: "slack", index: 0)) == IntegrationTraits(rate: DeliveryRate(perSecond: 0.1, burst: 6), recognisesRepetitions: false))
    }

    @Test func aTestReachesEveryIntegrationOfAReceiver() async throws {
        let transport = TransportDouble([DeliveryAnswer(status: 200), DeliveryAnswer(status: 404)])
        let sender = try sender(transport)
        let results = try #require(await sender.test("team-a", newID: { "id" }, now: TestClock.start))
        #expect(results.map(\.error) == [nil, "the receiver answered 404"])
        #expect(await sender.test("nobody", newID: { "id" }, now: TestClock.start) == nil)
    }

    @Test func whatIsShownOfAMessageHasNoSecrets() async throws {
        let yaml = """
            route: {receiver: r}
            receivers:
            - name: r
              slack_configs: [{api_url: "https://hooks.slack.com/services/T/B/hidden"}]
              pagerduty_configs: [{routing_key: hidden-key}]
              standard_webhook_configs: [{url: "https://u:hidden@x.example/hidden?k=hidden", secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3}]
              webhook_configs: [{url: "http://hook.example/x", http_config: {basic_auth: {username: u, password: hidden}, http_headers: {X-Key: {values: [hidden]}}}}]
            """
        let sender = try sender(TransportDouble(), yaml)
        for key in sender.current.integrations {
            let text = try await sender.preview(OutgoingMessage(notification: TestMessage.make(to: key, id: "1", now: TestClock.start))).redactedText
            #expect(!text.contains("hidden") && text.contains("<secret>"), "\(key.kind): \(text)")
        }
    }
}

struct MessageTemplatesTests {
    private static let usual = Result { try MessageTemplates() }

    private func expand(_ text: String, _ notification: Notification = ChannelExamples.mixed, files: [(name: String, text: String)] = []) throws -> Result<String, any Error> {
        let expansion = try (files.isEmpty ? Self.usual.get() : MessageTemplates(files: files)).expansion(notification, externalURL: "https://gw.example", now: TestClock.start)
        return expansion(text, false).mapError { $0 }
    }

    @Test func textsThatConfigurationsReferToAreThere() throws {
        #expect(try expand(#"{{ template "slack.default.title" . }}"#).get() == "[FIRING:1] HighErrorRate")
        #expect(try expand(#"{{ template "pagerduty.default.description" . }}"#, ChannelExamples.firing).get() == "[FIRING:1] HighErrorRate (gpt-4o openai critical)")
        #expect(try expand(#"{{ template "slack.default.titlelink" . }}"#).get() == "https://gw.example/?page=alerts")
        for name in [
            "slack.default.username", "slack.default.fallback", "slack.default.callbackid", "slack.default.pretext", "slack.default.iconemoji", "slack.default.iconurl", "slack.default.text",
            "slack.default.footer", "pagerduty.default.client", "pagerduty.default.clientURL", "pagerduty.default.instances", "msteams.default.summary", "msteams.default.title",
            "msteams.default.text", "msteamsv2.default.title", "msteamsv2.default.text", "email.default.subject", "email.default.html", "__subject", "__alertmanager", "__alertmanagerURL",
            "__text_alert_list",
        ] {
            let data = ["__text_alert_list", "pagerduty.default.instances"].contains(name) ? ".Alerts" : "."
            #expect(throws: Never.self, "\(name)") { try expand("{{ template \"\(name)\" \(data) }}").get() }
        }
    }

    @Test func filesReplaceOurTexts() throws {
        let files = [(name: "own.tmpl", text: #"{{ define "slack.default.title" }}own {{ .Status }} {{ len .Alerts }}{{ end }}"#)]
        #expect(try expand(#"{{ template "slack.default.title" . }}"#, files: files).get() == "own firing 2")
    }

    @Test func aTemplateThatFailsIsAnErrorAndNotAMessage() throws {
        #expect(throws: (any Error).self) { try expand("{{ .NoSuchField }}").get() }
        #expect(throws: (any Error).self) { try expand(#"{{ template "nowhere" . }}"#).get() }
        #expect(throws: (any Error).self) { try MessageTemplates(files: [("x", "{{ define ")]) }
    }
}
