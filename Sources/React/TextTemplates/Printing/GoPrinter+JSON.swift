/// Values as Go's `encoding/json` writes them.
///
/// Source: https://pkg.go.dev/encoding/json#Marshal.
extension GoPrinter {
    /// - Throws: for numbers that JSON does not have.
    mutating func append(json value: TemplateValue) throws(TemplateFailure) {
        if isFull { return }
        switch value {
        case .none: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): append("\(number)")
        case .duration(let nanoseconds): append("\(nanoseconds)")
        case .float(let number): append(try Self.json(number))
        case .string(let text), .html(let text), .url(let text): append(json: text)
        case .time(let time): append(json: GoTimeFormat.text(time, "2006-01-02T15:04:05.999999999Z07:00"))
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                append(index == 0 ? "[" : ",")
                try append(json: element)
            }
            append(elements.isEmpty ? "[]" : "]")
        case .map(let entries), .dictionary(let entries):
            try append(jsonFields: entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) })
        case .object(let object):
            if let contents = object.contents { try append(json: contents) } else { try append(jsonFields: object.fields) }
        }
    }

    private mutating func append(jsonFields fields: [(name: String, value: TemplateValue)]) throws(TemplateFailure) {
        append("{")
        for (index, field) in fields.enumerated() {
            if index > 0 { append(",") }
            append(json: field.name)
            append(":")
            try append(json: field.value)
        }
        append("}")
    }

    private static func json(_ number: Double) throws(TemplateFailure) -> String {
        if let special = GoNumberText.special(number) { throw TemplateFailure("json: unsupported value: \(special)") }
        let isLarge = number != 0 && (number.magnitude < 1e-6 || number.magnitude >= 1e21)
        return isLarge ? GoNumberText.scientific(number) : GoNumberText.plain(number)
    }

    private mutating func append(json text: String) {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{c}": quoted += "\\f"
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..."\u{1f}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        append(quoted + "\"")
    }
}
