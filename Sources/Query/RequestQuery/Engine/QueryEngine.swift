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
    ///   - cancellation: looked at once per block.
    /// - Throws: `invalid_time`, `query_limit`, `query_timeout`, `cancelled`. A part that cannot be read costs only itself and is noted in the answer.
    package static func run(
        _ query: RequestQuery, over snapshot: StoreSnapshot, now: Timestamp, limits: QueryLimits = .standard, cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> QueryResult {
        let control = QueryControl(limits, cancellation)
        let plan = try ScanPlan(query, now: now, limits: limits)
        let (table, counts, unreadable) = try scan(plan, snapshot, control)
        var result = try ResultTable(query, table, now: now).result(snapshot, unreadable: unreadable, control)
        result.statistics = QueryStatistics(counts, elapsedSeconds: control.elapsedSeconds)
        return result
    }

    private static func scan(
        _ plan: ScanPlan, _ snapshot: StoreSnapshot, _ control: QueryControl
    ) throws(QueryError) -> (GroupTable, ScanCounts, [String]) {
        let sources = ScanSource.sources(snapshot, plan.range)
        let tasks = ScanTask.tasks(sources)
        let records = tasks.reduce(0) { $0 + $1.rows }
        guard records <= control.limits.recordsMax else { throw QueryLimits.reached("recordsMax", control.limits.recordsMax, "records") }
        let shared = ScanShared(plan, sources, tasks)
        // With less than two blocks for each, starting threads costs as much as it saves.
        let useful = min(tasks.count, 1 + records / (2 * RecordSegmentLayout.blockRows))
        let workers = max(1, min(useful, ProcessInfo.processInfo.activeProcessorCount, control.limits.workersMax))
        ScanThreads.perform(workers) { ScanWorker(shared, control).run() }
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

    private struct Found: Sendable {
        var table: GroupTable
        var tableBytes = 0
        var counts = ScanCounts()
        var unreadable: [String] = []
        var failure: QueryError?
    }

    init(_ plan: ScanPlan, _ sources: [ScanSource], _ tasks: [ScanTask]) {
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

    /// Adds a segment's cells to the question's.
    func fold(_ scan: SegmentScan, _ control: QueryControl) throws(QueryError) {
        try found.withLock { found throws(QueryError) in
            found.counts.add(scan.counts)
            try found.table.fold(scan, limits: control.limits)
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

    init(_ shared: ScanShared, _ control: QueryControl) {
        self.shared = shared
        self.control = control
    }

    func run() {
        do throws(QueryError) {
            try scanAll()
        } catch {
            shared.fail(error)
            control.fail()
        }
    }

    private func scanAll() throws(QueryError) {
        var columns = ColumnBlock()
        var current: (source: Int, scan: SegmentScan)?
        var accounted = 0
        while !control.isOver, let task = shared.take() {
            if current?.source != task.source {
                try finish(current?.scan, &accounted)
                current = open(task.source).map { (task.source, $0) }
            }
            guard current?.scan.isHopeless == false else {
                shared.skip(blocks: task.blocks.count)
                continue
            }
            for block in task.blocks where !control.isOver {
                try control.check()
                do throws(StorageError) {
                    try current?.scan.add(block, &columns)
                } catch {
                    shared.note(Self.sentence(error))
                }
                let bytes = (current?.scan.bytes ?? 0) + columns.bytes
                try control.account(bytes - accounted)
                accounted = bytes
            }
        }
        try finish(current?.scan, &accounted)
    }

    private func open(_ source: Int) -> SegmentScan? {
        do throws(StorageError) {
            return try SegmentScan(shared.plan, shared.sources[source])
        } catch {
            shared.note(Self.sentence(error))
            return nil
        }
    }

    private func finish(_ scan: SegmentScan?, _ accounted: inout Int) throws(QueryError) {
        guard let scan, !control.isOver else { return }
        try shared.fold(scan, control)
        try control.account(-accounted)
        accounted = 0
    }

    static func sentence(_ error: StorageError) -> String { StorageNote.sentence(error) }
}
