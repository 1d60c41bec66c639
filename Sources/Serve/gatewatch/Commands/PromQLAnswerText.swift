import ByteCoding
import Foundation
import GatewayModel
import RequestQuery

/// An answer of the Prometheus API for people and spreadsheets.
struct PromQLAnswerText {
    private struct Series {
        let labels: [(name: String, value: String)]
        let samples: [(seconds: Double, value: String)]
    }

    private let series: [Series]
    private let isRange: Bool
    /// Warnings and infos.
    let notes: [String]

    init(_ json: [UInt8]) throws {
        let answer = try JSONValue.parse(String(decoding: json, as: UTF8.self))
        notes = ["warnings", "infos"].flatMap { answer[$0]?.elements?.compactMap(\.string) ?? [] }
        let result = answer["data"]?["result"]
        isRange = answer["data"]?["resultType"]?.string == "matrix"
        switch answer["data"]?["resultType"]?.string {
        case "scalar", "string": series = [Series(labels: [], samples: Self.sample(result).map { [$0] } ?? [])]
        default:
            series = (result?.elements ?? []).map { element in
                let single = element["value"] ?? element["histogram"]
                let many = (element["values"]?.elements ?? []) + (element["histograms"]?.elements ?? [])
                return Series(
                    labels: element["metric"]?.members?.map { ($0.name, $0.value.string ?? "") } ?? [],
                    samples: (single.map { [$0] } ?? many).compactMap(Self.sample).sorted { $0.seconds < $1.seconds })
            }
        }
    }

    private static func sample(_ pair: JSONValue?) -> (seconds: Double, value: String)? {
        guard let parts = pair?.elements, parts.count == 2, let seconds = parts[0].double else { return nil }
        if let value = parts[1].string { return (seconds, value) }
        // A histogram: what a line can hold of it.
        return (seconds, "count:\(parts[1]["count"]?.string ?? "") sum:\(parts[1]["sum"]?.string ?? "")")
    }

    /// Series and values side by side, or, over a range, the series with its samples below.
    var table: String {
        if series.isEmpty { return "no series\n" }
        if !isRange {
            let rows = series.map { (Self.name($0.labels), $0.samples.first?.value ?? "") }
            let width = rows.map(\.0.count).max() ?? 0
            return rows.map { $0.0.isEmpty ? "\($0.1)\n" : $0.0 + String(repeating: " ", count: width - $0.0.count) + "  \($0.1)\n" }.joined()
        }
        return series.map { series in
            Self.name(series.labels) + "\n" + series.samples.map { "  \(Self.time($0.seconds))  \($0.value)\n" }.joined()
        }.joined()
    }

    /// A line for each sample: time, a column for each label, value.
    var csv: [UInt8] {
        let names = Set(series.flatMap { $0.labels.map(\.name) }).sorted()
        var bytes: [UInt8] = []
        Self.appendLine(["time"] + names + ["value"], to: &bytes)
        for series in series {
            let values = Dictionary(series.labels.map { ($0.name, $0.value) }) { first, _ in first }
            let labels = names.map { values[$0] ?? "" }
            for sample in series.samples {
                CSVText.append(plain: Self.time(sample.seconds), to: &bytes)
                for label in labels {
                    CSVText.separator(&bytes)
                    CSVText.append(text: label, to: &bytes)
                }
                CSVText.separator(&bytes)
                CSVText.append(plain: sample.value, to: &bytes)
                CSVText.endLine(&bytes)
            }
        }
        return bytes
    }

    private static func appendLine(_ cells: [String], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { CSVText.separator(&bytes) }
            CSVText.append(text: cell, to: &bytes)
        }
        CSVText.endLine(&bytes)
    }

    /// `up{job="api"}`, without characters that would change the terminal.
    private static func name(_ labels: [(name: String, value: String)]) -> String {
        let metric = labels.first { $0.name == "__name__" }?.value ?? ""
        let others = labels.filter { $0.name != "__name__" }.map { "\($0.name)=\"\($0.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
        let text = metric + (others.isEmpty && !metric.isEmpty ? "" : "{" + others.joined(separator: ", ") + "}")
        return String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "\u{FFFD}" : $0 })
    }

    private static func time(_ seconds: Double) -> String {
        let text = Timestamp(microseconds: Int64((seconds * 1_000).rounded()) * 1_000).iso8601
        return text.prefix(23) + "Z"
    }
}
