/// `eq`, `ne`, `lt`, `le`, `gt`, `ge`: values of one kind with each other.
///
/// Source: https://pkg.go.dev/text/template#hdr-Functions.
extension TemplateFunctions {
    static let comparisons: [String: TemplateFunction] = [
        "eq": TemplateFunction([.any], others: .any) { values, _ throws(TemplateFailure) in
            guard values.count > 1 else { throw TemplateFailure("missing argument for comparison") }
            for other in values.dropFirst() {
                if try areEqual(values[0], other) { return .bool(true) }
            }
            return .bool(false)
        },
        "ne": TemplateFunction([.any, .any]) { values, _ throws(TemplateFailure) in .bool(!(try areEqual(values[0], values[1]))) },
        "lt": TemplateFunction([.any, .any]) { values, _ throws(TemplateFailure) in .bool(try precedes(values[0], values[1])) },
        "le": TemplateFunction([.any, .any]) { values, _ throws(TemplateFailure) in .bool(try precedesOrEquals(values[0], values[1])) },
        "gt": TemplateFunction([.any, .any]) { values, _ throws(TemplateFailure) in .bool(!(try precedesOrEquals(values[0], values[1]))) },
        "ge": TemplateFunction([.any, .any]) { values, _ throws(TemplateFailure) in .bool(!(try precedes(values[0], values[1]))) },
    ]

    /// Values that can be compared with each other.
    private enum Basic {
        case bool(Bool), int(Int), float(Double), string(String)
    }

    private static func basic(_ value: TemplateValue) -> Basic? {
        switch value {
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .duration(let nanoseconds): .int(Int(nanoseconds))
        case .float(let number): .float(number)
        case .string(let text), .html(let text), .url(let text): .string(text)
        case .none, .list, .map, .dictionary, .time, .object: nil
        }
    }

    private static func areEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        switch (basic(left), basic(right)) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        // By bytes, as Go does: letters written in two ways are two texts.
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (nil, nil):
            switch (left, right) {
            case (.none, .none): return true
            case (.none, _), (_, .none): return false
            case (.time(let left), .time(let right)): return left == right
            case _ where left.typeName == right.typeName: throw TemplateFailure("non-comparable type \(printed(left)): \(left.typeName)")
            default: throw TemplateFailure("non-comparable types \(printed(left)): \(left.typeName), \(right.typeName): \(printed(right, "v"))")
            }
        default:
            if case .none = left { return false }
            if case .none = right { return false }
            throw TemplateFailure("incompatible types for comparison")
        }
    }

    /// For an error message, cut.
    private static func printed(_ value: TemplateValue, _ letter: Character = "s") -> String {
        var printer = GoPrinter(bytesMax: 1000)
        printer.append(value, FormatVerb(letter: letter))
        return printer.text
    }

    private static func precedes(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        switch (basic(left), basic(right)) {
        case (nil, _), (_, nil), (.bool, .bool): throw TemplateFailure("invalid type for comparison")
        case (.int(let left), .int(let right)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        default: throw TemplateFailure("incompatible types for comparison")
        }
    }

    private static func precedesOrEquals(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        if try precedes(left, right) { return true }
        return try areEqual(left, right)
    }
}
