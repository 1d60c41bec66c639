package import GatewayModel
package import RequestQuery

/// The records that a sample of a family counts.
package struct SampleRecords: Sendable, Equatable {
    /// The filter that exactly these records of the range pass, with its text.
    package let filter: QueryFilter
    /// Half open: `from <= time < to`.
    package let range: TimeRange
}

extension RequestMetrics {
    /// The records that a series of a counter or histogram counts: at an instant all before it, over a range those of the range up to the instant.
    ///
    /// - Parameters:
    ///   - labels: the series' own labels with its name, as ``labelSets(_:)`` gives them.
    ///   - time: milliseconds since 1970.
    ///   - range: of a range selector, milliseconds; 0 for an instant.
    /// - Returns: nil when no family has the series, or it is a gauge, or its labels stand for `_other`, which is no list of values.
    /// - Throws: as a question over records.
    package func explain(_ labels: SeriesLabels, time: Int64, range: Int64) throws(QueryError) -> SampleRecords? {
        let context = try context()
        let matchers = labels.labels.map { SeriesMatcher($0.name, equals: $0.value) }
        for choice in choices(matchers, context) {
            let plan = context.table.strands[choice.strand]
            guard plan.isCounted else { continue }
            for line in choice.lines {
                for aspect in choice.aspects.indices where choice.labels(line, aspect) == labels {
                    guard let text = Self.filterText(plan, labels, choice.aspects[aspect].aspect) else { return nil }
                    let earliest = context.earliest.map { $0 * 1_000 } ?? 0
                    let from = range > 0 ? (time - range) * 1_000 : min(earliest, time * 1_000 - 1)
                    return SampleRecords(
                        filter: try QueryFilter(text), range: TimeRange(from: Timestamp(microseconds: from), to: Timestamp(microseconds: time * 1_000)))
                }
            }
        }
        return nil
    }

    /// The filter of one series; nil when a label stands for values that have no list.
    private static func filterText(_ plan: FamilyStrand, _ labels: SeriesLabels, _ aspect: Aspect) -> String? {
        var parts = plan.filter.text.isEmpty ? [] : ["(\(plan.filter.text))"]
        for label in plan.labels {
            guard let clause = Self.clause(label, labels[label.name] ?? "") else { return nil }
            parts.append(clause)
        }
        if let field = plan.measure.field {
            if case .bucket(let index) = aspect, case .histogram(_, let limits) = plan.measure, index < limits.limits.count {
                parts.append("\(field.name) <= \(limits.limits[index])\(field.unit == .duration ? "us" : "")")
            } else {
                parts.append("\(field.name): *")
            }
        }
        return parts.joined(separator: " and ")
    }

    /// The condition on a record that gives a label this value; nil for the value that stands for those beyond the limit.
    static func clause(_ label: FamilyLabel, _ value: String) -> String? {
        if value == LabelValues.otherText { return nil }
        let name = label.field.name
        if value == label.absent, label.present != value {
            // A value may say both that the field is absent and what a present one is: false for a stream that nobody spoke of.
            let isAlsoAValue = label.present == nil && !value.isEmpty
            return isAlsoAValue ? "(not \(name): * or \(name): \(quoted(value, label.field)))" : "not \(name): *"
        }
        return label.present != nil ? "\(name): *" : "\(name): \(quoted(value, label.field))"
    }

    private static func quoted(_ value: String, _ field: RequestField) -> String {
        guard field.kind == .dictionary else { return value }
        return "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
