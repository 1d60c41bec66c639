import Foundation
import GatewayModel
import RequestQuery
import Testing

/// One file of `Cases`: records in, a question, the table out.
///
///     # comment
///     now: 2026-03-05T16:00:00Z
///     rows:
///     time                 | provider | duration
///     2026-03-05T15:00:01Z | openai   | 1.5
///     2026-03-05T15:00:02Z | -        | -
///     query:
///     {"measures": ["count"]}
///     table:
///     count
///     -----
///         2
///
/// Values are in edge units, `-` is absent, and a row that is only `...` starts a new segment. Instead of `table:` a file may end with
/// `error: CODE KEY LINE:COLUMN` (`-` for what is not said).
struct QueryCase: Sendable, CustomTestStringConvertible {
    let name: String
    var now = Timestamp(microseconds: 0)
    var segments: [[SampleRow]] = [[]]
    var query = ""
    var table = ""
    var error: String?
    /// Text before `table:` or `error:`, to which an update writes a new end.
    var head = ""

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Cases")

    static let all: [QueryCase] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "test" }.sorted { $0.path < $1.path }.compactMap { QueryCase($0) }
    }()

    private enum Section { case preamble, rows, query, table }

    init?(_ file: URL) {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        var section = Section.preamble
        var names: [RequestField] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("error:") {
                error = String(line.dropFirst(6).drop { $0 == " " })
                return
            }
            switch (line, section) {
            case ("rows:", _): section = .rows
            case ("query:", _): section = .query
            case ("table:", _): section = .table
            case (_, .preamble):
                if line.hasPrefix("now:") { now = Timestamp(iso8601: line.dropFirst(4).trimmingCharacters(in: .whitespaces)) ?? now }
            case ("...", .rows): segments.append([])
            case (_, .rows):
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                if names.isEmpty { names = cells.compactMap { RequestField(named: $0) } } else { append(cells, names) }
            case (_, .query): query += line + "\n"
            case (_, .table): table += line + "\n"
            }
            if section != .table { head += line + "\n" }
        }
        while table.hasSuffix("\n\n") { table.removeLast() }
    }

    private mutating func append(_ cells: [String], _ names: [RequestField]) {
        var row = SampleRow(integers: [.sequence: Int64(segments.reduce(1) { $0 + $1.count })])
        for (field, cell) in zip(names, cells) where cell != "-" {
            guard field.kind == .integer else {
                row.texts[field] = cell
                continue
            }
            switch field.unit {
            case .instant: row.integers[field] = Timestamp(iso8601: cell)?.microseconds
            case .boolean: row.integers[field] = cell == "true" ? 1 : 0
            default: row.integers[field] = Double(cell).map { Int64(($0 * field.unit.divisor).rounded()) }
            }
        }
        segments[segments.count - 1].append(row)
    }

    /// The answer as the file would hold it: a table, or the error's line.
    func outcome() -> (table: String, error: String?) {
        let filled = segments.filter { !$0.isEmpty }
        let snapshot = StoreSnapshot(segments: filled.map { BatchSegment(SampleRow.batch($0)) }, sequence: 1)
        do throws(QueryError) {
            return (try QueryEngine.run(try RequestQueryText.parse(query), over: snapshot, now: now).table, nil)
        } catch {
            let position = error.position.map { "\($0.line):\($0.column)" } ?? "-"
            return ("", "\(error.code.rawValue) \(error.field ?? "-") \(position)")
        }
    }
}

struct QueryCaseTests {
    /// `GATEWATCH_UPDATE=1` writes the answers into the files instead; the difference is then looked over by a person.
    private static let updates = ProcessInfo.processInfo.environment["GATEWATCH_UPDATE"] == "1"

    @Test(arguments: QueryCase.all)
    func theTableIsTheFiles(_ example: QueryCase) throws {
        let outcome = example.outcome()
        if Self.updates {
            let end = outcome.error.map { "error: \($0)\n" } ?? "table:\n" + outcome.table
            try Data((example.head + end).utf8).write(to: QueryCase.folder.appending(path: example.name + ".test"))
            return
        }
        #expect(outcome.table == example.table)
        #expect(outcome.error == example.error)
    }

    @Test func thereAreCases() { #expect(QueryCase.all.count >= 12) }
}
