internal import GatewayModel

extension ChangeFinder {
    /// The values by how much of the difference goes with them; those of the same requests under one.
    func causes(_ parts: Parts) -> [ChangeCause] {
        let direction: Double = (answer.difference ?? 0) < 0 ? -1 : 1
        var causes: [ChangeCause] = []
        var places: [Fingerprint: Int] = [:]
        for part in parts.parts.filter({ !isMereOutcome($0) }) {
            guard let contribution = parts.arithmetic.contribution(of: part.sums, to: parts.whole), contribution * direction > 0 else { continue }
            let cause = cause(part, parts, contribution)
            let fingerprint = Fingerprint(part.sums)
            if let place = places[fingerprint], causes[place].field != part.field {
                causes[place].alike.append(cause.filterText)
            } else {
                places[fingerprint] = causes.count
                causes.append(cause)
            }
        }
        return Array(causes.sorted { Self.precedes($0, $1, direction) }.prefix(question.limit))
    }

    /// The values that may have moved a percentile, with the percentile computed again without each.
    mutating func percentileCauses(_ parts: Parts) throws(QueryError) -> [ChangeCause] {
        guard let difference = answer.difference else { return [] }
        let direction: Double = difference < 0 ? -1 : 1
        var rough = self
        rough.answer.now = parts.arithmetic.now(parts.whole)
        rough.answer.before = parts.arithmetic.before(parts.whole)
        let candidates = rough.causes(parts)
        let most = min(question.limit, ChangeQuestion.percentileCandidatesMax)
        if candidates.count > most { answer.notes.append("only the \(most) most likely values were tried: the percentile is computed again without each") }
        var causes: [ChangeCause] = []
        for candidate in candidates.prefix(most) {
            guard let now = try measure(question.span, without: candidate.filter), let before = try measure(question.baseline, without: candidate.filter) else { continue }
            let contribution = difference - (now - before)
            guard contribution * direction > 0 else { continue }
            var cause = ChangeCause(
                field: candidate.field, value: candidate.value, now: try measure(question.span, only: candidate.filter), before: try measure(question.baseline, only: candidate.filter),
                shareNow: candidate.shareNow, shareBefore: candidate.shareBefore, contribution: contribution)
            cause.alike = candidate.alike
            causes.append(cause)
        }
        return causes.sorted { Self.precedes($0, $1, direction) }
    }

    /// Requests that end well are never why others do not: of a ratio, a way to end that has none of what is counted is no cause.
    private func isMereOutcome(_ part: Part) -> Bool {
        guard case .ratio(let filter) = question.measure.function, part.sums.top == (0, 0) else { return false }
        return ChangeQuestion.outcomes.contains(part.field) || filter.filter.fields.contains(part.field)
    }

    private func cause(_ part: Part, _ parts: Parts, _ contribution: Double) -> ChangeCause {
        func share(_ part: Int64, _ whole: Int64) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
        return ChangeCause(
            field: part.field, value: part.value, now: part.sums.requests.now > 0 ? parts.arithmetic.now(part.sums) : nil,
            before: part.sums.requests.before > 0 ? parts.arithmetic.before(part.sums) : nil,
            shareNow: share(part.sums.requests.now, parts.whole.requests.now), shareBefore: share(part.sums.requests.before, parts.whole.requests.before),
            contribution: contribution)
    }

    /// Equal ones in the order of the schema and their values, so that the answer is the same every time.
    private static func precedes(_ left: ChangeCause, _ right: ChangeCause, _ direction: Double) -> Bool {
        if left.contribution != right.contribution { return left.contribution * direction > right.contribution * direction }
        if left.field != right.field { return left.field.rawValue < right.field.rawValue }
        return left.filterText < right.filterText
    }

    /// Values with the same sums in both spans are taken for the same requests.
    private struct Fingerprint: Hashable {
        let numbers: [Double]

        init(_ sums: ChangeSums) {
            numbers = [sums.top.before, sums.top.now, sums.bottom.before, sums.bottom.now, Double(sums.requests.before), Double(sums.requests.now)]
        }
    }
}
