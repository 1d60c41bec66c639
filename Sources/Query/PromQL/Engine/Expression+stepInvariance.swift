extension Expression {
    /// Functions whose value depends on the instant even if their arguments do not.
    ///
    /// Source: prometheus/prometheus `promql/functions.go`, `AtModifierUnsafeFunctions`.
    private static let timeFunctions: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year", "predict_linear", "time", "timestamp",
    ]

    /// Whether the value is the same at every instant, so that it is computed once (`x @ 100`).
    var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .vectorSelector(let selector): selector.at != nil
        case .matrixSelector(let selector): selector.selector.at != nil
        case .subquery(let subquery): subquery.at != nil
        case .parenthesised(let inner, _): inner.isStepInvariant
        case .unary(let operation): operation.operand.isStepInvariant
        case .binary(let operation): operation.left.isStepInvariant && operation.right.isStepInvariant
        case .aggregation(let aggregation): aggregation.operand.isStepInvariant
        case .call(let call): !Self.timeFunctions.contains(call.function.name) && call.arguments.allSatisfy(\.isStepInvariant)
        }
    }

    /// Without parentheses around it.
    var unparenthesised: Expression {
        var expression = self
        while case .parenthesised(let inner, _) = expression { expression = inner }
        return expression
    }

    /// A call whose argument is a range vector, and which one.
    var isRangeVector: Bool {
        switch unparenthesised {
        case .matrixSelector, .subquery: true
        default: false
        }
    }
}
