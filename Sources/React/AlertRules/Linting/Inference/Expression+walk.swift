internal import GatewayModel
internal import PromQL

extension Expression {
    /// The parts directly within, from left to right.
    var children: [Expression] {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: []
        case .subquery(let subquery): [subquery.expression]
        case .parenthesised(let inner, _): [inner]
        case .unary(let unary): [unary.operand]
        case .binary(let binary): [binary.left, binary.right]
        case .aggregation(let aggregation): [aggregation.parameter, aggregation.operand].compactMap(\.self)
        case .call(let call): call.arguments
        }
    }

    /// Visits the expression and all parts of it, each with what stands around it, the outermost first.
    func walk(_ visit: (_ part: Expression, _ around: [Expression]) -> Void) {
        var around: [Expression] = []
        walk(&around, visit)
    }

    private func walk(_ around: inout [Expression], _ visit: (Expression, [Expression]) -> Void) {
        visit(self, around)
        around.append(self)
        for child in children { child.walk(&around, visit) }
        around.removeLast()
    }

    /// Without parentheses around it.
    var bare: Expression {
        if case .parenthesised(let inner, _) = self { return inner.bare }
        return self
    }

    /// The name of the function, when it is a call.
    var functionName: String? {
        if case .call(let call) = self { return call.function.name }
        return nil
    }

    /// Whether any part of it reads series.
    var readsSeries: Bool { !selectors.isEmpty }
}

extension VectorSelector {
    /// The metric's name, also when it is written as a matcher; nil when it is not known.
    var metric: String? { name ?? matchers.first { $0.name == "__name__" && $0.comparison == .equal }?.value }
}

extension MatrixSelector {
    /// Milliseconds; nil when the duration depends on the query.
    var milliseconds: Int64? {
        if case .milliseconds(let milliseconds) = duration { return milliseconds }
        return nil
    }
}

extension Subquery {
    /// Milliseconds; nil when the duration depends on the query.
    var milliseconds: Int64? {
        if case .milliseconds(let milliseconds) = duration { return milliseconds }
        return nil
    }
}
