import AlertRules
import Foundation
import Testing

/// Every published file of rules is accepted or refused as promtool does it.
@Suite(.enabled(if: SharedSuites.areAvailable)) struct RuleSuiteTests {
    private static let files = SharedSuites.ruleArchives.flatMap(SharedSuites.files).filter(\.mayHoldRules)

    private static func problems(of file: SuiteFile) -> [RuleFileProblem] {
        do throws(RuleFileRefusal) {
            _ = try RuleFileReader().read(file.text, path: file.path)
            return []
        } catch { return error.problems }
    }

    @Test func theSuitesAreThere() { #expect(Self.files.count > 150) }

    /// Files whose names say what is to become of them. Prometheus's verdict on the others is asked of promtool.
    @Test(arguments: files.filter { $0.archive.hasPrefix("prometheus_rules") && $0.path.contains("rulefmt/") })
    func namesTellTheVerdict(file: SuiteFile) {
        // Names of annotations may be any text in Prometheus 3; the file is bad for those who ask for the older names.
        let isRefused = file.path.contains(".bad.") && !file.path.hasSuffix("legacy_validation_annotation.bad.yaml")
        let problems = Self.problems(of: file)
        #expect(problems.isEmpty != isRefused, "\(problems.map(\.description))")
    }

    /// What is wrong has a place.
    @Test(arguments: files) func problemsHavePlaces(file: SuiteFile) {
        for problem in Self.problems(of: file) { #expect(problem.line > 0 && problem.column > 0, "\(problem.description)") }
    }

    /// Where the promtool of the machine, 2.42, says otherwise than Prometheus 3, and why.
    private static let knownDifferences: [String: String] = {
        let utf8 = "names may be any text since 3.0"
        return [
            "cmd/promtool/testdata/features.yml": "experimental parts of the language, which the engine always has",
            "model/rulefmt/testdata/legacy_validation_annotation.bad.yaml": utf8,
            "model/rulefmt/testdata/utf-8_annotation.good.yaml": utf8,
            "model/rulefmt/testdata/utf-8_lname.good.yaml": utf8,
            "app/vmalert/config/testdata/dir/rules1-good.rules": "groups have labels since 3.0",
        ]
    }()

    @Test(.enabled(if: PromTool.isInstalled), arguments: SharedSuites.ruleArchives)
    func promtoolAgrees(archive: URL) throws {
        let files = SharedSuites.files(of: archive).filter(\.mayHoldRules)
        let folder = try TemporaryFolder()
        for file in files { try folder.write(file.bytes, to: file.path) }
        let answer = try PromTool.run(["check", "rules", "--lint=none"] + files.map(\.path), in: folder.url)
        let verdicts = Self.verdicts(in: answer.text)
        for file in files {
            let verdict = try #require(verdicts[file.path], "promtool says nothing of \(file.path)")
            let problems = Self.problems(of: file)
            let agrees = problems.isEmpty == verdict.isAccepted
            if let reason = Self.knownDifferences[file.path] {
                #expect(!agrees, "\(file.path) is listed as a difference (\(reason)), and there is none")
            } else {
                #expect(agrees, "\(file.testDescription): \(problems.map(\.description)); promtool: \(verdict.text)")
            }
        }
    }

    /// promtool's answer, cut at the lines that name a file.
    private static func verdicts(in text: String) -> [String: (isAccepted: Bool, text: String)] {
        var verdicts: [String: (isAccepted: Bool, text: String)] = [:]
        for part in text.split(separator: "Checking ").map(String.init) {
            let lines = part.split(separator: "\n", maxSplits: 1).map(String.init)
            guard let path = lines.first else { continue }
            let rest = lines.count > 1 ? lines[1] : ""
            verdicts[path] = (rest.contains("SUCCESS"), rest)
        }
        return verdicts
    }
}
