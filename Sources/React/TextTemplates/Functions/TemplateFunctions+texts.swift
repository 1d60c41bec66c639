internal import GatewayModel

/// Go's own functions but for comparisons, and `and`, `or` and `call`, which do not evaluate all their arguments first.
///
/// Source: https://pkg.go.dev/text/template#hdr-Functions.
extension TemplateFunctions {
    static let builtInTexts: [String: TemplateFunction] = [
        // Known here, carried out by the renderer.
        "and": TemplateFunction([.any], others: .any) { values, _ in values.last ?? .none },
        "or": TemplateFunction([.any], others: .any) { values, _ in values.last ?? .none },
        "call": TemplateFunction([.any], others: .any) { values, _ throws(TemplateFailure) in
            if case .none? = values.first { throw TemplateFailure("call of nil") }
            throw TemplateFailure("non-function of type \(values.first?.typeName ?? "nil")")
        },
        "not": TemplateFunction([.any]) { values, _ in .bool(!values[0].isTrue) },
        "len": TemplateFunction([.any]) { values, _ throws(TemplateFailure) in .int(try length(of: values[0])) },
        "index": TemplateFunction([.any], others: .any) { values, _ throws(TemplateFailure) in
            var item = values[0]
            for key in values.dropFirst() { item = try element(of: item, at: key) }
            return item
        },
        "slice": TemplateFunction([.any], others: .any) { values, _ throws(TemplateFailure) in try slice(values[0], Array(values.dropFirst())) },
        "print": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in .string(try GoPrinter.print(values)) },
        "println": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in .string(try GoPrinter.printLine(values)) },
        "printf": TemplateFunction([.string], others: .any) { values, _ throws(TemplateFailure) in
            guard case .string(let format) = values[0] else { return .none }
            return .string(try GoFormat.text(format, Array(values.dropFirst())))
        },
        "html": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in .string(TextEscaping.html(try printed(values))) },
        "js": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in .string(TextEscaping.javaScript(try printed(values))) },
        "urlquery": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in .string(TextEscaping.query(try printed(values))) },
    ]

    /// As they are printed outside of functions, where nil is no value.
    private static func printed(_ values: [TemplateValue]) throws(TemplateFailure) -> String {
        try GoPrinter.print(values.map { if case .none = $0 { .string("<no value>") } else { $0 } })
    }

    private static func length(of value: TemplateValue) throws(TemplateFailure) -> Int {
        switch value.contents {
        case .string(let text), .html(let text), .url(let text): return text.utf8.count
        case .list(let elements): return elements.count
        case .map(let entries), .dictionary(let entries): return entries.count
        case .none: throw TemplateFailure("reflect: call of reflect.Value.Type on zero Value")
        case .bool, .int, .float, .time, .duration, .object: throw TemplateFailure("len of type \(value.typeName)")
        }
    }

    private static func element(of item: TemplateValue, at key: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        switch item.contents {
        case .none: throw TemplateFailure("index of untyped nil")
        case .list(let elements): return elements[try place(key, in: elements.count)]
        case .string(let text), .html(let text), .url(let text):
            let place = try place(key, in: text.utf8.count)
            return .int(Int(text.utf8[text.utf8.index(text.startIndex, offsetBy: place)]))
        case .map(let entries): return entries[try name(key)] ?? .string("")
        case .dictionary(let entries): return entries[try name(key)] ?? .none
        case .bool, .int, .float, .time, .duration, .object: throw TemplateFailure("can't index item of type \(item.typeName)")
        }
    }

    private static func name(_ key: TemplateValue) throws(TemplateFailure) -> String {
        switch key {
        case .string(let name): return name
        case .none: throw TemplateFailure("value is nil; should be of type string")
        default: throw TemplateFailure("value has type \(key.typeName); should be string")
        }
    }

    private static func place(_ key: TemplateValue, in count: Int, includesEnd: Bool = false) throws(TemplateFailure) -> Int {
        switch key {
        case .int(let place):
            guard place >= 0, place < count || (includesEnd && place == count) else { throw TemplateFailure("index out of range: \(place)") }
            return place
        case .none: throw TemplateFailure("cannot index slice/array with nil")
        default: throw TemplateFailure("cannot index slice/array with type \(key.typeName)")
        }
    }

    private static func slice(_ item: TemplateValue, _ bounds: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        if bounds.count > 3 { throw TemplateFailure("too many slice indexes: \(bounds.count)") }
        let count: Int
        switch item.contents {
        case .none: throw TemplateFailure("slice of untyped nil")
        case .list(let elements): count = elements.count
        case .string(let text):
            if bounds.count == 3 { throw TemplateFailure("cannot 3-index slice a string") }
            count = text.utf8.count
        default: throw TemplateFailure("can't slice item of type \(item.typeName)")
        }
        var places = [0, count]
        for (index, bound) in bounds.prefix(2).enumerated() { places[index] = try place(bound, in: count, includesEnd: true) }
        if places[0] > places[1] { throw TemplateFailure("invalid slice index: \(places[0]) > \(places[1])") }
        if case .list(let elements) = item.contents { return .list(Array(elements[places[0]..<places[1]])) }
        guard case .string(let text) = item.contents else { return .none }
        // Bytes of a character that is cut in two become U+FFFD, since text is UTF-8 here.
        return .string(String(decoding: Array(text.utf8)[places[0]..<places[1]], as: UTF8.self))
    }
}
