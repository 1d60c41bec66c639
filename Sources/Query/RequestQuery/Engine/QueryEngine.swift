internal import Foundation
package import GatewayModel
internal import Synchronization

/// Answers questions over the columns of a snapshot.
///
/// Flow: plan -> tasks (stretches of blocks) -> workers, each accumulating per segment in that segment's codes -> one table keyed by values
/// -> ranking -> rows. Segments, blocks and dictionary values that cannot match are left out before any row is read.
package enum QueryEngine {
    /// Answers a question. Blocks the calling thread and uses further ones: call it through ``QueryRunner`` from asynchronous code.
    ///
    /// - Parameters:
    ///   - snapshot: must hold all records of `query.range(now:)`; others are passed over.
    ///   - now: what relative times and open buckets refer to.
    ///   - cache: findings of earlier questions over the same segments, and the place for this one's; nil reads everything.
    ///   - cancellation: looked at once per block.
    /// - Throws: `invalid_time`, `query_limit`, `query_timeout`, `cancelled`. A part that cannot be read costs only itself and is noted in the answer.
    package static func run(
        _ query: RequestQuery, over snapshot: StoreSnapshot, now: Timestamp, limits: QueryLimits = .standard, cache: ScanCache? = nil,
        cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> QueryResult {
        let control = QueryControl(limits, cancellation)
        let shortlist = try shortlist(query, over: snapshot, now: now, cache, control)
        let plan = try ScanPlan(shortlist?.query ?? query, now: now, limits: limits)
        var (table, counts, unreadable) = try scan(plan, snapshot, cache, control)
        if let shortlist { counts.join(shortlist.counts) }
        var result = try ResultTable(query, table, now: now, groupsTotal: shortlist?.groupsTotal).result(snapshot, unreadable: unreadable, control)
        result.statistics = QueryStatistics(counts, elapsedSeconds: control.elapsedSeconds)
        return result
    }

    /// Finds the groups to show before the measures that are dear to keep for every group are computed; nil where that gains nothing.
    private static func shortlist(
        _ query: RequestQuery, over snapshot: StoreSnapshot, now: Timestamp, _ cache: ScanCache?, _ control: QueryControl
    ) throws(QueryError) -> Shortlist? {
        guard let ranking = Shortlist.ranking(of: query) else { return nil }
        let (table, counts, _) = try scan(try ScanPlan(ranking, now: now, limits: control.limits), snapshot, cache, control)
        return Shortlist(query, table, counts, now: now)
    }

    private static func scan(
        _ plan: ScanPlan, _ snapshot: StoreSnapshot, _ cache: ScanCache?, _ control: QueryControl
    ) throws(QueryError) -> (GroupTable, ScanCounts, [String]) {
        let sources = ScanSource.sources(snapshot, plan.range)
        let tasks = ScanTask.tasks(sources)
        let records = tasks.reduce(0) { $0 + $1.rows }
        guard records <= control.limits.recordsMax else { throw QueryLimits.reached("recordsMax", control.limits.recordsMax, "records") }
        let shared = ScanShared(plan, sources, tasks, cache)
        // With less than two blocks for each, starting threads costs as much as it saves.
        let useful = min(tasks.count, 1 + records / (2 * RecordSegmentLayout.blockRows))
        let workers = max(1, min(useful, ProcessInfo.processInfo.activeProcessorCount, control.limits.workersMax))
        ScanThreads.perform(workers) {
            var worker = ScanWorker(shared, control)
            worker.run()
        }
        return try shared.outcome()
    }
}

/// What the workers of a question share: the list of tasks, and what they have found.
private final class ScanShared: Sendable {
    let sources: [ScanSource]
    private let tasks: [ScanTask]
    private let next = Atomic<Int>(0)
    private let found: Mutex<Found>
    let plan: ScanPlan
    let cache: ScanCache?
    /// The cache's number for the question.
    let question: Int

    private struct Found: Sendable {
        var table: GroupTable
        var tableBytes = 0
        var counts = ScanCounts()
        var unreadable: [String] = []
        var failure: QueryError?
    }

    init(_ plan: ScanPlan, _ sources: [ScanSource], _ tasks: [ScanTask], _ cache: ScanCache?) {
        self.cache = cache
        question = cache?.question(ScanQuestion(plan)) ?? 0
        self.plan = plan
        self.sources = sources
        self.tasks = tasks
        found = Mutex(Found(table: GroupTable(plan)))
    }

    /// The next task, each given to one worker; nil when there is none.
    func take() -> ScanTask? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < tasks.count ? tasks[index] : nil
    }

    /// Adds what was found in a segment to the question's cells.
    func fold(_ cells: SegmentCells, _ counts: ScanCounts, bucketShift: Int = 0, _ control: QueryControl) throws(QueryError) {
        try found.withLock { found throws(QueryError) in
            found.counts.add(counts)
            try found.table.fold(cells, bucketShift: bucketShift, limits: control.limits)
            let bytes = found.table.bytes
            try control.account(bytes - found.tableBytes)
            found.tableBytes = bytes
        }
    }

    func skip(blocks: Int) { found.withLock { $0.counts.blocksSkipped += blocks } }

    func note(_ text: String) { found.withLock { found in if !found.unreadable.contains(text) { found.unreadable.append(text) } } }

    /// Keeps the first failure.
    func fail(_ error: QueryError) { found.withLock { found in if found.failure == nil { found.failure = error } } }

    func outcome() throws(QueryError) -> (GroupTable, ScanCounts, [String]) {
        try found.withLock { found throws(QueryError) in
            if let failure = found.failure { throw failure }
            return (found.table, found.counts, found.unreadable.sorted())
        }
    }
}

/// Takes tasks until there are none, keeping its cells as long as the tasks are of the same segment.
private struct ScanWorker {
    private let shared: ScanShared
    private let control: QueryControl
    private var columns = ColumnBlock()
    private var current: (source: Int, scan: SegmentScan)?
    /// Bytes of `current` and `columns` that the memory limit knows of.
    private var accounted = 0

    init(_ shared: ScanShared, _ control: QueryControl) {
        self.shared = shared
        self.control = control
    }

    mutating func run() {
        do throws(QueryError) {
            while !control.isOver, let task = shared.take() {
                if let place = CachePlace(task, shared) { try scanOnce(task, place) } else { try scan(task) }
            }
            try finishCurrent()
        } catch {
            shared.fail(error)
            control.fail()
        }
    }

    /// Scans a task together with its neighbours of the same segment.
    private mutating func scan(_ task: ScanTask) throws(QueryError) {
        if current?.source != task.source {
            try finishCurrent()
            current = open(shared.sources[task.source]).map { (task.source, $0) }
        }
        guard current?.scan.isHopeless == false else { return shared.skip(blocks: task.blocks.count) }
        for block in task.blocks where !control.isOver {
            try control.check()
            do throws(StorageError) {
                try current?.scan.add(block, &columns)
            } catch {
                shared.note(StorageNote.sentence(error))
            }
            try account(current?.scan.found.bytes ?? 0)
        }
    }

    /// Scans a task by itself and keeps the finding, or takes the one that was kept.
    private mutating func scanOnce(_ task: ScanTask, _ place: CachePlace) throws(QueryError) {
        let segment = shared.sources[task.source].segment
        if let known = shared.cache?.find(place.key, of: segment) {
            var counts = ScanCounts(recordsMatched: known.cells.counts.recordsMatched)
            counts.recordsCached = task.rows
            return try shared.fold(known.cells, counts, bucketShift: place.firstBucket - known.firstBucket, control)
        }
        guard var scan = open(ScanSource(segment: segment, range: place.range)) else { return }
        var isWhole = true
        if scan.isHopeless {
            scan.skip(blocks: task.blocks.count)
        } else {
            for block in task.blocks where !control.isOver {
                try control.check()
                do throws(StorageError) {
                    try scan.add(block, &columns)
                } catch {
                    isWhole = false
                    shared.note(StorageNote.sentence(error))
                }
                try account((current?.scan.found.bytes ?? 0) + scan.found.bytes)
            }
        }
        guard !control.isOver else { return }
        try shared.fold(scan.found, scan.found.counts, control)
        try account(current?.scan.found.bytes ?? 0)
        if isWhole { shared.cache?.keep(ScanCache.Entry(cells: scan.found.packed(), firstBucket: place.firstBucket), place.key, of: segment) }
    }

    private func open(_ source: ScanSource) -> SegmentScan? {
        do throws(StorageError) {
            return try SegmentScan(shared.plan, source)
        } catch {
            shared.note(StorageNote.sentence(error))
            return nil
        }
    }

    private mutating func finishCurrent() throws(QueryError) {
        guard let found = current?.scan.found, !control.isOver else { return }
        current = nil
        try shared.fold(found, found.counts, control)
        try account(0)
    }

    /// Tells the memory limit how much cells and columns take now.
    private mutating func account(_ cells: Int) throws(QueryError) {
        let bytes = cells + columns.bytes
        try control.account(bytes - accounted)
        accounted = bytes
    }
}

/// Where the finding of a task is kept.
private struct CachePlace {
    let key: ScanCache.Key
    /// The times of the task's rows, wholly within the question's range.
    let range: TimeRange
    /// The first bucket of the question that the task touches.
    let firstBucket: Int

    /// nil when the task is too small, or not all of its rows lie in the range: what is found then is of no use to another range.
    init?(_ task: ScanTask, _ shared: ScanShared) {
        guard shared.cache != nil, task.rows >= ScanCache.rowsMin else { return nil }
        let source = shared.sources[task.source]
        var first = Int64.max
        var last = Int64.min
        for block in task.blocks {
            guard let bounds = source.segment.bounds(.time, block: block) else { return nil }
            first = min(first, bounds.lowerBound)
            last = max(last, bounds.upperBound)
        }
        guard first >= source.range.from.microseconds, last < source.range.to.microseconds else { return nil }
        range = TimeRange(from: Timestamp(microseconds: first), to: Timestamp(microseconds: last + 1))
        let cut = BucketCut(shared.plan.buckets, first: range.from, last: Timestamp(microseconds: last))
        firstBucket = shared.plan.buckets.index(of: range.from)
        key = ScanCache.Key(segment: ObjectIdentifier(source.segment), firstBlock: task.blocks.lowerBound, question: shared.question, cut: cut)
    }
}
