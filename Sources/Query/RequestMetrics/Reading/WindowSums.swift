internal import GatewayModel
internal import RequestQuery

/// Half-open stretches of time, `starts[i] <= time < ends[i]`, in milliseconds since 1970; they may overlap.
struct TimeWindows: Sendable, Hashable {
    let starts: [Int64]
    let ends: [Int64]

    var count: Int { starts.count }

    /// The windows of this length that end at each instant.
    init(_ length: Int64, endingAt instants: [Int64]) {
        starts = instants.map { $0 - length }
        ends = instants
    }

    /// From each start to the instant at the same place, which is not before it.
    init(from starts: [Int64], to instants: [Int64]) {
        self.starts = starts
        ends = instants
    }

    /// From each instant to the end of all times.
    init(from instants: [Int64]) {
        starts = instants
        ends = instants.map { _ in TimeExpression.latest.microseconds / 1_000 }
    }

    /// For each stretch between edges whether no window covers it.
    func gaps(_ edges: [Int64]) -> [Bool] {
        var changes: [Int64: Int] = [:]
        for start in starts { changes[start, default: 0] += 1 }
        for end in ends { changes[end, default: 0] -= 1 }
        var open = 0
        return edges.dropLast().map { edge in
            open += changes[edge] ?? 0
            return open == 0
        }
    }

    /// All starts and ends, ascending, each once.
    var edges: [Int64] { Set(starts + ends).sorted() }
}

/// What of the records in each window is wanted.
struct WindowNeed: Sendable {
    var measure: FamilyMeasure
    var hasSum = false
    var hasCount = false
    var hasSlots = false

    init(_ measure: FamilyMeasure, _ aspects: some Sequence<Aspect>) {
        self.measure = measure
        for aspect in aspects {
            switch (aspect, measure) {
            case (.value, .count), (.count, _): hasCount = true
            case (.value, _), (.sum, _): hasSum = true
            case (.bucket, _): hasSlots = true
            }
        }
    }

    /// Numbers of each combination and window.
    var width: Int { (hasCount ? 1 : 0) + (hasSum ? 1 : 0) + slotCount }

    var slotCount: Int { if hasSlots, case .histogram(_, let limits) = measure { limits.slotCount } else { 0 } }

    /// Where an aspect stands among the numbers; of a bucket, where all up to it are added up.
    func place(of aspect: Aspect) -> Int {
        switch aspect {
        case .count: 0
        case .value: if case .count = measure { 0 } else { hasCount ? 1 : 0 }
        case .sum: hasCount ? 1 : 0
        case .bucket(let index): (hasCount ? 1 : 0) + (hasSum ? 1 : 0) + index
        }
    }
}

/// Exact sums of a measure over windows, by combinations of some dimensions: prefix sums over the stretches between all edges.
struct WindowSums: Sendable {
    let need: WindowNeed
    let windows: Int
    /// Positions of combinations.
    private(set) var places: [[UInt32]: Int] = [:]
    /// By combination, number of ``WindowNeed/width`` and window.
    private(set) var numbers: [Int64] = []

    /// - Parameters:
    ///   - fields: the dimensions to tell apart.
    ///   - key: the combination of a group's values.
    /// - Throws: `query_limit` as a question, and when there would be more than ``FamilyLimits/numbersMax`` numbers.
    init(
        _ need: WindowNeed, _ windows: TimeWindows, by fields: [RequestField], _ filter: Filter, _ context: ReadingContext, key: ([QueryValue]) -> [UInt32]
    ) throws(QueryError) {
        self.need = need
        self.windows = windows.count
        let edges = windows.edges
        guard edges.count > 1 else { return }
        var question = ColumnQuery(edges: edges.map { Timestamp(microseconds: $0 * 1_000) })
        question.isGap = windows.gaps(edges)
        question.by = fields
        question.filter = filter
        if need.hasSum || need.hasCount, let field = need.measure.field { question.sums = [field] }
        if need.hasSlots, case .histogram(let field, let limits) = need.measure { question.distributions = [(field, limits)] }
        let answer = try QueryEngine.columns(question, over: context.scope(from: edges[0], to: edges[edges.count - 1]), limits: context.queryLimits, cache: context.cache)
        for group in 0..<answer.groupCount where answer.cellCount > 0 {
            let key = key(answer.groupValues(group))
            if places[key] == nil { places[key] = places.count }
        }
        let spans = edges.count - 1
        guard places.count * need.width * max(spans, windows.count) <= context.limits.numbersMax else {
            throw QueryError(.queryLimit, "the answer needs more than \(context.limits.numbersMax) numbers (numbersMax)")
        }
        add(up: sums(answer, spans, key: key), spans, edges, windows)
    }

    /// By combination, number and stretch between edges.
    private func sums(_ answer: ColumnAnswer, _ spans: Int, key: ([QueryValue]) -> [UInt32]) -> [Int64] {
        let width = need.width
        var sums = [Int64](repeating: 0, count: places.count * width * spans)
        let groups = (0..<answer.groupCount).map { group in answer.cellCount > 0 ? places[key(answer.groupValues(group))] ?? 0 : 0 }
        let firstSlot = need.place(of: .bucket(0))
        for cell in 0..<answer.cellCount {
            let (group, span) = answer.place(cell)
            let base = groups[group] * width * spans + span
            if need.hasCount {
                if case .count = need.measure { sums[base] += answer.records(cell) } else { sums[base] += answer.sum(0, cell).values }
            }
            if need.hasSum {
                let place = base + need.place(of: .sum) * spans
                sums[place] = clampedSum(sums[place], answer.sum(0, cell).sum)
            }
            guard need.hasSlots else { continue }
            answer.forEachSlot(0, cell) { slot, count in sums[base + (firstSlot + slot) * spans] += Int64(count) }
        }
        return sums
    }

    private mutating func add(up sums: [Int64], _ spans: Int, _ edges: [Int64], _ windows: TimeWindows) {
        var position: [Int64: Int] = [:]
        for (index, edge) in edges.enumerated() { position[edge] = index }
        let starts = windows.starts.map { position[$0] ?? 0 }
        let ends = windows.ends.map { position[$0] ?? 0 }
        let (width, count) = (need.width, windows.count)
        numbers = Array(repeating: 0, count: places.count * width * count)
        var prefix = [Int64](repeating: 0, count: spans + 1)
        for row in 0..<(places.count * width) {
            for span in 0..<spans { prefix[span + 1] = prefix[span] &+ sums[row * spans + span] }
            for window in 0..<count { numbers[row * count + window] = prefix[ends[window]] &- prefix[starts[window]] }
        }
        guard need.hasSlots else { return }
        // Buckets hold everything up to their limit.
        let firstSlot = need.place(of: .bucket(0))
        for place in 0..<places.count {
            for slot in (firstSlot + 1)..<width {
                let row = (place * width + slot) * count
                for window in 0..<count { numbers[row + window] += numbers[row - count + window] }
            }
        }
    }

    /// A combination's numbers for an aspect, one per window; nil when no record has the combination.
    func row(_ key: [UInt32], _ aspect: Aspect) -> ArraySlice<Int64>? {
        guard let place = places[key] else { return nil }
        let start = (place * need.width + need.place(of: aspect)) * windows
        return numbers[start..<(start + windows)]
    }
}

/// What is needed to read families at one moment: the totals, the snapshot they were made of, and what reading may cost.
struct ReadingContext: Sendable {
    let table: FamilyTable
    let state: TotalsState
    let snapshot: StoreSnapshot
    let limits: FamilyLimits
    let queryLimits: QueryLimits
    let cache: ScanCache?
    /// The present, milliseconds since 1970.
    let now: Int64
    let memo: ProviderMemo

    /// When the first record completed, in milliseconds rounded down; nil in an empty store.
    let earliest: Int64?

    /// A counter is known up to this long after the present, as a scraped one is found for the look-back.
    static let futureMilliseconds: Int64 = 300_000

    init(_ totals: FamilyTotals, queryLimits: QueryLimits, cache: ScanCache?, now: Timestamp, _ memo: ProviderMemo) throws(QueryError) {
        self.memo = memo
        table = totals.table
        limits = totals.limits
        (state, snapshot) = try totals.current()
        self.queryLimits = queryLimits
        self.cache = cache
        self.now = floorDivided(now.microseconds, by: 1_000)
        let firsts = snapshot.segments.filter { $0.rowCount > 0 }.map(\.timeBounds.first.microseconds) + snapshot.trends.map(\.timeBounds.first.microseconds)
        earliest = firsts.min().map { floorDivided($0, by: 1_000) }
    }

    /// Whether families have values at an instant: from the first record on, and not in the future.
    func exists(_ instant: Int64) -> Bool { earliest.map { instant > $0 && instant <= now + Self.futureMilliseconds } ?? false }

    /// The segments that may hold records of a stretch of time, milliseconds since 1970.
    func scope(from: Int64, to: Int64) -> StoreSnapshot {
        let range = TimeRange(from: Timestamp(microseconds: from * 1_000), to: Timestamp(microseconds: to * 1_000))
        return StoreSnapshot(
            segments: snapshot.segments.filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }, sequence: snapshot.sequence,
            retainedFrom: snapshot.retainedFrom, notes: snapshot.notes,
            trends: snapshot.trends.filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) })
    }
}

/// The quotient rounded down, also for negative numbers.
func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
