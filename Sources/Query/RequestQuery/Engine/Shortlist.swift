internal import GatewayModel

/// The groups that a question will show, found by a first pass that computes only what they are ranked by.
///
/// Percentiles and distinct values take kilobytes a group. Where ten of three hundred clients are shown, the first pass counts all of them and the
/// second one looks at the records of those ten: a thirtieth of the memory, and less time although the range is read twice.
struct Shortlist {
    /// The question about the chosen groups only.
    let query: RequestQuery
    /// Groups there are.
    let groupsTotal: Int
    let counts: ScanCounts

    /// Groups chosen at most: a filter with more values costs more than it saves.
    private static let groupsMax = 200

    /// The question of the first pass; nil where a second one would gain nothing, or where what ranks is itself dear.
    static func ranking(of query: RequestQuery) -> RequestQuery? {
        guard query.by.count == 1, !query.other, query.groupLimit <= groupsMax, query.measures.contains(where: { isDear($0.function) }) else { return nil }
        var ranking = query
        let order = query.order ?? QueryOrder(.measure(0), descending: true)
        switch order.key {
        case .measure(let index): ranking.measures = query.measures.indices.contains(index) ? [query.measures[index]] : []
        case .time: ranking.measures = Array(query.measures.prefix(1))
        case .group: ranking.measures = [QueryMeasure(.count)]
        }
        if case .measure = order.key { ranking.order = QueryOrder(.measure(0), descending: order.isDescending) }
        guard let measure = ranking.measures.first, !isDear(measure.function) else { return nil }
        ranking.every = nil
        return ranking
    }

    /// - Parameter table: the answer to ``ranking(of:)``.
    /// - Returns: nil when nearly all groups are shown anyway.
    init?(_ query: RequestQuery, _ table: GroupTable, _ counts: ScanCounts, now: Timestamp) {
        guard let ranking = Self.ranking(of: query) else { return nil }
        let ranked = GroupRanking(ranking, table, now: now)
        guard !ranked.kept.isEmpty, ranked.total > 2 * ranked.kept.count else { return nil }
        var chosen = query
        // Those that are passed over are not among the chosen.
        chosen.offset = 0
        chosen.filter = query.filter.and(QueryFilter(text: "", filter: Self.filter(query.by[0], ranked.kept.map { table.groupValues($0)[0] })))
        self.query = chosen
        groupsTotal = ranked.total
        self.counts = counts
    }

    private static func isDear(_ function: QueryMeasure.Function) -> Bool {
        switch function {
        case .percentile, .distinct, .histogram: true
        case .count, .countWhere, .rate, .rateOf, .sum, .average, .minimum, .maximum, .ratio: false
        }
    }

    /// The records that have one of the values.
    private static func filter(_ field: RequestField, _ values: [QueryValue]) -> Filter {
        var texts: [TextPattern] = []
        var parts: [Filter] = []
        for value in values {
            switch value {
            case .text(let text): texts.append(TextPattern(exactly: text))
            case .integer(let integer): parts.append(.range(field, integer...integer))
            case .boolean(let isTrue): parts.append(.range(field, isTrue ? 1...1 : 0...0))
            case .null: parts.append(.not(.exists(field)))
            case .number, .time, .counts: break
            }
        }
        // In one order, whichever group ranks first, so that findings are used again.
        texts.sort { $0.pieces[0] < $1.pieces[0] }
        if !texts.isEmpty { parts.insert(.matches(field, texts), at: 0) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }
}
