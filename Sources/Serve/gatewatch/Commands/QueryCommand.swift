import ArgumentParser
import ByteCoding
import Foundation
internal import NIOHTTP1

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Asks a running server a question and prints a table.",
        discussion: """
            Examples:
              gatewatch query                                                   requests of the last hour
              gatewatch query --measures 'count, p95(duration), ratio(status >= 500)' --by provider --from now-24h
              gatewatch query --every 1h --measures 'sum(cost)' --by model --from now/d --time-zone Europe/Berlin
              gatewatch query --where 'client: batch-* and duration > 5s' --by client --limit 10
              gatewatch query --every 1d --from now-30d --format csv > requests.csv

            Measures: count, count(FILTER), rate, rate(FIELD), sum, avg, min, max, p50...p99.9(FIELD), ratio(FILTER), distinct(FIELD); `as NAME` renames.
            """)

    @Option(help: "The server's address; user:password@ before the host logs in.")
    var server = "http://127.0.0.1:7600"
    @Option(help: "Start of the range: ISO 8601, epoch, or now-15m, now/d.")
    var from = "now-1h"
    @Option(help: "End of the range, not included.")
    var to = "now"
    @Option(help: "Bucket width: 10s, 1m, 1h, 1d, 1w, 1M, auto.")
    var every: String?
    @Option(help: "Comma list of measures.")
    var measures = "count"
    @Option(help: "Comma list of fields to group by.")
    var by: String?
    @Option(help: "A filter, for example: provider: openai and status >= 500.")
    var `where`: String?
    @Option(help: "A measure or field to order by, - before it for descending.")
    var order: String?
    @Option(help: "Groups to keep.")
    var limit: Int?
    @Option(help: "IANA time zone for days and for printed times.")
    var timeZone = TimeZone.current.identifier
    @Option(help: "table, csv or json.")
    var format = OutputFormat.table

    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

    func run() async throws {
        let answer: (status: Int, body: [UInt8])
        do {
            answer = try await HTTPExchange(address: try ServerAddress(server)).send(
                .POST, "/api/v1/requests/query?format=\(format.rawValue)", headers: [("Content-Type", "application/json")], body: Array(body.utf8))
        } catch let error as HTTPExchangeError {
            StandardError.print("gatewatch: \(error)")
            throw ExitCode.failure
        }
        guard answer.status == 200 else {
            StandardError.print("gatewatch: " + Self.message(answer.body, status: answer.status))
            throw ExitCode.failure
        }
        FileHandle.standardOutput.write(Data(answer.body))
        if format == .json { print() }
    }

    private var body: String {
        var writer = JSONWriter()
        writer.object { query in
            query.member("from", from)
            query.member("to", to)
            if let every { query.member("every", every) }
            query.array("measures") { for measure in Self.split(measures) { $0.value(measure) } }
            if let by { query.array("by") { for field in Self.split(by) { $0.value(field) } } }
            if let `where` { query.member("where", `where`) }
            if let order { query.member("order", order) }
            if let limit { query.member("limit", limit) }
            query.member("time_zone", timeZone)
        }
        return writer.string
    }

    /// Splits at commas outside parentheses.
    static func split(_ list: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in list {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// An error answer as a sentence, with a pointer to the place in the filter or measure.
    static func message(_ body: [UInt8], status: Int) -> String {
        guard let error = (try? JSONValue.parse(String(decoding: body, as: UTF8.self)))?["error"], let message = error["message"]?.string else {
            return "the server answered \(status)"
        }
        var text = message
        if let field = error["field"]?.string { text = "\(field): \(text)" }
        if let column = error["position"]?["column"]?.integer { text += " (column \(column))" }
        if let hint = error["hint"]?.string { text += "\n  \(hint)" }
        return text
    }
}
