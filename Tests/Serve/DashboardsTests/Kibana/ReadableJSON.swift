import ByteCoding

/// JSON for people who compare two states of it: what fits stands on one line, and JSON within a text is opened.
enum ReadableJSON {
    private static let lineWidth = 160

    static func text(_ value: JSONValue) -> String { lines(opened(value), indent: "") + "\n" }

    /// Kibana keeps several attributes as JSON in a text; in a golden file they would be one line of a hundred thousand characters.
    private static func opened(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            guard text.hasPrefix("{") || text.hasPrefix("["), let inner = try? JSONValue.parse(text) else { return value }
            return opened(inner)
        case .array(let elements): return .array(elements.map(opened))
        case .object(let members):
            return .object(members.map { member in
                let inner = opened(member.value)
                let isText = member.value.string != nil && inner.string == nil
                return JSONValue.Member(name: member.name + (isText ? " (JSON as a text)" : ""), value: inner)
            })
        case .null, .bool, .number: return value
        }
    }

    private static func lines(_ value: JSONValue, indent: String) -> String {
        let line = compact(value)
        guard indent.count + line.count > lineWidth else { return line }
        let inner = indent + " "
        switch value {
        case .array(let elements): return "[\n" + elements.map { inner + lines($0, indent: inner) }.joined(separator: ",\n") + "\n" + indent + "]"
        case .object(let members):
            return "{\n" + members.map { inner + compact(.string($0.name)) + ": " + lines($0.value, indent: inner) }.joined(separator: ",\n") + "\n" + indent + "}"
        case .string, .null, .bool, .number: return line
        }
    }

    private static func compact(_ value: JSONValue) -> String {
        switch value {
        case .array(let elements): return "[" + elements.map(compact).joined(separator: ", ") + "]"
        case .object(let members): return "{" + members.map { compact(.string($0.name)) + ": " + compact($0.value) }.joined(separator: ", ") + "}"
        case .string, .null, .bool, .number:
            var writer = JSONWriter()
            value.write(to: &writer)
            return writer.string
        }
    }
}
