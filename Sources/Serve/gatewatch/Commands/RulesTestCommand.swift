import AlertRules
import ArgumentParser
import Foundation
import GatewayModel

struct RulesTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs tests of rules in promtool's format.",
        discussion: """
            The rules are evaluated by the code that evaluates them in the server, over the series that the tests give. No data folder and no server is needed.

            Examples:
              gatewatch rules test alerts.test.yaml
              gatewatch rules test *.test.yaml --run 'ErrorRate|Latency' --diff
              gatewatch rules test alerts.test.yaml --junit results.xml

            Exit status: 0 when everything is as expected, 1 when something is not or a file cannot be read.
            """)

    @Argument(help: "Files of tests.")
    var files: [String]
    @Option(name: .customLong("run"), help: "Run only tests whose names match the regular expression; may be given several times.")
    var patterns: [String] = []
    @Flag(help: "Show all series at the end of each test, and how long it took.")
    var debug = false
    @Flag(help: "Show what differs between expected and found alerts instead of both.")
    var diff = false
    @Flag(help: "Leave out keys of files of rules that Prometheus does not know.")
    var ignoreUnknownFields = false
    @Option(help: "Write the results there too, as JUnit's XML.")
    var junit: String?

    func run() throws {
        var tester = RuleTester()
        do throws(LabelPatternError) { tester.pattern = try RuleTester.pattern(patterns) } catch {
            throw ValidationError("--run: \(error.message)")
        }
        tester.showsDifferences = diff
        tester.dumpsSeries = debug
        tester.reader = RuleFileReader(ignoresUnknownFields: ignoreUnknownFields)
        var reports: [RuleTester.Report] = []
        for file in files {
            print("Unit Testing:  \(file)")
            let report = tester.run(file: file)
            tell(report)
            reports.append(report)
        }
        if let junit { try Data(JUnitReport.xml(reports).utf8).write(to: URL(filePath: junit)) }
        if reports.contains(where: { !$0.passes }) { throw ExitCode.failure }
    }

    private func tell(_ report: RuleTester.Report) {
        for warning in report.warnings { StandardError.print("  WARNING: \(warning)") }
        if debug {
            for outcome in report.outcomes {
                StandardError.print("DEBUG: test \(outcome.name) took \(outcome.seconds.formatted(.number.precision(.fractionLength(3)))) s; its series:")
                StandardError.print(outcome.dump ?? "")
            }
        }
        if report.passes { print("  SUCCESS") } else { StandardError.print("  FAILED:") }
        for failure in report.failures {
            StandardError.print(failure)
            print("")
        }
        print("")
    }
}
