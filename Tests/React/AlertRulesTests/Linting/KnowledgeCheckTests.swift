import ByteCoding
import GatewayModel
import PromQL
import Testing

@testable import AlertRules

/// Rules judged by a day of kept series.
struct KnowledgeCheckTests {
    private static let now: Int64 = 1_700_000_000_000

    /// A day of samples, five minutes apart.
    private static let store: SampleStore = {
        let store = SampleStore()
        func add(_ name: String, _ labels: [(String, String)], _ value: (Int) -> Double) {
            var samples = SampleColumns()
            for index in 0...288 { samples.append(now - 86_400_000 + Int64(index) * 300_000, value(index)) }
            store.append(SeriesLabels([SeriesLabel(SeriesLabels.metricName, name)] + labels.map { SeriesLabel($0.0, $0.1) }), samples)
        }
        for model in ["gpt-4o", "claude"] {
            add("llm_requests_total", [("provider", "openai"), ("model", model)]) { Double($0) * 10 }
            add("queue_length", [("model", model)]) { Double($0 % 7) }
        }
        add("up", [("job", "api")]) { _ in 1 }
        return store
    }()

    private func findings(_ expression: String) throws -> [RuleFinding] {
        let knowledge = try RuleKnowledge(reader: Self.store, options: PromQLOptions(lookbackMilliseconds: 600_000), now: Self.now)
        let text = "groups:\n- name: g\n  rules:\n  - {alert: A, for: 5m, expr: '\(expression)'}\n"
        return RuleLinter().findings([LintReader.read(text, path: "")], knowledge: knowledge)
    }

    @Test(arguments: [
        ("rate(llm_request_total[15m]) > 1", "unknown-metric", "did you mean llm_requests_total?"),
        ("queue_length{modell=\"claude\"} > 3", "unknown-label", "no series of queue_length has a label modell (they have model)"),
        ("queue_length{model=\"gpt-4\"} > 3", "unknown-label-value", "did you mean gpt-4o?"),
        ("queue_length{model=~\"llama.*\"} > 3", "unknown-label-value", "only claude, gpt-4o"),
        ("llm_requests_total{provider=\"openai\",model=\"claude\",model!~\"c.*\"} > 3", "unknown-label-value", "at once"),
        ("queue_length > 30", "never-true-so-far", "the highest value was 6, the limit is 30"),
        ("queue_length < -1", "never-true-so-far", "the lowest value was 0"),
        ("queue_length < 10", "on-all-the-time", "for 2 series of 2"),
        ("queue_length * on() up > 2 and queue_length > 1", "evaluation-error", "multiple matches for labels"),
    ])
    func theDayTellsWhatTheTextDoesNot(_ expression: String, _ code: String, _ words: String) throws {
        let found = try findings(expression)
        #expect(found.contains { $0.code.rawValue == code && $0.message.contains(words) }, "\(found.map(\.text))")
    }

    @Test func whatIsThereAndSometimesTrueIsLeftAlone() throws {
        #expect(try findings("queue_length > 5").isEmpty)
        #expect(try findings("sum by (model) (rate(llm_requests_total{provider=\"openai\"}[15m])) > 100").map(\.code) == [.neverTrue])
    }

    @Test(arguments: [
        ("absent(no_such_metric)", RuleFinding.Severity.warning), ("queue_length > 5 or no_such_metric > 1", .warning),
        ("queue_length > 5 unless no_such_metric", .warning),
        ("queue_length > 5 and no_such_metric > 1", .error), ("no_such_metric > 1", .error),
    ])
    func whatIsMissingIsAnErrorOnlyWhereTheRuleNeedsIt(_ expression: String, _ severity: RuleFinding.Severity) throws {
        #expect(try findings(expression).filter { $0.code == .unknownMetric }.map(\.severity) == [severity])
    }

    @Test func seriesThatRulesOfTheFileMakeAreKnown() throws {
        let knowledge = try RuleKnowledge(reader: Self.store, now: Self.now)
        let text = "groups: [{name: g, rules: [{record: 'a:b', expr: 'sum(queue_length)'}, {alert: A, for: 1m, expr: 'a:b > 1'}]}]"
        #expect(!RuleLinter().findings([LintReader.read(text, path: "")], knowledge: knowledge).contains { $0.code == .unknownMetric })
    }

    @Test func findingsSurviveJSON() throws {
        let finding = RuleFinding(.neverFires, .error, "a \"b\"", file: "f", group: "g", rule: "r", line: 3, column: 4)
        var writer = JSONWriter()
        writer.object { finding.write(to: &$0) }
        #expect(RuleFinding(try JSONValue.parse(writer.string)) == finding)
        #expect(finding.text == "f:3:4: error: r: a \"b\" [never-fires]")
    }
}
