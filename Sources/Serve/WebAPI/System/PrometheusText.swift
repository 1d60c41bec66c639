/// Writes the Prometheus text exposition format 0.0.4.
///
/// Source: Prometheus documentation, "Exposition formats", text-based format.
struct PrometheusText {
    enum Kind: String { case counter, gauge, summary }

    private(set) var text = ""

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A family: its HELP and TYPE lines and one line for each sample, labels in the order given.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]) {
        text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                text += "{" + sample.labels.map { "\($0.0)=\"\(Self.escape($0.1, quotes: true))\"" }.joined(separator: ",") + "}"
            }
            text += " " + Self.number(sample.value) + "\n"
        }
    }

    /// A family of one sample without labels.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: Double) { family(name, kind, help, [([], value)]) }

    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) { family(name, kind, help, Double(value)) }

    /// A summary without quantiles: how much in all, and how often.
    mutating func summary(_ name: String, _ help: String, sum: Double, count: Int) {
        family(name, .summary, help, [])
        text += "\(name)_sum \(Self.number(sum))\n\(name)_count \(count)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
