import AlertRules
import GatewayModel
import PromQL
import Testing

struct RuleFileReaderTests {
    private func read(_ text: String, _ reader: RuleFileReader = RuleFileReader()) throws -> RuleFile { try reader.read(text, path: "rules.yml") }

    private func problems(_ text: String, _ reader: RuleFileReader = RuleFileReader()) -> [String] {
        do throws(RuleFileRefusal) {
            _ = try reader.read(text, path: "rules.yml")
            return []
        } catch { return error.problems.map(\.description) }
    }

    /// A group with one rule, from line 4 on.
    private func group(_ rule: String) -> String {
        "groups:\n- name: g\n  rules:\n" + rule.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }

    @Test func everythingThatAFileMaySay() throws {
        let file = try read(
            """
            groups:
              - name: llm
                interval: 30s
                limit: 10
                query_offset: 1m
                labels: {team: sre, severity: info}
                rules:
                  - record: job:errors:ratio5m
                    expr: sum(rate(a[5m])) / sum(rate(b[5m]))
                    labels:
                      x: 1
                  - alert: HighErrorRate
                    expr: |
                      job:errors:ratio5m
                        > 0.05
                    for: 2m
                    keep_firing_for: 5m30s
                    labels: {severity: critical}
                    annotations: {summary: "{{ $labels.model }}", about: ~}
            """)
        let group = try #require(file.groups.first)
        #expect(group.name == "llm" && group.interval == 30_000 && group.limit == 10 && group.queryOffset == 60_000)
        let recording = group.rules[0]
        guard case .recording(let name) = recording.kind else { throw TestFailure("no recording rule") }
        #expect(name == "job:errors:ratio5m")
        #expect(recording.labels == [SeriesLabel("severity", "info"), SeriesLabel("team", "sre"), SeriesLabel("x", "1")])
        #expect((recording.line, recording.expressionLine, recording.expressionColumn) == (8, 9, 15))
        let alerting = group.rules[1]
        guard case .alerting(let alert) = alerting.kind else { throw TestFailure("no alerting rule") }
        #expect(alert.name == "HighErrorRate" && alert.holdDuration == 120_000 && alert.keepFiringFor == 330_000)
        #expect(alert.annotations == [SeriesLabel("about", ""), SeriesLabel("summary", "{{ $labels.model }}")])
        #expect(alerting.labels == [SeriesLabel("severity", "critical"), SeriesLabel("team", "sre")])
        #expect((alerting.line, alerting.expressionLine, alerting.expressionColumn) == (12, 14, 11))
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "groups:\n", "groups: []\n", "{}", "groups:\n- ~\n", #"{"groups": [{"name": "g", "rules": [{"record": "a", "expr": "1"}]}]}"#])
    func acceptsEmptyFilesAndJSON(text: String) throws { #expect(try read(text).groups.count <= 1) }

    @Test func aliasesAndMergesBringWhatTheyName() throws {
        let file = try read(
            """
            groups:
            - name: one
              rules:
              - &high
                alert: &name High
                expr: &expr |
                  up == 0
                for: 5m
                labels: &labels {severity: critical}
              - {alert: *name, expr: *expr}
              - <<: *high
                alert: Other
                labels: {<<: *labels, team: sre}
            """)
        let rules = file.groups[0].rules
        #expect(rules.map(\.name) == ["High", "High", "Other"])
        #expect(rules.map(\.text) == ["up == 0\n", "up == 0\n", "up == 0\n"])
        #expect(rules[2].labels == [SeriesLabel("severity", "critical"), SeriesLabel("team", "sre")])
        guard case .alerting(let alert) = rules[2].kind else { throw TestFailure("no alert") }
        #expect(alert.holdDuration == 300_000)
    }

    @Test(arguments: [
        ("- alert: A", ["4:5: group \"g\", rule 1, \"A\": field 'expr' must be set in rule"]),
        ("- expr: 1", ["4:5: group \"g\", rule 1, \"\": one of 'record' or 'alert' must be set"]),
        ("- alert: A\n  record: r\n  expr: 1", ["4:12: group \"g\", rule 1, \"A\": only one of 'record' and 'alert' must be set"]),
        ("- record: r\n  expr: 1\n  for: 1m", ["4:13: group \"g\", rule 1, \"r\": invalid field 'for' in recording rule"]),
        ("- record: r\n  expr: 1\n  keep_firing_for: 1m", ["4:13: group \"g\", rule 1, \"r\": invalid field 'keep_firing_for' in recording rule"]),
        ("- record: r\n  expr: 1\n  annotations: {a: b}", ["4:13: group \"g\", rule 1, \"r\": invalid field 'annotations' in recording rule"]),
        ("- record: 'r{a=\"b\"}'\n  expr: 1", ["4:13: group \"g\", rule 1, \"r{a=\\\"b\\\"}\": braces present in the recording rule name; should it be in expr?: r{a=\"b\"}"]),
        ("- record: r\n  expr: 1\n  labels: {__name__: x}", ["6:14: group \"g\", rule 1, \"r\": invalid label name: __name__"]),
        ("- record: r\n  expr: 1\n  labels: {'': x}", ["6:14: group \"g\", rule 1, \"r\": invalid label name: "]),
        ("- alert: A\n  expr: 1\n  for: 5 minutes", ["6:10: group \"g\", rule 1, \"A\": for: not a valid duration string: \"5 minutes\""]),
        ("- alert: A\n  expr: 1\n  for: ''", ["6:10: group \"g\", rule 1, \"A\": for: empty duration string"]),
        ("- alert: A\n  expr: 1\n  annotation: {a: b}", ["6:5: group \"g\", rule 1, \"A\": field annotation not found in a rule; did you mean annotations?"]),
        ("- alert: A\n  expr: [1]", ["5:11: group \"g\", rule 1, \"A\": expr must be text, not a list", "4:5: group \"g\", rule 1, \"A\": field 'expr' must be set in rule"]),
        ("- alert: A\n  expr: rate(up)", ["5:11: group \"g\", rule 1, \"A\": could not parse expression: 1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"]),
        ("- alert: A\n  expr: 1\n  labels: [a]", ["6:13: group \"g\", rule 1, \"A\": labels must be a mapping of keys, not a list"]),
        ("- alert: A\n  expr: 1\n  labels: {a: [b]}", ["6:17: group \"g\", rule 1, \"A\": labels must be a mapping of texts; a is a list"]),
        ("- alert: A\n  expr: 1\n  annotations: {s: '{{ $label.x }}'}", ["6:19: group \"g\", rule 1, \"A\": annotation \"s\": template: __alert_A:1: undefined variable \"$label\""]),
        ("- alert: A\n  expr: 1\n  labels: {s: '{{ nothing }}'}", ["6:14: group \"g\", rule 1, \"A\": label \"s\": template: __alert_A:1: function \"nothing\" not defined"]),
        ("- foo", ["4:5: group \"g\", rule 1, \"\": a rule must be a mapping of keys, not \"foo\""]),
    ])
    func saysWhatIsWrongWithARuleAndWhere(rule: String, expected: [String]) { #expect(problems(group(rule)) == expected) }

    @Test(arguments: [
        ("groups:\n- rules: []", ["2:3: the group must have a name"]),
        ("groups:\n- name: a\n  rules: []\n- name: a\n  rules: []", ["4:3: groupname: \"a\" is repeated in the same file"]),
        ("groups:\n- name: a\n  intervall: 5s", ["3:3: field intervall not found in a group; did you mean interval?"]),
        ("groups:\n- name: a\n  limit: many", ["3:10: limit must be a whole number, not \"many\""]),
        ("groups:\n- name: a\n  limit: '5'", ["3:10: limit must be a whole number, not \"5\""]),
        ("groups:\n- name: a\n  interval: -5s", ["3:13: interval: not a valid duration string: \"-5s\""]),
        ("groups:\n- name: a\n  labels: {__name__: b}", ["3:12: invalid label name: __name__"]),
        ("group: []", ["1:1: field group not found in a file of rules; did you mean groups?"]),
        ("groups: 5", ["1:9: groups must be a list, not \"5\""]),
        ("- a", ["1:1: the file must be a mapping of keys, not a list"]),
        ("just text", ["1:1: the file must be a mapping of keys, not \"just text\""]),
        ("groups:\n- name: a\n  name: b", ["2:3: keys are there twice: name"]),
        ("groups:\n- name: 'a", ["2:11: not YAML: found unexpected end of stream"]),
        ("groups:\n- name: *nowhere", ["2:9: not YAML: found undefined alias"]),
        ("groups:\n- name: a\n  <<: text", ["3:7: map merge requires map or sequence of maps as the value"]),
    ])
    func saysWhatIsWrongWithAFileAndWhere(text: String, expected: [String]) { #expect(problems(text) == expected) }

    @Test func tellsAllProblemsOfAFile() {
        let text = "groups:\n- name: a\n  rules:\n  - {alert: A, expr: '1 +'}\n  - {record: r}\n- name: a\n  rules:\n  - {alert: B, expr: up, tests: 1}"
        #expect(problems(text).count == 4)
    }

    /// The exact place in the file, however YAML wraps the text.
    @Test(arguments: [
        ("- alert: A\n  expr: up ++", 5, 16),
        ("- alert: A\n  expr: 'up{a=\"it''s\"} )'", 5, 27),
        ("- alert: A\n  expr: \"up{a=\\\"b\\\"} )\"", 5, 25),
        ("- alert: A\n  expr: |\n    sum(up)\n      by (a))", 7, 16),
        ("- alert: A\n  expr: >-\n    sum(up)\n    by (a))", 7, 14),
        ("- alert: A\n  expr: sum(up)\n    by (a))", 6, 14),
        ("- alert: A\n  expr: 'é)'", 5, 12),
    ])
    func findsThePlaceOfAnErrorInAnExpression(rule: String, line: Int, column: Int) throws {
        do throws(RuleFileRefusal) {
            _ = try RuleFileReader().read(group(rule), path: "rules.yml")
            Issue.record("accepted")
        } catch {
            let place = try #require(error.problems.first?.expressionPlace)
            #expect((place.line, place.column) == (line, column), "\(error.problems[0].description)")
        }
    }

    @Test func onlyTheFirstDocumentCounts() throws {
        let file = try read("groups: [{name: a, rules: []}]\n---\ngroups: [{name: b}, 5, {{{")
        #expect(file.groups.map(\.name) == ["a"])
        #expect(file.warnings.map(\.message) == ["only the first document of the file counts"])
    }

    @Test func namesAreAnyTextUnlessTheOlderOnesAreAskedFor() throws {
        let text = group("- record: 'a.b'\n  expr: 1\n  labels: {ins-tance: x}\n- alert: A\n  expr: 1\n  annotations: {ins-tance: x}")
        #expect(problems(text).isEmpty)
        #expect(problems(text, RuleFileReader(names: .legacy)).count == 3)
    }

    @Test func unknownFieldsCanBeIgnored() throws {
        let text = "groups:\n- name: a\n  owner: me\n  rules: [{record: r, expr: 1, note: x}]\nextra: {a: b}"
        #expect(problems(text).count == 3)
        #expect(try read(text, RuleFileReader(ignoresUnknownFields: true)).groups[0].rules.count == 1)
    }

    @Test func limitsAreWholeNumbersInAnyNotation() throws {
        for (text, limit) in [("5", 5), ("1_000", 1000), ("0x10", 16), ("0o10", 8), ("010", 8), ("5.9", 5), ("-3", -3), ("1e3", 1000)] {
            #expect(try read("groups:\n- name: a\n  limit: \(text)").groups[0].limit == limit, "\(text)")
        }
    }

    @Test(arguments: [
        ("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec: {groups: []}", "Kubernetes manifest"),
        ("apiVersion: 1\ngroups:\n- orgId: 1\n  rules: [{uid: a, data: []}]", "Grafana"),
    ])
    func filesOfOtherProgramsAreNamed(text: String, word: String) {
        let found = problems(text)
        #expect(found.count == 1 && found[0].contains(word))
    }

    @Test func aFileThatAliasesBlowUpIsRefused() {
        let rules = "&rules [" + Array(repeating: "{record: r, expr: 1}", count: 100).joined(separator: ",") + "]"
        let groups = (0..<200).map { "- {name: g\($0), rules: \($0 == 0 ? rules : "*rules")}" }
        let found = problems("groups:\n" + groups.joined(separator: "\n"), RuleFileReader(rulesMax: 1000))
        #expect(!found.isEmpty && found[0].contains("more than 1000 rules"))
    }

    @Test func aFileThatIsNotThereOrNoTextIsAProblem() throws {
        let folder = try TemporaryFolder()
        try folder.write([0x67, 0xFF, 0xFE], to: "binary.yml")
        for name in ["binary.yml", "missing.yml"] {
            #expect(throws: RuleFileRefusal.self) { try RuleFileReader().read(file: folder.url.appending(path: name).path) }
        }
    }
}

struct TestFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
