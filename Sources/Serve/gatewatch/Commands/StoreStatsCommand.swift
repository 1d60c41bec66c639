import ArgumentParser
import ByteCoding
import Foundation
import GatewayModel
import RequestStorage

struct StoreStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Prints what each UTC day and each column takes on disk.",
        discussion: "Reads the parts' directories only; works while a server uses the folder. Records that are in the log and in memory are not counted.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let settings = try withConfigurationErrors { try options.load() }
        let days = try withStartErrors { try DayStatistics.all(settings.dataFolder.path) }
        print(json ? Self.json(days) : Self.text(days))
    }

    // MARK: Table

    private static func text(_ days: [DayStatistics]) -> String {
        var rows = [["day", "records", "parts", "bytes", "bytes/record", "rollup bytes"]]
        for day in days { rows.append(row(day.day, day.records, day.parts, day.bytes, day.rollupBytes)) }
        let records = days.reduce(0) { $0 + $1.records }
        rows.append(row("all", records, days.reduce(0) { $0 + $1.parts }, days.reduce(0) { $0 + $1.bytes }, days.reduce(0) { $0 + $1.rollupBytes }))
        var columns = [["column", "bytes", "bytes/record"]]
        for (field, bytes) in columnBytes(days) { columns.append([field.name, String(bytes), perRecord(bytes, records)]) }
        let unreadable = days.reduce(0) { $0 + $1.unreadableParts }
        let warning = unreadable > 0 ? "\n\(unreadable) parts cannot be opened: gatewatch store check" : ""
        return table(rows) + "\n\n" + table(columns) + warning
    }

    private static func row(_ name: String, _ records: Int64, _ parts: Int, _ bytes: Int64, _ rollups: Int64) -> [String] {
        [name, String(records), String(parts), String(bytes), perRecord(bytes, records), String(rollups)]
    }

    private static func perRecord(_ bytes: Int64, _ records: Int64) -> String { String(format: "%.2f", Double(bytes) / Double(max(1, records))) }

    /// The first column to the left, the others to the right.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Over all days, the largest first.
    private static func columnBytes(_ days: [DayStatistics]) -> [(RequestField, Int64)] {
        var bytes: [RequestField: Int64] = [:]
        for day in days { bytes.merge(day.columnBytes, uniquingKeysWith: +) }
        return bytes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    // MARK: JSON

    private static func json(_ days: [DayStatistics]) -> String {
        var writer = JSONWriter()
        writer.object { report in
            report.array("days") { list in
                for day in days {
                    list.object { entry in
                        entry.member("day", day.day)
                        entry.member("records", day.records)
                        entry.member("parts", day.parts)
                        entry.member("bytes", day.bytes)
                        entry.member("rollup_bytes", day.rollupBytes)
                        entry.member("unreadable_parts", day.unreadableParts)
                        entry.object("columns") { columns in for (field, bytes) in columnBytes([day]) { columns.member(field.name, bytes) } }
                    }
                }
            }
        }
        return writer.string
    }
}
