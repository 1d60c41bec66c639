import ByteCoding
import Foundation

/// A backtest's answer for a person at a terminal.
enum BacktestText {
    /// Stretches that are told one by one; a report of more is for programs.
    private static let spansMax = 20

    static func of(_ answer: JSONValue) -> String {
        let summary = answer["summary"]
        func number(_ name: String) -> Double { summary?[name]?.double ?? 0 }
        var lines = [
            "from \(time(answer["from"])) to \(time(answer["to"])), every \(duration(answer["step_seconds"]?.double ?? 0)), \(Int(answer["series"]?.double ?? 0)) series"
        ]
        if let threshold = answer["threshold"], let comparison = threshold["comparison"]?.string, let limit = threshold["limit"]?.double {
            lines.append("threshold  \(comparison) \(PrometheusNumber.of(limit))")
        }
        lines.append(
            "fired      \(Int(number("firings"))) times, \(Int(number("alerts"))) alerts, \(duration(number("firing_seconds"))) in all, \(Int(number("flaps"))) flaps"
        )
        lines.append("pages      \(Int(number("pages"))), \(rounded(number("pages_per_week"))) a week")
        if let recall = summary?["recall"]?.double {
            let precision = summary?["precision"]?.double.map { percent($0) } ?? "-"
            let delay = summary?["detection_delay_seconds"]?.double.map { duration($0) } ?? "-"
            lines.append("incidents  \(percent(recall)) found, \(precision) of the pages met one, found after \(delay)")
        }
        lines += spans(answer) + curve(answer)
        if let suggestion = answer["suggestion"], let limit = suggestion["limit"]?.double {
            lines.append("\nThe budget is kept with \(PrometheusNumber.of(limit)): \(rounded(suggestion["pages_per_week"]?.double ?? 0)) pages a week.")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func spans(_ answer: JSONValue) -> [String] {
        var rows: [(from: String, text: String)] = []
        for alert in answer["alerts"]?.elements ?? [] {
            var labels = ""
            if case .object(let members)? = alert["labels"] { labels = members.map { "\($0.name)=\"\($0.value.string ?? "")\"" }.joined(separator: ", ") }
            for span in alert["spans"]?.elements ?? [] {
                let mark = span["is_incident"]?.bool == true ? "  incident" : ""
                rows.append((time(span["from"]), "  \(time(span["from"]))  \(time(span["to"]))  {\(labels)}\(mark)"))
            }
        }
        rows.sort { $0.from < $1.from }
        guard !rows.isEmpty else { return [] }
        let shown = rows.suffix(spansMax)
        return ["\nfiring" + (rows.count > shown.count ? ", the last \(shown.count) of \(rows.count) times" : "")] + shown.map(\.text)
    }

    private static func curve(_ answer: JSONValue) -> [String] {
        guard let points = answer["curve"]?.elements, !points.isEmpty else { return [] }
        return ["\n     threshold  pages a week        firing  precision  recall"]
            + points.map { point in
                let cells = [
                    (PrometheusNumber.of(point["limit"]?.double ?? 0), 14), (rounded(point["pages_per_week"]?.double ?? 0), 14),
                    (duration(point["firing_seconds"]?.double ?? 0), 14),
                    (point["precision"]?.double.map(percent) ?? "-", 11), (point["recall"]?.double.map(percent) ?? "-", 8),
                ]
                return cells.map { text, width in String(repeating: " ", count: max(0, width - text.count)) + text }.joined()
            }
    }

    private static func time(_ value: JSONValue?) -> String { String((value?.string ?? "").prefix(19)).replacing("T", with: " ") }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func rounded(_ value: Double) -> String { value < 10 ? String(format: "%.2f", value) : String(format: "%.0f", value) }

    /// `2d 03:04:05`, or what is left of it.
    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e12))
        let (days, rest) = whole.quotientAndRemainder(dividingBy: 86_400)
        let clock = String(format: "%02d:%02d:%02d", rest / 3_600, rest / 60 % 60, rest % 60)
        return days > 0 ? "\(days)d \(clock)" : clock
    }
}
