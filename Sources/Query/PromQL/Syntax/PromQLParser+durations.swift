internal import GatewayModel

/// A duration as it is read: a literal, whose value is checked at once, or an expression, which is computed when the query runs.
private enum ParsedDuration {
    case literal(NumberLiteral)
    case expression(DurationExpression)

    var expression: DurationExpression {
        switch self {
        case .literal(let literal): literal.isDuration ? .milliseconds(Int64((literal.value * 1000).rounded())) : .number(literal.value)
        case .expression(let expression): expression
        }
    }

    /// Stands for what has an error of its own.
    static let erroneous = ParsedDuration.literal(NumberLiteral(value: 0, range: SourceRange(0, 0)))
}

/// Durations in brackets and behind `offset`: literals and arithmetic over them.
extension PromQLParser {
    /// A range or step: a literal must be above 0.
    mutating func parsePositiveDuration() throws(Stop) -> DurationExpression {
        switch try parseDuration(.sum) {
        case .expression(let expression): return expression
        case .literal(let literal):
            guard literal.value > 0 else {
                report("duration must be greater than 0", at: literal.range)
                return .milliseconds(0)
            }
            return .milliseconds(Self.milliseconds(literal))
        }
    }

    /// What follows `offset`. A literal or a call ends there: `foo offset 5m + 1` adds 1 to the samples. Arithmetic needs parentheses.
    ///
    /// - Returns: nil for no offset.
    mutating func parseOffsetDuration() throws(Stop) -> DurationExpression? {
        switch try parseOffsetTerm() {
        case .expression(let expression): return expression
        case .literal(let literal): return abs(literal.value) < 0.5e-9 ? nil : .milliseconds(Self.milliseconds(literal))
        }
    }

    /// Go keeps literals in nanoseconds, and computes with whole milliseconds.
    private static func milliseconds(_ literal: NumberLiteral) -> Int64 {
        let nanoseconds = (literal.value * 1e9).rounded()
        return (Int64(exactly: nanoseconds) ?? (nanoseconds < 0 ? .min : .max)) / 1_000_000
    }

    private mutating func parseOffsetTerm() throws(Stop) -> ParsedDuration {
        let sign = token
        guard sign.kind == .binary(.add) || sign.kind == .binary(.subtract) else {
            return kind == .leftParenthesis ? try parseDuration(.sum) : try parseDurationTerm()
        }
        take()
        switch kind {
        case .number, .duration:
            let literal = parseNumber()
            if !isOutOfRange(literal.value) { return signed(.literal(literal), by: sign) }
            report("duration out of range", at: sign.range)
            return .erroneous
        case .binary(.add), .binary(.subtract):
            let operand = try parseDuration(.power)
            return try parseDurationOperators(after: signed(operand, by: sign), .sum)
        default: return signed(try parseDurationTerm(), by: sign)
        }
    }

    private enum Precedence: Int {
        case sum = 1
        case product, power
    }

    private static func arithmetic(_ kind: TokenKind) -> (ArithmeticOperator, Precedence)? {
        switch kind {
        case .binary(.add): (.add, .sum)
        case .binary(.subtract): (.subtract, .sum)
        case .binary(.multiply): (.multiply, .product)
        case .binary(.divide): (.divide, .product)
        case .binary(.modulo): (.modulo, .product)
        case .binary(.power): (.power, .power)
        default: nil
        }
    }

    private mutating func parseDuration(_ minimum: Precedence) throws(Stop) -> ParsedDuration {
        let left = try nested { parser throws(Stop) in try parser.parseSignedDuration() }
        return try parseDurationOperators(after: left, minimum)
    }

    private mutating func parseDurationOperators(after first: ParsedDuration, _ minimum: Precedence) throws(Stop) -> ParsedDuration {
        var left = first
        var levels = 0
        while let (operation, precedence) = Self.arithmetic(kind), precedence.rawValue >= minimum.rawValue {
            let sign = take()
            let next = operation == .power ? precedence : Precedence(rawValue: precedence.rawValue + 1) ?? .power
            let right = try nested { parser throws(Stop) in try parser.parseDuration(next) }
            levels += 1
            try checkLevels(levels)
            if case .literal(let literal) = right, literal.value == 0, operation == .divide || operation == .modulo {
                report(operation == .divide ? "division by zero" : "modulo by zero", at: sign.range)
                left = .erroneous
            } else {
                left = .expression(.arithmetic(operation, left.expression, right.expression))
            }
        }
        return left
    }

    private mutating func parseSignedDuration() throws(Stop) -> ParsedDuration {
        let sign = token
        guard sign.kind == .binary(.add) || sign.kind == .binary(.subtract) else { return try parseDurationTerm() }
        take()
        return signed(try parseDuration(.power), by: sign)
    }

    private mutating func parseDurationTerm() throws(Stop) -> ParsedDuration {
        switch kind {
        case .number, .duration:
            let literal = parseNumber()
            if isOutOfRange(literal.value) {
                report("duration out of range", at: literal.range)
                return .erroneous
            }
            return .literal(literal)
        case .leftParenthesis:
            take()
            let inner = try parseDuration(.sum)
            _ = try expect(.rightParenthesis)
            return .expression(.parenthesised(inner.expression))
        case .step, .range:
            let isStep = take().kind == .step
            _ = try expect(.leftParenthesis)
            _ = try expect(.rightParenthesis)
            return .expression(isStep ? .step : .range)
        case .minimumOf, .maximumOf:
            let isMinimum = take().kind == .minimumOf
            _ = try expect(.leftParenthesis)
            let left = try parseDuration(.sum).expression
            _ = try expect(.comma)
            let right = try parseDuration(.sum).expression
            _ = try expect(.rightParenthesis)
            return .expression(isMinimum ? .minimumOf(left, right) : .maximumOf(left, right))
        default: throw .unexpected
        }
    }

    private mutating func signed(_ operand: ParsedDuration, by sign: Token) -> ParsedDuration {
        let isNegative = sign.kind == .binary(.subtract)
        switch operand {
        case .expression(let expression): return .expression(isNegative ? .negated(expression) : expression)
        case .literal(var literal):
            if isNegative { literal.value = -literal.value }
            literal.range.start = sign.range.start
            return .literal(literal)
        }
    }

    /// Go keeps durations as nanoseconds in 64 bits.
    private func isOutOfRange(_ seconds: Double) -> Bool { !(abs(seconds) <= 0x1p63 / 1e9) }
}
