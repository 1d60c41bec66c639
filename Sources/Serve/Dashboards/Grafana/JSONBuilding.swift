internal import ByteCoding

/// Short ways to write JSON down in code; members stand in the order in which they are written.
extension JSONValue {
    /// An object; members that are nil are left out.
    static func made(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { member in member.value.map { Member(name: member.key, value: $0) } })
    }

    static func text(_ text: String) -> JSONValue { .string(text) }
    static func int(_ number: Int) -> JSONValue { .number(JSONScanner.Number(double: Double(number), integer: Int64(number))) }
    /// A whole number is written without a fraction.
    static func decimal(_ number: Double) -> JSONValue { .number(JSONScanner.Number(double: number, integer: Int64(exactly: number))) }
    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// The value over several lines, two blanks a level: for files that people compare.
    package var indented: String {
        var lines = ""
        writeIndented(to: &lines, level: 0)
        return lines + "\n"
    }

    private func writeIndented(to text: inout String, level: Int) {
        let inner = String(repeating: "  ", count: level + 1)
        let outer = String(repeating: "  ", count: level)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                element.writeIndented(to: &text, level: level + 1)
                text += index == elements.count - 1 ? "\n" : ",\n"
            }
            text += outer + "]"
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + JSONValue.string(member.name).compact + ": "
                member.value.writeIndented(to: &text, level: level + 1)
                text += index == members.count - 1 ? "\n" : ",\n"
            }
            text += outer + "}"
        default: text += compact
        }
    }

    private var compact: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.string
    }
}
