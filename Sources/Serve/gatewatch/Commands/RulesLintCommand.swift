import AlertRules
import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import Logging
import RequestQuery
import RequestStorage
import SeriesStorage
import WebAPI
internal import NIOHTTP1

struct RulesLintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Says whether rules can fire at all, and what they do not do as their author will think.",
        discussion: """
            Without --url and --data the rules are judged by their text alone. With them also by what was kept in the last day: metrics and labels that are not there, \
            conditions that were never or always true. Manifests of the Prometheus operator and provisioned alerting of Grafana are read too.

            Examples:
              gatewatch rules lint alerts.yaml
              gatewatch rules lint rules/*.yaml --url http://127.0.0.1:7600 --severity warning
              gatewatch rules lint alerts.yaml --data /var/lib/gatewatch --format json

            A data folder must not be in use: ask its server instead.
            Exit status: 0, or 1 when there is an error among the findings.
            """)

    enum Format: String, ExpressibleByArgument { case text, json }

    @Argument(help: "Files of rules, or - for standard input.")
    var files: [String]
    @Option(help: "Ask the server at this address what it keeps.")
    var url: String?
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "text or json.")
    var format = Format.text
    @Option(help: "The least that is told: info, warning or error.")
    var severity = "info"

    /// Findings of an answer; some kilobytes for each rule.
    private static let answerBytesMax = 256 << 20

    func validate() throws {
        if url != nil, options.data != nil { throw ValidationError("--url and --data cannot both be asked") }
        if RuleFinding.Severity(rawValue: severity) == nil { throw ValidationError("--severity is info, warning or error") }
    }

    func run() async throws {
        let found: [RuleFinding]
        if let url {
            found = try await ask(url)
        } else if options.data != nil {
            found = try await lintWithFolder()
        } else {
            found = RuleLinter().findings(sources())
        }
        let least = RuleFinding.Severity(rawValue: severity) ?? .info
        let told = found.filter { $0.severity >= least }
        switch format {
        case .json:
            var writer = JSONWriter()
            writer.object { $0.array("findings") { array in for finding in told { array.object { finding.write(to: &$0) } } } }
            print(writer.string)
        case .text:
            for finding in told { print(finding.text) }
            let counts = RuleFinding.Severity.allCases.reversed().map { severity in "\(found.count { $0.severity == severity }) \(severity.rawValue)" }
            StandardError.print("\(files.count) files: \(counts.joined(separator: ", "))")
        }
        if found.contains(where: { $0.severity == .error }) { throw ExitCode.failure }
    }

    private func sources() -> [LintSource] {
        files.map { $0 == "-" ? LintReader.read(Self.standardInput(), path: "standard input") : LintReader.read(file: $0) }
    }

    private static func standardInput() -> String {
        String(decoding: (try? FileHandle.standardInput.read(upToCount: RuleFileReader.bytesMax + 1)) ?? Data(), as: UTF8.self)
    }

    /// Opens the folder as a server would.
    private func lintWithFolder() async throws -> [RuleFinding] {
        try await DataFolder.read(options) { reader, promQL in
            RuleLinter().findings(sources(), knowledge: try RuleKnowledge(reader: reader, options: promQL, now: Timestamp.now().microseconds / 1_000))
        }
    }

    /// The server reads each file's text itself.
    private func ask(_ url: String) async throws -> [RuleFinding] {
        var found: [RuleFinding] = []
        for file in files {
            let text: String
            do throws(RuleFileProblem) { text = file == "-" ? Self.standardInput() : try TextFile.read(file, bytesMax: RuleFileReader.bytesMax) } catch {
                found.append(RuleFinding(.syntax, .error, error.message, file: file))
                continue
            }
            var writer = JSONWriter()
            writer.object {
                $0.member("file", file == "-" ? "standard input" : file)
                $0.member("text", text)
            }
            let answer = try await RulesServer.ask(url, "/api/v1/rules/lint", body: writer.bytes, answerBytesMax: Self.answerBytesMax)
            found += (try JSONValue.parse(String(decoding: answer, as: UTF8.self))["findings"]?.elements ?? []).compactMap(RuleFinding.init)
        }
        return found
    }
}

/// A running server, asked about rules.
enum RulesServer {
    /// Posts a JSON body.
    ///
    /// - Throws: the exit status of a failure, which has been told.
    static func ask(_ url: String, _ path: String, body: [UInt8], answerBytesMax: Int = HTTPExchange.answerBytesMax) async throws -> [UInt8] {
        let answer: (status: Int, body: [UInt8])
        do {
            answer = try await HTTPExchange(address: try ServerAddress(url)).send(
                .POST, path, headers: [("Content-Type", "application/json")], body: body, answerBytesMax: answerBytesMax)
        } catch let error as HTTPExchangeError {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
        guard answer.status == 200 else {
            let told = (try? JSONValue.parse(String(decoding: answer.body, as: UTF8.self)))?["error"]?["message"]?.string
            StandardError.print("gatewatch: " + (told ?? "the server answered \(answer.status)"))
            throw ExitCode.failure
        }
        return answer.body
    }
}
