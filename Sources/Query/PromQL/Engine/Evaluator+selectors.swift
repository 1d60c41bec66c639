internal import GatewayModel

extension Evaluator {
    /// - Throws: `execution` for more series than allowed.
    func select(_ selector: ResolvedSelector, function: String? = nil) throws(PromQLError) -> [any SelectedSeries] {
        let found: [any SelectedSeries]
        do { found = try state.reader.select(selector.request(function: function)) } catch { throw PromQLError(error) }
        try state.countSeries(found.count)
        return found
    }

    mutating func rows(of source: some RowSource) throws(PromQLError) -> [StepRow] {
        let (rows, found) = try SeriesWorkers.rows(of: source, steps: steps, state)
        notes.join(found)
        return rows
    }

    mutating func rows(of selector: VectorSelector) throws(PromQLError) -> [StepRow] {
        let resolved = try ResolvedSelector(selector, range: nil, grid, state)
        let series = try select(resolved)
        if selector.edges == .smoothed { return try rows(of: SmoothedSource(resolved, series, place: selector.range)) }
        return try rows(of: InstantSource(resolved, series))
    }

    /// A range vector as the answer of an instant query.
    mutating func rangeVector(_ expression: Expression) throws(PromQLError) -> [AnswerSeries] {
        var series: [AnswerSeries] = []
        switch expression {
        case .matrixSelector(let matrix):
            let resolved = try ResolvedSelector(matrix.selector, range: matrix.duration, grid, state)
            for selected in try select(resolved) {
                let points = try points(of: selected, resolved)
                guard points.count > 0 else { continue }
                try state.hold(Held(samples: points.count, bytes: 16 * points.count))
                series.append(AnswerSeries(labels: selected.labels, points: points))
            }
            state.countSamples(series.reduce(0) { $0 + $1.points.count })
        case .subquery(let subquery):
            let (rows, inner) = try rows(of: subquery)
            let times = (0..<inner.count).map { inner[$0] }
            series = try finished(rows).compactMap { AnswerSeries($0, times: times) }
        default: throw PromQLError(.internal, "unexpected range vector")
        }
        return series.sorted { $0.labels < $1.labels }
    }

    private func points(of series: any SelectedSeries, _ selector: ResolvedSelector) throws(PromQLError) -> SampleColumns {
        var points = SampleColumns()
        do { try series.read(from: selector.from, through: selector.through, into: &points) } catch { throw PromQLError(error) }
        points.removeStaleMarkers()
        guard selector.edges != nil, points.count > 0 else { return points }
        var window = WindowedSeries(
            labels: series.labels, samples: points, windows: [], ends: selector.ends, range: selector.range ?? 0, edges: selector.edges, exactIncreases: nil)
        _ = window.cutWindows(lookback: selector.lookback)
        return try window.extendedPoints()
    }

    /// The values of a subquery's expression at the subquery's own instants: multiples of its step, in all windows of this grid.
    mutating func rows(of subquery: Subquery) throws(PromQLError) -> ([StepRow], StepGrid) {
        let (ends, _) = try ResolvedSelector.instants(of: grid, offset: subquery.offset, at: subquery.at, state.query)
        let range = try subquery.duration.milliseconds(state.query)
        let step = if let step = subquery.step { try step.milliseconds(state.query) } else { state.options.subqueryStepMilliseconds }
        let edge = (ends.first ?? 0) - range
        // Like Prometheus, whose division rounds towards 0.
        var start = step * (edge / step)
        if start <= edge { start += step }
        let inner = StepGrid(start: start, end: ends.last ?? 0, step: step)
        guard inner.count > 0 else { return ([], inner) }
        try state.hold(Held(bytes: 8 * inner.count))
        var evaluator = Evaluator(state, inner)
        let value = try evaluator.evaluate(subquery.expression)
        notes.join(evaluator.notes)
        switch value {
        case .vector(let rows): return (rows, inner)
        case .scalar(let values): return ([StepRow(.none, values: values)], inner)
        case .string: return ([], inner)
        }
    }
}
