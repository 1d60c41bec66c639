internal import GatewayModel

extension Evaluator {
    mutating func callFunction(_ call: Call) throws(PromQLError) -> StepValue {
        switch call.function.name {
        case "timestamp":
            if case .vectorSelector(let selector)? = call.arguments.first?.unparenthesised { return .vector(try timestamps(of: selector, call)) }
        case "info": return .vector(try info(call))
        case "absent_over_time": return .vector(try absentOverTime(call))
        default: break
        }
        if let position = call.arguments.firstIndex(where: \.isRangeVector) {
            return .vector(try overRange(call, call.arguments[position].unparenthesised))
        }
        guard let function = PromQLFunctions.overInstants[call.function.name] else { throw Self.unknown(call) }
        var arguments: [StepValue] = []
        for argument in call.arguments { arguments.append(try evaluate(argument)) }
        let value = try function.apply(arguments, call: call, context: context, notes: &notes)
        guard case .vector(let rows) = value else { return value }
        if call.function.name == "label_replace" || call.function.name == "label_join" { return .vector(try StepRow.merged(rows)) }
        return .vector(try unique(rows))
    }

    private static func unknown(_ call: Call) -> PromQLError { PromQLError(.badData, "unknown function with name \"\(call.function.name)\"") }

    private mutating func overRange(_ call: Call, _ vector: Expression) throws(PromQLError) -> [StepRow] {
        guard let function = PromQLFunctions.overRanges[call.function.name] else { throw Self.unknown(call) }
        let found: [StepRow]
        switch vector {
        case .matrixSelector(let matrix): found = try rows(of: try rangeSource(call, function, matrix))
        case .subquery(let subquery): found = try rows(of: try subquerySource(call, function, subquery))
        default: throw PromQLError(.internal, "unexpected range vector")
        }
        guard !delaysNameRemoval else { return found }
        // Two rows with the same labels are wrong here even if they have no instant in common.
        var seen: Set<SeriesLabels> = []
        seen.reserveCapacity(found.count)
        for row in found where !seen.insert(row.labels).inserted { throw .sameLabels }
        return found
    }

    /// The scalar arguments of a function over a range vector, in their order.
    private mutating func scalars(of call: Call) throws(PromQLError) -> [[Double]] {
        var scalars: [[Double]] = []
        for argument in call.arguments where !argument.isRangeVector {
            if case .scalar(let values) = try evaluate(argument.unparenthesised) { scalars.append(values) }
        }
        return scalars
    }

    mutating func rangeSource(_ call: Call, _ function: any RangeFunction, _ matrix: MatrixSelector) throws(PromQLError) -> RangeSource {
        let scalars = try scalars(of: call)
        let resolved = try ResolvedSelector(matrix.selector, range: matrix.duration, grid, state)
        try resolved.checkEdges(call.function.name)
        let series = try select(resolved, function: call.function.name)
        return RangeSource(resolved, series, function, call, scalars, place: matrix.range, context)
    }

    private mutating func subquerySource(_ call: Call, _ function: any RangeFunction, _ subquery: Subquery) throws(PromQLError) -> RangeSource {
        let scalars = try scalars(of: call)
        let (rows, inner) = try rows(of: subquery)
        let (ends, outer) = try ResolvedSelector.instants(of: grid, offset: subquery.offset, at: subquery.at, state.query)
        let resolved = ResolvedSelector(ends: ends, grid: outer, range: try subquery.duration.milliseconds(state.query), state.options.lookbackMilliseconds)
        return RangeSource(resolved, rows.map { EvaluatedSeries($0, inner) }, function, call, scalars, place: subquery.range, context)
    }

    // MARK: Functions that look at series

    /// `timestamp(selector)`: the samples' own times, not those of the instants.
    private mutating func timestamps(of selector: VectorSelector, _ call: Call) throws(PromQLError) -> [StepRow] {
        let resolved = try ResolvedSelector(selector, range: nil, grid, state)
        var found = try rows(of: InstantSource(resolved, try select(resolved), givesTimes: true))
        for index in found.indices { context.dropName(of: &found[index]) }
        return try unique(found)
    }

    /// 1 at the instants at which no series has a sample in its window.
    private mutating func absentOverTime(_ call: Call) throws(PromQLError) -> [StepRow] {
        guard let argument = call.arguments.first?.unparenthesised else { return [] }
        let source: RangeSource
        switch argument {
        case .matrixSelector(let matrix): source = try rangeSource(call, WindowPresence(), matrix)
        case .subquery(let subquery): source = try subquerySource(call, WindowPresence(), subquery)
        default: return []
        }
        var row = AbsentFunction.absence(of: try rows(of: source), argument: argument, count: steps)
        context.dropName(of: &row)
        return row.isEmpty ? [] : [row]
    }
}

/// 1 where the window has any sample.
private struct WindowPresence: RangeFunction {
    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        for (step, window) in series.windows.enumerated() where !window.isEmpty { row.values[step] = 1 }
    }
}
