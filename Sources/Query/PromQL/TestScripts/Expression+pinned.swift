internal import GatewayModel

extension Expression {
    /// Functions whose value depends on the instant even if every selector is pinned to one.
    ///
    /// Source: prometheus/prometheus `promql/functions.go`, AtModifierUnsafeFunctions; and `info`, which finds its series at the instant of evaluation.
    private static let instantFunctions: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year", "predict_linear", "time", "timestamp", "start",
        "end", "range", "step", "info",
    ]

    /// The expression with `@` added to every selector and outermost subquery that has none, so that its value is the same at every instant.
    ///
    /// - Returns: nil when there is a function whose value depends on the instant all the same.
    func pinned(at time: Int64) -> Expression? {
        switch self {
        case .number, .string: return self
        case .vectorSelector(let selector): return .vectorSelector(selector.pinned(at: time))
        case .matrixSelector(var selector):
            selector.selector = selector.selector.pinned(at: time)
            return .matrixSelector(selector)
        case .subquery(var subquery):
            // What is within is evaluated at the subquery's instants; only whether it can be pinned at all is asked.
            guard subquery.expression.pinned(at: time) != nil else { return nil }
            if case .at = subquery.at {} else { subquery.at = .at(time) }
            return .subquery(subquery)
        case .parenthesised(let inner, let range): return inner.pinned(at: time).map { .parenthesised($0, range) }
        case .unary(var operation):
            guard let operand = operation.operand.pinned(at: time) else { return nil }
            operation.operand = operand
            return .unary(operation)
        case .binary(var operation):
            guard let left = operation.left.pinned(at: time), let right = operation.right.pinned(at: time) else { return nil }
            (operation.left, operation.right) = (left, right)
            return .binary(operation)
        case .aggregation(let aggregation): return aggregation.pinned(at: time)
        case .call(var call):
            let arguments = call.arguments.compactMap { $0.pinned(at: time) }
            guard !Self.instantFunctions.contains(call.function.name), arguments.count == call.arguments.count else { return nil }
            call.arguments = arguments
            return .call(call)
        }
    }
}

extension VectorSelector {
    fileprivate func pinned(at time: Int64) -> VectorSelector {
        if case .at = at { return self }
        var pinned = self
        pinned.at = .at(time)
        return pinned
    }
}

extension Aggregation {
    fileprivate func pinned(at time: Int64) -> Expression? {
        var pinned = self
        guard let operand = operand.pinned(at: time) else { return nil }
        pinned.operand = operand
        if let parameter {
            guard let parameter = parameter.pinned(at: time) else { return nil }
            pinned.parameter = parameter
        }
        return .aggregation(pinned)
    }
}
