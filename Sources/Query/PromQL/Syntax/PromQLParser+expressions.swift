internal import GatewayModel

/// An expression as it is read, and the levels of its tree.
struct Parsed {
    var expression: Expression
    var levels: Int

    /// Stands for what has an error of its own. It is never given to anyone, and is no selector, as modifiers after it will say.
    static func erroneous(at range: SourceRange) -> Parsed { Parsed(expression: .number(NumberLiteral(value: 0, range: range)), levels: 1) }
}

/// How tightly an operator binds; the larger, the tighter.
private enum Precedence: Int {
    case or = 1
    case and, comparison, sum, product, power

    init(_ operation: BinaryOperator) {
        switch operation {
        case .or: self = .or
        case .and, .unless: self = .and
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual, .trimUpper, .trimLower: self = .comparison
        case .add, .subtract: self = .sum
        case .multiply, .divide, .modulo, .atan2: self = .product
        case .power: self = .power
        }
    }
}

/// Operators, literals and parentheses.
extension PromQLParser {
    mutating func parseExpression() throws(Stop) -> Parsed { try parseBinary(.or) }

    /// An operand and all operators after it that bind at least as tightly.
    private mutating func parseBinary(_ minimum: Precedence) throws(Stop) -> Parsed {
        var left = try nested { parser throws(Stop) in try parser.parseOperand() }
        while case .binary(let operation) = kind {
            let precedence = Precedence(operation)
            guard precedence.rawValue >= minimum.rawValue else { break }
            take()
            let (returnsBool, matching) = try parseMatching()
            // Only powers are grouped from the right.
            let next = operation == .power ? precedence : Precedence(rawValue: precedence.rawValue + 1) ?? .power
            let right = try nested { parser throws(Stop) in try parser.parseBinary(next) }
            let levels = max(left.levels, right.levels) + 1
            try checkLevels(levels)
            let range = SourceRange(left.expression.range.start, right.expression.range.end)
            let binary = BinaryOperation(
                operation: operation, left: left.expression, right: right.expression, returnsBool: returnsBool, matching: matching, range: range)
            left = Parsed(expression: .binary(binary), levels: levels)
        }
        return left
    }

    /// Signs bind as tightly as products: `-2^2` is -4.
    private mutating func parseOperand() throws(Stop) -> Parsed {
        let sign = token
        guard sign.kind == .binary(.add) || sign.kind == .binary(.subtract) else { return try parseModified() }
        take()
        let isNegation = sign.kind == .binary(.subtract)
        let operand = try parseBinary(.power)
        let range = SourceRange(sign.range.start, operand.expression.range.end)
        if case .number(var literal) = operand.expression {
            if isNegation { literal.value = -literal.value }
            literal.range = range
            return Parsed(expression: .number(literal), levels: operand.levels)
        }
        try checkLevels(operand.levels + 1)
        let unary = UnaryOperation(isNegation: isNegation, operand: operand.expression, range: range)
        return Parsed(expression: .unary(unary), levels: operand.levels + 1)
    }

    /// An operand with the ranges, offsets and instants after it.
    private mutating func parseModified() throws(Stop) -> Parsed {
        var parsed = try parsePrimary()
        while true {
            switch kind {
            case .leftBracket: parsed = try parseRange(of: parsed)
            case .offset: try parseOffset(of: &parsed.expression)
            case .at: try parseInstant(of: &parsed.expression)
            case .anchored, .smoothed: parseEdges(of: &parsed.expression)
            default: return parsed
            }
            try checkLevels(parsed.levels)
        }
    }

    private mutating func parsePrimary() throws(Stop) -> Parsed {
        let first = token
        switch first.kind {
        case .number, .duration: return Parsed(expression: .number(parseNumber()), levels: 1)
        case .string:
            take()
            return Parsed(expression: .string(stringLiteral(first)), levels: 1)
        case .leftParenthesis: return try parseParentheses()
        case .leftBrace: return Parsed(expression: try parseSelector(name: nil), levels: 1)
        case .aggregator(let operation):
            take()
            switch kind {
            case .leftParenthesis, .by, .without: return try parseAggregation(operation, first)
            default: return Parsed(expression: try parseSelector(name: first), levels: 1)
            }
        default:
            guard first.kind.mayNameMetric else { throw .unexpected }
            take()
            if first.kind.mayNameFunction, kind == .leftParenthesis { return try parseCall(first) }
            return Parsed(expression: try parseSelector(name: first), levels: 1)
        }
    }

    private mutating func stringLiteral(_ token: Token) -> StringLiteral {
        let bytes = String.goUnquotedBytes(lexer.bytes[token.range.start..<token.range.end]) ?? []
        let isText = String(validating: bytes, as: UTF8.self) != nil
        return StringLiteral(value: unquoted(token), bytesQuoted: isText ? nil : String.goQuoted(bytes: bytes), range: token.range)
    }

    private mutating func parseParentheses() throws(Stop) -> Parsed {
        let start = take().range.start
        let inner = try parseExpression()
        _ = try expect(.rightParenthesis)
        try checkLevels(inner.levels + 1)
        return Parsed(expression: .parenthesised(inner.expression, SourceRange(start, end)), levels: inner.levels + 1)
    }

    /// Takes a number or a duration; the token at hand is one.
    mutating func parseNumber() -> NumberLiteral {
        let token = take()
        let text = text(token)
        if token.kind == .duration {
            do {
                let milliseconds = try DurationText.milliseconds(text)
                return NumberLiteral(value: Self.seconds(milliseconds), isDuration: true, range: token.range)
            } catch {
                report(error.message, at: token.range)
                return NumberLiteral(value: 0, isDuration: true, range: token.range)
            }
        }
        switch GoNumber.parse(text) {
        case .success(let value): return NumberLiteral(value: value, range: token.range)
        case .failure(let error):
            report("error parsing number: \(error.message)", at: token.range)
            return NumberLiteral(value: 0, range: token.range)
        }
    }

    /// As Go makes seconds of a duration, whole seconds and the rest apart.
    private static func seconds(_ milliseconds: Int64) -> Double {
        Double(milliseconds / 1000) + Double(milliseconds % 1000 * 1_000_000) / 1e9
    }

    /// The text of a string's token.
    mutating func unquoted(_ token: Token) -> String {
        if let text = String.goUnquoted(lexer.bytes[token.range.start..<token.range.end]) { return text }
        report("error unquoting string \(text(token).goQuoted): invalid syntax", at: token.range)
        return ""
    }
}
