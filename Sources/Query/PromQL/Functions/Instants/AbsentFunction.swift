internal import GatewayModel

/// `absent(v)`: 1 at the instants at which no row has a sample, with the labels that the selector asks for.
struct AbsentFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        .vector([Self.absence(of: arguments[0].rows, argument: call.arguments[0], count: context.grid.count)])
    }

    /// The row that is 1 where no other row has a sample.
    ///
    /// - Parameters:
    ///   - argument: the expression whose rows they are.
    ///   - count: instants.
    static func absence(of rows: [StepRow], argument: Expression, count: Int) -> StepRow {
        var result = StepRow(labels(of: argument), values: Array(repeating: 1, count: count))
        for row in rows {
            for step in 0..<count where row.hasSample(at: step) { result.values[step] = StepRow.absent }
        }
        return result
    }

    /// The labels that a selector asks for by equality. One that is asked for twice has no value of its own.
    static func labels(of argument: Expression) -> SeriesLabels {
        let matchers: [SeriesMatcher]
        switch argument {
        case .parenthesised(let inner, _): return labels(of: inner)
        case .vectorSelector(let selector): matchers = selector.matchers
        case .matrixSelector(let selector): matchers = selector.selector.matchers
        default: return .none
        }
        var values: [String: String] = [:]
        var seen: Set<String> = []
        for matcher in matchers where matcher.name != SeriesLabels.metricName {
            if matcher.comparison == .equal, seen.insert(matcher.name).inserted {
                values[matcher.name] = matcher.value
            } else {
                values[matcher.name] = nil
            }
        }
        return SeriesLabels(values.map { SeriesLabel($0.key, $0.value) })
    }
}
