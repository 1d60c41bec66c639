internal import PromQL

/// A part of an expression that is the same number at all times and over all data.
struct ConstantNumber {
    let value: Double
    /// Of the number or the arithmetic itself, without parentheses and `vector( )` around it.
    let range: SourceRange

    /// nil when the expression reads series or the clock.
    init?(_ expression: Expression) {
        guard let value = Self.folded(expression) else { return nil }
        self.value = value
        range = Self.unwrapped(expression).range
    }

    private static func unwrapped(_ expression: Expression) -> Expression {
        switch expression {
        case .parenthesised(let inner, _): unwrapped(inner)
        case .call(let call) where call.function.name == "vector" || call.function.name == "scalar": call.arguments.first.map(unwrapped) ?? expression
        default: expression
        }
    }

    private static func folded(_ expression: Expression) -> Double? {
        switch expression {
        case .number(let literal): return literal.value
        case .parenthesised(let inner, _): return folded(inner)
        case .unary(let unary): return folded(unary.operand).map { unary.isNegation ? -$0 : $0 }
        case .binary(let binary):
            // Between two constants a comparison holds or does not, and is nobody's limit.
            guard !binary.operation.isComparison, !binary.operation.isSet, let left = folded(binary.left), let right = folded(binary.right) else { return nil }
            return binary.operation.ofNumbers(left, right)
        case .call(let call):
            switch (call.function.name, call.arguments.first) {
            case ("vector", let argument?), ("scalar", let argument?): return folded(argument)
            case ("pi", _): return Double.pi
            default: return nil
            }
        case .string, .vectorSelector, .matrixSelector, .subquery, .aggregation: return nil
        }
    }
}
