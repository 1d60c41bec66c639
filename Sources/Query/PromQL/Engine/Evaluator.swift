internal import GatewayModel

/// Evaluates expressions over one grid of instants. A subquery has an evaluator of its own.
struct Evaluator {
    let state: QueryState
    /// The step of a grid with one instant is 1.
    let grid: StepGrid
    var notes = QueryNotes()

    init(_ state: QueryState, _ grid: StepGrid) {
        self.state = state
        self.grid = grid
    }

    var steps: Int { grid.count }
    var delaysNameRemoval: Bool { state.options.delaysNameRemoval }
    var context: FunctionContext { FunctionContext(grid: grid, query: state.query, delaysNameRemoval: delaysNameRemoval) }

    /// The value of an expression that is no range vector.
    mutating func evaluate(_ expression: Expression) throws(PromQLError) -> StepValue {
        try state.check()
        let held = state.context
        let value = if steps > 1, expression.isStepInvariant { try evaluateOnce(expression) } else { try evaluateAtSteps(expression) }
        try state.settle(held + Held(value))
        return value
    }

    private mutating func evaluateAtSteps(_ expression: Expression) throws(PromQLError) -> StepValue {
        switch expression {
        case .number(let literal): .scalar(Array(repeating: literal.value, count: steps))
        case .string(let literal): .string(literal.value)
        case .vectorSelector(let selector): .vector(try rows(of: selector))
        case .parenthesised(let inner, _): try evaluate(inner)
        case .unary(let operation): try unary(operation)
        case .binary(let operation): try binary(operation)
        case .aggregation(let aggregation): .vector(try aggregate(aggregation))
        case .call(let call): try callFunction(call)
        case .matrixSelector, .subquery: throw PromQLError(.internal, "unexpected range vector")
        }
    }

    /// The value at the first instant, for all: nothing in the expression depends on the instant.
    private mutating func evaluateOnce(_ expression: Expression) throws(PromQLError) -> StepValue {
        switch expression {
        case .number, .string: return try evaluateAtSteps(expression)
        default: break
        }
        var once = Evaluator(state, StepGrid(start: grid.start, end: grid.start, step: 1))
        let value = try once.evaluateAtSteps(expression)
        notes.join(once.notes)
        switch value {
        case .scalar(let values): return .scalar(Array(repeating: values[0], count: steps))
        case .string: return value
        case .vector(let rows):
            try state.hold(Held(bytes: 8 * rows.count * steps))
            return .vector(rows.filter { !$0.isEmpty }.map { $0.repeated(steps) })
        }
    }

    private mutating func unary(_ operation: UnaryOperation) throws(PromQLError) -> StepValue {
        let value = try evaluate(operation.operand)
        guard operation.isNegation else { return value }
        switch value {
        case .string: return value
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .vector(var rows):
            for index in rows.indices {
                rows[index].negate()
                context.dropName(of: &rows[index])
            }
            return .vector(delaysNameRemoval ? rows : try StepRow.merged(rows))
        }
    }

    /// Rows as the query's answer: names dropped that were to go at the end, equal label sets made one.
    func finished(_ rows: [StepRow]) throws(PromQLError) -> [StepRow] {
        guard delaysNameRemoval else { return rows }
        var rows = rows
        for index in rows.indices where rows[index].dropsName { rows[index].labels = rows[index].labels.droppingName }
        return try StepRow.merged(rows)
    }
}

extension StepRow {
    /// The row's only value at all of so many instants.
    func repeated(_ count: Int) -> StepRow {
        var row = self
        row.values = Array(repeating: values[0], count: count)
        if !histograms.isEmpty { row.histograms = Array(repeating: histograms[0], count: count) }
        return row
    }

    mutating func negate() {
        for index in values.indices where !Self.isAbsent(values[index]) { values[index] = -values[index] }
        for index in histograms.indices { histograms[index] = histograms[index].map { $0.scaled(by: -1) } }
    }

    /// Makes one row of rows with the same labels.
    ///
    /// - Throws: when two of them have a sample at the same instant.
    static func merged(_ rows: [StepRow]) throws(PromQLError) -> [StepRow] {
        guard rows.count > 1 else { return rows }
        var places: [SeriesLabels: Int] = [:]
        places.reserveCapacity(rows.count)
        var merged: [StepRow] = []
        merged.reserveCapacity(rows.count)
        for row in rows {
            if let place = places[row.labels] {
                try merged[place].takeIn(row)
            } else {
                places[row.labels] = merged.count
                merged.append(row)
            }
        }
        return merged
    }

    private mutating func takeIn(_ other: StepRow) throws(PromQLError) {
        for index in values.indices where other.hasSample(at: index) {
            guard !hasSample(at: index) else { throw .sameLabels }
            if let histogram = other.histogram(at: index) { set(histogram, at: index) } else { values[index] = other.values[index] }
        }
    }
}
