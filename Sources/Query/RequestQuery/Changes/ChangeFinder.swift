package import GatewayModel

/// Finds what explains a change: every value of every dimension is taken out of both spans, and what then remains of the difference tells its part.
///
/// One scan over both spans for each field, two where a condition is counted. Percentiles cannot be added up, so they are ranked by how many requests are slower
/// than before, and then computed anew without each of the first.
package struct ChangeFinder {
    let question: ChangeQuestion
    let snapshot: StoreSnapshot
    let now: Timestamp
    let limits: QueryLimits
    let cache: ScanCache?
    let cancellation: QueryCancellation?
    let started = ContinuousClock.now
    var answer: ChangeAnswer
    var counts = QueryStatistics()

    /// Answers a question. Blocks the calling thread as ``QueryEngine/run(_:over:now:limits:cache:cancellation:)``.
    ///
    /// - Throws: `invalid_time`, `invalid_measure`, `invalid_request`, `query_timeout`, `query_limit`, `cancelled`.
    package static func run(
        _ question: ChangeQuestion, over snapshot: StoreSnapshot, now: Timestamp, limits: QueryLimits = .standard, cache: ScanCache? = nil,
        cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> ChangeAnswer {
        try question.check()
        var finder = ChangeFinder(question, snapshot, now, limits, cache, cancellation)
        return try finder.find()
    }

    private init(
        _ question: ChangeQuestion, _ snapshot: StoreSnapshot, _ now: Timestamp, _ limits: QueryLimits, _ cache: ScanCache?, _ cancellation: QueryCancellation?
    ) {
        (self.question, self.snapshot, self.now, self.limits) = (question, snapshot, now, limits)
        (self.cache, self.cancellation) = (cache, cancellation)
        answer = ChangeAnswer(question)
    }

    private mutating func find() throws(QueryError) -> ChangeAnswer {
        answer.now = try measure(question.span)
        answer.before = try measure(question.baseline)
        let parts = try ranked()
        scaleBefore(parts)
        answer.causes =
            if case .percentile = question.measure.function {
                try percentileCauses(parts)
            } else {
                causes(parts)
            }
        for note in snapshot.notes where !answer.notes.contains(note) { answer.notes.append(note) }
        if answer.valuesDropped > 0 {
            answer.notes.append("\(answer.valuesDropped) values with fewer than \(ChangeQuestion.requestsMin) requests in both spans are left out")
        }
        counts.elapsedSeconds = elapsedSeconds
        answer.statistics = counts
        return answer
    }

    var elapsedSeconds: Double { (ContinuousClock.now - started) / .seconds(1) }

    /// Counts and sums of a baseline of another length are told as if it had the span's.
    private mutating func scaleBefore(_ parts: Parts) {
        guard case .additive(let factor, now: 1) = parts.arithmetic, factor != 1, let told = answer.before else { return }
        answer.before = told * factor
        answer.notes.append("the baseline is of another length: its figures are those of a span as long as the one it is compared with")
    }

    // MARK: Parts

    /// A value of a field with its sums.
    struct Part {
        let field: RequestField
        let value: QueryValue
        let sums: ChangeSums
    }

    /// What the values of all fields are made of, and of what the whole is.
    struct Parts {
        var arithmetic: ChangeArithmetic
        var whole = ChangeSums()
        var parts: [Part] = []
    }

    private mutating func ranked() throws(QueryError) -> Parts {
        let (arithmetic, condition, sum) = try plan()
        var found = Parts(arithmetic: arithmetic)
        let whole = try sums(nil, condition, sum)
        found.whole = whole[.null] ?? ChangeSums()
        guard found.whole.requests.before > 0, found.whole.requests.now > 0 else {
            let empty = found.whole.requests.now == 0 ? "the span" : "the baseline"
            answer.notes.append("there are no requests in \(empty): nothing can be compared")
            return found
        }
        for field in question.fields ?? ChangeQuestion.fieldsDefault {
            let groups: [QueryValue: ChangeSums]
            do throws(QueryError) { groups = try sums(field, condition, sum) } catch {
                guard error.code == .queryLimit else { throw error }
                answer.notes.append("\(field.name) has too many values to be looked at")
                continue
            }
            // A field with one value tells nothing apart.
            guard groups.count > 1 else { continue }
            answer.mixes.append((field, Self.moved(groups.values, of: found.whole)))
            for (value, sums) in groups {
                guard max(sums.requests.before, sums.requests.now) >= ChangeQuestion.requestsMin else {
                    answer.valuesDropped += 1
                    continue
                }
                found.parts.append(Part(field: field, value: value, sums: sums))
            }
        }
        answer.mixes.sort { $0.moved > $1.moved }
        return found
    }

    /// Half the sum of what the shares have moved: 0 when the mix is the same, 1 when nothing is left of it.
    private static func moved(_ groups: some Sequence<ChangeSums>, of whole: ChangeSums) -> Double {
        let (before, now) = (Double(whole.requests.before), Double(whole.requests.now))
        return groups.reduce(0) { $0 + abs(Double($1.requests.now) / now - Double($1.requests.before) / before) } / 2
    }

    /// What is added up: records, those under a condition, or a field's values; and how the measure follows.
    private func plan() throws(QueryError) -> (ChangeArithmetic, condition: Filter?, sum: RequestField?) {
        let seconds = (question.elapsedSeconds(question.baseline, now: now), question.elapsedSeconds(question.span, now: now))
        // Of spans of different lengths the counts are made comparable.
        let additive = ChangeArithmetic.additive(before: seconds.0 > 0 ? seconds.1 / seconds.0 : 1, now: 1)
        let perSecond = ChangeArithmetic.additive(before: seconds.0 > 0 ? 1 / seconds.0 : 0, now: seconds.1 > 0 ? 1 / seconds.1 : 0)
        switch question.measure.function {
        case .count: return (additive, nil, nil)
        case .countWhere(let filter): return (additive, filter.filter, nil)
        case .sum(let field): return (additive, nil, field)
        case .rate: return (perSecond, nil, nil)
        case .rateOf(let field): return (perSecond, nil, field)
        case .ratio(let filter): return (.quotient, filter.filter, nil)
        case .average(let field): return (.quotient, nil, field)
        case .percentile(let field, _):
            // What lies above the percentile of the time before: how many more do so now is what moved it.
            let threshold = Int64(((answer.before ?? 0) * field.unit.divisor).rounded())
            return (.quotient, .range(field, min(threshold, .max - 1) + 1...Int64.max), field)
        case .minimum, .maximum, .distinct, .histogram: throw QueryError(.invalidMeasure, "'\(question.measure.name)' cannot be taken apart", field: "measure")
        }
    }
}
