internal import GatewayModel

/// An arithmetic operator or a comparison between two vectors.
///
/// Rows are brought together by match group. Where a group has one row on the "one" side, its rows are combined as a whole; where it has several, of
/// which at most one may have a sample at an instant, or where missing sides are filled in, instants are looked at one by one. Prometheus finds its errors
/// instant by instant; of several the one is thrown that it would find first.
struct VectorMatch {
    private let operation: BinaryOperation
    private let matching: VectorMatching
    private let steps: Int
    private let state: QueryState
    private(set) var notes = QueryNotes()
    private var results: [StepRow] = []
    /// The earliest error, by instant, then side, then row.
    private var failure: (place: (Int, Int, Int), error: PromQLError)?

    /// Whether the right side of the text is the "many" side.
    private var isSwapped: Bool { matching.cardinality == .oneToMany }

    init(_ operation: BinaryOperation, _ matching: VectorMatching, steps: Int, _ state: QueryState) {
        self.operation = operation
        self.matching = matching
        self.steps = steps
        self.state = state
    }

    /// - Throws: `execution` for matchings with many rows on both sides.
    mutating func evaluate(_ left: [StepRow], _ right: [StepRow]) throws(PromQLError) -> [StepRow] {
        let signatures = MatchSignatures(left, right, matching)
        let (many, one) = isSwapped ? (right, left) : (left, right)
        let (manyGroups, oneGroups) = isSwapped ? (signatures.right, signatures.left) : (signatures.left, signatures.right)
        var groups = Array(repeating: MatchGroup(), count: signatures.count)
        for (row, group) in manyGroups.enumerated() { groups[group].many.append(row) }
        for (row, group) in oneGroups.enumerated() { groups[group].one.append(row) }
        // Without values to fill in, an instant at which a whole side is empty is not looked at, so that it has no errors either.
        let checked = matching.fillLeft == nil && matching.fillRight == nil ? instants(with: left, right, groups) : nil
        for group in groups {
            try state.check()
            combine(group, many, one, checked)
        }
        if let failure { throw failure.error }
        results.removeAll(where: \.isEmpty)
        return results
    }

    /// Instants at which both sides have samples; nil when no group can have an error.
    private func instants(with left: [StepRow], _ right: [StepRow], _ groups: [MatchGroup]) -> [Bool]? {
        guard groups.contains(where: { $0.one.count > 1 }) else { return nil }
        func anySample(_ rows: [StepRow]) -> [Bool] { (0..<steps).map { step in rows.contains { $0.hasSample(at: step) } } }
        return zip(anySample(left), anySample(right)).map { $0 && $1 }
    }

    private mutating func combine(_ group: MatchGroup, _ many: [StepRow], _ one: [StepRow], _ checked: [Bool]?) {
        let fills = matching.fillLeft != nil || matching.fillRight != nil
        if !fills, group.one.isEmpty || group.many.isEmpty && group.one.count == 1 { return }
        let isPlain = !fills && group.one.count == 1
            && (group.many.count == 1 || matching.cardinality != .oneToOne && areUnique(group.many, many, one[group.one[0]]))
        if isPlain {
            for row in group.many { combineRows(many[row], one[group.one[0]]) }
        } else {
            combineSteps(group, many, one, checked)
        }
    }

    /// Whether each row on the "many" side gives a label set of its own.
    private func areUnique(_ group: [Int], _ many: [StepRow], _ one: StepRow) -> Bool {
        var seen: Set<SeriesLabels> = []
        return group.allSatisfy { seen.insert(resultLabels(many[$0].labels, one.labels)).inserted }
    }

    private mutating func combineRows(_ many: StepRow, _ one: StepRow) {
        var result = isSwapped ? one : many
        let other = isSwapped ? many : one
        if many.hasHistograms || one.hasHistograms || operation.operation == .trimUpper || operation.operation == .trimLower {
            let first = result
            for step in 0..<steps { result.set(combineSamples(first.sample(at: step), other.sample(at: step)).sample, at: step) }
        } else {
            NumberRows.combine(&result.values, other.values, operation.operation, returnsBool: operation.returnsBool)
        }
        result.labels = resultLabels(many.labels, one.labels)
        result.dropsName = operation.returnsBool
        results.append(result)
    }

    /// - Returns: the result, and whether the two were comparable at all.
    private mutating func combineSamples(_ left: SampleOperand?, _ right: SampleOperand?) -> (sample: SampleOperand?, isMatch: Bool) {
        guard let left, let right else { return (nil, false) }
        guard let result = operation.operation.of(left, right, place: operation.range, notes: &notes) else { return (nil, false) }
        if operation.returnsBool { return (.number(result.holds ? 1 : 0), true) }
        return (result.holds ? result.sample : nil, true)
    }

    // MARK: Instant by instant

    private mutating func combineSteps(_ group: MatchGroup, _ many: [StepRow], _ one: [StepRow], _ checked: [Bool]?) {
        // Like Prometheus, which exchanges the sides of `group_right` but not their values: `fill_left` always stands for the "many" side.
        let (fillMany, fillOne) = (matching.fillLeft, matching.fillRight)
        var rows = StepResults(steps: steps)
        for step in 0..<steps where checked?[step] ?? true {
            guard let oneRow = rowOnOneSide(group, one, step) else { continue }
            let oneLabels = oneRow < 0 ? nil : one[oneRow].labels
            let oneSample = oneRow < 0 ? fillOne.map(SampleOperand.number) : one[oneRow].sample(at: step)
            var matched: Set<SeriesLabels> = []
            var isMatched = false
            for manyRow in group.many {
                guard let sample = many[manyRow].sample(at: step), let oneSample else { continue }
                let outcome = isSwapped ? combineSamples(oneSample, sample) : combineSamples(sample, oneSample)
                guard outcome.isMatch else { continue }
                let labels = resultLabels(many[manyRow].labels, oneLabels ?? groupLabels(many[manyRow].labels))
                if matching.cardinality == .oneToOne {
                    if isMatched { fail((step, 1, manyRow), "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)") }
                } else if !matched.insert(labels).inserted {
                    fail((step, 1, manyRow), "multiple matches for labels: grouping labels must ensure unique matches")
                }
                isMatched = true
                if let sample = outcome.sample { rows.set(sample, labels, step) }
            }
            if !isMatched, let fillMany, let oneSample, let oneLabels {
                let outcome = isSwapped ? combineSamples(oneSample, .number(fillMany)) : combineSamples(.number(fillMany), oneSample)
                if let sample = outcome.sample { rows.set(sample, resultLabels(groupLabels(oneLabels), oneLabels), step) }
            }
        }
        for var row in rows.rows {
            row.dropsName = operation.returnsBool
            results.append(row)
        }
    }

    /// The row on the "one" side that has a sample at an instant; -1 when none has, nil when two have.
    private mutating func rowOnOneSide(_ group: MatchGroup, _ one: [StepRow], _ step: Int) -> Int? {
        var found = -1
        for row in group.one where one[row].hasSample(at: step) {
            guard found < 0 else {
                let side = isSwapped ? "left" : "right"
                let labels = groupLabels(one[row].labels)
                fail(
                    (step, 0, row),
                    "found duplicate series for the match group \(labels.text) on the \(side) hand-side of the operation: "
                        + "[\(one[row].labels.text), \(one[found].labels.text)];many-to-many matching not allowed: matching labels must be unique on one side")
                return nil
            }
            found = row
        }
        return found
    }

    private mutating func fail(_ place: (Int, Int, Int), _ message: String) {
        if let failure, failure.place <= place { return }
        failure = (place, .execution(message))
    }

    /// The labels by which the rows of a group match.
    private func groupLabels(_ labels: SeriesLabels) -> SeriesLabels {
        let names = Set(matching.labels)
        return matching.isOn ? labels.keeping(names) : labels.dropping(names.union([SeriesLabels.metricName]))
    }

    private func resultLabels(_ many: SeriesLabels, _ one: SeriesLabels) -> SeriesLabels {
        var labels = operation.operation.changesMetric ? many.droppingName : many
        if matching.cardinality == .oneToOne {
            labels = matching.isOn ? labels.keeping(Set(matching.labels)) : labels.dropping(Set(matching.labels))
        }
        for name in matching.included { labels = labels.setting(name, to: one[name] ?? "") }
        if operation.returnsBool && !state.options.delaysNameRemoval { labels = labels.droppingName }
        return labels
    }
}

/// Rows of one match group, by position in their vectors.
private struct MatchGroup {
    var many: [Int] = []
    var one: [Int] = []
}

/// Rows that come about instant by instant.
private struct StepResults {
    let steps: Int
    private var places: [SeriesLabels: Int] = [:]
    private(set) var rows: [StepRow] = []

    init(steps: Int) { self.steps = steps }

    mutating func set(_ sample: SampleOperand, _ labels: SeriesLabels, _ step: Int) {
        let place = places[labels] ?? rows.count
        if place == rows.count {
            places[labels] = place
            rows.append(StepRow(labels, count: steps))
        }
        rows[place].set(sample, at: step)
    }
}

extension SeriesLabels {
    /// As messages write label sets: `{__name__="up", job="api"}`.
    var text: String { "{" + labels.map { "\($0.name)=\($0.value.goQuoted)" }.joined(separator: ", ") + "}" }
}
