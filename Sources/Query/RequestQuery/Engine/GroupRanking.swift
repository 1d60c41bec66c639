internal import GatewayModel

/// Orders the groups of a question over its whole range, keeps the first ones, and adds up the others.
struct GroupRanking {
    /// Groups to show, in order.
    private(set) var kept: [Int] = []
    /// Those beyond the limit.
    private(set) var rest: [Int] = []
    /// All groups found.
    let total: Int

    init(_ query: RequestQuery, _ table: GroupTable, now: Timestamp) {
        total = table.groupCount
        if query.by.isEmpty {
            kept = [0]
            return
        }
        let names = (0..<total).map { table.groupValues($0) }
        let order = query.order ?? QueryOrder(.measure(0), descending: true)
        let keys: [QueryValue]
        switch order.key {
        case .measure(let index): keys = Self.wholeRange(table, table.plan.measures.sources[index], now)
        case .group(let index): keys = names.map { $0[index] }
        case .time: keys = Self.wholeRange(table, table.plan.measures.sources[0], now)
        }
        let isDescending = order.key == .time || order.isDescending
        let sorted = Self.sorted(keys, descending: isDescending) { ValueOrder.precedes(names[$0], names[$1]) }
        let following = sorted.dropFirst(query.offset)
        kept = Array(following.prefix(query.groupLimit))
        rest = Array(following.dropFirst(query.groupLimit))
    }

    /// Positions of `keys` in their order; equal ones in the order of `precedes`. Numbers are compared as such, which is several times as fast.
    private static func sorted(_ keys: [QueryValue], descending: Bool, precedes: (Int, Int) -> Bool) -> [Int] {
        let numbers = keys.map(\.double)
        if zip(keys, numbers).contains(where: { $0 != .null && $1 == nil }) {
            return keys.indices.sorted { left, right in
                switch ValueOrder.compare(keys[left], keys[right], descending: descending) {
                case .ascending: true
                case .descending: false
                case .same: precedes(left, right)
                }
            }
        }
        let missing = Double.infinity
        let ranks = numbers.map { $0.map { descending ? -$0 : $0 } ?? missing }
        return ranks.indices.sorted { left, right in ranks[left] == ranks[right] ? precedes(left, right) : ranks[left] < ranks[right] }
    }

    /// A measure of every group over the whole range.
    private static func wholeRange(_ table: GroupTable, _ source: MeasurePlan.Source, _ now: Timestamp) -> [QueryValue] {
        var sketch = -1
        if case .percentile(let index, _) = source { sketch = index }
        var cells = CellColumns(table.plan.measures, cells: table.groupCount)
        var targets = [UInt32](repeating: 0, count: table.cellCount)
        for cell in targets.indices {
            let group = table.place(cell).group
            targets[cell] = UInt32(group)
            cells.merge(cell, of: table.cells, into: group, sketch: sketch)
        }
        if case .distinct(let index) = source { cells.distinct[index] = table.cells.distinct[index].regrouped(targets) }
        let reader = MeasureReader(table.plan.measures, cells)
        let seconds = TimeBuckets(undivided: table.plan.range).elapsedSeconds(0, range: table.plan.range, now: now)
        return (0..<table.groupCount).map { reader.value(source, $0, seconds) }
    }

    /// The cells of the groups beyond the limit added up bucket by bucket, one cell per bucket.
    func others(_ table: GroupTable) -> CellColumns {
        let isRest = Set(rest)
        var cells = CellColumns(table.plan.measures, cells: table.plan.buckets.count)
        var targets = [UInt32](repeating: .max, count: table.cellCount)
        for cell in targets.indices {
            let place = table.place(cell)
            guard isRest.contains(place.group) else { continue }
            targets[cell] = UInt32(place.bucket)
            cells.merge(cell, of: table.cells, into: place.bucket)
        }
        for index in cells.distinct.indices { cells.distinct[index] = table.cells.distinct[index].regrouped(targets) }
        return cells
    }
}

/// The order of values in answers: numbers by size, texts by their UTF-8 bytes, null behind everything in either direction.
enum ValueOrder {
    enum Relation { case ascending, same, descending }

    static func compare(_ left: QueryValue, _ right: QueryValue, descending: Bool) -> Relation {
        switch (left, right) {
        case (.null, .null): return .same
        case (.null, _): return .descending
        case (_, .null): return .ascending
        case (.text(let left), .text(let right)):
            if left == right { return .same }
            return (left.utf8.lexicographicallyPrecedes(right.utf8)) != descending ? .ascending : .descending
        case (.integer(let left), .integer(let right)): return relation(left < right, left == right, descending)
        default:
            let (left, right) = (left.double ?? 0, right.double ?? 0)
            return relation(left < right, left == right, descending)
        }
    }

    /// Whether a row of values comes before another, all ascending.
    static func precedes(_ left: [QueryValue], _ right: [QueryValue]) -> Bool {
        for (left, right) in zip(left, right) {
            switch compare(left, right, descending: false) {
            case .ascending: return true
            case .descending: return false
            case .same: continue
            }
        }
        return false
    }

    private static func relation(_ isLess: Bool, _ isEqual: Bool, _ descending: Bool) -> Relation {
        isEqual ? .same : isLess != descending ? .ascending : .descending
    }
}
