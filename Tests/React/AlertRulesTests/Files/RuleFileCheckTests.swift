import AlertRules
import Foundation
import GatewayModel
import Testing

struct RuleFileCheckTests {
    @Test func countsTheRulesOfAValidFile() {
        let finding = RuleFileCheck().examine("groups: [{name: a, rules: [{record: r, expr: 1}, {record: s, expr: 1}]}]", path: "a.yml")
        #expect(finding.description == "  SUCCESS: 2 rules found")
    }

    /// Groups' labels tell rules apart, the order of the rules does not matter, and three of a kind are told once.
    @Test func tellsRulesThatAreThereTwice() {
        let text = """
            groups:
            - name: a
              labels: {x: "1"}
              rules: [{record: r, expr: 1}, {alert: A, expr: 1}, {record: r, expr: 2}, {record: q, expr: 1, labels: {z: y, b: c}}]
            - name: b
              rules: [{record: r, expr: 1}, {record: q, expr: 1, labels: {b: c, z: y, x: "1"}}, {alert: A, expr: 1, labels: {x: "1"}}, {alert: A, expr: 2, labels: {x: "1"}}]
            """
        let finding = RuleFileCheck().examine(text, path: "a.yml")
        #expect(
            finding.description
                == "  FAILED:\nlint error 3 duplicate rule(s) found.\nMetric: A\nLabel(s):\n\tx: 1\nMetric: q\nLabel(s):\n\tb: c\n\tx: 1\n\tz: y\nMetric: r\nLabel(s):\n\tx: 1\nMight cause inconsistency while recording expressions")
        #expect(RuleFileCheck(looksForDuplicates: false).examine(text, path: "a.yml").description == "  SUCCESS: 8 rules found")
    }

    @Test func showsTheLineOfAnExpression() {
        let text = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: |\n      sum(\n        up{job=\"api\")\n      )\n"
        let lines = RuleFileCheck().examine(text, path: "a.yml").description.split(separator: "\n")
        #expect(lines[1].hasPrefix("a.yml: 5:11: group \"a\", rule 1, \"A\": could not parse expression: 2:15: parse error: "))
        #expect(lines[2] == "    7:         up{job=\"api\")")
        #expect(lines[3].count == lines[2].count && lines[3].hasSuffix("^"))
    }

    @Test func warnsOfFurtherDocuments() {
        let finding = RuleFileCheck().examine("groups: []\n---\ngroups: []\n", path: "a.yml")
        #expect(finding.description == "  WARNING: only the first document of the file counts\n  SUCCESS: 0 rules found")
    }

    @Test(.enabled(if: SharedSuites.areAvailable && PromTool.isInstalled), arguments: SharedSuites.ruleArchives)
    func tellsTheSameDuplicatesAsPromtool(archive: URL) throws {
        let folder = try TemporaryFolder()
        for file in SharedSuites.files(of: archive) where file.mayHoldRules {
            let finding = RuleFileCheck().examine(file.text, path: file.path)
            // An alias as a name is not followed by 2.42; its groups have no labels.
            guard case .duplicated = finding.verdict, !file.text.contains("*alertname") else { continue }
            try folder.write(file.bytes, to: file.path)
            let answer = try PromTool.run(["check", "rules", file.path], in: folder.url)
            #expect(answer.text == "Checking \(file.path)\n\(finding.description)\n\n")
        }
    }

    @Test func findsTheRuleFilesOfAConfiguration() throws {
        let folder = try TemporaryFolder()
        for name in ["one.yml", "rules/a.yml", "rules/b.yml"] { try folder.write("groups: []", to: name) }
        let text = "global: {scrape_interval: 5s}\nrule_files: [one.yml, 'rules/*.yml', missing.yml, 'none/*']\n"
        let configuration = try #require(try PrometheusConfiguration(text, path: "prometheus.yml"))
        let (paths, problems) = configuration.files(in: folder.url.path)
        #expect(paths.map { URL(filePath: $0).lastPathComponent } == ["one.yml", "a.yml", "b.yml"])
        #expect(problems.map(\.description) == ["2:38: \"missing.yml\" does not point to an existing file"])
    }

    @Test func aFileOfRulesIsNoConfiguration() throws {
        for text in ["groups: []", "", "a: b", "[1]", "{{"] { #expect(try PrometheusConfiguration(text, path: "a.yml") == nil) }
        #expect(throws: RuleFileRefusal.self) { try PrometheusConfiguration("rule_files: ['[']", path: "a.yml") }
        #expect(throws: RuleFileRefusal.self) { try PrometheusConfiguration("rule_files: {a: b}", path: "a.yml") }
    }
}
