internal import GatewayModel

extension Evaluator {
    mutating func binary(_ operation: BinaryOperation) throws(PromQLError) -> StepValue {
        switch (try evaluate(operation.left), try evaluate(operation.right)) {
        case (.scalar(let left), .scalar(let right)):
            return .scalar(left.indices.map { operation.operation.ofScalars(left[$0], right[$0]) })
        case (.vector(let rows), .scalar(let scalar)):
            return .vector(try withScalar(rows, scalar, operation, scalarIsLeft: false))
        case (.scalar(let scalar), .vector(let rows)):
            return .vector(try withScalar(rows, scalar, operation, scalarIsLeft: true))
        case (.vector(let left), .vector(let right)):
            let matching = operation.matching ?? VectorMatching()
            if operation.operation.isSet { return .vector(try setOperation(left, right, operation.operation, matching)) }
            var match = VectorMatch(operation, matching, steps: steps, state)
            let rows = try match.evaluate(left, right)
            notes.join(match.notes)
            return .vector(try unique(rows))
        case (.string, _), (_, .string):
            throw PromQLError(.badData, "binary expression must contain only scalar and instant vector types")
        }
    }

    /// Equal label sets made one, unless they may still have different names when the query is done.
    func unique(_ rows: [StepRow]) throws(PromQLError) -> [StepRow] {
        delaysNameRemoval && steps == 1 ? rows : try StepRow.merged(rows)
    }

    private mutating func withScalar(
        _ rows: [StepRow], _ scalar: [Double], _ operation: BinaryOperation, scalarIsLeft: Bool
    ) throws(PromQLError) -> [StepRow] {
        var rows = rows
        let drops = operation.operation.changesMetric || operation.returnsBool
        for index in rows.indices {
            if rows[index].hasHistograms || operation.operation == .trimUpper || operation.operation == .trimLower {
                combineElements(&rows[index], scalar, operation, scalarIsLeft: scalarIsLeft)
            } else {
                combineNumbers(&rows[index].values, scalar, operation, scalarIsLeft: scalarIsLeft)
            }
            if drops { context.dropName(of: &rows[index]) }
        }
        rows.removeAll(where: \.isEmpty)
        return drops ? try unique(rows) : rows
    }

    private func combineNumbers(_ values: inout [Double], _ scalar: [Double], _ operation: BinaryOperation, scalarIsLeft: Bool) {
        guard scalarIsLeft else { return NumberRows.combine(&values, scalar, operation.operation, returnsBool: operation.returnsBool) }
        guard operation.operation.isComparison else {
            var result = scalar
            NumberRows.combine(&result, values, operation.operation, returnsBool: false)
            values = result
            return
        }
        // A comparison keeps the vector's value, whichever side it stands on.
        NumberRows.combine(&values, scalar, operation.operation.mirrored, returnsBool: operation.returnsBool)
    }

    private mutating func combineElements(_ row: inout StepRow, _ scalar: [Double], _ operation: BinaryOperation, scalarIsLeft: Bool) {
        for step in 0..<steps {
            guard let sample = row.sample(at: step) else { continue }
            let number = SampleOperand.number(scalar[step])
            let (left, right) = scalarIsLeft ? (number, sample) : (sample, number)
            guard let result = operation.operation.of(left, right, place: operation.range, notes: &notes) else {
                row.set(nil as SampleOperand?, at: step)
                continue
            }
            if operation.returnsBool {
                row.set(.number(result.holds ? 1 : 0), at: step)
            } else if !result.holds {
                row.set(nil as SampleOperand?, at: step)
            } else if !operation.operation.isComparison {
                row.set(result.sample, at: step)
            }
        }
    }
}

extension BinaryOperator {
    /// The comparison that holds with its sides exchanged.
    var mirrored: BinaryOperator {
        switch self {
        case .greater: .less
        case .less: .greater
        case .greaterOrEqual: .lessOrEqual
        case .lessOrEqual: .greaterOrEqual
        default: self
        }
    }
}
