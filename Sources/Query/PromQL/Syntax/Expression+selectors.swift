package import GatewayModel

extension Expression {
    /// The matchers of every selector in the expression, from left to right.
    package var selectors: [[SeriesMatcher]] {
        switch self {
        case .number, .string: []
        case .vectorSelector(let selector): [selector.matchers]
        case .matrixSelector(let selector): [selector.selector.matchers]
        case .subquery(let subquery): subquery.expression.selectors
        case .parenthesised(let inner, _): inner.selectors
        case .unary(let operation): operation.operand.selectors
        case .binary(let operation): operation.left.selectors + operation.right.selectors
        case .aggregation(let aggregation): (aggregation.parameter?.selectors ?? []) + aggregation.operand.selectors
        case .call(let call): call.arguments.flatMap(\.selectors)
        }
    }
}
