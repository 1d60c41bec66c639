@testable import AlertRules
import GatewayModel
import PromQL
import Testing

/// How the rules of a group are evaluated together, and what goes on when files are read again.
@Suite struct RuleGroupTests {
    @Test func aLaterRuleSeesWhatAnEarlierOneGave() throws {
        var fixture = RuleFixture([
            try .record("total", "sum(x)"), try .record("double", "2 * total"), try .alert("High", "double > 10"), try .alert("Both", "ALERTS{alertname=\"High\"} == 1"),
        ])
        try fixture.load(["x{a=\"1\"}": "3", "x{a=\"2\"}": "4"])
        #expect(fixture.evaluate(at: 0).alerts.map(\.name) == ["High", "Both"])
        #expect(try fixture.query("double", at: 0) == ["{__name__=\"double\"} 14.0"])
    }

    @Test func aSeriesThatIsNotGivenAnyMoreEnds() throws {
        var fixture = RuleFixture([try .record("copy", "x", labels: ["by": "rule"])])
        try fixture.load(["x{a=\"1\"}": "1 1", "x{a=\"2\"}": "2 stale"])
        fixture.evaluate(at: 0)
        #expect(try fixture.query("copy", at: 0).count == 2)
        fixture.evaluate(at: 30)
        #expect(try fixture.query("copy", at: 30) == ["{__name__=\"copy\", a=\"1\", by=\"rule\"} 1.0"])
    }

    @Test func aScalarIsASeriesWithoutLabels() throws {
        var fixture = RuleFixture([try .record("now", "7")])
        fixture.evaluate(at: 0)
        #expect(try fixture.query("now", at: 0) == ["{__name__=\"now\"} 7.0"])
    }

    @Test func samplesStandAtTheInstantThatWasLookedAt() throws {
        var fixture = RuleFixture([try .record("copy", "x")], queryOffset: 60_000)
        try fixture.load(["x": "1 2 3 4 5"])
        fixture.evaluate(at: 120)
        #expect(try fixture.query("copy", at: 60) == ["{__name__=\"copy\"} 3.0"])
        #expect(try fixture.query("copy", at: 59).isEmpty)
    }

    @Test func recordedSeriesOfTheSameLabelsAreAnError() throws {
        var fixture = RuleFixture([try .record("copy", "{__name__=~\"a|b\"}")])
        try fixture.load(["a": "1", "b": "2"])
        fixture.evaluate(at: 0)
        #expect(fixture.status[0].lastError == "vector contains metrics with the same labelset after applying rule labels")
    }

    @Test func moreSeriesThanTheLimitAreAnErrorAndNoneIsKept() throws {
        var fixture = RuleFixture([try .record("copy", "x")], limit: 1)
        try fixture.load(["x{a=\"1\"}": "1", "x{a=\"2\"}": "2"])
        fixture.evaluate(at: 0)
        #expect(fixture.status[0].lastError == "exceeded limit of 1 with 2 series")
        #expect(try fixture.query("copy", at: 0).isEmpty)
    }

    @Test func aQueryThatFailsIsTheRulesErrorAndTheOthersGoOn() throws {
        var fixture = RuleFixture([try .record("bad", "x * on(b) x"), try .record("good", "x")])
        try fixture.load(["x{a=\"1\"}": "1", "x{a=\"2\"}": "2"])
        fixture.evaluate(at: 0)
        #expect(fixture.status.map(\.health) == [.failing, .ok])
        #expect(fixture.status[0].lastError.contains("many-to-many"))
    }

    @Test func noDataIsNotedForRulesThatDoNotAskForIt() throws {
        var fixture = RuleFixture([
            try .alert("Gone", "x > 1"), try .alert("Absent", "absent(x)"), try .record("number", "vector(1)"), try .alert("Sum", "sum(x) > 100"),
        ])
        try fixture.load(["x": "1 stale"])
        fixture.evaluate(at: 0)
        #expect(fixture.status.map(\.noDataSince) == [nil, nil, nil, nil])
        fixture.evaluate(at: 30)
        fixture.evaluate(at: 60)
        #expect(fixture.status.map(\.noDataSince) == [RuleFixture.start + 30_000, nil, nil, RuleFixture.start + 30_000])
        #expect(fixture.status[0].hasFoundData)
    }

    @Test func seriesSayWhichRulesFoundSomethingBeforeAndNothingNow() throws {
        var options = RuleOptions(interval: 30_000)
        options.writesSignals = true
        var fixture = RuleFixture([try .alert("Gone", "x > 1"), try .record("copy", "x"), try .alert("Never", "y > 1")], options: options)
        try fixture.load(["x": "1 stale 1"])
        fixture.evaluate(at: 0)
        #expect(try fixture.query("gatewatch_rule_no_data", at: 0).isEmpty)
        fixture.evaluate(at: 30)
        #expect(
            try fixture.query("gatewatch_rule_no_data", at: 30) == [
                "{__name__=\"gatewatch_rule_no_data\", alertname=\"Gone\", rule_group=\"rules.yaml;g\"} 1.0",
                "{__name__=\"gatewatch_rule_no_data\", record=\"copy\", rule_group=\"rules.yaml;g\"} 1.0",
            ])
        fixture.evaluate(at: 60)
        #expect(try fixture.query("gatewatch_rule_no_data", at: 60).isEmpty)
    }

    // MARK: Reading files again

    @Test func anUnchangedRuleKeepsItsAlertsAndAVanishedOnesSeriesEnd() throws {
        var fixture = RuleFixture([try .alert("Kept", "up > 10", for: 60), try .alert("Gone", "up > 1"), try .record("copy", "up")])
        try fixture.load(["up": "11x10"])
        fixture.evaluate(at: 0)
        var next = RuleFixture([try .record("copy", "up"), try .alert("New", "up > 2"), try .alert("Kept", "up > 9", for: 60)]).state
        next.copy(from: fixture.state)
        fixture.state = next
        fixture.evaluate(at: 30)
        #expect(fixture.status[2].alerts?.first?.activeAt == RuleFixture.start)
        #expect(try fixture.query("ALERTS{alertname=\"Gone\"}", at: 30).isEmpty)
        #expect(try fixture.query("ALERTS{alertname=\"Kept\"}", at: 30).count == 1)
        #expect(try fixture.query("copy", at: 30).count == 1)
        #expect(fixture.evaluate(at: 60).alerts.contains { $0.name == "Kept" })
    }

    @Test func rulesOfTheSameNameAndLabelsGoOnInTheirOrder() throws {
        var fixture = RuleFixture([try .alert("Same", "a > 0"), try .alert("Same", "b > 0")])
        try fixture.load(["a{n=\"a\"}": "1x9", "b{n=\"b\"}": "1x9"])
        fixture.evaluate(at: 0)
        var next = RuleFixture([try .alert("Same", "a > 0"), try .alert("Same", "b > 0"), try .alert("Same", "c > 0")]).state
        next.copy(from: fixture.state)
        #expect((0..<3).map { next.activeAlerts(ofRule: $0).map { $0.labels["n"] } } == [["a"], ["b"], []])
    }

    @Test(arguments: [
        ("up > 10", 0, [:], [:], true), ("up > 11", 0, [:], [:], false), ("up > 10", 60, [:], [:], false), ("up > 10", 0, ["a": "b"], [:], false),
        ("up > 10", 0, [:], ["a": "b"], false),
    ] as [(String, Int64, [String: String], [String: String], Bool)])
    func aGroupIsTheSameWhenEverythingThatMattersIs(_ text: String, _ hold: Int64, _ labels: [String: String], _ annotations: [String: String], _ isSame: Bool) throws {
        let before = RuleFixture([try .alert("High", "up > 10")]).state
        let after = RuleFixture([try .alert("High", text, for: hold, labels: labels, annotations: annotations)]).state
        #expect(before.isSame(as: after) == isSame)
    }

    @Test func aGroupThatIsGoneEndsAllItsSeries() throws {
        var fixture = RuleFixture([try .record("copy", "x"), try .alert("High", "x > 0")])
        try fixture.load(["x": "1x9"])
        fixture.evaluate(at: 0)
        let ends = fixture.state.end(at: RuleFixture.start + 30_000)
        #expect(ends.series.count == 3)
        #expect(ends.values.allSatisfy { SampleColumns.isStale($0) })
        #expect(ends.times.allSatisfy { $0 == RuleFixture.start + 30_000 })
    }
}
