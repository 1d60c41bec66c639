internal import ByteCoding
internal import GatewayModel

extension Evaluator {
    /// `count_values("label", v)`: a row for each group and value.
    mutating func countValues(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        guard case .string(let literal)? = aggregation.parameter?.unparenthesised else {
            throw PromQLError(.internal, "count_values without its label")
        }
        guard !literal.value.isEmpty, literal.bytesQuoted == nil else {
            throw .execution("invalid label name \(literal.bytesQuoted ?? literal.value.goQuoted)")
        }
        guard case .vector(let rows) = try evaluate(aggregation.operand.unparenthesised) else {
            throw PromQLError(.internal, "aggregation over what is no instant vector")
        }
        let names = Set(aggregation.isWithout ? aggregation.grouping + [SeriesLabels.metricName] : aggregation.grouping + [literal.value])
        var places: [SeriesLabels: Int] = [:]
        var results: [StepRow] = []
        for row in rows {
            try state.check()
            var known: [UInt64: Int] = [:]
            for step in 0..<steps {
                guard let sample = row.sample(at: step) else { continue }
                let place: Int
                if case .number(let value) = sample, let seen = known[value.bitPattern] {
                    place = seen
                } else {
                    let labelled = row.labels.setting(literal.value, to: sample.label)
                    let labels = aggregation.isWithout ? labelled.dropping(names) : labelled.keeping(names)
                    place = places[labels] ?? results.count
                    if place == results.count {
                        places[labels] = place
                        try state.hold(Held(bytes: 8 * steps))
                        results.append(StepRow(labels, count: steps))
                    }
                    if case .number(let value) = sample { known[value.bitPattern] = place }
                }
                results[place].values[step] = StepRow.isAbsent(results[place].values[step]) ? 1 : results[place].values[step] + 1
            }
        }
        return results
    }
}

extension SampleOperand {
    /// The value as the text of a label.
    fileprivate var label: String {
        switch self {
        case .number(let value): PrometheusNumber.of(value, .plain)
        case .histogram(let histogram): histogram.text
        }
    }
}
