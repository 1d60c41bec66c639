import AlertRules
import Foundation
import GatewayModel
import Testing

struct RuleTesterTests {
    private static let rules = """
        groups:
        - name: second
          rules:
          - {record: "job:up:doubled", expr: "2 * job:up:sum"}
        - name: first
          rules:
          - {record: "job:up:sum", expr: sum by (job) (up)}
          - {alert: Down, expr: up == 0, for: 2m, labels: {severity: page}, annotations: {summary: is down}}
        """

    /// Runs tests over the rules above.
    private func failures(_ tests: String, head: String = "", change: (inout RuleTester) throws -> Void = { _ in }) throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(Self.rules, to: "rules/up.yml")
        try folder.write("rule_files: ['rules/*.yml']\n\(head)\ntests:\n" + tests, to: "test.yml")
        var tester = RuleTester()
        try change(&tester)
        return tester.run(file: folder.url.appending(path: "test.yml").path).failures.map { $0.replacing(folder.url.path, with: "") }
    }

    @Test func alertsAndExpressionsAreAsExpected() throws {
        #expect(
            try failures(
                """
                - interval: 1m
                  input_series: [{series: 'up{job="api"}', values: '1 0x5'}]
                  alert_rule_test:
                  - {eval_time: 2m59s, alertname: Down, exp_alerts: []}
                  - {eval_time: 3m, alertname: Down, exp_alerts: [{exp_labels: {job: api, severity: page}, exp_annotations: {summary: is down}}]}
                  - {eval_time: 3m, alertname: Unknown}
                  promql_expr_test:
                  - {expr: 'job:up:sum', eval_time: 0m, exp_samples: [{labels: 'job:up:sum{job="api"}', value: 1}]}
                  - {expr: 'ALERTS{alertstate="pending"}', eval_time: 2m, exp_samples: [{labels: 'ALERTS{alertname="Down",alertstate="pending",job="api",severity="page"}', value: 1}]}
                  - {expr: '1 + 1', eval_time: 0m, exp_samples: [{value: 2}]}
                  - {expr: 'up > 5', eval_time: 0m}
                """) == [])
    }

    @Test func groupsAreEvaluatedInTheOrderAskedFor() throws {
        let test = """
            - input_series: [{series: 'up{job="api"}', values: '1'}]
              promql_expr_test: [{expr: 'job:up:doubled', eval_time: 0m, exp_samples: [{labels: 'job:up:doubled{job="api"}', value: 2}]}]
            """
        #expect(try failures(test).count == 1)
        #expect(try failures(test, head: "group_eval_order: [other, first, second]") == [])
    }

    @Test func saysWhatIsNotAsExpected() throws {
        let found = try failures(
            """
            - name: one
              interval: 1m
              input_series: [{series: 'up{job="api"}', values: '0x9'}]
              alert_rule_test: [{eval_time: 5m, alertname: Down, exp_alerts: [{exp_labels: {job: web}}]}]
              promql_expr_test:
              - {expr: up, eval_time: 1m, exp_samples: [{labels: up, value: 1.5}]}
              - {expr: 'up +', eval_time: 1m}
              - {expr: 'up[5m]', eval_time: 1m}
              - {expr: up, eval_time: 1m, exp_samples: [{labels: 'up{', value: 1}]}
            """)
        #expect(
            found[0] == """
                    name: one,
                    alertname: Down, time: 5m, 
                        exp:[
                            0:
                              Labels:{alertname="Down", job="web"}
                              Annotations:{}
                            ], 
                        got:[
                            0:
                              Labels:{alertname="Down", job="api", severity="page"}
                              Annotations:{summary="is down"}
                            ]
                """.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasPrefix("        ") ? String($0.dropFirst(0)) : String($0) }.joined(separator: "\n"))
        #expect(found[1] == "    expr: \"up\", time: 1m,\n        exp: {__name__=\"up\"} 1.5E+00\n        got: {__name__=\"up\", job=\"api\"} 0E+00")
        #expect(found[2] == "    expr: \"up +\", time: 1m, err: 1:5: parse error: unexpected end of input")
        #expect(found[3] == "    expr: \"up[5m]\", time: 1m, err: rule result is not a vector or scalar")
        #expect(found[4].hasPrefix("    expr: \"up\", time: 1m, err: labels \"up{\": "))
    }

    @Test func differencesAreMarked() throws {
        let found = try failures(
            """
            - input_series: [{series: 'up{job="api"}', values: '0x9'}, {series: 'up{job="b"}', values: '0x9'}]
              alert_rule_test:
              - eval_time: 5m
                alertname: Down
                exp_alerts: [{exp_labels: {job: api, severity: page}, exp_annotations: {summary: is down}}, {exp_labels: {job: c}}]
            """
        ) { $0.showsDifferences = true }
        #expect(found.count == 1)
        let lines = found[0].split(separator: "\n").filter { $0.contains("Labels:") }.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.map { $0.prefix(1) } == ["L", "+", "-"])
    }

    @Test(arguments: [("true", 0), ("false", 1)]) func valuesMayDifferByTheLeastBitWhenAskedFor(fuzzy: String, count: Int) throws {
        let test = """
            - input_series: [{series: low, values: '2.9999999999999996'}]
              promql_expr_test: [{expr: low, eval_time: 0, exp_samples: [{labels: low, value: 3}]}]
            """
        #expect(try failures(test, head: "fuzzy_compare: \(fuzzy)").count == count)
    }

    @Test func noValueIsEqualToNoNumber() throws {
        let test = "- promql_expr_test: [{expr: '0 / 0', eval_time: 0, exp_samples: [{value: .nan}]}]"
        #expect(try failures(test).count == 1)
    }

    @Test func samplesOfTheFutureAreNotThereYet() throws {
        let test = """
            - input_series: [{series: a, values: '1+1x9'}]
              promql_expr_test:
              - {expr: 'a offset -2m', eval_time: 5m, exp_samples: [{labels: a, value: 6}]}
              - {expr: 'a @ 540', eval_time: 5m, exp_samples: [{labels: a, value: 6}]}
            """
        #expect(try failures(test) == [])
    }

    @Test func testsMayBeginAtAnyTime() throws {
        for start in ["\"2024-01-01T00:00:00Z\"", "1704067200", "1704067200.0", "2024-01-01T01:00:00+01:00"] {
            let test = """
                - start_timestamp: \(start)
                  input_series: [{series: a, values: '1 2'}]
                  promql_expr_test: [{expr: timestamp(a), eval_time: 1m, exp_samples: [{value: 1704067260}]}]
                """
            #expect(try failures(test) == [], "\(start)")
        }
    }

    /// What Prometheus's storage refuses a rule to write is the rule's failure.
    @Test func aRecordedSeriesThatIsGivenTooFails() throws {
        let test = """
            - input_series: [{series: 'up{job="api"}', values: '1 1'}, {series: 'job:up:sum{job="api"}', values: '7 7'}]
              promql_expr_test: [{expr: up, eval_time: 1m}]
            """
        let found = try failures(test)
        #expect(found.count == 1 && found[0].hasPrefix("    rule: job:up:sum, time: 0s, err: "))
        let same = test.replacing("7 7", with: "1 1")
        #expect(try failures(same).count == 1, "only the expression fails")
        #expect(try failures(same)[0].hasPrefix("    expr: "))
    }

    @Test func histogramsAreComparedInTheirNotation() throws {
        let test = """
            - input_series: [{series: h, values: '{{sum:3 count:2 buckets:[2]}}x2'}]
              promql_expr_test:
              - {expr: h, eval_time: 1m, exp_samples: [{labels: h, histogram: '{{count:2 sum:3 counter_reset_hint:not_reset buckets:[2]}}'}]}
            """
        #expect(try failures(test) == [])
        #expect(try failures(test.replacing("buckets:[2]}}'}", with: "buckets:[3]}}'}")).count == 1)
    }

    @Test func testsAreChosenByName() throws {
        let test = "- {name: one, promql_expr_test: [{expr: '1', eval_time: 0}]}\n- {name: two, promql_expr_test: [{expr: '1', eval_time: 0}]}\n- {promql_expr_test: [{expr: '1', eval_time: 0}]}"
        #expect(try failures(test).count == 3)
        #expect(try failures(test) { $0.pattern = try RuleTester.pattern(["n", "x"]) }.count == 1)
        #expect(try failures(test) { $0.pattern = try RuleTester.pattern(["^o", "w"]) }.count == 2)
    }

    @Test(arguments: [
        ("tests:\n- input_serie: []", "2:3: field input_serie not found in a test; did you mean input_series?"),
        ("tests:\n- alert_rule_test: [{eval_time: 5m}]", "2:21: an item under alert_rule_test misses required attribute alertname at eval_time 5m"),
        ("group_eval_order: [a, a]", "1:1: group name repeated in evaluation order: a"),
        ("tests:\n- promql_expr_test: [{expr: a, exp_samples: [{value: high}]}]", "2:54: value must be a number, not \"high\""),
        ("tests:\n- start_timestamp: yesterday", "2:20: start_timestamp: cannot parse \"yesterday\" to a valid timestamp"),
        ("rule_files: ['[']", "1:14: syntax error in pattern"),
        ("test: []", "1:1: field test not found in a file of tests; did you mean tests?"),
    ])
    func saysWhatIsWrongWithAFile(text: String, expected: String) {
        do throws(RuleFileRefusal) {
            _ = try RuleTestFileReader.read(text, path: "test.yml")
            Issue.record("accepted")
        } catch { #expect(error.problems.map(\.description) == [expected]) }
    }

    @Test func filesThatCannotBeReadFailTheirTests() throws {
        let folder = try TemporaryFolder()
        try folder.write("groups: [{name: a, rules: [{record: r}]}]", to: "bad.yml")
        try folder.write("rule_files: [bad.yml, missing.yml]\ntests: [{name: x}, {name: y}]", to: "test.yml")
        let report = RuleTester().run(file: folder.url.appending(path: "test.yml").path)
        #expect(report.outcomes.map(\.failures.count) == [1, 1])
        #expect(report.outcomes[0].failures[0].hasSuffix("bad.yml: 1:28: group \"a\", rule 1, \"r\": field 'expr' must be set in rule"))
        #expect(report.warnings.count == 1)
        #expect(!RuleTester().run(file: folder.url.appending(path: "none.yml").path).passes)
    }

    @Test func seriesThatCannotBeReadFailTheTest() throws {
        let found = try failures("- input_series: [{series: 'up{job=\"api\"', values: '1'}]")
        #expect(found.count == 1 && found[0].hasPrefix("4:18: input series 1 (up{job=\"api\"): "))
    }

    @Test func durationsOfTheWrongUnitDoNotRunForever() throws {
        let found = try failures("- promql_expr_test: [{expr: '1', eval_time: 200y}]", head: "evaluation_interval: 1ms")
        #expect(found.count == 1 && found[0].contains("more than 1000000 evaluations"))
    }

    @Test func resultsAreJUnitForBuilds() throws {
        let folder = try TemporaryFolder()
        try folder.write("tests: [{name: good}, {name: 'b<d', promql_expr_test: [{expr: '1', eval_time: 0}]}]", to: "test.yml")
        let path = folder.url.appending(path: "test.yml").path
        let xml = JUnitReport.xml([RuleTester().run(file: path)])
        #expect(xml.contains("<testsuite name=\"\(path)\" tests=\"2\" failures=\"1\" errors=\"0\">"))
        #expect(xml.contains("<testcase name=\"b&lt;d\"") && xml.contains("<failure>") && !xml.contains("b<d"))
    }

    @Test func theSeriesCanBeLookedAt() throws {
        let folder = try TemporaryFolder()
        try folder.write("tests: [{input_series: [{series: 'a{b=\"c\"}', values: '1 _ stale'}], promql_expr_test: [{expr: '1', eval_time: 2m, exp_samples: [{value: 1}]}]}]", to: "test.yml")
        var tester = RuleTester()
        tester.dumpsSeries = true
        let report = tester.run(file: folder.url.appending(path: "test.yml").path)
        #expect(report.passes)
        #expect(report.outcomes[0].dump == "{__name__=\"a\", b=\"c\"} =>\n1 @[0]\nstale @[120000]")
    }
}
