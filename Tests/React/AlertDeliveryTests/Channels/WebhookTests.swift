@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Testing

struct WebhookTests {
    @Test func bodiesAreAlertmanagersVersion4() throws {
        let settings = WebhookSettings(url: .text("http://hook.example/x"))
        for (name, notification) in ChannelExamples.all where ["firing", "mixed"].contains(name) {
            GoldenFile.expect(try AlertmanagerWebhook.render(notification, settings, ChannelExamples.context()).body, "webhook-\(name)")
        }
    }

    @Test func alertsBeyondTheMostAreCounted() throws {
        var settings = WebhookSettings(url: .text("http://hook.example/x"))
        settings.alertsMax = 7
        let json = try AlertmanagerWebhook.render(ChannelExamples.many, settings, ChannelExamples.context()).json
        #expect(json?["alerts"]?.elements?.count == 7)
        #expect(json?["truncatedAlerts"]?.integer == 53)
        #expect(json?["commonLabels"]?["severity"]?.string == "warning")
        #expect(json?["commonLabels"]?["provider"] == nil)
    }

    @Test func timesAreWrittenAsGoDoes() {
        #expect(MessageJSON.time(TestClock.start) == "2026-03-05T12:00:00Z")
        #expect(MessageJSON.time(TestClock.start.adding(0.25)) == "2026-03-05T12:00:00.25Z")
        #expect(MessageJSON.time(TestClock.start.adding(0.000001)) == "2026-03-05T12:00:00.000001Z")
    }

    @Test func anOwnPayloadReplacesTheBody() throws {
        var settings = WebhookSettings(url: .text("http://hook.example/x"))
        settings.payload = .map([TemplateTree.Entry("text", .text("a \"b\"")), TemplateTree.Entry("n", .literal("1")), TemplateTree.Entry("list", .list([.literal("true"), .literal("null")]))])
        let body = try AlertmanagerWebhook.render(ChannelExamples.firing, settings, ChannelExamples.context()).body
        #expect(String(decoding: body, as: UTF8.self) == #"{"text":"a \"b\"","n":1,"list":[true,null]}"#)
    }

    @Test func anAddressThatATemplateMadeIsNotTheOperatorsOwn() throws {
        var settings = WebhookSettings(url: .text("http://hook.example/x"))
        #expect(try AlertmanagerWebhook.render(ChannelExamples.firing, settings, ChannelExamples.context()).addressee == .configured)
        settings.url = .text("http://{{ .CommonLabels.host }}/x")
        #expect(try AlertmanagerWebhook.render(ChannelExamples.firing, settings, ChannelExamples.context()).addressee == .derived)
    }
}

struct StandardWebhookTests {
    private let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

    /// Checked against the `standardwebhooks` package for Python.
    @Test func theSignatureIsThatOfTheSpecification() throws {
        let body = Array(#"{"type":"alert.firing","data":{"n":1}}"#.utf8)
        let signature = try StandardWebhook.signature(id: "msg_01J0000000000000000000TEST", timestamp: 1_766_650_000, body: body, secrets: [secret])
        #expect(signature == "v1,lC8S+Rv+/97AUTE5nKHZ+EzLA8HYnqXG++Uu/tw0iKA=")
        let both = try StandardWebhook.signature(id: "msg_01J0000000000000000000TEST", timestamp: 1_766_650_000, body: body, secrets: ["whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", secret])
        #expect(both.split(separator: " ").count == 2)
        #expect(both.hasSuffix(signature))
    }

    @Test func everyAttemptHasTheSameIdAndItsOwnTime() throws {
        let settings = StandardWebhookSettings(url: .text("https://hook.example/x"), secrets: [.text(secret)])
        var context = ChannelExamples.context()
        let first = try StandardWebhook.render(ChannelExamples.firing, settings, context)
        context.now = TestClock.start.adding(30)
        let second = try StandardWebhook.render(ChannelExamples.firing, settings, context)
        func header(_ request: DeliveryRequest, _ name: String) -> String? { request.headers.first { $0.name == name }?.value }
        #expect(header(first, "webhook-id") == "msg_0f8c_1")
        #expect(header(second, "webhook-id") == header(first, "webhook-id"))
        #expect(header(first, "webhook-timestamp") == "1772712000")
        #expect(header(second, "webhook-timestamp") == "1772712030")
        #expect(first.body == second.body)
        let signed = try StandardWebhook.signature(id: "msg_0f8c_1", timestamp: 1_772_712_000, body: first.body, secrets: [secret])
        #expect(header(first, "webhook-signature") == signed)
        GoldenFile.expect(first.body, "standard-webhook-firing")
    }

    @Test(arguments: ["whsec_", "whsec_abc", "whsec_MTIz", "not base64 at all !!!!!!!!!!!!!!!!!!!!!!!!!"]) func aSecretOfTheWrongFormSignsNothing(secret: String) {
        #expect(throws: DeliveryFailure.self) { try StandardWebhook.signature(id: "a", timestamp: 1, body: [], secrets: [secret]) }
    }
}
