package import GatewayModel

extension TemplateFunctions {
    /// Those of Prometheus's alert fields, with Go's own.
    ///
    /// `tmpl` is not among them: Prometheus has it in consoles only. Source: Prometheus's documentation, "Template reference".
    package static let prometheus = builtIn.adding(shared).adding(humanizing).adding(queries).adding(links)

    private static let humanizing: [String: TemplateFunction] = [
        "humanize": onNumber { number in .string(HumanNumbers.decimal(number)) },
        "humanize1024": onNumber { number in .string(HumanNumbers.binary(number)) },
        "humanizeDuration": humanizeDuration,
        "humanizePercentage": onNumber { number in .string(HumanNumbers.percentage(number)) },
        "humanizeTimestamp": onNumber { number throws(TemplateFailure) in .string(try HumanNumbers.timestamp(number)) },
        "toTime": onNumber { number throws(TemplateFailure) in .time(try HumanNumbers.time(number)) },
        "toDuration": onNumber { number throws(TemplateFailure) in .duration(try HumanNumbers.duration(nanosecondsOf: number)) },
        "now": TemplateFunction([]) { _, context in .float(Double(context.now.microseconds / 1000) / 1000) },
        "parseDuration": TemplateFunction([.string]) { values, _ throws(TemplateFailure) in
            guard case .string(let text) = values[0] else { return .none }
            do throws(DurationTextError) { return .float(Double(try DurationText.milliseconds(text)) / 1000) } catch { throw TemplateFailure(error.message) }
        },
    ]

    static let humanizeDuration = onNumber { number in .string(HumanNumbers.duration(number)) }

    private static func onNumber(_ body: @escaping @Sendable (Double) throws(TemplateFailure) -> TemplateValue) -> TemplateFunction {
        TemplateFunction([.any]) { values, _ throws(TemplateFailure) in try body(try HumanNumbers.number(values[0])) }
    }

    private static let queries: [String: TemplateFunction] = [
        "query": TemplateFunction([.string]) { values, context throws(TemplateFailure) in
            guard case .string(let text) = values[0] else { return .none }
            guard let query = context.query else { throw TemplateFailure("there is nothing to query here") }
            return .list(try query(text).map(TemplateValue.object))
        },
        "first": TemplateFunction([.samples]) { values, _ throws(TemplateFailure) in
            guard case .list(let samples) = values[0], let first = samples.first else { throw TemplateFailure("first() called on vector with no elements") }
            return first
        },
        "label": TemplateFunction([.string, .sample]) { values, _ in
            guard case .string(let name) = values[0], let sample = sample(values[1]) else { return .string("") }
            return .string(sample.labels[name] ?? "")
        },
        "value": TemplateFunction([.sample]) { values, _ in sample(values[0]).map { .float($0.value) } ?? .none },
        "strvalue": TemplateFunction([.sample]) { values, _ in .string(sample(values[0])?.labels["__value__"] ?? "") },
        "sortByLabel": TemplateFunction([.string, .samples]) { values, _ in
            guard case .string(let name) = values[0], case .list(let samples) = values[1] else { return .none }
            let keyed = samples.enumerated().map { (place: $0.offset, key: sample($0.element)?.labels[name] ?? "", sample: $0.element) }
            return .list(keyed.sorted { $0.key == $1.key ? $0.place < $1.place : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.sample))
        },
        "args": TemplateFunction([], others: .any) { values, _ in
            .dictionary(Dictionary(uniqueKeysWithValues: values.enumerated().map { ("arg\($0.offset)", $0.element) }))
        },
    ]

    private static func sample(_ value: TemplateValue) -> TemplateSample? { if case .object(let object) = value { object as? TemplateSample } else { nil } }

    private static let links: [String: TemplateFunction] = [
        "title": onText { .string(title($0)) },
        "stripPort": onText { .string(HostAndPort($0)?.host ?? $0) },
        "stripDomain": onText { .string(HostAndPort.withoutDomain($0)) },
        "urlQueryEscape": onText { .string(TextEscaping.query($0)) },
        "graphLink": onText { .string("/graph?g0.expr=\(TextEscaping.query($0))&g0.tab=0") },
        "tableLink": onText { .string("/graph?g0.expr=\(TextEscaping.query($0))&g0.tab=1") },
        "externalURL": TemplateFunction([]) { _, context in .string(context.externalURL) },
        "pathPrefix": TemplateFunction([]) { _, context in .string(path(of: context.externalURL)) },
    ]

    private static func path(of url: String) -> String {
        let parts = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard let authority = parts.last, parts.count == 2 else { return url }
        return authority.firstIndex(of: "/").map { String(authority[$0...]) } ?? ""
    }
}
