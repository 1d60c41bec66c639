internal import GatewayModel

/// Writes values as Go's `fmt` does, up to a number of bytes.
///
/// Source: https://pkg.go.dev/fmt, "Printing".
struct GoPrinter {
    private(set) var text = ""
    private(set) var bytes = 0
    /// Whether something was left out because the text would have become too long.
    private(set) var isFull = false
    let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// As `fmt.Sprint`: spaces between two operands neither of which is text.
    static func print(_ values: [TemplateValue]) throws(TemplateFailure) -> String {
        var printer = GoPrinter(bytesMax: TemplateLimits.outputBytesMax)
        for (index, value) in values.enumerated() {
            if index > 0, !isText(value), !isText(values[index - 1]) { printer.append(" ") }
            printer.append(value)
        }
        return try printer.whole()
    }

    /// As `fmt.Sprintln`: spaces between all, and a line's end.
    static func printLine(_ values: [TemplateValue]) throws(TemplateFailure) -> String {
        var printer = GoPrinter(bytesMax: TemplateLimits.outputBytesMax)
        for (index, value) in values.enumerated() {
            if index > 0 { printer.append(" ") }
            printer.append(value)
        }
        printer.append("\n")
        return try printer.whole()
    }

    func whole() throws(TemplateFailure) -> String {
        if isFull { throw TemplateFailure("text of more than \(bytesMax) bytes") }
        return text
    }

    private static func isText(_ value: TemplateValue) -> Bool {
        switch value {
        case .string, .html, .url: true
        default: false
        }
    }

    mutating func append(_ more: String) {
        let count = more.utf8.count
        guard bytes + count <= bytesMax else {
            isFull = true
            return
        }
        text += more
        bytes += count
    }

    /// As `%v`.
    mutating func append(_ value: TemplateValue) { append(value, FormatVerb()) }

    /// As a verb says, with its flags.
    mutating func append(_ value: TemplateValue, _ verb: FormatVerb) {
        if isFull { return }
        switch value {
        case .list(let elements): append(list: elements, verb, typeName: value.typeName)
        case .map(let entries), .dictionary(let entries): append(entries, verb, typeName: value.typeName)
        case .object(let object): append(object, verb)
        default: append(verb.written(value))
        }
    }

    /// By its own words where it has any, else as the struct, list or map that it is.
    private mutating func append(_ object: any TemplateObject, _ verb: FormatVerb) {
        if verb.takesText, let printed = object.printed {
            append(verb.padded(verb.written(text: printed)))
        } else if let contents = object.contents {
            append(contents, verb)
        } else {
            append(object.typeName.hasPrefix("*") ? "&{" : "{")
            for (index, field) in object.fields.enumerated() {
                if isFull { return }
                if index > 0 { append(" ") }
                append(field.value, verb)
            }
            append("}")
        }
    }

    private mutating func append(list elements: [TemplateValue], _ verb: FormatVerb, typeName: String) {
        append(verb.isGoSyntax ? typeName + "{" : "[")
        for (index, element) in elements.enumerated() {
            if isFull { return }
            if index > 0 { append(verb.isGoSyntax ? ", " : " ") }
            append(element, verb)
        }
        append(verb.isGoSyntax ? "}" : "]")
    }

    private mutating func append(_ entries: [String: TemplateValue], _ verb: FormatVerb, typeName: String) {
        append(verb.isGoSyntax ? typeName + "{" : "map[")
        for (index, entry) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
            if isFull { return }
            if index > 0 { append(verb.isGoSyntax ? ", " : " ") }
            append(.string(entry.key), verb)
            append(":")
            append(entry.value, verb)
        }
        append(verb.isGoSyntax ? "}" : "]")
    }
}
