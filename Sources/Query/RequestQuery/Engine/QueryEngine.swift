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
        let asked = shortlist?.query ?? query
        let plan = try ScanPlan(asked, now: now, limits: limits)
        var (table, counts, unreadable) = try scan(plan, snapshot, cache, control)
        if let shortlist { counts.join(shortlist.counts) }
        var result = try ResultTable(asked, table, now: now, groupsTotal: shortlist?.groupsTotal).result(snapshot, unreadable: unreadable, control)
        result.statistics = QueryStatistics(counts, elapsedSeconds: control.elapsedSeconds)
        return result
    }

    /// Answers a program's question: numbers by group and bucket, neither ranked nor laid out as rows. Blocks the calling thread as ``run(_:over:now:limits:cache:cancellation:)``.
    ///
    /// - Throws: `invalid_time`, `invalid_request`, `query_limit`, `query_timeout`, `cancelled`.
    package static func columns(
        _ query: ColumnQuery, over snapshot: StoreSnapshot, limits: QueryLimits = .standard, cache: ScanCache? = nil, cancellation: QueryCancellation? = nil
    ) throws(QueryError) -> ColumnAnswer {
        let control = QueryControl(limits, cancellation)
        let (table, counts, unreadable) = try scan(try ScanPlan(query), snapshot, cache, control)
        return ColumnAnswer(table, QueryStatistics(counts, elapsedSeconds: control.elapsedSeconds), notes: snapshot.notes + unreadable)
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
        let trends = TrendSources(snapshot, plan)
        let sources = trends.sources + ScanSource.sources(snapshot, plan)
        let tasks = ScanTask.tasks(sources)
        let rows = tasks.reduce(0) { $0 + $1.rows }
        let records = sources.reduce(0) { $0 + $1.records }
        guard records <= control.limits.recordsMax else { throw QueryLimits.reached("recordsMax", control.limits.recordsMax, "records") }
        let shared = ScanShared(plan, sources, tasks, cache)
        // With less than two blocks for each, starting threads costs as much as it saves.
        let useful = min(tasks.count, 1 + rows / (2 * RecordSegmentLayout.blockRows))
        let workers = max(1, min(useful, ProcessInfo.processInfo.activeProcessorCount, control.limits.workersMax))
        ScanThreads.perform(workers) {
            var worker = ScanWorker(shared, control)
            worker.run()
        }
        var outcome = try shared.outcome()
        outcome.1.tables = sources.count { $0.segment is any RollupSegment }
        outcome.1.segments = sources.count - outcome.1.tables
        outcome.2 += trends.notes
        return outcome
    }
}
