@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Testing

struct PagerDutyEventTests {
    private var settings: PagerDutySettings {
        var settings = PagerDutySettings(url: PagerDutySettings.defaultURL)
        settings.routingKey = .text("0123456789abcdef0123456789abcdef")
        settings.details = [PagerDutySettings.defaultDetails[0], TemplateTree.Entry("json", .text(#"{"a": [1]}"#)), TemplateTree.Entry("text", .text("{not json"))]
        settings.links = [PagerDutySettings.Link(href: "https://wiki.example", text: "Wiki")]
        settings.images = [PagerDutySettings.Image(source: "http://plain.example/x.png", alternative: "", href: "")]
        return settings
    }

    @Test func eventsLookAsTheyWereLookedOver() throws {
        for (name, notification) in ChannelExamples.all where name != "hostile" && name != "many" {
            GoldenFile.expect(try PagerDutyEvent.render(notification, settings, ChannelExamples.context()).body, "pagerduty-\(name)")
        }
    }

    @Test func whatTriggersIsResolvedUnderTheSameKey() throws {
        let triggered = try PagerDutyEvent.render(ChannelExamples.firing, settings, ChannelExamples.context()).json
        let resolved = try PagerDutyEvent.render(ChannelExamples.resolved, settings, ChannelExamples.context()).json
        #expect(triggered?["event_action"]?.string == "trigger")
        #expect(resolved?["event_action"]?.string == "resolve")
        #expect(triggered?["dedup_key"] == resolved?["dedup_key"])
        // printf '%s' KEY | sha256sum
        #expect(PagerDutyEvent.deduplicationKey(#"{}:{alertname="X"}"#) == "25fb0bff77cf7f8850f1cb3aeea9e63be0fbd3e78a8c0ef038392ade26e7d3a6")
    }

    @Test(arguments: [("critical", "critical"), ("page", "critical"), ("ticket", "warning"), ("none", "warning"), ("error", "error"), ("info", "info"), ("", "warning"), ("P1", "critical"), ("🔥", "warning")])
    func everySeverityIsOneOfFour(word: String, severity: String) { #expect(PagerDutyEvent.severity(word) == severity) }

    @Test func anEventThatIsTooLargeLosesItsDetailsAndNothingElse() throws {
        var large = settings
        large.details = [TemplateTree.Entry("firing", .text(String(repeating: "x", count: 600_000)))]
        let request = try PagerDutyEvent.render(ChannelExamples.firing, large, ChannelExamples.context())
        #expect(request.body.count < PagerDutyEvent.eventBytesMax)
        #expect(request.json?["payload"]?["custom_details"]?["error"]?.string?.contains("512000") == true)
        #expect(request.json?["payload"]?["summary"]?.string?.isEmpty == false)
    }

    @Test func textsFitWhateverLabelsHold() throws {
        let json = try PagerDutyEvent.render(ChannelExamples.hostile, settings, ChannelExamples.context()).json
        #expect((json?["payload"]?["summary"]?.string?.count ?? 9_999) <= 1_024)
        #expect((json?["images"]?.elements ?? []).allSatisfy { $0["src"]?.string?.hasPrefix("https://") == true })
    }

    @Test func anOlderServiceKeyMeansTheOlderEvents() throws {
        var old = settings
        old.routingKey = nil
        old.serviceKey = .text("abc")
        let request = try PagerDutyEvent.render(ChannelExamples.firing, old, ChannelExamples.context())
        #expect(request.url == PagerDutyEvent.versionOneURL)
        #expect(request.json?["event_type"]?.string == "trigger")
        #expect(request.json?["service_key"]?.string == "abc")
    }

    @Test func refusalsSayWhy() {
        let body = #"{"status":"invalid event","message":"Event object is invalid","errors":["'severity' is wrong","two"]}"#
        #expect(PagerDutyEvent.judge(DeliveryAnswer(status: 400, body: Array(body.utf8)), at: TestClock.start) == .giveUp("PagerDuty refused the event: 'severity' is wrong; two"))
        #expect(PagerDutyEvent.judge(DeliveryAnswer(status: 403), at: TestClock.start) == .retry(.init("the receiver answered 403")))
        #expect(PagerDutyEvent.judge(DeliveryAnswer(status: 202), at: TestClock.start) == .delivered)
    }
}
