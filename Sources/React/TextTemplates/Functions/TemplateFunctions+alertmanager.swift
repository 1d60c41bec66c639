internal import GatewayModel

extension TemplateFunctions {
    /// Those of Alertmanager's notifications as of version 0.34, with Go's own.
    ///
    /// Source: Alertmanager's documentation, "Notification template reference".
    package static let alertmanager = builtIn.adding(shared).adding(texts).adding(times).adding(collections)

    private static let texts: [String: TemplateFunction] = [
        "title": onText { .string(englishTitle($0)) },
        "trimSpace": onText { .string(trimmed($0)) },
        "safeUrl": onText { .url($0) },
        "urlUnescape": TemplateFunction([.string]) { values, _ throws(TemplateFailure) in
            guard case .string(let text) = values[0] else { return .none }
            return .string(try TextEscaping.unescaped(query: text))
        },
        "base64encode": onText { .string(Base64.encoded(Array($0.utf8))) },
        "base64decode": TemplateFunction([.string]) { values, _ throws(TemplateFailure) in
            guard case .string(let text) = values[0] else { return .none }
            return .string(String(decoding: try Base64.decoded(text), as: UTF8.self))
        },
        "toJson": TemplateFunction([.any]) { values, _ throws(TemplateFailure) in
            var printer = GoPrinter(bytesMax: TemplateLimits.outputBytesMax)
            try printer.append(json: values[0])
            return .string(try printer.whole())
        },
        "join": TemplateFunction([.string, .texts]) { values, _ in
            guard case .string(let separator) = values[0], case .list(let elements) = values[1] else { return .string("") }
            return .string(elements.compactMap { if case .string(let text) = $0 { text } else { nil } }.joined(separator: separator))
        },
        "stringSlice": TemplateFunction([], others: .string) { values, _ in .list(values) },
    ]

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(scalars[...last])
    }

    private static let times: [String: TemplateFunction] = [
        "date": TemplateFunction([.string, .time]) { values, _ in
            guard case .string(let layout) = values[0], case .time(let time) = values[1] else { return .none }
            return .string(GoTimeFormat.text(time, layout))
        },
        "tz": TemplateFunction([.string, .time]) { values, _ throws(TemplateFailure) in
            guard case .string(let name) = values[0], case .time(let time) = values[1] else { return .none }
            guard let moved = time.inZone(name) else { throw TemplateFailure("unknown time zone \(name)") }
            return .time(moved)
        },
        "now": TemplateFunction([]) { _, context in .time(TemplateTime(context.now)) },
        "since": TemplateFunction([.time]) { values, context in
            guard case .time(let time) = values[0] else { return .none }
            return .duration(TemplateTime(context.now).nanoseconds(since: time))
        },
        "humanizeDuration": humanizeDuration,
        "toDate": TemplateFunction([.string, .string]) { values, _ in
            guard case .string(let layout) = values[0], case .string(let text) = values[1] else { return .none }
            return .time(GoTimeParser.time(text, layout) ?? .zero)
        },
        "mustToDate": TemplateFunction([.string, .string]) { values, _ throws(TemplateFailure) in
            guard case .string(let layout) = values[0], case .string(let text) = values[1] else { return .none }
            guard let time = GoTimeParser.time(text, layout) else { throw TemplateFailure("parsing time \(text.goQuoted) as \(layout.goQuoted): cannot parse") }
            return .time(time)
        },
    ]

    private static let collections: [String: TemplateFunction] = [
        "list": TemplateFunction([], others: .any) { values, _ in .list(values) },
        "append": TemplateFunction([.list], others: .any) { values, _ in
            guard case .list(let elements) = values[0] else { return .list(Array(values.dropFirst())) }
            return .list(elements + values.dropFirst())
        },
        "dict": TemplateFunction([], others: .any) { values, _ throws(TemplateFailure) in
            guard values.count.isMultiple(of: 2) else { throw TemplateFailure("dict requires an even number of arguments") }
            var entries: [String: TemplateValue] = [:]
            for place in stride(from: 0, to: values.count, by: 2) {
                guard case .string(let key) = values[place] else { throw TemplateFailure("dict keys must be strings") }
                entries[key] = values[place + 1]
            }
            return .dictionary(entries)
        },
    ]
}
