import AlertRules
import Foundation
import Testing

/// Every published file of tests passes or fails as promtool says.
@Suite(.enabled(if: SharedSuites.areAvailable)) struct RuleTestSuiteTests {
    private static func isTest(_ file: SuiteFile) -> Bool {
        file.mayHoldRules && file.text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("tests:") }
    }

    private static let archives = SharedSuites.ruleArchives.filter { SharedSuites.files(of: $0).contains(where: isTest) }

    /// Verdicts of Prometheus 3 that are not those of the promtool of the machine, 2.42, and why.
    private static let knownDifferences: [String: String] = {
        let interval = "tests without an interval take the evaluation's since 3.0"
        return [
            "cmd/promtool/testdata/no-test-group-interval.yml": interval,
            "cmd/promtool/testdata/start-time-test.yml": "tests may begin at another time since 3.8",
            "cmd/promtool/testdata/unittest.yml": "samples may be histograms since 2.47",
            "tests/absent_alert-test.yaml": interval,
        ]
    }()

    @Test func theSuitesAreThere() { #expect(Self.archives.count >= 3) }

    @Test(.enabled(if: PromTool.isInstalled), arguments: archives) func promtoolAgrees(archive: URL) throws {
        let files = SharedSuites.files(of: archive).filter(\.mayHoldRules)
        let tests = files.filter(Self.isTest)
        let folder = try TemporaryFolder()
        for file in files { try folder.write(file.bytes, to: file.path) }
        for test in tests {
            let peer = try PromTool.run(["test", "rules", test.path], in: folder.url)
            let report = RuleTester().run(file: folder.url.appending(path: test.path).path)
            let agrees = report.passes == (peer.status == 0)
            if let reason = Self.knownDifferences[test.path] {
                #expect(!agrees, "\(test.path) is listed as a difference (\(reason)), and there is none")
            } else {
                #expect(agrees, "\(test.testDescription): \(report.failures.joined(separator: "\n"))\npromtool: \(peer.text)")
            }
        }
    }

    /// The words of failures, on a file that fails in both ways.
    @Test(.enabled(if: PromTool.isInstalled)) func saysWhatPromtoolSays() throws {
        let archive = try #require(Self.archives.first { $0.lastPathComponent.hasPrefix("prometheus_rules") })
        let folder = try TemporaryFolder()
        for file in SharedSuites.files(of: archive) where file.mayHoldRules { try folder.write(file.bytes, to: file.path) }
        let path = "cmd/promtool/testdata/failing.yml"
        let report = RuleTester().run(file: folder.url.appending(path: path).path)
        let peer = try PromTool.run(["test", "rules", path], in: folder.url)
        #expect(!report.passes)
        #expect(peer.text == "Unit Testing:  \(path)\n  FAILED:\n" + report.failures.map { $0 + "\n\n" }.joined() + "\n")
    }
}
