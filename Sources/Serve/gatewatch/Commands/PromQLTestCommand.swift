import ArgumentParser
import Foundation
import PromQL

struct PromQLTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs test scripts in Prometheus's language (load, eval, clear).",
        discussion: """
            The series of a script are kept in memory; no data folder and no server is needed. Instant evaluations are also done over a range, and with @ \
            at other times, as Prometheus does it.

            Examples:
              gatewatch promql test operators.test functions.test

            Exit status: 0 when every evaluation is as expected, 1 when one is not, 2 when a file cannot be read.
            """)

    @Argument(help: "Test scripts.")
    var files: [String]
    @Flag(help: "Print only failures and the sums.")
    var quiet = false

    func run() async throws {
        var passed = 0
        var failed = 0
        var unreadable = 0
        for file in files {
            do {
                let outcomes = try await Self.outcomes(of: file)
                let failures = outcomes.filter { $0.failure != nil }
                passed += outcomes.count - failures.count
                failed += failures.count
                if !quiet || !failures.isEmpty { print("\(file): \(outcomes.count - failures.count) passed, \(failures.count) failed") }
                for outcome in failures { print("  line \(outcome.line): \(outcome.text)\n    \(outcome.failure ?? "")") }
            } catch {
                unreadable += 1
                StandardError.print("gatewatch: \(file)\(Self.sentence(error))")
            }
        }
        if files.count > 1 { print("\(files.count) files: \(passed) passed, \(failed) failed") }
        if unreadable > 0 { throw ExitStatus.rejected }
        if failed > 0 { throw ExitCode.failure }
    }

    private static func outcomes(of file: String) async throws -> [TestOutcome] {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        return try await TestScriptRunner(storage: MemoryTestStorage()).run(TestScript(text))
    }

    /// What follows the file's name: the line, and why.
    private static func sentence(_ error: any Error) -> String {
        if let error = error as? TestScriptError { return ":\(error.line): \(error.message)" }
        return ": \(error.localizedDescription)"
    }
}
