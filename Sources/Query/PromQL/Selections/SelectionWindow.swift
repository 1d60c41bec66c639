package import GatewayModel

/// What one selector of an expression reads to give the expression's value at one instant.
package struct SelectionWindow: Sendable, Equatable {
    package let selector: VectorSelector
    /// The selector as it is written, its range among it.
    package let text: String
    /// The samples' window in milliseconds since 1970, its left end not in it; for an instant selector both ends are the instant.
    package let from: Int64
    package let through: Int64
    /// The labels by which the series behind a value of the result are known.
    package let scope: LabelScope
}

extension Expression {
    /// The windows of all selectors of the expression at one instant, in the order of the text.
    ///
    /// A subquery looks at its inner selectors at many instants: their windows begin where the earliest of them begins.
    ///
    /// - Parameter time: milliseconds since 1970.
    /// - Throws: `bad_data` for a duration that cannot be computed.
    package func selectionWindows(at time: Int64) throws(PromQLError) -> [SelectionWindow] {
        let query = StepGrid(start: time, end: time, step: 1)
        var windows: [SelectionWindow] = []
        try collectWindows(earliest: time, latest: time, .all, query, into: &windows)
        return windows
    }

    private func collectWindows(
        earliest: Int64, latest: Int64, _ scope: LabelScope, _ query: StepGrid, into windows: inout [SelectionWindow]
    ) throws(PromQLError) {
        switch self {
        case .number, .string: break
        case .vectorSelector(let selector):
            let (from, through) = try Self.moved(earliest, latest, selector.offset, selector.at, query)
            windows.append(SelectionWindow(selector: selector, text: text, from: from, through: through, scope: scope))
        case .matrixSelector(let matrix):
            let (from, through) = try Self.moved(earliest, latest, matrix.selector.offset, matrix.selector.at, query)
            let range = try matrix.duration.milliseconds(query)
            windows.append(SelectionWindow(selector: matrix.selector, text: text, from: from - range, through: through, scope: scope))
        case .subquery(let subquery):
            let (from, through) = try Self.moved(earliest, latest, subquery.offset, subquery.at, query)
            let range = try subquery.duration.milliseconds(query)
            try subquery.expression.collectWindows(earliest: from - range, latest: through, scope, query, into: &windows)
        default:
            for (operand, inner) in operands(scope) { try operand.collectWindows(earliest: earliest, latest: latest, inner, query, into: &windows) }
        }
    }

    private static func moved(
        _ earliest: Int64, _ latest: Int64, _ offset: DurationExpression?, _ at: TimeModifier?, _ query: StepGrid
    ) throws(PromQLError) -> (Int64, Int64) {
        let back = if let offset { try offset.milliseconds(query, allowsNegative: true) } else { Int64(0) }
        return switch at {
        case nil: (earliest - back, latest - back)
        case .at(let time): (time - back, time - back)
        case .start: (query.start - back, query.start - back)
        case .end: (query.end - back, query.end - back)
        }
    }

    /// The expressions that this one is made of, but for those of selectors and subqueries, and each one's scope.
    private func operands(_ scope: LabelScope) -> [(Expression, LabelScope)] {
        switch self {
        case .parenthesised(let inner, _): return [(inner, scope)]
        case .unary(let operation): return [(operation.operand, scope)]
        case .binary(let operation):
            let (left, right) = operation.scopes(of: scope)
            return [(operation.left, left), (operation.right, right)]
        case .aggregation(let aggregation):
            return (aggregation.parameter.map { [($0, .none)] } ?? []) + [(aggregation.operand, aggregation.scope(of: scope))]
        case .call(let call): return call.arguments.map { ($0, call.scope(of: scope)) }
        case .number, .string, .vectorSelector, .matrixSelector, .subquery: return []
        }
    }
}
