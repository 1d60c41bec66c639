internal import GatewayModel

extension Evaluator {
    /// Asks the reader for the whole aggregation: `sum|count|avg|min|max` over `rate`, `increase` or an instant selector.
    ///
    /// - Returns: nil when it is another aggregation, or the reader has no shorter way.
    mutating func answeredByReader(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow]? {
        guard let operation = SeriesAggregation.Operator(aggregation.operation) else { return nil }
        var names = aggregation.grouping
        let selector: ResolvedSelector
        let function: SeriesAggregation.Function
        switch aggregation.operand.unparenthesised {
        case .vectorSelector(let vector) where vector.edges == nil:
            selector = try ResolvedSelector(vector, range: nil, grid, state)
            function = .instant
        case .call(let call) where call.function.name == "rate" || call.function.name == "increase":
            guard case .matrixSelector(let matrix)? = call.arguments.first?.unparenthesised, matrix.selector.edges == nil else { return nil }
            if !aggregation.isWithout, names.contains(where: SeriesLabels.metricLabels.contains) {
                // The name is gone, or, when it goes at the end only, has to be kept with the rows.
                if delaysNameRemoval { return nil }
                names.removeAll(where: SeriesLabels.metricLabels.contains)
            }
            selector = try ResolvedSelector(matrix.selector, range: matrix.duration, grid, state)
            function = call.function.name == "rate" ? .rate : .increase
        default: return nil
        }
        guard selector.grid.count == steps else { return nil }
        let request = SeriesAggregation(
            selector.matchers, grid: selector.grid, range: selector.range ?? 0, function: function, aggregation: operation, grouping: names,
            isWithout: aggregation.isWithout)
        let answer: SeriesRows?
        do { answer = try state.reader.aggregate(request) } catch { throw PromQLError(error) }
        guard let answer else { return nil }
        let rows = zip(answer.labels, answer.values).map { StepRow($0, values: $1) }.filter { !$0.isEmpty }
        state.countSamples(rows.reduce(0) { $0 + $1.sampleCount })
        return rows
    }
}

extension SeriesAggregation.Operator {
    /// nil for operators that readers are not asked for.
    fileprivate init?(_ operation: AggregationOperator) {
        switch operation {
        case .sum: self = .sum
        case .count: self = .count
        case .avg: self = .average
        case .min: self = .minimum
        case .max: self = .maximum
        case .group, .stddev, .stdvar, .topk, .bottomk, .quantile, .limitk, .limitRatio, .countValues: return nil
        }
    }
}
