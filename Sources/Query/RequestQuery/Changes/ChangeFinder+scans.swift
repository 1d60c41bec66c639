internal import GatewayModel

extension ChangeFinder {
    /// The measure over one of the spans, as any question would be answered; without the requests that pass `removed`, and only those that pass `kept`.
    mutating func measure(_ span: TimeRange, without removed: Filter? = nil, only kept: Filter? = nil) throws(QueryError) -> Double? {
        try check()
        var query = RequestQuery()
        (query.from, query.to) = (.absolute(span.from), .absolute(span.to))
        query.measures = [question.measure]
        let narrowed = question.filter.filter.and(removed.map { .not($0) } ?? .all).and(kept ?? .all)
        query.filter = QueryFilter(text: question.filter.text, filter: narrowed)
        let result = try QueryEngine.run(query, over: snapshot, now: now, limits: limits, cache: cache, cancellation: cancellation)
        note(result.statistics)
        for note in result.completeness.notes where !answer.notes.contains(note) { answer.notes.append(note) }
        return result.values.first?.double
    }

    /// What the measure is made of, for each value of a field, or of all requests under `null` without one.
    ///
    /// - Parameters:
    ///   - condition: requests to count above.
    ///   - sum: values to add up: above without a condition, otherwise their number stands below.
    mutating func sums(_ field: RequestField?, _ condition: Filter?, _ sum: RequestField?) throws(QueryError) -> [QueryValue: ChangeSums] {
        var found: [QueryValue: ChangeSums] = [:]
        try forEachCell(field, question.filter.filter, sum) { value, isNow, records, total in
            var sums = found[value] ?? ChangeSums()
            let top = condition != nil ? 0 : total?.sum ?? Double(records)
            let bottom = Double(total?.values ?? records)
            if isNow { (sums.requests.now, sums.top.now, sums.bottom.now) = (records, top, bottom) } else { (sums.requests.before, sums.top.before, sums.bottom.before) = (records, top, bottom) }
            found[value] = sums
        }
        guard let condition else { return found }
        try forEachCell(field, question.filter.filter.and(condition), nil) { value, isNow, records, _ in
            if isNow { found[value]?.top.now = Double(records) } else { found[value]?.top.before = Double(records) }
        }
        return found
    }

    /// Reads both spans at once.
    private mutating func forEachCell(
        _ field: RequestField?, _ filter: Filter, _ sum: RequestField?, _ body: (QueryValue, _ isNow: Bool, Int64, (sum: Double, values: Int64)?) -> Void
    ) throws(QueryError) {
        try check()
        let isAdjacent = question.baseline.to == question.span.from
        let edges = [question.baseline.from, question.baseline.to] + (isAdjacent ? [] : [question.span.from]) + [question.span.to]
        var query = ColumnQuery(edges: edges)
        query.isGap = isAdjacent ? [] : [false, true, false]
        query.by = field.map { [$0] } ?? []
        query.filter = filter
        query.sums = sum.map { [$0] } ?? []
        let columns = try QueryEngine.columns(query, over: snapshot, limits: limits, cache: cache, cancellation: cancellation)
        note(columns.statistics)
        for cell in 0..<columns.cellCount {
            let place = columns.place(cell)
            let total = sum.map { field in
                let exact = columns.sum(0, cell)
                return (sum: Double(exact.sum) / field.unit.divisor, values: exact.values)
            }
            body(columns.groupValues(place.group).first ?? .null, place.bucket == edges.count - 2, columns.records(cell), total)
        }
    }

    private func check() throws(QueryError) {
        guard elapsedSeconds < ChangeQuestion.secondsMax else {
            throw QueryError(.queryTimeout, "the answer took longer than \(ChangeQuestion.secondsMax) s (secondsMax)", hint: "choose a shorter span or a narrower filter")
        }
    }

    private mutating func note(_ statistics: QueryStatistics) {
        counts.recordsRead += statistics.recordsRead
        counts.recordsMatched = max(counts.recordsMatched, statistics.recordsMatched)
        counts.recordsCached += statistics.recordsCached
        counts.blocksRead += statistics.blocksRead
        counts.blocksSkipped += statistics.blocksSkipped
        if counts.source != statistics.source { counts.source = counts.blocksRead == statistics.blocksRead ? statistics.source : "rollup and records" }
    }
}
