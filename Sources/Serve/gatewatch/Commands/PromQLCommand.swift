import ArgumentParser
import Foundation
import PromQL

struct PromQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql",
        abstract: "Asks in PromQL, formats queries, and runs test scripts.",
        discussion: """
            Examples:
              gatewatch promql query 'sum by (model) (rate(gen_ai_client_operation_duration_seconds_count[5m]))'
              gatewatch promql query 'up' --start now-1h --end now --step 1m --format csv
              gatewatch promql format 'sum(rate(a[5m]))/sum(rate(b[5m]))'
              gatewatch promql test operators.test
            """,
        subcommands: [PromQLQueryCommand.self, PromQLFormatCommand.self, PromQLTestCommand.self])
}

/// A query's error for a person at a terminal: the message, the line of the query, and a mark under the place.
enum PromQLErrorText {
    /// Columns of the query shown around the place, so that a line of a generated query fits a terminal.
    private static let widthMax = 120

    static func of(_ error: PromQLSyntaxError, in query: String) -> String {
        let lines = query.split(separator: "\n", omittingEmptySubsequences: false)
        guard !query.isEmpty, error.line >= 1, error.line <= lines.count else { return error.description }
        let line = lines[error.line - 1].map { $0 == "\t" ? " " : $0 }
        let column = min(max(0, error.column - 1), line.count)
        let first = max(0, column - widthMax / 2)
        let shown = line[first...].prefix(widthMax)
        let length = min(max(1, error.range.end - error.range.start), max(1, shown.count - (column - first)))
        let mark = String(repeating: " ", count: column - first) + "^" + String(repeating: "~", count: length - 1)
        return "\(error.description)\n  \(String(shown))\n  \(mark)"
    }
}

struct PromQLFormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format",
        abstract: "Prints a query as Prometheus formats it: over several lines where it is long.",
        discussion: """
            Examples:
              gatewatch promql format 'sum(rate(a[5m]))/sum(rate(b[5m]))'
              gatewatch promql test operators.test
              gatewatch promql format - < query.promql

            Exit status: 0, or 1 when the query cannot be read (the place is shown).
            """)

    @Argument(help: "A query, or - for standard input.")
    var expression: String

    func run() throws {
        // One byte more than a query may have, so that the parser says that it is too long.
        let text = expression == "-" ? String(decoding: try FileHandle.standardInput.read(upToCount: PromQLParser.queryBytesMax + 1) ?? Data(), as: UTF8.self) : expression
        do throws(PromQLSyntaxError) { print(try PromQLParser.parse(text).prettyText) } catch {
            StandardError.print("gatewatch: " + PromQLErrorText.of(error, in: text))
            throw ExitCode.failure
        }
    }
}
