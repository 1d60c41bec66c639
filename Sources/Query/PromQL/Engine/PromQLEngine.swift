package import GatewayModel

/// Evaluates PromQL over whatever can be read as series.
///
/// Source: https://prometheus.io/docs/prometheus/latest/querying/basics and prometheus/prometheus `promql/engine.go`. Other than there, values are
/// computed series by series over all instants at once, and series side by side on several threads; the answers do not depend on their number.
package struct PromQLEngine: Sendable {
    package let reader: any SeriesReader
    package let options: PromQLOptions

    package init(reader: any SeriesReader, options: PromQLOptions = .standard) {
        self.reader = reader
        self.options = options
    }

    /// The value of an expression at an instant. Blocks the calling thread; to be called off the event loops.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - isCancelled: is asked often, from several threads; true ends the query.
    /// - Throws: with Prometheus's words; `execution` also for limits.
    package func instant(
        _ expression: Expression, at time: Int64, isCancelled: (@Sendable () -> Bool)? = nil
    ) throws(PromQLError) -> QueryAnswer {
        let time = max(-ResolvedSelector.timeMax, min(ResolvedSelector.timeMax, time))
        let state = QueryState(reader, options, query: StepGrid(start: time, end: time, step: 0), isCancelled)
        var evaluator = Evaluator(state, StepGrid(start: time, end: time, step: 1))
        let value: QueryAnswer.Value
        if expression.type == .matrix {
            value = .matrix(try evaluator.rangeVector(expression.unparenthesised))
        } else {
            switch try evaluator.evaluate(expression.markingStatistics) {
            case .scalar(let values): value = .scalar(values[0])
            case .string(let text): value = .string(text)
            case .vector(let rows): value = .vector(try evaluator.finished(rows).compactMap(AnswerSample.init(first:)))
            }
        }
        return QueryAnswer(value: value, time: time, notes: evaluator.notes, statistics: state.statistics)
    }

    /// The values of an expression at all instants of a grid, as a matrix; a scalar becomes a series without labels.
    ///
    /// - Throws: as ``instant(_:at:isCancelled:)``; `bad_data` when the expression is neither scalar nor instant vector.
    package func range(_ expression: Expression, grid: StepGrid, isCancelled: (@Sendable () -> Bool)? = nil) throws(PromQLError) -> QueryAnswer {
        guard expression.type == .scalar || expression.type == .vector else {
            throw PromQLError(.badData, "invalid expression type \"\(expression.type.description)\" for range query, must be Scalar or instant Vector")
        }
        let timeMax = UInt64(ResolvedSelector.timeMax)
        guard grid.step > 0, grid.start.magnitude <= timeMax, grid.end.magnitude <= timeMax else {
            throw PromQLError(.badData, "no instants can be made of a step of \(grid.step) ms from \(grid.start) to \(grid.end)")
        }
        let state = QueryState(reader, options, query: grid, isCancelled)
        // Not even a number can be given at more instants than fit into the memory allowed.
        try state.hold(Held(bytes: 16 * grid.count))
        var evaluator = Evaluator(state, grid)
        var rows: [StepRow] = []
        if grid.count > 0 {
            switch try evaluator.evaluate(expression.markingStatistics) {
            case .scalar(let values): rows = [StepRow(.none, values: values)]
            case .vector(let found): rows = try evaluator.finished(found)
            case .string: break
            }
        }
        let times = (0..<grid.count).map { grid[$0] }
        let series = rows.compactMap { AnswerSeries($0, times: times) }.sorted { $0.labels < $1.labels }
        return QueryAnswer(value: .matrix(series), time: grid.end, notes: evaluator.notes, statistics: state.statistics)
    }
}

extension AnswerSample {
    /// nil when the row has no sample at its first instant.
    init?(first row: StepRow) {
        guard row.hasSample(at: 0) else { return nil }
        let histogram = row.histogram(at: 0)
        self.init(labels: row.labels, value: histogram == nil ? row.values[0] : 0, histogram: histogram)
    }
}

extension AnswerSeries {
    /// nil when the row has no sample.
    init?(_ row: StepRow, times: [Int64]) {
        let count = row.sampleCount
        guard count > 0 else { return nil }
        var points = SampleColumns()
        if count == row.values.count && row.histograms.isEmpty {
            points.times = times
            points.values = row.values
        } else {
            for index in times.indices {
                if let histogram = row.histogram(at: index) {
                    points.append(times[index], histogram)
                } else if !StepRow.isAbsent(row.values[index]) {
                    points.append(times[index], row.values[index])
                }
            }
        }
        self.init(labels: row.labels, points: points)
    }
}
