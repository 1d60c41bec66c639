package import ByteCoding

extension RuleFinding {
    /// Writes the members of a finding that `docs/reference/alerting-api.md` shows.
    package func write(to object: inout JSONWriter) {
        object.member("code", code.rawValue)
        object.member("severity", severity.rawValue)
        object.member("message", message)
        object.member("file", file)
        object.member("group", group)
        object.member("rule", rule)
        object.member("line", line)
        object.member("column", column)
    }

    /// - Returns: nil when the value is no finding as ``write(to:)`` writes it.
    package init?(_ json: JSONValue) {
        guard let code = (json["code"]?.string).flatMap(RuleFindingCode.init), let severity = (json["severity"]?.string).flatMap(Severity.init),
            let message = json["message"]?.string
        else { return nil }
        self.init(
            code, severity, message, file: json["file"]?.string ?? "", group: json["group"]?.string ?? "", rule: json["rule"]?.string ?? "",
            line: Int(json["line"]?.integer ?? 0), column: Int(json["column"]?.integer ?? 0))
    }

    /// One line as compilers write it: `rules.yaml:12:9: error: ... [never-fires]`.
    package var text: String {
        let place = [file.isEmpty ? nil : file, line > 0 ? "\(line):\(column)" : nil].compactMap(\.self).joined(separator: ":")
        return (place.isEmpty ? "" : place + ": ") + "\(severity.rawValue): \(rule.isEmpty ? "" : rule + ": ")\(message) [\(code.rawValue)]"
    }
}
