internal import GatewayModel

/// A group of rules that are made, not read.
struct WrittenGroup {
    var name: String
    /// Milliseconds.
    var interval: Int64
    var rules: [WrittenRule]
}

/// A rule that is made: either of `record` and `alert` is not empty.
struct WrittenRule {
    var record = ""
    var alert = ""
    var expression: String
    var labels: [SeriesLabel] = []
    var annotations: [SeriesLabel] = []
}

/// Writes rules as a file in Prometheus's YAML, for people to read too.
enum RuleFileWriter {
    static func yaml(_ groups: [WrittenGroup]) -> String {
        if groups.isEmpty { return "groups: []\n" }
        return (["groups:"] + groups.flatMap(lines)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ group: WrittenGroup) -> [String] {
        ["  - name: \(scalar(group.name))", "    interval: \(DurationText.text(milliseconds: group.interval))", "    rules:"] + group.rules.flatMap(lines)
    }

    private static func lines(_ rule: WrittenRule) -> [String] {
        var lines = [rule.alert.isEmpty ? "      - record: \(scalar(rule.record))" : "      - alert: \(scalar(rule.alert))"]
        if rule.expression.contains("\n") {
            lines += ["        expr: |-"] + rule.expression.split(separator: "\n").map { "          \($0)" }
        } else {
            lines.append("        expr: \(scalar(rule.expression))")
        }
        for (key, pairs) in [("labels", rule.labels), ("annotations", rule.annotations)] where !pairs.isEmpty {
            lines.append("        \(key):")
            lines += pairs.sortedByName.map { "          \(scalar($0.name)): \(scalar($0.value))" }
        }
        return lines
    }

    /// A text as YAML reads it back: single quotes around what is not a plain word, double quotes where only escapes help.
    static func scalar(_ text: String) -> String {
        let isWord = text.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-:.".unicodeScalars.contains($0)) }
        let startsPlain = text.unicodeScalars.first.map { $0.properties.isAlphabetic } ?? false
        let isReserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased()) || text.hasSuffix(":")
        if isWord, startsPlain, !isReserved { return text }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value) && $0 != "\u{2028}" && $0 != "\u{2029}" && $0 != "\u{FEFF}" }
        return isPrintable ? "'" + text.replacing("'", with: "''") + "'" : escaped(text)
    }

    private static func escaped(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || ["\u{2028}", "\u{2029}", "\u{FEFF}"].contains(scalar):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
