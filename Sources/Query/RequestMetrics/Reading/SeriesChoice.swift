internal import GatewayModel
internal import RequestQuery

/// The series of one strand that matchers choose.
struct StrandChoice: Sendable {
    let strand: Int
    /// Positions among the strand's lines.
    let lines: [Int]
    /// What is told of each line, with the series' name and `le` (empty where there is none).
    let aspects: [(name: String, le: String, aspect: Aspect)]
    let all: StrandLines

    /// - Returns: nil when none matches.
    init?(_ strand: Int, _ plan: FamilyStrand, _ matchers: [SeriesMatcher], lines all: @autoclosure () -> StrandLines) {
        let names = matchers.filter { $0.name == SeriesLabels.metricName }
        let limits = matchers.filter { $0.name == FamilyStrand.limitLabel }
        let aspects = plan.aspects.compactMap { name, aspect -> (name: String, le: String, aspect: Aspect)? in
            let le = plan.limitText(aspect)
            return names.allSatisfy { $0.matches(name) } && limits.allSatisfy { $0.matches(le) } ? (name, le, aspect) : nil
        }
        guard !aspects.isEmpty else { return nil }
        let others = matchers.filter { $0.name != SeriesLabels.metricName && $0.name != FamilyStrand.limitLabel }
        let all = all()
        let lines = all.lines.indices.filter { index in
            let labels = all.lines[index].labels
            return others.allSatisfy { matcher in matcher.matches(labels.first { $0.name == matcher.name }?.value ?? "") }
        }
        guard !lines.isEmpty else { return nil }
        self.strand = strand
        self.lines = lines
        self.aspects = aspects
        self.all = all
    }

    /// The label set of a series.
    func labels(_ line: Int, _ aspect: Int, withName: Bool = true) -> SeriesLabels {
        var labels = all.lines[line].labels
        let (name, le, _) = aspects[aspect]
        if !le.isEmpty { Self.insert(SeriesLabel(FamilyStrand.limitLabel, le), into: &labels) }
        if withName { Self.insert(SeriesLabel(SeriesLabels.metricName, name), into: &labels) }
        return SeriesLabels(sorted: labels)
    }

    private static func insert(_ label: SeriesLabel, into labels: inout [SeriesLabel]) {
        let place = labels.firstIndex { label.name.utf8.lexicographicallyPrecedes($0.name.utf8) } ?? labels.count
        labels.insert(label, at: place)
    }

    /// A filter that the chosen lines' records pass, and of the strand's other records none whose every dimension has a chosen value.
    func filter(_ plan: FamilyStrand, _ context: ReadingContext) -> Filter {
        let cube = context.state.cubes[plan.cube]
        var filter = plan.filter.filter
        guard lines.count < all.lines.count else { return filter }
        for (place, field) in context.table.cubes[plan.cube].by.enumerated() {
            let chosen = Set(lines.flatMap { all.lines[$0].members }.map { cube.keys[$0][place] })
            let known = Set(cube.keys.map { $0[place] })
            if chosen.count < known.count { filter = filter.and(Self.filter(field, chosen, known, context.state.values[Int(field.rawValue)])) }
        }
        return filter
    }

    private static func filter(_ field: RequestField, _ chosen: Set<UInt32>, _ known: Set<UInt32>, _ values: LabelValues) -> Filter {
        // Values beyond the limit have no list: all but those that are not chosen.
        if chosen.contains(LabelValues.other) { return .not(any(field, known.subtracting(chosen), values)) }
        return any(field, chosen, values)
    }

    private static func any(_ field: RequestField, _ numbers: Set<UInt32>, _ values: LabelValues) -> Filter {
        var parts: [Filter] = numbers.contains(LabelValues.absent) ? [.not(.exists(field))] : []
        let texts = numbers.sorted().filter { $0 > LabelValues.other }.compactMap { values.text($0) }
        if field.kind == .dictionary {
            if !texts.isEmpty { parts.append(.matches(field, texts.map { TextPattern(exactly: $0) })) }
        } else {
            for text in texts { if let value = text == "true" ? 1 : text == "false" ? 0 : Int64(text) { parts.append(.range(field, value...value)) } }
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }
}

extension FamilyStrand {
    /// The label that holds a bucket's limit.
    static let limitLabel = "le"

    /// The labels of all buckets.
    var limitLabels: [SeriesLabel] {
        guard case .histogram(_, let limits) = measure else { return [] }
        return (0...limits.limits.count).map { SeriesLabel(Self.limitLabel, limitText(.bucket($0))) }
    }

    /// A bucket's limit as its label says it, in edge units; empty for what is no bucket.
    func limitText(_ aspect: Aspect) -> String {
        guard case .bucket(let index) = aspect, case .histogram(let field, let limits) = measure else { return "" }
        return GoNumber.canonical(index < limits.limits.count ? Double(limits.limits[index]) / field.unit.divisor : .infinity)
    }
}
