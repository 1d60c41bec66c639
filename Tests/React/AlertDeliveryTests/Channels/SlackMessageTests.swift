@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Testing

struct SlackMessageTests {
    private let settings = SlackSettings(url: .text("https://hooks.slack.com/services/T/B/secret"))

    private func render(_ notification: Notification, _ settings: SlackSettings? = nil, mayHaveArrived: Bool = false) throws -> DeliveryRequest {
        try SlackMessage.render(OutgoingMessage(notification: notification, mayHaveArrived: mayHaveArrived), settings ?? self.settings, ChannelExamples.context())
    }

    @Test func messagesLookAsTheyWereLookedOver() throws {
        for (name, notification) in ChannelExamples.all where name != "hostile" { GoldenFile.expect(try render(notification).body, "slack-\(name)") }
        GoldenFile.expect(try render(ChannelExamples.firing, mayHaveArrived: true).body, "slack-repetition")
    }

    @Test func textsOfTheSettingsMakeTheAttachmentThatAlertmanagerSends() throws {
        var own = settings
        own.title = "A title"
        own.text = "<https://x.example|a link> and <!channel> of a label"
        own.channel = "#ops"
        own.fields = [SlackSettings.Field(title: "T", value: "V", isShort: true)]
        var action = SlackSettings.Action(type: "button", text: "Go")
        action.url = "https://x.example"
        own.actions = [action]
        GoldenFile.expect(try render(ChannelExamples.firing, own).body, "slack-attachment")
    }

    @Test func noLabelCallsAnybodyOrBreaksALimit() throws {
        for (name, notification) in ChannelExamples.all {
            let request = try render(notification)
            let json = try #require(request.json)
            #expect(request.body.count < 40_000, "\(name)")
            for text in json.texts where !text.hasPrefix("https://") {
                let isPlain = !json.objects("type", "plain_text").filter { $0["text"]?.string == text }.isEmpty
                #expect(isPlain || !text.contains("<!") && !text.contains("<@"), "\(name): \(text)")
            }
            for header in json.objects("type", "header") { #expect((header["text"]?["text"]?.string?.count ?? 999) <= 150) }
            for section in json.objects("type", "section") {
                #expect((section["text"]?["text"]?.string?.count ?? 9_999) <= 3_000)
                #expect((section["fields"]?.elements ?? []).count <= 10)
                for field in section["fields"]?.elements ?? [] { #expect((field["text"]?.string?.count ?? 9_999) <= 2_000) }
            }
            for button in json.objects("type", "button") { #expect((button["url"]?.string?.count ?? 9_999) <= 3_000) }
            let blocks = json["attachments"]?.elements?.first?["blocks"]?.elements ?? []
            #expect((1...50).contains(blocks.count))
            #expect(blocks.flatMap(\.texts).reduce(0) { $0 + $1.count } < 13_000, "\(name)")
        }
    }

    @Test(arguments: [
        (200, "ok", DeliveryOutcome.delivered), (200, "", .delivered), (200, #"{"ok":true,"ts":"1"}"#, .delivered), (200, #"{"success":true}"#, .delivered), (202, "<html>", .delivered),
        (200, #"{"ok":false,"error":"ratelimited"}"#, .retry(.init(#"the receiver answered 200: {"ok":false,"error":"ratelimited"}"#))),
        (200, #"{"ok":false,"error":"channel_not_found"}"#, .giveUp("Slack answered channel_not_found")), (200, #"{"ok":false,"error":"is_archived"}"#, .disable("Slack answered is_archived")),
        (200, "invalid_token", .giveUp("Slack answered invalid_token")), (404, "no_service", .disable("the receiver answered 404: no_service")),
        (410, "channel_is_archived", .disable("the receiver answered 410: channel_is_archived")), (403, "invalid_token", .giveUp("the receiver answered 403: invalid_token")),
        (500, "rollup_error", .retry(.init("the receiver answered 500: rollup_error"))), (429, "", .retry(.init("the receiver answered 429"))),
    ])
    func answersMeanWhatSlackSays(status: Int, body: String, outcome: DeliveryOutcome) {
        #expect(SlackMessage.judge(DeliveryAnswer(status: status, body: Array(body.utf8)), at: TestClock.start) == outcome)
    }

    @Test func aMessageThatSlackCannotReadIsSentAsText() throws {
        #expect(SlackMessage.isMalformed(DeliveryAnswer(status: 400, body: Array("invalid_blocks".utf8))))
        #expect(SlackMessage.isMalformed(DeliveryAnswer(status: 200, body: Array(#"{"ok":false,"error":"msg_blocks_too_long"}"#.utf8))))
        #expect(!SlackMessage.isMalformed(DeliveryAnswer(status: 400, body: Array("user_not_found".utf8))))
        let plain = try SlackMessage.renderPlain(OutgoingMessage(notification: ChannelExamples.hostile), settings, ChannelExamples.context())
        #expect(plain.json?.members?.map(\.name) == ["text"])
        #expect(plain.json?["text"]?.string?.contains("<!channel>") == false)
        #expect((plain.json?["text"]?.string?.count ?? 9_999) <= 4_000)
    }
}
