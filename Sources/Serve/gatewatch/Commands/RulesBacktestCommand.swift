import AlertRules
import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import WebAPI

struct RulesBacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Replays an alert over the kept past: when it would have fired, how often it would have called somebody, and what other thresholds would do.",
        discussion: """
            Examples:
              gatewatch rules backtest alerts.yaml --alert HighErrorRate --from now-30d
              gatewatch rules backtest --expr 'sum(rate(llm_requests_total{code=~"5.."}[5m])) > 1' --for 5m --noise-budget 2/week
              gatewatch rules backtest alerts.yaml --alert HighErrorRate --threshold 0.1 --incidents incidents.json --format json
              gatewatch rules backtest alerts.yaml --data /var/lib/gatewatch --from now-90d --step 1m

            Incidents are a JSON list of {"from": ..., "to": ...}; without a file the server's own are taken. A data folder must not be in use.
            Exit status: 0, or 1 when the backtest has no answer.
            """)

    @Argument(help: "A file of rules.")
    var file: String?
    @Option(help: "The alert of the file; may be left out when there is only one.")
    var alert: String?
    @Option(help: "An expression instead of a file.")
    var expr: String?
    @Option(name: .customLong("for"), help: "How long the condition must hold, for --expr or instead of the rule's: 5m.")
    var hold: String?
    @Option(help: "The first instant. (default: now-7d)")
    var from: String?
    @Option(help: "The last instant. (default: now)")
    var to: String?
    @Option(help: "The distance of the instants; the group's interval, or what gives at most 129,600 instants, when it is not given.")
    var step: String?
    @Option(help: "Another number in the place of the expression's.")
    var threshold: Double?
    @Option(help: "Pages that may be had: 2, or 2/week. Asks for the threshold that keeps to it.")
    var noiseBudget: String?
    @Option(help: "A file of incidents.")
    var incidents: String?
    @Option(help: "Labels by which alerts are told together, with commas between them; none: all in one message.")
    var groupBy: String?
    @Option(help: "The server's address. (default: http://127.0.0.1:7600)")
    var url: String?
    @OptionGroup var options: ConfigurationOptions
    @Option(help: "text or json.")
    var format = RulesLintCommand.Format.text

    func validate() throws {
        if url != nil, options.data != nil { throw ValidationError("--url and --data cannot both be asked") }
        if (file == nil) == (expr == nil) { throw ValidationError("name a file of rules, or give --expr") }
        if expr != nil, alert != nil { throw ValidationError("--alert is for a file") }
        if let noiseBudget, Self.pagesPerWeek(noiseBudget) == nil { throw ValidationError("--noise-budget is a number of pages, as 2 or 2/week") }
        for (name, text) in [("for", hold), ("step", step)] {
            if let text, (try? DurationText.milliseconds(text)) == nil { throw ValidationError("--\(name) must be a duration such as 15s or 5m") }
        }
    }

    private static func pagesPerWeek(_ text: String) -> Double? {
        let parts = text.split(separator: "/")
        guard let number = parts.first.flatMap({ Double($0) }), number >= 0, parts.count <= 2 else { return nil }
        switch parts.count == 1 ? "week" : parts[1] {
        case "week", "w": return number
        case "day", "d": return number * 7
        default: return nil
        }
    }

    func run() async throws {
        let body = try self.body()
        let answer =
            options.data != nil ? try await replayFolder(body) : try await RulesServer.ask(url ?? "http://127.0.0.1:7600", "/api/v1/rules/backtest", body: body)
        switch format {
        case .json:
            FileHandle.standardOutput.write(Data(answer))
            print()
        case .text: print(BacktestText.of(try JSONValue.parse(String(decoding: answer, as: UTF8.self))), terminator: "")
        }
    }

    private func replayFolder(_ body: [UInt8]) async throws -> [UInt8] {
        let question = try JSONValue.parse(String(decoding: body, as: UTF8.self))
        let (found, fault) = try await DataFolder.read(options) { reader, promQL in
            LocalBacktest.answer(question, reader: reader, options: promQL) { StandardError.progress("\(Int($0 * 100)) %") }
        }
        StandardError.progress("")
        guard let found else {
            StandardError.print("gatewatch: " + fault)
            throw ExitCode.failure
        }
        return found
    }

    // MARK: The question

    private func body() throws -> [UInt8] {
        var writer = JSONWriter()
        let rule = try file.map { try self.rule(in: $0) }
        let incidents = try self.incidentsText()
        writer.object { body in
            if let (rule, interval, alert) = rule {
                body.member("expr", rule.text)
                if hold == nil { body.member("for_seconds", Double(alert.holdDuration) / 1000) }
                body.member("keep_firing_for_seconds", Double(alert.keepFiringFor) / 1000)
                if let interval { body.member("interval_seconds", Double(interval) / 1000) }
                body.object("labels") { for label in rule.labels { $0.member(label.name, label.value) } }
            } else if let expr {
                body.member("expr", expr)
            }
            if let milliseconds = hold.flatMap({ try? DurationText.milliseconds($0) }) { body.member("for_seconds", Double(milliseconds) / 1000) }
            if let milliseconds = step.flatMap({ try? DurationText.milliseconds($0) }) { body.member("step_seconds", Double(milliseconds) / 1000) }
            if let from { body.member("from", from) }
            if let to { body.member("to", to) }
            if let threshold { body.member("threshold", threshold) }
            if let budget = noiseBudget.flatMap(Self.pagesPerWeek) { body.member("noise_budget_per_week", budget) }
            if let groupBy { body.array("group_by") { array in for name in groupBy.split(separator: ",") { array.value(String(name)) } } }
            if let incidents {
                body.key("incidents")
                body.raw(Array(incidents.utf8))
            }
        }
        return writer.bytes
    }

    private func rule(in file: String) throws -> (Rule, Int64?, AlertSpecification) {
        let read: RuleFile
        do throws(RuleFileRefusal) { read = try RuleFileReader().read(file: file) } catch {
            StandardError.print("gatewatch: " + error.description)
            throw ExitCode.failure
        }
        var found: [(Rule, Int64?, AlertSpecification)] = []
        for group in read.groups {
            for rule in group.rules {
                if case .alerting(let specification) = rule.kind, alert == nil || specification.name == alert {
                    found.append((rule, group.interval, specification))
                }
            }
        }
        guard let first = found.first, alert != nil || found.count == 1 else {
            let names = found.map(\.2.name).joined(separator: ", ")
            throw ValidationError(found.isEmpty ? "there is no alert \(alert ?? "") in \(file)" : "--alert is one of \(names)")
        }
        return first
    }

    /// The incidents' file as JSON text; nil when none is named.
    private func incidentsText() throws -> String? {
        guard let incidents else { return nil }
        let text: String
        do throws(RuleFileProblem) { text = try TextFile.read(incidents, bytesMax: RuleFileReader.bytesMax) } catch {
            throw ValidationError("\(incidents): \(error.message)")
        }
        guard case .array? = try? JSONValue.parse(text) else { throw ValidationError("\(incidents) must be a JSON list of objects with from and to") }
        return text
    }
}
