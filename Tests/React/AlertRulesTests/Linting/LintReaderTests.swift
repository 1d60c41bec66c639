import Foundation
import GatewayModel
import Testing

@testable import AlertRules

struct LintReaderTests {
    private func findings(_ text: String) -> [String] {
        RuleLinter().findings([LintReader.read(text, path: "f")]).map { "\($0.code.rawValue) \($0.line):\($0.column) \($0.group)/\($0.rule)" }
    }

    @Test func placesAreThoseOfTheFileHoweverTheExpressionIsWritten() {
        let text = """
            groups:
            - name: g
              rules:
              - alert: Plain
                expr: x > 1 and up > 1
                for: 1m
              - alert: Literal
                expr: |
                  x > 1
                    and
                  up > 1
                for: 1m
              - alert: Folded
                expr: >-
                  x > 1
                  and up > 1
                for: 1m
              - {alert: Quoted, for: 1m, expr: "x{a=\\"b\\"} > 1 and up > 1"}
            """
        #expect(findings(text) == ["never-fires 5:21 g/Plain", "never-fires 11:7 g/Literal", "never-fires 16:11 g/Folded", "never-fires 18:56 g/Quoted"])
    }

    @Test func whatPrometheusRefusesIsToldAndTheRestExamined() {
        let text = """
            groups:
            - name: g
              rules:
              - {alert: Bad, expr: "sum(x"}
              - {alert: Dead, expr: up > 1, for: 1m}
              unknown: 1
            """
        #expect(findings(text) == ["syntax 4:30 g/Bad", "never-fires 5:25 g/Dead", "syntax 6:3 /"])
    }

    @Test func manifestsOfKubernetesAreRead() {
        let text = """
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: x}
            spec:
              groups:
              - name: g
                rules:
                - {alert: Dead, expr: up > 1, for: 1m}
            ---
            kind: ConfigMap
            """
        #expect(findings(text) == ["never-fires 8:27 g/Dead", "skipped 10:1 /"])
    }

    @Test func provisionedAlertingOfGrafanaIsRead() {
        let text = """
            apiVersion: 1
            groups:
            - name: g
              interval: 1m
              rules:
              - title: Down
                condition: C
                for: 1m
                data:
                - {refId: A, model: {expr: 'redis_up == 0'}}
                - {refId: B, model: {type: reduce, expression: A, reducer: last}}
                - {refId: C, model: {type: threshold, expression: B, conditions: [{evaluator: {type: gt, params: [0]}}]}}
              - title: Logs
                condition: A
                data: [{refId: A, model: {expr: '{app="x"} |= "error"'}}]
              - title: Math
                condition: B
                for: 1m
                data:
                - {refId: A, model: {expr: 'count(up == 1)'}}
                - {refId: B, model: {type: math, expression: '$A < 1'}}
            """
        #expect(findings(text) == ["never-fires 10:33 g/Down", "skipped 13:5 g/Logs", "empty-vector-comparison 20:33 g/Math"])
    }

    @Test(arguments: [
        ("", ["skipped"]), ("a: [", ["syntax"]), ("- 1", ["syntax"]), ("tests: []\nrule_files: [x]", ["skipped"]), ("groups: 1", ["syntax"]),
        ("groups:\n- name: g", []),
        ("groups: [{name: g, type: graphite, rules: [{record: a, expr: 'b.c.*'}]}]", ["syntax", "syntax"]),
    ])
    func otherTextsAreToldAndCostNothing(_ text: String, _ codes: [String]) {
        #expect(RuleLinter().findings([LintReader.read(text, path: "")]).map(\.code.rawValue).filter { $0 != "skipped" || codes.contains("skipped") } == codes)
    }

    @Test func aMissingFileIsAFinding() {
        let found = RuleLinter().findings([LintReader.read(file: "/nowhere/rules.yml")])
        #expect(found.map(\.code) == [.syntax])
    }

    // MARK: Published rules

    static let published = (try? PublishedRules.files()) ?? []

    /// Rules that many people run: what is called an error of them has been looked at, and is one.
    @Test(.enabled(if: PublishedRules.areAvailable, "the reference suites are not there")) func publishedRulesHaveTheErrorsThatTheyHave() {
        var errors: [String: Int] = [:]
        for file in Self.published {
            for finding in RuleLinter().findings([LintReader.read(file.text, path: file.path)]) where finding.severity == .error && finding.code != .syntax {
                errors["\(finding.code.rawValue) \(finding.rule)", default: 0] += 1
            }
        }
        #expect(
            errors == [
                "empty-vector-comparison TraefikServiceDown": 1, "histogram-without-le RemoteWriteQueueHighUsage": 1,
                "labels-never-match MimirDistributorInflightRequestsHigh": 1, "labels-never-match MimirIngesterReachingSeriesLimitCritical": 1,
                "labels-never-match MimirIngesterReachingSeriesLimitWarning": 1, "labels-never-match MimirIngesterReachingTenantsLimitCritical": 1,
                "labels-never-match MimirIngesterReachingTenantsLimitWarning": 1, "never-fires AlertmanagerClusterFailedToSendAlerts": 1,
                "never-fires Backend Instance Down": 1, "never-fires Redis Down": 1,
            ])
    }
}

/// The files of rules of the reference suites.
enum PublishedRules {
    struct File: Sendable {
        let path: String
        let text: String
    }

    private static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(fileURLWithPath: path).appendingPathComponent("data/suites/rules") }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appendingPathComponent("shared/data/suites/rules")
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Unpacked for a moment.
    static func files() throws -> [File] {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("gatewatch-published-rules-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: target) }
        for archive in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where archive.hasSuffix(".tar.gz") {
            let place = target.appendingPathComponent(archive)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            tar.arguments = ["tar", "-xzf", folder.appendingPathComponent(archive).path, "-C", place.path]
            try tar.run()
            tar.waitUntilExit()
        }
        let names = FileManager.default.enumerator(atPath: target.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { name in [".yml", ".yaml", ".rules"].contains { name.hasSuffix($0) } }.sorted().map { name in
            File(path: name, text: try String(contentsOf: target.appendingPathComponent(name), encoding: .utf8))
        }
    }
}
