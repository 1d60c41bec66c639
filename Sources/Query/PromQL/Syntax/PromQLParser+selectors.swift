internal import GatewayModel

/// Selectors and what may follow them: ranges, offsets, instants, edges.
extension PromQLParser {
    /// A selector whose name, when it has one before the braces, has been taken.
    mutating func parseSelector(name: Token?) throws(Stop) -> Expression {
        var matchers: [SeriesMatcher] = []
        let start = name?.range.start ?? token.range.start
        if take(.leftBrace) != nil { matchers = try parseMatchers() }
        let metric = name.map { text($0) }
        // Prometheus keeps the matcher of the name behind the others, and so does what is written of a tree.
        if let metric { matchers.append(SeriesMatcher(SeriesLabels.metricName, equals: metric)) }
        return .vectorSelector(VectorSelector(name: metric, matchers: matchers, range: SourceRange(start, end)))
    }

    /// Conditions up to the closing brace.
    private mutating func parseMatchers() throws(Stop) -> [SeriesMatcher] {
        var matchers: [SeriesMatcher] = []
        while take(.rightBrace) == nil {
            if let matcher = try parseMatcher() { matchers.append(matcher) }
            if take(.comma) != nil { continue }
            _ = try explaining("label matching", expected: "\",\" or \"}\"") { parser throws(Stop) in try parser.expect(.rightBrace) }
            break
        }
        return matchers
    }

    /// One condition; nil when its pattern is wrong, which has been said.
    private mutating func parseMatcher() throws(Stop) -> SeriesMatcher? {
        let label = token
        guard label.kind == .identifier || label.kind == .string else {
            reportUnexpected(in: "label matching", expected: "identifier or \"}\"")
            throw .reported
        }
        take()
        let name = label.kind == .string ? unquoted(label) : text(label)
        guard let comparison = takeComparison() else {
            // A quoted text alone is the metric's name.
            if label.kind == .string { return SeriesMatcher(SeriesLabels.metricName, equals: name) }
            reportUnexpected(in: "label matching", expected: "label matching operator")
            throw .reported
        }
        let value = try explaining("label matching", expected: "string") { parser throws(Stop) in try parser.expect(.string) }
        return matcher(name, comparison, unquoted(value), at: SourceRange(label.range.start, value.range.end))
    }

    private mutating func takeComparison() -> SeriesMatcher.Comparison? {
        let comparison: SeriesMatcher.Comparison
        switch kind {
        case .assign: comparison = .equal
        case .binary(.notEqual): comparison = .notEqual
        case .matchesPattern: comparison = .matches
        case .matchesNotPattern: comparison = .matchesNot
        default: return nil
        }
        take()
        return comparison
    }

    private mutating func matcher(_ name: String, _ comparison: SeriesMatcher.Comparison, _ value: String, at range: SourceRange) -> SeriesMatcher? {
        switch comparison {
        case .equal, .notEqual: return SeriesMatcher(name, equals: value, negated: comparison == .notEqual)
        case .matches, .matchesNot:
            do { return try SeriesMatcher(name, pattern: value, negated: comparison == .matchesNot) } catch {
                report(error.message, at: range)
                return nil
            }
        }
    }

    // MARK: Ranges

    /// `[5m]` or `[5m:1m]` behind an expression.
    mutating func parseRange(of operand: Parsed) throws(Stop) -> Parsed {
        let bracket = take()
        let duration = try explaining("subquery or range selector", expected: "number, duration, step(), or range()") { parser throws(Stop) in
            try parser.parsePositiveDuration()
        }
        if take(.colon) != nil { return try parseSubquery(of: operand, duration) }
        _ = try explaining("subquery or range", expected: "\":\" or \"]\"") { parser throws(Stop) in try parser.expect(.rightBracket) }
        let start = operand.expression.range.start
        guard case .vectorSelector(let selector) = operand.expression else {
            report("ranges only allowed for vector selectors", at: SourceRange(bracket.range.start, end))
            misplacedRangeEnds.insert(end)
            let nothing = VectorSelector(name: nil, matchers: [], range: operand.expression.range)
            let matrix = MatrixSelector(selector: nothing, duration: duration, range: SourceRange(start, end))
            return Parsed(expression: .matrixSelector(matrix), levels: operand.levels)
        }
        if selector.offset != nil {
            report("no offset modifiers allowed before range", at: SourceRange(bracket.range.start, end))
        } else if selector.at != nil {
            report("no @ modifiers allowed before range", at: SourceRange(bracket.range.start, end))
        }
        return Parsed(
            expression: .matrixSelector(MatrixSelector(selector: selector, duration: duration, range: SourceRange(start, end))), levels: operand.levels)
    }

    private mutating func parseSubquery(of operand: Parsed, _ duration: DurationExpression) throws(Stop) -> Parsed {
        var step: DurationExpression?
        if kind != .rightBracket {
            step = try explaining("subquery selector", expected: "number, duration, step(), range(), or \"]\"") { parser throws(Stop) in
                try parser.parsePositiveDuration()
            }
        }
        _ = try explaining("subquery selector", expected: "\"]\"") { parser throws(Stop) in try parser.expect(.rightBracket) }
        let range = SourceRange(operand.expression.range.start, end)
        let subquery = Subquery(expression: operand.expression, duration: duration, step: step, range: range)
        return Parsed(expression: .subquery(subquery), levels: operand.levels + 1)
    }

    // MARK: Offsets, instants, edges

    mutating func parseOffset(of expression: inout Expression) throws(Stop) {
        take()
        let offset = try explaining("offset", expected: "number, duration, step(), or range()") { parser throws(Stop) in try parser.parseOffsetDuration() }
        let range = expression.range
        let end = end
        modify(&expression, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery") { selector in
            if selector.offset != nil { return "offset may not be set multiple times" }
            selector.offset = offset
            selector.range = SourceRange(range.start, end)
            return nil
        }
    }

    mutating func parseInstant(of expression: inout Expression) throws(Stop) {
        take()
        let range = expression.range
        let instant = try explaining("@", expected: "timestamp") { parser throws(Stop) in try parser.parseInstant(for: range) }
        let end = end
        modify(&expression, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery") { selector in
            if selector.at != nil { return "@ <timestamp> may not be set multiple times" }
            selector.at = instant
            selector.range = SourceRange(range.start, end)
            return nil
        }
    }

    private mutating func parseInstant(for range: SourceRange) throws(Stop) -> TimeModifier {
        if kind == .start || kind == .stop {
            let isStart = take().kind == .start
            _ = try expect(.leftParenthesis)
            _ = try expect(.rightParenthesis)
            return isStart ? .start : .end
        }
        let isNegative = take(.binary(.subtract)) != nil
        if !isNegative { _ = take(.binary(.add)) }
        guard kind == .number || kind == .duration else { throw .unexpected }
        let magnitude = parseNumber().value
        let seconds = isNegative ? -magnitude : magnitude
        guard abs(seconds) < 0x1p63, let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else {
            report("timestamp out of bounds for @ modifier: \(Self.fixedPoint(seconds))", at: range)
            return .at(0)
        }
        return .at(milliseconds)
    }

    /// With six decimals, as Go's `%f`. Only numbers that are too large to have a fraction come here.
    private static func fixedPoint(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // The digits, the lowest first, of the 53 bits of the number, which are then doubled.
        var digits = String(value.magnitude.significandBitPattern | 1 << 52).reversed().compactMap(\.wholeNumberValue)
        for _ in 0..<max(Int(value.exponent) - 52, 0) {
            var carry = 0
            for index in digits.indices {
                let doubled = digits[index] * 2 + carry
                digits[index] = doubled % 10
                carry = doubled / 10
            }
            if carry > 0 { digits.append(carry) }
        }
        return (value < 0 ? "-" : "") + digits.reversed().map(String.init).joined() + ".000000"
    }

    mutating func parseEdges(of expression: inout Expression) {
        let isAnchored = take().kind == .anchored
        let name = isAnchored ? "anchored" : "smoothed"
        let range = expression.range
        switch expression {
        case .vectorSelector(var selector):
            setEdges(&selector, isAnchored ? .anchored : .smoothed, at: range)
            expression = .vectorSelector(selector)
        case .matrixSelector(var matrix):
            if misplacedRangeEnds.contains(range.end) { return }
            setEdges(&matrix.selector, isAnchored ? .anchored : .smoothed, at: range)
            expression = .matrixSelector(matrix)
        case .subquery: report("\(name) modifier is not supported for subqueries", at: range)
        default: report("\(name) modifier not implemented", at: range)
        }
    }

    private mutating func setEdges(_ selector: inout VectorSelector, _ edges: RangeEdges, at range: SourceRange) {
        if let earlier = selector.edges, earlier != edges { report("anchored and smoothed modifiers cannot be used together", at: range) }
        selector.edges = edges
    }

    /// What offsets and instants change of a selector or subquery.
    struct Modifiable {
        var offset: DurationExpression?
        var at: TimeModifier?
        var range: SourceRange
    }

    /// Changes the offset or instant of a selector or subquery.
    ///
    /// - Parameters:
    ///   - misplaced: what to say when the expression is neither.
    ///   - change: changes it, or returns why it may not be changed.
    private mutating func modify(_ expression: inout Expression, _ misplaced: String, _ change: (inout Modifiable) -> String?) {
        let range = expression.range
        var error: String?
        switch expression {
        case .vectorSelector(var selector):
            var parts = Modifiable(offset: selector.offset, at: selector.at, range: range)
            error = change(&parts)
            (selector.offset, selector.at, selector.range) = (parts.offset, parts.at, parts.range)
            expression = .vectorSelector(selector)
        case .matrixSelector(var matrix):
            if misplacedRangeEnds.contains(range.end) { return report("ranges only allowed for vector selectors", at: range) }
            var parts = Modifiable(offset: matrix.selector.offset, at: matrix.selector.at, range: range)
            error = change(&parts)
            (matrix.selector.offset, matrix.selector.at, matrix.range) = (parts.offset, parts.at, parts.range)
            expression = .matrixSelector(matrix)
        case .subquery(var subquery):
            var parts = Modifiable(offset: subquery.offset, at: subquery.at, range: range)
            error = change(&parts)
            (subquery.offset, subquery.at, subquery.range) = (parts.offset, parts.at, parts.range)
            expression = .subquery(subquery)
        default: error = misplaced
        }
        if let error { report(error, at: range) }
    }
}
