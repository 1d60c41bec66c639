internal import GatewayModel

extension Evaluator {
    mutating func aggregate(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        if let rows = try answeredByReader(aggregation) { return rows }
        switch aggregation.operation {
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: return try fold(aggregation)
        case .topk, .bottomk: return try rank(aggregation)
        case .limitk, .limitRatio: return try limit(aggregation)
        case .quantile: return try quantile(aggregation)
        case .countValues: return try countValues(aggregation)
        }
    }

    /// The rows that an aggregation goes over: made one at a time where the operand is a selector or a function over one, otherwise evaluated.
    mutating func operandSource(_ aggregation: Aggregation) throws(PromQLError) -> any RowSource {
        let operand = aggregation.operand.unparenthesised
        if let source = try source(of: operand) { return source }
        guard case .vector(let rows) = try evaluate(operand) else { throw PromQLError(.internal, "aggregation over what is no instant vector") }
        return HeldRows(rows)
    }

    /// Rows that can be made one at a time; nil for expressions that need all rows at once.
    mutating func source(of expression: Expression) throws(PromQLError) -> (any RowSource)? {
        switch expression {
        case .vectorSelector(let selector) where selector.edges == nil:
            let resolved = try ResolvedSelector(selector, range: nil, grid, state)
            return InstantSource(resolved, try select(resolved))
        case .call(let call):
            guard let function = PromQLFunctions.overRanges[call.function.name],
                let position = call.arguments.firstIndex(where: \.isRangeVector),
                case .matrixSelector(let matrix) = call.arguments[position].unparenthesised
            else { return nil }
            return try rangeSource(call, function, matrix)
        default: return nil
        }
    }

    private mutating func fold(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        try fold(try operandSource(aggregation), aggregation)
    }

    private mutating func fold(_ source: some RowSource, _ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        let grouping = Grouping(source.labels, by: aggregation.grouping, isWithout: aggregation.isWithout)
        let steps = steps, state = state, groups = grouping.groups
        let empty = GroupFold(aggregation.operation, groups: grouping.labels.count, steps: steps, place: aggregation.operand.unparenthesised.range)
        let (whole, found) = try SeriesWorkers.perform(rows: source.labels.count, steps: steps, state, into: empty) {
            (run, scratch) throws(PromQLError) -> GroupFold in
            var fold = empty
            for index in run {
                // A row is given away and got back, so that its buffers are made once.
                var row = scratch.row(source.labels[index], steps: steps, dropsName: source.dropsName(index))
                try source.fill(&row, index, &scratch)
                fold.add(row, to: groups[index])
                scratch.keep(row)
            }
            return fold
        } join: { (whole, part) throws(PromQLError) in
            try state.hold(Held(bytes: whole.join(part)))
        }
        notes.join(found)
        let (rows, noted) = whole.rows(grouping.labels)
        notes.join(noted)
        return rows
    }

    /// The parameter of an aggregation, one number for each instant.
    mutating func parameter(_ aggregation: Aggregation) throws(PromQLError) -> [Double] {
        guard let parameter = aggregation.parameter, case .scalar(let values) = try evaluate(parameter.unparenthesised) else {
            throw PromQLError(.internal, "aggregation without its parameter")
        }
        return values
    }

    func parameterPlace(_ aggregation: Aggregation) -> SourceRange { (aggregation.parameter?.unparenthesised ?? aggregation.operand).range }
}

/// Rows that have been evaluated already.
struct HeldRows: RowSource {
    let rows: [StepRow]
    let labels: [SeriesLabels]

    init(_ rows: [StepRow]) {
        self.rows = rows
        labels = rows.map(\.labels)
    }

    func dropsName(_ index: Int) -> Bool { rows[index].dropsName }

    func fill(_ row: inout StepRow, _ index: Int, _ scratch: inout SeriesScratch) throws(PromQLError) { row = rows[index] }
}

extension SeriesScratch {
    /// An empty row.
    mutating func row(_ labels: SeriesLabels, steps: Int, dropsName: Bool) -> StepRow {
        var row: StepRow
        if var spare = spareRow.take(), spare.values.count == steps {
            var values = spare.values.mutableSpan
            for step in 0..<steps { values[step] = StepRow.absent }
            spare.histograms.removeAll(keepingCapacity: true)
            spare.labels = labels
            row = spare
        } else {
            row = StepRow(labels, count: steps)
        }
        row.dropsName = dropsName
        return row
    }

    /// Keeps a row that is no longer needed, for its buffers.
    mutating func keep(_ row: consuming StepRow) { spareRow = row }
}
