internal import GatewayModel
internal import Synchronization

/// What the workers of a question share: the list of tasks, and what they have found.
final class ScanShared: Sendable {
    let sources: [ScanSource]
    private let work: [ScanWork]
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
        let question = question
        let places = cache == nil ? [] : tasks.map { CachePlace($0, sources[$0.source], plan, question) }
        work = ScanRun.divide(tasks, places, plan)
        found = Mutex(Found(table: GroupTable(plan)))
    }

    /// The next piece of work, each given to one worker; nil when there is none.
    func take() -> ScanWork? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < work.count ? work[index] : nil
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

    /// Adds what was found in a run of segments.
    func fold(_ run: GroupTable, _ counts: ScanCounts, bucketShift: Int, _ control: QueryControl) throws(QueryError) {
        try found.withLock { found throws(QueryError) in
            found.counts.add(counts)
            found.table.fold(run, bucketShift: bucketShift)
            try found.table.check(control.limits)
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
