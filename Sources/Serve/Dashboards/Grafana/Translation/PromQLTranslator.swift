internal import GatewayModel
internal import RequestMetrics
internal import RequestQuery

/// Says in PromQL over metric families what is asked of request records.
///
/// Families are views of the records, so that a question can be translated exactly where a family has the labels for its groups and its filter. What can not is a
/// ``TranslationGap``, never a wrong expression. Two things differ by nature: percentiles are interpolated within the buckets of histograms, and a Prometheus
/// extrapolates at the ends of a window, which Gatewatch does not.
struct PromQLTranslator {
    let families: [MetricFamily]

    init(families: [MetricFamily] = MetricFamily.shipped) { self.families = families }

    /// What one measure is asked of.
    struct Subject {
        var by: [RequestField] = []
        var filter: Filter = .all
        /// Fields that the page narrows, with the variable's name.
        var variables: [(name: String, field: RequestField)] = []
        /// A window in brackets and what stands behind it, as `[$__range] @ end()`.
        var window: String
        /// Whether counts and sums are told per second.
        var isPerSecond = false
    }

    /// An expression, and the labels that its series have.
    struct Translation: Equatable {
        var expr: String
        /// One for each field of ``Subject/by``.
        var labels: [String]
    }

    func translate(_ function: QueryMeasure.Function, _ subject: Subject) throws(TranslationGap) -> Translation {
        switch function {
        case .count: return try total(.count, subject)
        case .countWhere(let filter): return try total(.count, subject.narrowed(filter.filter))
        case .rate: return try total(.count, subject.perSecond)
        case .rateOf(let field): return try total(.sum(field), subject.perSecond)
        case .sum(let field): return try total(.sum(field), subject)
        case .average(let field): return try average(field, subject)
        case .percentile(let field, let percent): return try percentile(field, percent, subject)
        case .ratio(let filter): return try ratio(filter.filter, subject)
        case .distinct(let field): return try distinct(field, subject)
        case .histogram: throw TranslationGap(reason: "lists of counts are no series; heatmap and histogram panels say them by their buckets")
        case .minimum, .maximum: throw TranslationGap(reason: "counters and histograms do not keep the smallest and the largest value")
        }
    }

    /// The families' names that have a plain label of a field, for lists of its values.
    func valueSeries(of field: RequestField) -> (metric: String, label: String)? {
        let found = candidates.compactMap { candidate in candidate.plainLabel(field).flatMap { label in candidate.metric(.count).map { (metric: $0, label: label.name, cost: candidate.family.labels.count) } } }
        return found.min { $0.cost < $1.cost }.map { ($0.metric, $0.label) }
    }

    /// The buckets over time or over the range, by `le` alone.
    func distribution(of field: RequestField, _ subject: Subject) throws(TranslationGap) -> String {
        let source = try source(.distribution(field), subject)
        return Self.sum("increase", source, subject.window, by: ["le"])
    }

    // MARK: Measures

    private func total(_ wish: SeriesWish, _ subject: Subject) throws(TranslationGap) -> Translation {
        let source = try source(wish, subject)
        return Translation(expr: Self.sum(subject.isPerSecond ? "rate" : "increase", source, subject.window, by: source.labels), labels: source.labels)
    }

    private func average(_ field: RequestField, _ subject: Subject) throws(TranslationGap) -> Translation {
        let sums = try source(.valueSum(field), subject)
        let counts = try source(.valueCount(field), subject)
        return Translation(
            expr: Self.sum("increase", sums, subject.window, by: sums.labels) + " / " + Self.sum("increase", counts, subject.window, by: counts.labels), labels: sums.labels)
    }

    private func percentile(_ field: RequestField, _ percent: Double, _ subject: Subject) throws(TranslationGap) -> Translation {
        let source = try source(.distribution(field), subject)
        let share = (percent * 10_000).rounded() / 1_000_000
        return Translation(
            expr: "histogram_quantile(\(share == 0 ? "0" : share == 1 ? "1" : "\(share)"), \(Self.sum("rate", source, subject.window, by: ["le"] + source.labels)))", labels: source.labels)
    }

    /// Groups without a record that passes have no series in the numerator, but a share of 0; without any record they have none.
    private func ratio(_ filter: Filter, _ subject: Subject) throws(TranslationGap) -> Translation {
        let whole = try source(.count, subject)
        let part = try source(.count, subject.narrowed(filter), labels: whole.labels)
        let all = Self.sum("increase", whole, subject.window, by: whole.labels)
        let some = Self.sum("increase", part, subject.window, by: part.labels)
        return Translation(expr: "(\(some) or \(all) * 0) / (\(all) > 0)", labels: whole.labels)
    }

    private func distinct(_ field: RequestField, _ subject: Subject) throws(TranslationGap) -> Translation {
        var wider = subject.narrowed(.exists(field))
        guard !wider.by.contains(field) else { throw TranslationGap(reason: "a field has one value in each of its own groups") }
        wider.by.append(field)
        let source = try source(.count, wider)
        let groups = Array(source.labels.dropLast())
        let present = Self.sum("increase", source, subject.window, by: source.labels) + " > 0"
        return Translation(expr: groups.isEmpty ? "count(\(present)) or vector(0)" : "count by (\(groups.joined(separator: ", "))) (\(present))", labels: groups)
    }

    // MARK: Series

    private var candidates: [FamilyCandidate] { families.flatMap { family in family.variants.map { FamilyCandidate(family: family, variant: $0) } } }

    /// The family with the fewest labels among those that tell it.
    ///
    /// - Parameter labels: the names that the labels of groups must have; nil for any.
    private func source(_ wish: SeriesWish, _ subject: Subject, labels: [String]? = nil) throws(TranslationGap) -> SeriesSource {
        guard let conditions = FilterAlternatives(subject.filter) else { throw TranslationGap(reason: "the filter has too many alternatives") }
        var best: (source: SeriesSource, cost: Int)?
        for candidate in candidates {
            guard let source = candidate.source(wish, by: subject.by, conditions, subject.variables), labels == nil || labels == source.labels else { continue }
            // Gatewatch's own names before those that it takes for others' sake.
            let cost = source.selectors.count * 100 + candidate.family.labels.count * 2 + (candidate.family.name.hasPrefix("gatewatch_") ? 0 : 1)
            if best.map({ cost < $0.cost }) ?? true { best = (source, cost) }
        }
        guard let best else { throw Self.gap(wish, subject) }
        return best.source
    }

    private static func gap(_ wish: SeriesWish, _ subject: Subject) -> TranslationGap {
        let fields = Set(subject.by).union(subject.filter.fields).union(subject.variables.map(\.field)).subtracting([wish.field].compactMap { $0 })
        let names = fields.map(\.name).sorted().joined(separator: ", ")
        return TranslationGap(reason: "no metric family \(wish.words)" + (names.isEmpty ? "" : " and tells \(names) apart as the question needs it"))
    }

    /// `sum by (a) (rate(x{...}[w]))`; several selectors are united, so that a series that passes several of them counts once.
    private static func sum(_ function: String, _ source: SeriesSource, _ window: String, by labels: [String]) -> String {
        var inner = source.selectors.map { "\(function)(\(source.metric)\($0)\(window))" }.joined(separator: " or ")
        if let status = source.statusLabel, labels.contains(RequestField.statusClass.name) {
            inner = "label_replace(\(inner), \"\(RequestField.statusClass.name)\", \"${1}xx\", \"\(status)\", \"([1-5])..\")"
        }
        return labels.isEmpty ? "sum(\(inner))" : "sum by (\(labels.joined(separator: ", "))) (\(inner))"
    }
}

extension PromQLTranslator.Subject {
    func narrowed(_ filter: Filter) -> Self {
        var result = self
        result.filter = self.filter.and(filter)
        return result
    }

    var perSecond: Self {
        var result = self
        result.isPerSecond = true
        return result
    }
}
