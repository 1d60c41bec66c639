import AlertRules
import Foundation
import GatewayModel
import PromQL
import Testing

/// The rules of objectives, run as they are exported: by the tester, and by promtool where it is installed.
struct ObjectiveRulesTests {
    private static let objectives = """
        objectives:
        - {name: chat, sli: availability, objective: 99.9, window: 30d, where: {provider: openai}}
        - {name: fast, sli: latency, threshold: 10s, objective: 95, window: 30d}
        - {name: first, sli: ttft, threshold: 500ms, objective: 99, window: 7d}
        - {name: spend, sli: cost, budget: 720, per: month}
        - {name: daily, sli: cost, budget: 24, per: day}
        - {name: faults, sli: availability, objective: 99, error_types: [timeout, provider]}
        """

    /// The file of one objective, so that tests over days do not evaluate all of them.
    private static func yaml(only name: String) throws -> String {
        ObjectiveRules.yaml(try ObjectiveFileReader.read(objectives, path: "objectives.yaml").filter { $0.name == name })
    }

    private static func yaml() throws -> String { ObjectiveRules.yaml(try ObjectiveFileReader.read(objectives, path: "objectives.yaml")) }

    @Test func theExportIsAnOrdinaryFile() throws {
        let file = try RuleFileReader(names: .legacy).read(try Self.yaml(), path: "rules.yaml")
        #expect(file.duplicateRules.isEmpty && file.groups.allSatisfy { $0.labels.isEmpty })
        let chat = file.groups.filter { $0.name.contains("chat") }.flatMap(\.rules)
        let ratios = Set(chat.map(\.name).filter { $0.hasPrefix("slo:sli_error") })
        #expect(ratios == Set(["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"].map { "slo:sli_error:ratio_rate\($0)" }))
        #expect(chat.filter { $0.name == ObjectiveRules.burnAlert }.count == 4)
    }

    @Test(.enabled(if: PromTool.isInstalled)) func promtoolLoadsIt() throws {
        let folder = try TemporaryFolder()
        try folder.write(try Self.yaml(), to: "rules.yaml")
        let answer = try PromTool.run(["check", "rules", "--lint-fatal", "rules.yaml"], in: folder.url)
        #expect(answer.status == 0, "\(answer.text)")
    }

    /// A budget that would be gone before the long time is over is not waited for.
    @Test func shortWindowsHaveFewerBurnRates() throws {
        let rules = try ObjectiveRules.file(try ObjectiveFileReader.read(Self.objectives, path: ""), path: "").groups.flatMap(\.rules)
        func burns(_ slo: String) -> [String] {
            rules.filter { $0.name == ObjectiveRules.burnAlert && $0.labels.contains(SeriesLabel("slo", slo)) }.compactMap { $0.labels.first { $0.name == "window" }?.value }.sorted()
        }
        #expect(burns("daily") == ["1h"])
        #expect(burns("first") == ["1d", "1h", "3d", "6h"])
    }

    @Test func thresholdsCanBeFoundInTheAlerts() throws {
        let rules = try ObjectiveRules.file(try ObjectiveFileReader.read(Self.objectives, path: ""), path: "").groups.flatMap(\.rules)
        let alert = try #require(rules.first { $0.name == ObjectiveRules.burnAlert && $0.labels.contains(SeriesLabel("window", "6h")) })
        #expect(ThresholdSearch.threshold(of: alert.expression)?.threshold == AlertThreshold(.greater, 6))
    }

    /// The alerts of the short group read what the long one records at the same instant.
    private static func head(_ objective: String, _ interval: String) -> String {
        "rule_files: [rules.yaml]\nevaluation_interval: \(interval)\ngroup_eval_order: ['objective \(objective), long', 'objective \(objective), short']\ntests:\n"
    }

    /// Runs tests over the rules of one objective.
    ///
    /// - Returns: what does not hold, by the tester and by promtool.
    private func failures(of objective: String, every interval: String = "10m", _ tests: String) throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(try Self.yaml(only: objective), to: "rules.yaml")
        try folder.write(Self.head(objective, interval) + tests, to: "test.yaml")
        let own = RuleTester().run(file: folder.url.appending(path: "test.yaml").path).failures
        guard PromTool.isInstalled else { return own }
        let peer = try PromTool.run(["test", "rules", "test.yaml"], in: folder.url)
        return own + (peer.status == 0 ? [] : ["promtool: \(peer.text)"])
    }

    private static func requests(_ good: String, _ bad: String) -> String {
        let name = "llm_gateway_llm_gateway_requests_total"
        return "input_series: [{series: '\(name){provider=\"openai\",status=\"success\"}', values: '\(good)'}, {series: '\(name){provider=\"openai\",status=\"error\"}', values: '\(bad)'}]"
    }

    private static func burn(_ slo: String, sli: String, window: String, severity: String) -> String { "ALERTS{alertname=\"ErrorBudgetBurn\",alertstate=\"firing\",slo=\"\(slo)\",sli=\"\(sli)\",severity=\"\(severity)\",window=\"\(window)\"}" }

    /// One row for each burn rate: errors of 1,000 requests, what fires after four days, and what does not.
    @Test(arguments: [
        // 0.05 % of a budget of 0.1 %: nothing.
        (errors: "0.5", firing: [String]()),
        // Twice as fast as may be: told on a quiet day.
        (errors: "2", firing: ["3d"]),
        (errors: "4", firing: ["1d", "3d"]),
        (errors: "8", firing: ["1d", "3d", "6h"]),
        (errors: "20", firing: ["1d", "1h", "3d", "6h"]),
    ])
    func everyBurnRateFiresAboveItsFactorOnly(errors: String, firing: [String]) throws {
        let severity = ["1h": "critical", "6h": "critical", "1d": "warning", "3d": "warning"]
        let samples = firing.sorted().map { "{labels: '\(Self.burn("chat", sli: "availability", window: $0, severity: severity[$0] ?? ""))', value: 1}" }
        let alive = "- {expr: 'ALERTS{alertname=\"ErrorBudgetBurn\", alertstate=\"firing\"}', eval_time: 4d, exp_samples: [\(samples.joined(separator: ", "))]}"
        let test = "- interval: 2m\n  \(Self.requests("0+2000x3000", "0+\(try #require(Double(errors)) * 2)x3000"))\n  promql_expr_test:\n  \(alive)"
        #expect(try failures(of: "chat", every: "2h", test) == [])
    }

    /// The page ends soon after the trouble does: the short time is clean again, though the hour is not.
    @Test func pagesEndSoonAfterTheTrouble() throws {
        // Two hours of 5 % errors, then none.
        let test = """
            - interval: 1m
              \(Self.requests("0+1000x400", "0+50x120 6000x280"))
              promql_expr_test:
              - {expr: 'count(ALERTS{alertname="ErrorBudgetBurn",alertstate="firing",window="1h"})', eval_time: 2h, exp_samples: [{value: 1}]}
              - {expr: 'count(slo:sli_error:ratio_rate1h > 0.0144)', eval_time: 2h10m, exp_samples: [{value: 1}]}
              - {expr: 'ALERTS{alertname="ErrorBudgetBurn",alertstate="firing",window="1h"}', eval_time: 2h10m, exp_samples: []}
            """
        #expect(try failures(of: "chat", test) == [])
    }

    @Test func withoutRequestsThereIsNoRatioAndNoAlert() throws {
        let test = """
            - interval: 2m
              \(Self.requests("5x200", "1x200"))
              promql_expr_test:
              - {expr: '{__name__=~"slo:sli_error:.*", slo="chat"}', eval_time: 6h, exp_samples: []}
              - {expr: 'ALERTS{slo="chat"}', eval_time: 6h, exp_samples: []}
            """
        #expect(try failures(of: "chat", test) == [])
    }

    @Test func theBudgetThatIsLeftIsRecorded() throws {
        // Half of the budget of 0.1 %, and nothing from before: half is left.
        let test = """
            - interval: 2m
              \(Self.requests("0+1999x800", "0+1x800"))
              promql_expr_test:
              - {expr: 'round(slo:error_budget_remaining:ratio{slo="chat"}, 0.001)', eval_time: 1d, exp_samples: [{labels: '{slo="chat",sli="availability"}', value: 0.5}]}
              - {expr: 'slo:error_budget:ratio{slo="chat"}', eval_time: 1d, exp_samples: [{labels: 'slo:error_budget:ratio{slo="chat",sli="availability"}', value: 0.001}]}
            """
        #expect(try failures(of: "chat", every: "1h", test) == [])
    }

    @Test func aSpentBudgetIsTold() throws {
        let test = """
            - interval: 2m
              \(Self.requests("0+1000x100", "0+5x100"))
              alert_rule_test:
              - eval_time: 3h
                alertname: ErrorBudgetSpent
                exp_alerts:
                - exp_labels: {slo: chat, sli: availability, severity: warning}
                  exp_annotations:
                    summary: 'chat: nothing is left of the error budget of 30d'
                    description: 'Over the last 30d requests failed to more than was promised: -397.5% of the budget is left.'
                    runbook_url: /runbooks/ErrorBudgetBurn
                    dashboard: /?page=alerts
            """
        #expect(try failures(of: "chat", test) == [])
    }

    @Test func slowRequestsBurnABudget() throws {
        let duration = "llm_gateway_llm_gateway_request_duration_seconds"
        // Nine in ten of the requests are slow: 18 times as many as may be. Whole limits are written with and without a fraction.
        let test = """
            - interval: 2m
              input_series:
              - {series: '\(duration)_bucket{provider="a",le="10"}', values: '0+1x500'}
              - {series: '\(duration)_bucket{provider="b",le="10.0"}', values: '0+1x500'}
              - {series: '\(duration)_count{provider="a"}', values: '0+10x500'}
              - {series: '\(duration)_count{provider="b"}', values: '0+10x500'}
              promql_expr_test:
              - {expr: 'round(slo:sli_error:ratio_rate1h{slo="fast"}, 0.001)', eval_time: 4h, exp_samples: [{labels: '{slo="fast",sli="latency"}', value: 0.9}]}
              - {expr: 'count(ALERTS{slo="fast",alertname="ErrorBudgetBurn",alertstate="firing",window="1h"})', eval_time: 4h, exp_samples: [{value: 1}]}
            """
        #expect(try failures(of: "fast", test) == [])
    }

    @Test func firstTokensThatAreLateEnoughDoNotBurnTooMuch() throws {
        let ttft = "llm_gateway_llm_gateway_ttft_seconds"
        let test = """
            - interval: 2m
              input_series: [{series: '\(ttft)_bucket{le="0.5"}', values: '0+199x500'}, {series: '\(ttft)_count', values: '0+200x500'}]
              promql_expr_test:
              - {expr: 'round(slo:sli_error:ratio_rate1h{slo="first"}, 0.001)', eval_time: 4h, exp_samples: [{labels: '{slo="first",sli="ttft"}', value: 0.005}]}
              - {expr: 'ALERTS{slo="first",alertname="ErrorBudgetBurn"}', eval_time: 4h, exp_samples: []}
            """
        #expect(try failures(of: "first", test) == [])
    }

    @Test func moneyIsABudgetToo() throws {
        // 720 dollars a month are one an hour; 20 are spent.
        let test = """
            - interval: 2m
              input_series: [{series: 'gatewatch_cost_usd_total{provider="a"}', values: '0+0.6666666666666666x500'}]
              promql_expr_test:
              - {expr: 'round(slo:sli_error:ratio_rate1h{slo="spend"}, 0.01)', eval_time: 4h, exp_samples: [{labels: '{slo="spend",sli="cost"}', value: 20}]}
              - {expr: 'count(ALERTS{slo="spend",alertstate="firing",window="1h"})', eval_time: 4h, exp_samples: [{value: 1}]}
            """
        #expect(try failures(of: "spend", test) == [])
    }

    @Test func onlyTheNamedClassesOfErrorsCount() throws {
        let test = """
            - interval: 2m
              input_series:
              - {series: 'gatewatch_requests_total{error_type="timeout"}', values: '0+1x100'}
              - {series: 'gatewatch_requests_total{error_type="client_closed"}', values: '0+9x100'}
              - {series: 'gatewatch_requests_total{error_type="none"}', values: '0+90x100'}
              promql_expr_test:
              - {expr: 'round(slo:sli_error:ratio_rate1h{slo="faults"}, 0.0001)', eval_time: 3h, exp_samples: [{labels: '{slo="faults",sli="availability"}', value: 0.01}]}
            """
        #expect(try failures(of: "faults", test) == [])
    }

    @Test func statusSaysWhereAnObjectiveStands() throws {
        let store = SampleStore()
        var (good, bad) = (SampleColumns(), SampleColumns())
        for minute in 0...600 {
            good.append(Int64(minute) * 60_000, Double(minute) * 1998)
            bad.append(Int64(minute) * 60_000, Double(minute) * 2)
        }
        func labels(_ status: String) -> SeriesLabels {
            SeriesLabels([SeriesLabel("__name__", "llm_gateway_llm_gateway_requests_total"), SeriesLabel("provider", "openai"), SeriesLabel("status", status)])
        }
        store.append(labels("success"), good)
        store.append(labels("error"), bad)
        let objectives = try ObjectiveFileReader.read(Self.objectives, path: "")
        let status = ObjectiveStatus(objectives[0], PromQLEngine(reader: store), at: 36_000_000)
        #expect(status.fault == nil)
        #expect(abs((status.indicator ?? 0) - 0.999) < 1e-9 && abs(status.budgetLeft ?? 1) < 1e-6 && abs((status.burnHour ?? 0) - 1) < 1e-6)
        let silent = ObjectiveStatus(objectives[1], PromQLEngine(reader: store), at: 36_000_000)
        #expect(silent.indicator == nil && silent.budgetLeft == nil && silent.fault == nil)
        let costly = ObjectiveStatus(objectives[0], PromQLEngine(reader: store, options: PromQLOptions(samplesMax: 1)), at: 36_000_000)
        #expect(costly.fault != nil)
    }
}
