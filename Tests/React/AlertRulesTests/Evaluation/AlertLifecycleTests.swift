import AlertRules
import GatewayModel
import PromQL
import Testing
import TextTemplates

/// How an alert goes from its condition to its end, and what is told of it.
@Suite struct AlertLifecycleTests {
    @Test func anAlertIsPendingUntilItsConditionHeldForLongEnough() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10", for: 60)])
        try fixture.load(["up{a=\"1\"}": "5 11x3 5x3"])
        #expect(fixture.evaluate(at: 0).alerts.isEmpty)
        #expect(fixture.evaluate(at: 30).alerts.isEmpty)
        #expect(fixture.status[0].alerts?.map(\.state) == [.pending])
        #expect(try fixture.query("ALERTS", at: 30) == ["{__name__=\"ALERTS\", a=\"1\", alertname=\"High\", alertstate=\"pending\"} 1.0"])
        #expect(fixture.evaluate(at: 60).alerts.isEmpty)
        let told = fixture.evaluate(at: 90).alerts
        #expect(told.map(\.name) == ["High"])
        #expect(told.first?.startsSeconds == 90)
        #expect(told.first?.endsSeconds == 330)
        #expect(told.first?.evidence?.activeAt.microseconds == (RuleFixture.start + 30_000) * 1_000)
        #expect(told.first?.evidence?.threshold == AlertThreshold(.greater, 10))
        #expect(told.first?.generatorURL == "http://gatewatch.test/graph?g0.expr=up+%3E+10&g0.tab=1")
        #expect(try fixture.query("ALERTS", at: 90) == ["{__name__=\"ALERTS\", a=\"1\", alertname=\"High\", alertstate=\"firing\"} 1.0"])
        #expect(try fixture.query("ALERTS_FOR_STATE", at: 90) == ["{__name__=\"ALERTS_FOR_STATE\", a=\"1\", alertname=\"High\"} \(Double(RuleFixture.start / 1_000 + 30))"])
    }

    @Test func itsEndIsToldAtOnceAndForAQuarterOfAnHour() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10")])
        try fixture.load(["up": "11 5x60"])
        #expect(fixture.evaluate(at: 0).alerts.count == 1)
        var tellings: [Int64] = []
        for seconds in stride(from: Int64(30), through: 1_200, by: 30) {
            for alert in fixture.evaluate(at: seconds).alerts {
                #expect(alert.startsSeconds == 0)
                #expect(alert.endsSeconds == 30)
                tellings.append(seconds)
            }
        }
        #expect(tellings == Array(stride(from: 30, through: 930, by: 60)))
        #expect(try fixture.query("ALERTS", at: 60).isEmpty)
    }

    @Test func whatGoesOnIsToldEveryResendDelay() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10")])
        try fixture.load(["up": "11x60"])
        let tellings = stride(from: Int64(0), through: 300, by: 30).filter { !fixture.evaluate(at: $0).alerts.isEmpty }
        #expect(tellings == [0, 60, 120, 180, 240, 300])
    }

    @Test func keepFiringForLetsItGoOnWithoutItsCondition() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10", keepFiringFor: 90)])
        try fixture.load(["up": "11 5x60"])
        fixture.evaluate(at: 0)
        fixture.evaluate(at: 30)
        #expect(fixture.status[0].alerts?.first?.state == .firing)
        #expect(fixture.status[0].alerts?.first?.keepFiringSince == RuleFixture.start + 30_000)
        fixture.evaluate(at: 60)
        fixture.evaluate(at: 90)
        #expect(fixture.status[0].alerts?.first?.state == .firing)
        #expect(fixture.evaluate(at: 120).alerts.map(\.endsSeconds) == [120])
    }

    @Test func theSameLabelsComingBackAreANewAlert() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10")])
        try fixture.load(["up": "11 5 11"])
        fixture.evaluate(at: 0)
        fixture.evaluate(at: 30)
        #expect(fixture.evaluate(at: 60).alerts.map(\.startsSeconds) == [60])
    }

    @Test func annotationsFollowTheValue() throws {
        var options = RuleOptions(interval: 30_000)
        options.expander = ValueExpander()
        var fixture = RuleFixture([try .alert("High", "up > 10", annotations: ["now": "{{value}}"])], options: options)
        try fixture.load(["up": "11 12"])
        #expect(fixture.evaluate(at: 0).alerts.first?.annotations["now"] == "11.0")
        fixture.evaluate(at: 30)
        #expect(fixture.status[0].alerts?.first?.annotations["now"] == "12.0")
        #expect(fixture.status[0].alerts?.first?.activeAt == RuleFixture.start)
    }

    @Test func aTemplateThatFailsSaysSoAndTheAlertFires() throws {
        var options = RuleOptions(interval: 30_000)
        options.expander = FailingExpander()
        var fixture = RuleFixture([try .alert("High", "up > 10", annotations: ["a": "{{"])], options: options)
        try fixture.load(["up": "11"])
        #expect(fixture.evaluate(at: 0).alerts.first?.annotations["a"] == "<error expanding template: no>")
    }

    @Test func twoSamplesOfTheSameLabelsAreAnErrorOfTheRule() throws {
        var fixture = RuleFixture([try .alert("High", "{__name__=~\"a|b\"} > 10"), try .alert("Fine", "a > 10")])
        try fixture.load(["a{x=\"1\"}": "11", "b{x=\"1\"}": "11"])
        #expect(fixture.evaluate(at: 0).alerts.map(\.name) == ["Fine"])
        #expect(fixture.status[0].health == .failing)
        #expect(fixture.status[0].lastError == "vector contains metrics with the same labelset after applying alert labels")
        #expect(fixture.status[1].health == .ok)
    }

    @Test func moreAlertsThanTheLimitAreForgotten() throws {
        var fixture = RuleFixture([try .alert("High", "up > 10")], limit: 1)
        try fixture.load(["up{a=\"1\"}": "11x2", "up{a=\"2\"}": "5 11"])
        #expect(fixture.evaluate(at: 0).alerts.count == 1)
        #expect(fixture.evaluate(at: 30).alerts.isEmpty)
        #expect(fixture.status[0].lastError == "exceeded limit of 1 with 2 alerts")
        #expect(fixture.status[0].alerts?.isEmpty == true)
    }

    @Test func aRuleThatGivesMoreAlertsThanAnybodyCouldReadIsUnhealthy() throws {
        var options = RuleOptions(interval: 30_000)
        options.alertsPerRuleMax = 2
        var fixture = RuleFixture([try .alert("High", "up")], options: options)
        try fixture.load(["up{a=\"1\"}": "1", "up{a=\"2\"}": "1", "up{a=\"3\"}": "1"])
        #expect(fixture.evaluate(at: 0).alerts.isEmpty)
        #expect(fixture.status[0].lastError.contains("gives 3 alerts, more than alerting.alerts_per_rule_max = 2"))
    }

    @Test func flappingIsToldOnceAndOnceMoreWhenItIsOver() throws {
        var options = RuleOptions(interval: 30_000)
        options.flapping = FlappingLimits(transitions: 4, window: 600_000)
        var fixture = RuleFixture([try .alert("High", "up > 10")], options: options)
        try fixture.load(["up": "11 5 11 5 11 5 11 5x60"])
        var ends: [Int64] = []
        for seconds in stride(from: Int64(0), through: 1_200, by: 30) {
            let told = fixture.evaluate(at: seconds).alerts
            ends += told.filter { $0.isResolved(at: Timestamp(microseconds: (RuleFixture.start + seconds * 1_000) * 1_000)) }.map { _ in seconds }
            if seconds == 210 { #expect(fixture.status[0].isFlapping && fixture.status[0].transitions == 8) }
        }
        // The first end is told; the third change makes it nearly, the fourth flapping. Five changes have left the window 600 s after the fifth.
        #expect(ends.first == 30)
        #expect(ends.contains { $0 < 720 && $0 > 90 } == false)
        #expect(ends.contains(720))
        #expect(!fixture.status[0].isFlapping)
    }
}

private struct ValueExpander: AlertTextExpander {
    func expand(_ text: String, _ context: AlertTextContext) -> String { "\(context.value)" }
}

private struct FailingExpander: AlertTextExpander {
    func expand(_ text: String, _ context: AlertTextContext) throws(TemplateFailure) -> String { throw TemplateFailure("no") }
}
