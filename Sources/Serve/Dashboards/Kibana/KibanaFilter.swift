package import GatewayModel

/// Filters as KQL with the field names and units of a source's documents.
///
/// Both languages agree in what matters here: absent values match no test, and `not` of a test matches them.
/// KQL's grammar: https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql
package struct KibanaFilter {
    private let source: KibanaSource

    package init(_ source: KibanaSource) { self.source = source }

    /// The KQL of a filter's text; empty for every record.
    ///
    /// - Throws: when the text is wrong, or names a field that the documents do not hold.
    package func kql(_ text: String?) throws(KibanaOmission) -> String {
        guard let text, !text.isEmpty else { return "" }
        let filter: Filter
        do throws(FilterError) { filter = try FilterParser.parse(text) } catch { throw KibanaOmission("its filter cannot be read: \(error.message)") }
        return try kql(filter)
    }

    /// The KQL of a filter; empty for every record.
    package func kql(_ filter: Filter) throws(KibanaOmission) -> String {
        if filter == .all { return "" }
        return try text(filter, isNested: false)
    }

    private func text(_ filter: Filter, isNested: Bool) throws(KibanaOmission) -> String {
        switch filter {
        case .all: return "\(source.timeField): *"
        case .and(let parts): return try joined(parts, by: " and ", none: "\(source.timeField): *", isNested: isNested)
        case .or(let parts): return try joined(parts, by: " or ", none: "not \(source.timeField): *", isNested: isNested)
        case .not(let part): return "not " + (try text(part, isNested: true))
        case .exists(let field): return try exists(field, isNested: isNested)
        case .range(let field, let range): return try compare(field, range, isNested: isNested)
        case .matches(let field, let patterns): return try equals(field, patterns, isNested: isNested)
        }
    }

    private func joined(_ parts: [Filter], by word: String, none: String, isNested: Bool) throws(KibanaOmission) -> String {
        guard !parts.isEmpty else { return grouped(none, none.hasPrefix("not") && isNested) }
        var texts: [String] = []
        for part in parts { texts.append(try text(part, isNested: parts.count > 1 || isNested)) }
        return grouped(texts.joined(separator: word), isNested && parts.count > 1)
    }

    private func grouped(_ text: String, _ isGrouped: Bool) -> String { isGrouped ? "(\(text))" : text }

    // MARK: Tests

    private func exists(_ field: RequestField, isNested: Bool) throws(KibanaOmission) -> String {
        if source.derivesErrors, field == .errorType { return try text(Self.failed, isNested: isNested) }
        if source.derivesErrors, field == .statusClass { return try exists(.status, isNested: isNested) }
        let found = try source.field(field)
        guard let presence = found.presence else { return "\(found.path): *" }
        return grouped(presence, isNested && presence.contains(" and "))
    }

    private func compare(_ field: RequestField, _ range: ClosedRange<Int64>, isNested: Bool) throws(KibanaOmission) -> String {
        let found = try source.field(field)
        switch found.type {
        case .boolean: return range.contains(0) && range.contains(1) ? "\(found.path): *" : "\(found.path): \(range.contains(1))"
        case .booleanText: return range.contains(0) && range.contains(1) ? "\(found.path): *" : "\(found.path): \"\(range.contains(1))\""
        case .keyword: throw KibanaOmission("\(source.title) documents hold \(field.name) as text")
        case .number, .date: break
        }
        if range.lowerBound == range.upperBound, found.type == .number { return "\(found.path): \(number(range.lowerBound, field, found))" }
        var tests: [String] = []
        // Where values are continuous, `> 2s` is kept as "from 2.000001 s on": written back as it was meant.
        let isContinuous = field.unit == .duration || field.unit == .money
        if range.lowerBound > Int64.min + 1 {
            let isOpen = isContinuous && range.lowerBound % 1_000 == 1
            tests.append("\(found.path) \(isOpen ? ">" : ">=") \(value(range.lowerBound - (isOpen ? 1 : 0), field, found))")
        }
        if range.upperBound < Int64.max {
            let isOpen = isContinuous && range.upperBound % 1_000 == 999
            tests.append("\(found.path) \(isOpen ? "<" : "<=") \(value(range.upperBound + (isOpen ? 1 : 0), field, found))")
        }
        if tests.isEmpty { return "\(found.path): *" }
        return grouped(tests.joined(separator: " and "), isNested && tests.count > 1)
    }

    private func equals(_ field: RequestField, _ patterns: [TextPattern], isNested: Bool) throws(KibanaOmission) -> String {
        if source.derivesErrors, field == .errorType || field == .statusClass {
            var parts: [Filter] = []
            for pattern in patterns { parts.append(try Self.byStatus(field, pattern, source)) }
            return try text(parts.count == 1 ? parts[0] : .or(parts), isNested: isNested)
        }
        let path = try source.field(field).path
        let values = patterns.map(Self.literal)
        guard let first = values.first else { return grouped("not \(source.timeField): *", isNested) }
        return values.count == 1 ? "\(path): \(first)" : "\(path): (\(values.joined(separator: " or ")))"
    }

    // MARK: Failures by their status

    /// Every failure: the status of an error, or none at all.
    private static let failed = Filter.range(.status, 400...Int64.max)

    /// What a class of errors or of statuses means by its status, where that is exact; the table is that of the ingestion.
    private static func byStatus(_ field: RequestField, _ pattern: TextPattern, _ source: KibanaSource) throws(KibanaOmission) -> Filter {
        let text = pattern.pieces.count == 1 ? pattern.pieces[0] : ""
        if field == .statusClass, text.count == 3, text.hasSuffix("xx"), let digit = text.first?.wholeNumberValue {
            return .range(.status, Int64(digit * 100)...Int64(digit * 100 + 99))
        }
        switch text {
        case "client_closed": return .range(.status, 499...499)
        case "authentication": return .range(.status, 401...401)
        case "permission": return .range(.status, 402...403)
        case "timeout": return .or([408, 504, 524].map { .range(.status, $0...$0) })
        default: throw KibanaOmission("\(source.title) documents hold no error_type, and the status does not tell \(text.isEmpty ? "this one" : text) apart")
        }
    }

    // MARK: Values

    private func value(_ inside: Int64, _ field: RequestField, _ found: KibanaField) -> String {
        found.type == .date ? "\"\(Timestamp(microseconds: inside).iso8601)\"" : number(inside, field, found)
    }

    private func number(_ inside: Int64, _ field: RequestField, _ found: KibanaField) -> String {
        Self.decimal(Double(inside) * found.divisor / field.unit.divisor)
    }

    /// A number without an exponent or a superfluous `.0`.
    static func decimal(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    /// A value in quotes, or with wildcards and everything else that KQL reads as its own behind backslashes.
    private static func literal(_ pattern: TextPattern) -> String {
        if pattern.isExact { return quoted(pattern.pieces[0]) }
        return pattern.pieces.map(escaped).joined(separator: "*")
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func escaped(_ piece: String) -> String {
        String(piece.flatMap { character -> [Character] in "\\():<>\"*{}, \t".contains(character) ? ["\\", character] : [character] })
    }
}
