internal import GatewayModel

/// A question made ready: everything the workers need to know, the same for all.
struct ScanPlan: Sendable {
    let range: TimeRange
    let buckets: TimeBuckets
    let filter: Filter
    let by: [RequestField]
    let measures: MeasurePlan
    let usesRollups: Bool
    /// See ``ColumnQuery/isGap``.
    let isGap: [Bool]

    init(_ query: RequestQuery, now: Timestamp, limits: QueryLimits) throws(QueryError) {
        try query.check()
        range = try query.range(now: now)
        if let every = query.every {
            buckets = try TimeBuckets(range, every: every, zone: query.timeZone, limits: limits)
        } else {
            buckets = TimeBuckets(undivided: range)
        }
        filter = query.filter.filter
        by = query.by
        measures = MeasurePlan(query.measures)
        usesRollups = query.usesRollups
        isGap = []
    }

    init(_ query: ColumnQuery) throws(QueryError) {
        buckets = try TimeBuckets(edges: query.edges)
        range = TimeRange(from: query.edges[0], to: query.edges[query.edges.count - 1])
        guard query.by.count <= ColumnQuery.fieldsMax, query.by.allSatisfy(RequestQuery.canGroup(by:)) else {
            throw QueryError(.invalidRequest, "at most \(ColumnQuery.fieldsMax) dimensions can be told apart", field: "by")
        }
        filter = query.filter
        by = query.by
        measures = MeasurePlan(sums: query.sums, distributions: query.distributions.map { MeasurePlan.Distribution(field: $0.field, limits: $0.limits) })
        usesRollups = query.usesRollups
        isGap = query.isGap.count == buckets.count ? query.isGap : []
    }
}

/// A segment and the stretch of time that it is to answer for.
struct ScanSource: Sendable {
    let segment: any RecordSegment
    /// Its rows outside are not counted.
    let range: TimeRange
    /// Records that its rows stand for, at most.
    let records: Int

    init(segment: any RecordSegment, range: TimeRange, records: Int? = nil) {
        self.segment = segment
        self.range = range
        self.records = records ?? segment.rowCount
    }

    /// What of a snapshot is to be read for a question: the segments that may hold records of its range, or tables that stand for them.
    static func sources(_ snapshot: StoreSnapshot, _ plan: ScanPlan) -> [ScanSource] {
        let choice = plan.usesRollups ? RollupChoice(plan) : nil
        return snapshot.segments.flatMap { segment -> [ScanSource] in
            let bounds = segment.timeBounds
            guard segment.rowCount > 0, plan.range.overlaps(first: bounds.first, last: bounds.last) else { return [] }
            return choice?.sources(segment) ?? [ScanSource(segment: segment, range: plan.range)]
        }
    }
}

/// A stretch of blocks of one source: the unit of work that workers take in turn.
struct ScanTask: Sendable {
    /// Position in the question's list of sources.
    let source: Int
    let blocks: Range<Int>
    /// Rows of its blocks.
    let rows: Int

    /// Blocks of a task: half a million rows, some milliseconds of work, so that workers end together and merging stays rare.
    static let blocksMax = 32

    /// The tasks for all sources, in order.
    static func tasks(_ sources: [ScanSource]) -> [ScanTask] {
        sources.indices.flatMap { index in
            let segment = sources[index].segment
            return stride(from: 0, to: segment.blockCount, by: blocksMax).map { start in
                let blocks = start..<min(start + blocksMax, segment.blockCount)
                let rows = segment.rows(ofBlock: blocks.upperBound - 1).upperBound - segment.rows(ofBlock: start).lowerBound
                return ScanTask(source: index, blocks: blocks, rows: rows)
            }
        }
    }
}

/// How much was looked at.
struct ScanCounts: Sendable {
    var recordsRead = 0
    var recordsMatched = 0
    var blocksRead = 0
    var blocksSkipped = 0
    /// Sources that were tables of rollups, and those that were records.
    var tables = 0
    var segments = 0
    /// Rows of stretches whose finding was known from before.
    var recordsCached = 0

    init(recordsRead: Int = 0, recordsMatched: Int = 0, blocksRead: Int = 0) {
        self.recordsRead = recordsRead
        self.recordsMatched = recordsMatched
        self.blocksRead = blocksRead
    }

    mutating func add(_ other: ScanCounts) {
        recordsRead += other.recordsRead
        recordsMatched += other.recordsMatched
        blocksRead += other.blocksRead
        blocksSkipped += other.blocksSkipped
        tables += other.tables
        segments += other.segments
        recordsCached += other.recordsCached
    }

    /// Adds what an earlier pass over all of the question's records looked at; that one knows how many matched.
    mutating func join(_ ranking: ScanCounts) {
        recordsMatched = 0
        add(ranking)
    }
}
