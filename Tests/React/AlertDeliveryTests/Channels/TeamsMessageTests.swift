@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Testing

struct TeamsMessageTests {
    private let settings = TeamsSettings(
        url: .text("https://prod.example/workflows/x?sig=secret"), title: #"{{ template "msteamsv2.default.title" . }}"#, summary: "",
        text: #"{{ template "msteamsv2.default.text" . }}"#)

    private func render(_ notification: Notification, mayHaveArrived: Bool = false) throws -> DeliveryRequest {
        try TeamsMessage.renderWorkflow(OutgoingMessage(notification: notification, mayHaveArrived: mayHaveArrived), settings, ChannelExamples.context())
    }

    @Test func cardsLookAsTheyWereLookedOver() throws {
        for (name, notification) in ChannelExamples.all where name != "hostile" { GoldenFile.expect(try render(notification).body, "teams-\(name)") }
        GoldenFile.expect(try render(ChannelExamples.firing, mayHaveArrived: true).body, "teams-repetition")
    }

    @Test func aCardFitsWhateverLabelsHold() throws {
        for (name, notification) in ChannelExamples.all { #expect(try render(notification).body.count <= TeamsMessage.messageBytesMax, "\(name)") }
        let wide = ChannelExamples.notification((0..<60).map { number in
            ChannelExamples.alert(
                Dictionary(uniqueKeysWithValues: (0..<20).map { ("label\($0)", String(repeating: "ä", count: 400)) } + [("alertname", "A\(number)")]), summary: String(repeating: "x", count: 5_000))
        })
        #expect(try render(wide).body.count <= TeamsMessage.messageBytesMax)
        #expect(try render(wide).json?["attachments"]?.elements?.count == 1)
    }

    @Test func noLabelIsALink() throws {
        let texts = try #require(try render(ChannelExamples.hostile).json).objects("type", "TextBlock").compactMap { $0["text"]?.string }
        #expect(texts.allSatisfy { !$0.contains("[x](") })
    }

    @Test func ownTextsAndConnectorsAreAlertmanagersCards() throws {
        var own = settings
        own.title = "Title"
        own.text = "Text"
        GoldenFile.expect(try TeamsMessage.renderWorkflow(OutgoingMessage(notification: ChannelExamples.firing), own, ChannelExamples.context()).body, "teams-own")
        let connector = TeamsSettings(url: .text("https://x.example"), title: "T", summary: "S", text: "X")
        GoldenFile.expect(try TeamsMessage.renderConnector(OutgoingMessage(notification: ChannelExamples.firing), connector, ChannelExamples.context()).body, "teams-connector")
    }

    @Test func aFailureUnderStatus200IsOne() {
        func judge(_ status: Int, _ body: String) -> DeliveryOutcome { TeamsMessage.judge(DeliveryAnswer(status: status, body: Array(body.utf8)), at: TestClock.start) }
        #expect(judge(200, "1") == .delivered)
        #expect(judge(202, "") == .delivered)
        if case .retry = judge(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x") {} else { Issue.record("429 passes") }
        if case .giveUp = judge(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403") {} else { Issue.record("403 does not") }
        if case .giveUp = judge(413, "") {} else { Issue.record("413 does not") }
    }
}
