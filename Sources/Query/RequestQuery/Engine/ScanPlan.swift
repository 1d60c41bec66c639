internal import GatewayModel

/// A question made ready: everything the workers need to know, the same for all.
struct ScanPlan: Sendable {
    let range: TimeRange
    let buckets: TimeBuckets
    let filter: Filter
    let by: [RequestField]
    let measures: MeasurePlan

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
    }
}

/// A stretch of blocks of one segment: the unit of work that workers take in turn.
struct ScanTask: Sendable {
    let segment: Int
    let blocks: Range<Int>

    /// Blocks of a task: half a million rows, some milliseconds of work, so that workers end together and merging stays rare.
    static let blocksMax = 32

    /// The tasks for all segments that overlap the range, in order.
    static func tasks(_ segments: [any RecordSegment], _ range: TimeRange) -> [ScanTask] {
        var tasks: [ScanTask] = []
        for (index, segment) in segments.enumerated() {
            let bounds = segment.timeBounds
            guard segment.rowCount > 0, range.overlaps(first: bounds.first, last: bounds.last) else { continue }
            for start in stride(from: 0, to: segment.blockCount, by: blocksMax) {
                tasks.append(ScanTask(segment: index, blocks: start..<min(start + blocksMax, segment.blockCount)))
            }
        }
        return tasks
    }
}

/// How much was looked at.
struct ScanCounts: Sendable {
    var recordsRead = 0
    var recordsMatched = 0
    var blocksRead = 0
    var blocksSkipped = 0

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
    }
}
