package import GatewayModel
package import RequestQuery

/// What a selector over families counts.
package enum SelectedRecords: Sendable, Equatable {
    /// Exactly these records.
    case records(SampleRecords)
    /// No list of records: the family's name and the reason, as a sentence.
    case none(family: String, reason: String)
}

extension RequestMetrics {
    /// The records that all series together count which a selector chooses, one answer for each variant of a family that has some.
    ///
    /// Buckets of a histogram are cumulative, so that all of them together count what the largest chosen one counts.
    ///
    /// - Parameters:
    ///   - from: the left end of the selector's window, milliseconds since 1970; the same as `through` for an instant selector, which counts everything before it.
    ///   - through: the right end.
    /// - Throws: as a question over records.
    package func explain(_ matchers: [SeriesMatcher], from: Int64, through: Int64) throws(QueryError) -> [SelectedRecords] {
        let context = try context()
        let earliest = context.earliest.map { $0 * 1_000 } ?? 0
        let start = from < through ? from * 1_000 : min(earliest, through * 1_000 - 1)
        let range = TimeRange(from: Timestamp(microseconds: start), to: Timestamp(microseconds: through * 1_000))
        return try choices(matchers, context).map { (choice) throws(QueryError) in
            let strand = context.table.strands[choice.strand]
            guard strand.isCounted else {
                return .none(family: strand.name, reason: "\(strand.name) is computed from the records of a moment and is no count of records.")
            }
            guard let text = Self.filterText(strand, choice, asked: Set(matchers.map(\.name))) else {
                return .none(family: strand.name, reason: "\(LabelValues.otherText) stands for the values beyond the limit, of which there is no list.")
            }
            return .records(SampleRecords(filter: try QueryFilter(text), range: range))
        }
    }

    /// The filter of the chosen series together; nil when one of them stands for values that have no list.
    ///
    /// - Parameter asked: the labels that the matchers name: what they leave open needs no condition, however the values of labels go together.
    private static func filterText(_ strand: FamilyStrand, _ choice: StrandChoice, asked: Set<String>) -> String? {
        var parts = strand.filter.text.isEmpty ? [] : ["(\(strand.filter.text))"]
        for label in strand.labels where asked.contains(label.name) {
            let values = { (lines: [Int]) in Set(lines.map { line in choice.all.lines[line].labels.first { $0.name == label.name }?.value ?? "" }) }
            let chosen = values(choice.lines)
            guard chosen.count < values(Array(choice.all.lines.indices)).count else { continue }
            var clauses: [String] = []
            for value in chosen.sorted() {
                guard let clause = clause(label, value) else { return nil }
                clauses.append(clause)
            }
            parts.append(clauses.count == 1 ? clauses[0] : "(" + clauses.joined(separator: " or ") + ")")
        }
        if let clause = measureClause(strand, choice) { parts.append(clause) }
        return parts.joined(separator: " and ")
    }

    /// The condition that the family's measure puts on a record.
    private static func measureClause(_ strand: FamilyStrand, _ choice: StrandChoice) -> String? {
        guard let field = strand.measure.field else { return nil }
        let buckets = choice.aspects.compactMap { if case .bucket(let index) = $0.aspect { index } else { nil } }
        if buckets.count == choice.aspects.count, let largest = buckets.max(), case .histogram(_, let limits) = strand.measure, largest < limits.limits.count {
            return "\(field.name) <= \(limits.limits[largest])\(field.unit == .duration ? "us" : "")"
        }
        return "\(field.name): *"
    }
}
