/// Writes YAML as people write dashboards: nested by two spaces, short objects and lists on one line, long texts as blocks.
///
/// What it writes means the same to a reader of YAML 1.1 (PyYAML) and 1.2: words that one of them would take for something else than text are quoted.
enum YAMLText {
    /// Characters of a line up to which an object or a list stands on it.
    private static let lineCharactersMax = 140
    /// Keys whose value is always written over several lines, so that a change of one panel is a change of its lines.
    private static let blockKeys: Set<String> = ["sections", "panels", "variables", "description", "records", "columns", "states"]

    static func write(_ value: DocumentValue) -> String {
        guard case .object(let members) = value.content else { return flow(value) + "\n" }
        var lines: [String] = []
        append(members, indent: 0, to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Blocks

    private static func append(_ members: [DocumentValue.Member], indent: Int, to lines: inout [String]) {
        for member in members { append(member, indent: indent, to: &lines) }
    }

    private static func append(_ member: DocumentValue.Member, indent: Int, to lines: inout [String]) {
        let head = String(repeating: " ", count: indent) + scalar(member.name, isFlow: false) + ":"
        switch member.value.content {
        case .plain(let word): lines.append(head + " " + word)
        case .text(let text):
            guard let block = block(text, indent: indent + 2) else { return lines.append(head + " " + scalar(text, isFlow: false)) }
            lines.append(head + " " + block.header)
            lines += block.lines
        case .list, .object:
            let line = flow(member.value)
            let isShort = !blockKeys.contains(member.name) && head.count + line.count < lineCharactersMax && !line.contains("\\n")
            if isEmpty(member.value) || isShort { return lines.append(head + " " + line) }
            lines.append(head)
            appendBlock(member.value, indent: indent + 2, to: &lines)
        }
    }

    private static func appendBlock(_ value: DocumentValue, indent: Int, to lines: inout [String]) {
        switch value.content {
        case .object(let members): append(members, indent: indent, to: &lines)
        case .list(let elements): for element in elements { appendElement(element, indent: indent, to: &lines) }
        case .text, .plain: lines.append(String(repeating: " ", count: indent) + flow(value))
        }
    }

    private static func appendElement(_ element: DocumentValue, indent: Int, to lines: inout [String]) {
        let dash = String(repeating: " ", count: indent) + "- "
        guard case .object(let members) = element.content, !members.isEmpty else { return lines.append(dash + flow(element)) }
        let isSmall = !members.contains { blockKeys.contains($0.name) || $0.name == "id" }
        if isSmall, case let line = flow(element), dash.count + line.count < lineCharactersMax { return lines.append(dash + line) }
        let first = lines.count
        append(members, indent: indent + 2, to: &lines)
        lines[first] = dash + lines[first].dropFirst(indent + 2)
    }

    /// A text of several lines as a literal block; nil where it is none, or begins or ends in a way that a block cannot say.
    private static func block(_ text: String, indent: Int) -> (header: String, lines: [String])? {
        guard text.contains("\n"), let first = text.first, !first.isWhitespace, !text.contains("\t") else { return nil }
        let isClosed = text.hasSuffix("\n")
        let body = isClosed ? String(text.dropLast()) : text
        guard !body.hasSuffix("\n"), body.unicodeScalars.allSatisfy({ $0 == "\n" || isPrintable($0) }) else { return nil }
        let pieces = body.split(separator: "\n", omittingEmptySubsequences: false)
        guard pieces.allSatisfy({ $0.isEmpty || $0.contains { $0 != " " } }) else { return nil }
        let margin = String(repeating: " ", count: indent)
        return (isClosed ? "|" : "|-", pieces.map { $0.isEmpty ? "" : margin + $0 })
    }

    // MARK: One line

    private static func isEmpty(_ value: DocumentValue) -> Bool { value.content == .list([]) || value.content == .object([]) }

    private static func flow(_ value: DocumentValue) -> String {
        switch value.content {
        case .text(let text): scalar(text, isFlow: true)
        case .plain(let word): word
        case .list(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { scalar($0.name, isFlow: true) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
        }
    }

    private static func scalar(_ text: String, isFlow: Bool) -> String {
        isPlain(text, isFlow: isFlow) ? text : quoted(text)
    }

    /// Words that readers of YAML take for something else than text.
    private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "~", "y", "n", "=", "<<"]

    private static func isPlain(_ text: String, isFlow: Bool) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, !reserved.contains(text.lowercased()) else { return false }
        guard text.unicodeScalars.allSatisfy(isPrintable), first != " ", last != " ", last != ":" else { return false }
        if "0123456789+.".unicodeScalars.contains(first), !isWidth(text) { return false }
        if "-?:,[]{}#&*!|>'\"%@`".unicodeScalars.contains(first) {
            // `-duration` is text; a dash before a space begins an element, one before a digit a number.
            guard first == "-", let next = text.unicodeScalars.dropFirst().first, next.properties.isAlphabetic else { return false }
        }
        if text.contains(": ") || text.contains(" #") { return false }
        return !isFlow || !text.unicodeScalars.contains { ",[]{}:?".unicodeScalars.contains($0) }
    }

    /// A width or duration, `30s`: begins with a digit and is still text to every reader.
    private static func isWidth(_ text: String) -> Bool {
        let unit = text.drop { $0.isASCII && $0.isNumber }
        return unit.count == 1 && unit.allSatisfy { "smhdwMy".contains($0) } && text.count > 1
    }

    /// Whether a character may stand in a file as it is.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e, 0xa0...0xd7ff, 0x10000...0x10ffff: scalar.value != 0x2028 && scalar.value != 0x2029
        case 0xe000...0xfffd: scalar.value != 0xfeff
        default: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\t": output += "\\t"
            case _ where isPrintable(scalar): output.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return output + "\""
    }
}
