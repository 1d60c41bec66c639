internal import ByteCoding
internal import GatewayModel
internal import RequestQuery
internal import NIOHTTP1

/// Elasticsearch's query language, as far as it is served, translated into filters.
///
/// Served: `match_all`, `match_none`, `term`, `terms`, `range`, `exists`, `prefix`, `wildcard`, `match` and `match_phrase` (as equality: all our strings
/// are keywords), `ids`, `bool`, `constant_score`. Everything else is refused by name. A query on a field that does not exist matches nothing, as there.
struct ElasticQuery {
    /// Resolves a date text such as `2026-03-05`, `now-15m` or `now/d` to an instant and the last one it covers, in a time zone.
    let dates: (String, QueryTimeZone) -> ClosedRange<Int64>?
    /// Resolves a document id to the filter that finds it.
    let ids: (String) -> Filter

    /// The deepest accepted nesting, as Elasticsearch's own `indices.query.bool.max_nested_depth`.
    static let depthMax = 30

    func filter(_ query: JSONValue, depth: Int = 0) throws(ElasticError) -> Filter {
        guard depth < Self.depthMax else { throw .illegalArgument("The nested depth of the query exceeds the maximum nested depth for bool queries set to [\(Self.depthMax)]") }
        guard let members = query.members else { throw .parsing("[query] malformed query, expected START_OBJECT but found \(query.kindName)") }
        guard let clause = members.first else { throw .illegalArgument("query malformed, empty clause found") }
        guard members.count == 1 else {
            throw .parsing("[\(clause.name)] malformed query, expected [END_OBJECT] but found [FIELD_NAME]")
        }
        switch clause.name {
        case "match_all": return .all
        case "match_none": return .or([])
        case "term", "match", "match_phrase": return try term(clause.name, clause.value)
        case "terms": return try terms(clause.value)
        case "range": return try range(clause.value)
        case "exists": return try exists(clause.value)
        case "prefix", "wildcard": return try pattern(clause.name, clause.value)
        case "ids": return try documentIDs(clause.value)
        case "bool": return try bool(clause.value, depth: depth)
        case "constant_score":
            guard let inner = clause.value["filter"] else { throw .parsing("[constant_score] requires a 'filter' element") }
            return try filter(inner, depth: depth + 1)
        default: throw .unsupported("the query [\(clause.name)]")
        }
    }

    // MARK: Leaves

    private func term(_ kind: String, _ body: JSONValue) throws(ElasticError) -> Filter {
        let (name, value) = try single(kind, body)
        let operand = value.members == nil ? value : value["value"] ?? value["query"]
        guard let operand else { throw .parsing("[\(kind)] query requires a value for the field [\(name)]") }
        return try equality(name, operand)
    }

    private func terms(_ body: JSONValue) throws(ElasticError) -> Filter {
        let members = (body.members ?? []).filter { $0.name != "boost" && $0.name != "_name" }
        guard let member = members.first, members.count == 1, let values = member.value.elements else {
            throw .parsing("[terms] query requires one field with an array of values")
        }
        var parts: [Filter] = []
        for value in values { parts.append(try equality(member.name, value)) }
        return .or(parts)
    }

    private func equality(_ name: String, _ value: JSONValue) throws(ElasticError) -> Filter {
        guard let resolved = ElasticFieldName(name) else { return .or([]) }
        if resolved.field == .documentID, let id = value.string { return ids(id) }
        switch resolved.field.kind {
        case .integer:
            guard let span = try inside(value, of: resolved, name) else { return .or([]) }
            return .range(resolved.field, span)
        case .dictionary, .text:
            guard let text = Self.text(value) else { throw .illegalArgument("field name is null or empty, or its value is \(value.kindName)") }
            return .matches(resolved.field, [TextPattern(exactly: text)])
        }
    }

    private func range(_ body: JSONValue) throws(ElasticError) -> Filter {
        let (name, bounds) = try single("range", body)
        guard let members = bounds.members else { throw .parsing("[range] query malformed, expected START_OBJECT for the field [\(name)]") }
        guard let resolved = ElasticFieldName(name) else { return .or([]) }
        guard resolved.field.kind == .integer else { throw .unsupported("a range over the keyword field [\(name)]") }
        var low = Int64.min + 1
        var high = Int64.max
        let zone = try Self.timeZone(bounds["time_zone"])
        for member in members where member.value != .null {
            switch member.name {
            case "gte", "from": low = max(low, try bound(member.value, resolved, name, zone).first)
            case "gt": low = max(low, Self.above(try bound(member.value, resolved, name, zone).last))
            case "lte", "to": high = min(high, try bound(member.value, resolved, name, zone).last)
            case "lt": high = min(high, Self.below(try bound(member.value, resolved, name, zone).first))
            // Numbers would be taken for milliseconds, and the answer would be wrong without a word.
            case "format" where member.value.string?.contains("epoch_second") == true: throw .unsupported("the date format [epoch_second]")
            case "include_lower" where member.value.bool == false, "include_upper" where member.value.bool == false:
                throw .unsupported("[\(member.name)] false in a range (write gt or lt)")
            case "format", "time_zone", "boost", "relation", "_name", "include_lower", "include_upper": continue
            default: throw .parsing("[range] query does not support [\(member.name)]")
            }
        }
        return low <= high ? .range(resolved.field, low...high) : .or([])
    }

    private static func above(_ value: Int64) -> Int64 { value == .max ? .max : value + 1 }
    private static func below(_ value: Int64) -> Int64 { value <= .min + 1 ? .min + 1 : value - 1 }

    /// The smallest inside value that is not below a bound and the largest that is not above it: they cross for `499.5` on an integer.
    private func bound(
        _ value: JSONValue, _ name: ElasticFieldName, _ text: String, _ zone: QueryTimeZone
    ) throws(ElasticError) -> (first: Int64, last: Int64) {
        if let span = try inside(value, of: name, text, zone) { return (span.lowerBound, span.upperBound) }
        let number = (value.double ?? value.string.flatMap { Double($0) } ?? 0) * name.insidePerUnit
        // Far beyond all values, so that what is compared with it is on one side.
        let clamped = max(-9e18, min(9e18, number))
        return (Int64(clamped.rounded(.up)), Int64(clamped.rounded(.down)))
    }

    /// The zone of a range's texts: UTC, an IANA name, or an offset such as `+01:00`.
    private static func timeZone(_ value: JSONValue?) throws(ElasticError) -> QueryTimeZone {
        guard let value, value != .null else { return .utc }
        guard let text = value.string else { throw .parsing("[range] time_zone must be a string, found \(value.kindName)") }
        let name = text.hasPrefix("+") || text.hasPrefix("-") ? "GMT" + text : text
        guard let zone = try? QueryTimeZone(name) else { throw .illegalArgument("Unknown time-zone ID: \(text)") }
        return zone
    }

    private func exists(_ body: JSONValue) throws(ElasticError) -> Filter {
        guard let name = body["field"]?.string else { throw .parsing("[exists] must be provided with a [field]") }
        return ElasticFieldName(name).map { .exists($0.field) } ?? .or([])
    }

    private func pattern(_ kind: String, _ body: JSONValue) throws(ElasticError) -> Filter {
        let (name, value) = try single(kind, body)
        guard let text = value.string ?? value["value"]?.string ?? value["wildcard"]?.string else { throw .parsing("[\(kind)] query requires a string for the field [\(name)]") }
        guard let resolved = ElasticFieldName(name) else { return .or([]) }
        guard resolved.field.kind != .integer else { throw .unsupported("[\(kind)] on the numeric field [\(name)]") }
        if kind == "prefix" { return .matches(resolved.field, [TextPattern(pieces: [text, ""])]) }
        guard !text.contains("?") else { throw .unsupported("the wildcard '?'") }
        return .matches(resolved.field, [TextPattern(wildcard: text)])
    }

    private func documentIDs(_ body: JSONValue) throws(ElasticError) -> Filter {
        guard let values = body["values"]?.elements else { throw .parsing("[ids] requires 'values' element") }
        return .or(values.compactMap(\.string).map(ids))
    }

    // MARK: bool

    private func bool(_ body: JSONValue, depth: Int) throws(ElasticError) -> Filter {
        guard let members = body.members else { throw .parsing("[bool] query malformed, no start_object after query name") }
        var required: [Filter] = []
        var optional: [Filter] = []
        var minimum: Int?
        for member in members {
            switch member.name {
            case "must", "filter": required += try clauses(member.value, depth)
            case "must_not": required += try clauses(member.value, depth).map { .not($0) }
            case "should": optional += try clauses(member.value, depth)
            case "minimum_should_match": minimum = try Self.minimum(member.value)
            case "boost", "_name", "adjust_pure_negative": continue
            default: throw .parsing("[bool] query does not support [\(member.name)]")
            }
        }
        guard !optional.isEmpty else { return .and(required) }
        // Without must and filter at least one should clause has to match (Elasticsearch reference, "Boolean query").
        switch minimum ?? (members.contains { $0.name == "must" || $0.name == "filter" } ? 0 : 1) {
        case ...0: return .and(required)
        case 1: return .and(required + [.or(optional)])
        case optional.count: return .and(required + optional)
        default: throw .unsupported("minimum_should_match other than 0, 1 and all")
        }
    }

    private func clauses(_ value: JSONValue, _ depth: Int) throws(ElasticError) -> [Filter] {
        var filters: [Filter] = []
        for clause in value.elements ?? [value] { filters.append(try filter(clause, depth: depth + 1)) }
        return filters
    }

    private static func minimum(_ value: JSONValue) throws(ElasticError) -> Int {
        guard let number = value.integer.map({ Int(clamping: $0) }) ?? value.string.flatMap({ Int($0) }), number >= 0 else {
            throw .unsupported("this form of minimum_should_match")
        }
        return number
    }

    // MARK: Values

    private func single(_ kind: String, _ body: JSONValue) throws(ElasticError) -> (String, JSONValue) {
        guard let members = body.members, let member = members.first else { throw .parsing("[\(kind)] query malformed, no start_object after query name") }
        guard members.count == 1 else {
            throw .parsing("[\(kind)] query doesn't support multiple fields, found [\(member.name)] and [\(members[1].name)]")
        }
        return (member.name, member.value)
    }

    /// The inside values that a client's value stands for; nil when none can equal it (`5.5` on an integer).
    private func inside(
        _ value: JSONValue, of name: ElasticFieldName, _ text: String, _ zone: QueryTimeZone = .utc
    ) throws(ElasticError) -> ClosedRange<Int64>? {
        if name.field.unit == .instant { return try instant(value, text, zone) }
        if name.field.unit == .boolean, let bool = Self.boolean(value) { return bool ? 1...1 : 0...0 }
        guard let number = value.double ?? value.string.flatMap({ Double($0) }), number.isFinite else {
            throw ElasticError(.badRequest, "number_format_exception", "For input string: \"\(Self.text(value) ?? value.kindName)\"")
        }
        let scaled = number * name.insidePerUnit
        guard abs(scaled) < 9e18 else { return nil }
        let rounded = scaled.rounded()
        if name.insidePerUnit == 1, rounded != scaled { return nil }
        return Int64(rounded)...Int64(rounded)
    }

    private func instant(_ value: JSONValue, _ text: String, _ zone: QueryTimeZone) throws(ElasticError) -> ClosedRange<Int64> {
        if let millis = value.integer, let micros = Optional(millis.multipliedReportingOverflow(by: 1_000)), !micros.overflow {
            return micros.partialValue...(micros.partialValue + 999)
        }
        if let string = value.string {
            if let millis = Int64(string), let micros = Optional(millis.multipliedReportingOverflow(by: 1_000)), !micros.overflow {
                return micros.partialValue...(micros.partialValue + 999)
            }
            if let span = dates(string, zone) { return span }
        }
        throw ElasticError(.badRequest, "parse_exception", "failed to parse date field [\(Self.text(value) ?? value.kindName)] with format [strict_date_optional_time||epoch_millis]")
    }

    private static func boolean(_ value: JSONValue) -> Bool? { value.bool ?? value.string.flatMap { $0 == "true" ? true : $0 == "false" ? false : nil } }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): number.integer.map { String($0) } ?? "\(number.double)"
        case .null, .array, .object: nil
        }
    }
}
