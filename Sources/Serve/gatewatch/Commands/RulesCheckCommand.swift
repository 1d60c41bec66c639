import AlertRules
import ArgumentParser
import Foundation

struct RulesCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says whether Prometheus would load files of rules, and what is wrong and where.",
        discussion: """
            Everything that is wrong with a file is told, with line and column, as promtool check rules does it. A prometheus.yml stands for the files that its \
            rule_files name. Without files, standard input is read.

            Examples:
              gatewatch rules check alerts.yaml recordings.yaml
              gatewatch rules check prometheus.yml --lint-fatal
              gatewatch rules check < alerts.yaml

            Exit status: 0, 1 when a file is refused, 3 with --lint-fatal when rules are there twice.
            """)

    @Argument(help: "Files of rules, or a prometheus.yml.")
    var files: [String] = []
    @Option(help: "What is looked for beside errors: all, duplicate-rules, none.")
    var lint = "duplicate-rules"
    @Flag(help: "Rules that are there twice make the exit status 3.")
    var lintFatal = false
    @Flag(help: "Leave out keys that Prometheus does not know; a Prometheus server refuses them all the same.")
    var ignoreUnknownFields = false

    /// What `--lint` takes.
    private static let lints = ["all", "duplicate-rules", "none"]
    private static let lintStatus = ExitCode(3)

    func run() throws {
        let lints = lint.split(separator: ",").map(String.init)
        for unknown in lints where !Self.lints.contains(unknown) { StandardError.print("WARNING: unknown lint option: \"\(unknown)\"") }
        let check = RuleFileCheck(
            reader: RuleFileReader(ignoresUnknownFields: ignoreUnknownFields), looksForDuplicates: lints.contains("all") || lints.contains("duplicate-rules"))
        var tally = Tally()
        if files.isEmpty {
            print("Checking standard input")
            let data = try FileHandle.standardInput.read(upToCount: RuleFileReader.bytesMax + 1) ?? Data()
            tally.tell(check.examine(String(decoding: data, as: UTF8.self), path: "standard input"))
        }
        for file in files { examine(file, check, &tally) }
        if tally.hasErrors { throw ExitCode.failure }
        if tally.hasDuplicates, lintFatal { throw Self.lintStatus }
    }

    private struct Tally {
        var hasErrors = false
        var hasDuplicates = false

        mutating func tell(_ finding: RuleFileCheck.Finding) {
            switch finding.verdict {
            case .accepted:
                print(finding.description + "\n")
                return
            case .duplicated: hasDuplicates = true
            case .refused: hasErrors = true
            }
            StandardError.print(finding.description)
            print("")
        }
    }

    private func examine(_ path: String, _ check: RuleFileCheck, _ tally: inout Tally) {
        print("Checking \(path)")
        do throws(RuleFileProblem) {
            let text = try TextFile.read(path, bytesMax: RuleFileReader.bytesMax)
            do throws(RuleFileRefusal) {
                guard let configuration = try PrometheusConfiguration(text, path: path) else { return tally.tell(check.examine(text, path: path)) }
                examine(configuration, of: path, check, &tally)
            } catch {
                StandardError.print("  FAILED:\n\(error.description)")
                tally.hasErrors = true
            }
        } catch {
            StandardError.print("  FAILED:\n\(path): \(error.description)")
            tally.hasErrors = true
        }
    }

    private func examine(_ configuration: PrometheusConfiguration, of path: String, _ check: RuleFileCheck, _ tally: inout Tally) {
        let folder = URL(filePath: path).deletingLastPathComponent().relativePath
        let (paths, problems) = configuration.files(in: folder == "." ? "" : folder)
        if problems.isEmpty { print("  SUCCESS: \(paths.count) rule files found") }
        for problem in problems {
            StandardError.print("  FAILED: \(path): \(problem.description)")
            tally.hasErrors = true
        }
        print("")
        for file in paths {
            print("Checking \(file)")
            tally.tell(check.examine(file: file))
        }
    }
}
