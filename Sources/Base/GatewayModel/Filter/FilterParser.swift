/// Parses the filter language: the common subset of KQL.
///
///     provider: openai and status >= 500 and not client: batch-*
///     model: (gpt-4o or "claude 3") or duration > 2s
///     status: [500 to 599]      error_type: *
///
/// Grammar: `or` binds weaker than `and`, `and` weaker than `not`; keywords in any case; parentheses group.
/// The full description is `docs/reference/filter-language.md`.
package struct FilterParser {
    /// The longest accepted filter, in characters: far beyond what people write, short enough to parse in no time.
    package static let lengthMax = 16_384
    /// The deepest accepted nesting: parsing recurses, and a text must not exhaust the stack.
    package static let depthMax = 64

    private let tokens: [FilterToken]
    private var position = 0
    private var depth = 0

    /// The filter that `text` says; an empty text is every record.
    package static func parse(_ text: String) throws(FilterError) -> Filter {
        guard text.count <= lengthMax else { throw FilterError("the filter is longer than \(lengthMax) characters", line: 1, column: lengthMax + 1) }
        var parser = FilterParser(tokens: try FilterLexer.tokens(of: text))
        if parser.current.kind == .end { return .all }
        let filter = try parser.disjunction()
        guard parser.current.kind == .end else {
            throw parser.error("expected 'and', 'or' or the end here", hint: "join conditions with 'and' or 'or'; quote values that hold spaces")
        }
        return filter
    }

    private init(tokens: [FilterToken]) { self.tokens = tokens }

    // MARK: Structure

    private mutating func disjunction() throws(FilterError) -> Filter {
        var parts = [try conjunction()]
        while takeKeyword("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(FilterError) -> Filter {
        var parts = [try negation()]
        while takeKeyword("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(FilterError) -> Filter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw error("nested more than \(Self.depthMax) deep") }
        if takeKeyword("not") { return .not(try negation()) }
        if take(.leftParenthesis) {
            let inner = try disjunction()
            guard take(.rightParenthesis) else { throw error("expected ')' here") }
            return inner
        }
        return try condition()
    }

    private mutating func condition() throws(FilterError) -> Filter {
        let start = current
        let name: String
        switch start.kind {
        case .word(let word): name = word
        case .quoted(let text): name = text
        default: throw error("expected a field name here", hint: "for example provider: openai")
        }
        advance()
        if name == "*", current.kind == .colon {
            throw FilterError("a value cannot be looked for in all fields", line: start.line, column: start.column, hint: "name a field, for example model: gpt-*")
        }
        guard let comparison = takeComparison() else {
            throw FilterError(
                "'\(name)' is not followed by ':' or a comparison", line: start.line, column: start.column,
                hint: RequestField(named: name) == nil ? "write field: value, for example client: \(name)" : "write \(name): value")
        }
        guard let field = RequestField(named: name) else {
            throw FilterError("there is no field '\(name)'", line: start.line, column: start.column, hint: Self.suggestion(for: name))
        }
        guard comparison == .colon || comparison == .equal else { return try compare(field, comparison) }
        if take(.leftParenthesis) {
            let list = try valueDisjunction(field)
            guard take(.rightParenthesis) else { throw error("expected ')' behind the list of values") }
            return list
        }
        if take(.leftBracket) { return try bracketRange(field) }
        return try value(field)
    }

    // MARK: Values

    /// `(a or b or not c)` behind a field.
    private mutating func valueDisjunction(_ field: RequestField) throws(FilterError) -> Filter {
        var parts = [try valueConjunction(field)]
        while takeKeyword("or") || take(.comma) { parts.append(try valueConjunction(field)) }
        return Self.united(parts, field)
    }

    private mutating func valueConjunction(_ field: RequestField) throws(FilterError) -> Filter {
        var parts = [try valueNegation(field)]
        while takeKeyword("and") { parts.append(try valueNegation(field)) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func valueNegation(_ field: RequestField) throws(FilterError) -> Filter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw error("nested more than \(Self.depthMax) deep") }
        if takeKeyword("not") { return .not(try valueNegation(field)) }
        if take(.leftParenthesis) {
            let inner = try valueDisjunction(field)
            guard take(.rightParenthesis) else { throw error("expected ')' here") }
            return inner
        }
        return try value(field)
    }

    private mutating func value(_ field: RequestField) throws(FilterError) -> Filter {
        let token = current
        switch token.kind {
        case .word("*"):
            advance()
            return .exists(field)
        case .word(let text) where ["and", "or", "not"].contains(text.lowercased()):
            throw error("expected a value behind '\(field.name):', found the keyword '\(text)'", hint: "quote it to mean the word itself: \"\(text)\"")
        case .word(let text):
            advance()
            return try equality(field, text, isQuoted: false, token)
        case .quoted(let text):
            advance()
            return try equality(field, text, isQuoted: true, token)
        default:
            throw error("expected a value behind '\(field.name):'", hint: "write \(field.name): value, or \(field.name): * for any value")
        }
    }

    private func equality(_ field: RequestField, _ text: String, isQuoted: Bool, _ token: FilterToken) throws(FilterError) -> Filter {
        guard field.kind == .integer else {
            return .matches(field, [isQuoted ? TextPattern(exactly: text) : Self.pattern(text)])
        }
        // `status: 5*` is understood as the class, which is what people mean by it.
        if field == .status, let first = text.first, let digit = first.wholeNumberValue, ["*", "xx", "**"].contains(text.dropFirst()) {
            return .range(.status, Int64(digit * 100)...Int64(digit * 100 + 99))
        }
        return .range(field, try FilterValue.inside(text, of: field, at: token).closed)
    }

    private mutating func bracketRange(_ field: RequestField) throws(FilterError) -> Filter {
        guard field.kind == .integer else { throw error("'\(field.name)' is not a number: a range does not apply", hint: "list the values: \(field.name): (a or b)") }
        let lower = try bound(field)
        guard takeKeyword("to") || take(.comma) else { throw error("expected 'to' here", hint: "write [500 to 599]") }
        let upper = try bound(field)
        guard take(.rightBracket) else { throw error("expected ']' here") }
        let low = lower?.closed.lowerBound ?? Int64.min + 1
        let high = upper?.closed.upperBound ?? Int64.max
        return low <= high ? .range(field, low...high) : .or([])
    }

    /// A bound of a bracket range; nil for `*`, an open end.
    private mutating func bound(_ field: RequestField) throws(FilterError) -> FilterValue? {
        let token = current
        switch token.kind {
        case .word("*"):
            advance()
            return nil
        case .word(let text), .quoted(let text):
            advance()
            return try FilterValue.inside(text, of: field, at: token)
        default: throw error("expected a number here")
        }
    }

    private mutating func compare(_ field: RequestField, _ comparison: FilterToken.Kind) throws(FilterError) -> Filter {
        let token = current
        let text: String
        switch token.kind {
        case .word(let word): text = word
        case .quoted(let quoted): text = quoted
        default: throw error("expected a number behind the comparison")
        }
        guard field.kind == .integer else {
            throw FilterError("'\(field.name)' is not a number: only ':' applies", line: token.line, column: token.column, hint: "write \(field.name): \(text)")
        }
        advance()
        let value = try FilterValue.inside(text, of: field, at: token)
        let lowest = Int64.min + 1
        switch comparison {
        case .greaterOrEqual: return .range(field, value.closed.lowerBound...Int64.max)
        case .greater: return value.closed.upperBound == .max ? .or([]) : .range(field, (value.closed.upperBound + 1)...Int64.max)
        case .lessOrEqual: return .range(field, lowest...max(lowest, value.closed.upperBound))
        default: return value.closed.lowerBound <= lowest ? .or([]) : .range(field, lowest...(value.closed.lowerBound - 1))
        }
    }

    // MARK: Tokens

    private var current: FilterToken { tokens[position] }

    private mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    private mutating func take(_ kind: FilterToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    private mutating func takeKeyword(_ keyword: String) -> Bool {
        guard case .word(let word) = current.kind, word.lowercased() == keyword else { return false }
        // A keyword in a field's place (`not: x`) is a field name.
        if position + 1 < tokens.count, tokens[position + 1].kind == .colon, keyword != "not" { return false }
        advance()
        return true
    }

    private mutating func takeComparison() -> FilterToken.Kind? {
        switch current.kind {
        case .colon, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual:
            let kind = current.kind
            advance()
            return kind
        default: return nil
        }
    }

    private func error(_ message: String, hint: String? = nil) -> FilterError {
        FilterError(message, line: current.line, column: current.column, hint: hint)
    }

    private static func pattern(_ text: String) -> TextPattern {
        let pieces = text.split(separator: "*", omittingEmptySubsequences: false)
        return TextPattern(pieces: pieces.map { String($0.map { $0 == FilterLexer.literalAsterisk ? "*" : $0 }) })
    }

    /// Several equality tests on one string field become one test over several patterns.
    private static func united(_ parts: [Filter], _ field: RequestField) -> Filter {
        var patterns: [TextPattern] = []
        for part in parts {
            guard case .matches(_, let more) = part else { return parts.count == 1 ? parts[0] : .or(parts) }
            patterns += more
        }
        return .matches(field, patterns)
    }

    /// The field whose name is nearest, for the error's hint.
    private static func suggestion(for name: String) -> String? {
        let wanted = Array(name.lowercased())
        let ranked = RequestSchema.definitions.map { (distance(wanted, Array($0.name)), $0.name) }
        guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 <= max(2, wanted.count / 3) else { return "see /api/v1/fields for the fields" }
        return "did you mean '\(best.1)'?"
    }

    /// Levenshtein distance, over one row.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard left.count <= 64 else { return .max }
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
