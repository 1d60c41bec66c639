internal import Foundation
package import GatewayModel

/// Runs files of tests of rules and says how they went: what `promtool test rules` does.
///
/// The rules are evaluated by the same code as in the server.
package struct RuleTester: Sendable {
    /// How one test went.
    package struct Outcome: Sendable {
        /// `unnamed#3` for the fourth test when it has no name.
        package let name: String
        /// Empty when everything is as expected.
        package let failures: [String]
        package let seconds: Double
        /// All series at the end; nil unless asked for.
        package let dump: String?
    }

    /// How a file went.
    package struct Report: Sendable {
        package let path: String
        package internal(set) var outcomes: [Outcome] = []
        /// Why no test was run.
        package internal(set) var refusal: [String] = []
        /// Patterns of files of rules that stand for none.
        package internal(set) var warnings: [String] = []

        package var failures: [String] { refusal + outcomes.flatMap(\.failures) }
        package var passes: Bool { failures.isEmpty }
    }

    /// Tests whose names hold a match of it; nil for all.
    package var pattern: LabelPattern?
    /// Whether failures of alerts say what differs instead of both sides.
    package var showsDifferences = false
    package var dumpsSeries = false
    /// Applies to the files of rules; unknown keys of tests are always refused.
    package var reader = RuleFileReader()
    package var expander: any AlertTextExpander = PrometheusTextExpander()

    package init() {}

    /// A pattern that need not match a whole name, as Go's `MatchString`; several stand for any of them.
    package static func pattern(_ texts: [String]) throws(LabelPatternError) -> LabelPattern? {
        texts.isEmpty ? nil : try LabelPattern(".*(?:" + texts.joined(separator: "|") + ").*", remembersGroups: false)
    }

    package func run(file path: String) -> Report {
        do throws(RuleFileRefusal) { return run(try RuleTestFileReader.read(file: path)) } catch {
            return Report(path: path, refusal: error.problems.map { "\(path): \($0.description)" })
        }
    }

    package func run(_ file: RuleTestFile) -> Report {
        var report = Report(path: file.path)
        let folder = file.path.contains("/") ? String(file.path[..<(file.path.lastIndex(of: "/") ?? file.path.startIndex)]) : ""
        var paths: [String] = []
        for pattern in file.ruleFiles {
            let found = pattern.files(in: file.path.hasPrefix("/") && folder.isEmpty ? "/" : folder)
            if found.isEmpty { report.warnings.append("no file match pattern \(folder.isEmpty ? "" : folder + "/")\(pattern.text)") }
            paths += found.filter { !paths.contains($0) }
        }
        let rules = Self.load(paths, reader)
        for (index, test) in file.tests.enumerated() where pattern?.matches(test.name) ?? true {
            report.outcomes.append(outcome(of: test, index, file, rules))
        }
        return report
    }

    private struct LoadedRules {
        var groups: [(group: RuleGroup, path: String)] = []
        var problems: [String] = []
    }

    private static func load(_ paths: [String], _ reader: RuleFileReader) -> LoadedRules {
        var loaded = LoadedRules()
        for path in paths {
            do throws(RuleFileRefusal) { loaded.groups += try reader.read(file: path).groups.map { ($0, path) } } catch {
                loaded.problems += error.problems.map { "\(path): \($0.description)" }
            }
        }
        return loaded
    }

    private func outcome(of test: RuleTest, _ index: Int, _ file: RuleTestFile, _ rules: LoadedRules) -> Outcome {
        let started = ContinuousClock.now
        var failures = rules.problems
        var dump: String?
        if failures.isEmpty {
            do throws(RuleTestFailure) {
                var run = try RuleTestRun(test, of: file, groups: rules.groups, showsDifferences: showsDifferences, expander: expander)
                run.run()
                failures = run.failures.map(\.message)
                if dumpsSeries { dump = run.dump() }
            } catch { failures = [error.message] }
        }
        let name = test.name.isEmpty ? "unnamed#\(index)" : test.name
        return Outcome(name: name, failures: failures, seconds: (ContinuousClock.now - started) / .seconds(1), dump: dump)
    }
}
