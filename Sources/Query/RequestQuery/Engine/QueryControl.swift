internal import GatewayModel
internal import Synchronization

/// Lets the asker call a question off, from any thread.
package final class QueryCancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func cancel() { flag.store(true, ordering: .relaxed) }
}

/// What ends a running question early: the deadline, the asker, the memory limit, or another worker's failure. Shared by its workers.
final class QueryControl: Sendable {
    let limits: QueryLimits
    private let started: ContinuousClock.Instant
    private let deadline: ContinuousClock.Instant
    private let cancellation: QueryCancellation?
    private let memoryBytes = Atomic<Int>(0)
    private let hasFailed = Atomic<Bool>(false)

    init(_ limits: QueryLimits, _ cancellation: QueryCancellation?) {
        self.limits = limits
        self.cancellation = cancellation
        started = ContinuousClock.now
        deadline = started.advanced(by: .seconds(limits.timeoutSeconds))
    }

    var elapsedSeconds: Double { (ContinuousClock.now - started) / .seconds(1) }

    /// Whether another worker failed, so that there is no point in going on.
    var isOver: Bool { hasFailed.load(ordering: .relaxed) }

    func fail() { hasFailed.store(true, ordering: .relaxed) }

    /// Whether ``check()`` would throw.
    var isExpired: Bool { cancellation?.isCancelled == true || ContinuousClock.now >= deadline }

    /// Asked once per block.
    ///
    /// - Throws: `cancelled` or `query_timeout`.
    func check() throws(QueryError) {
        if cancellation?.isCancelled == true { throw QueryError(.cancelled, "the query was called off") }
        guard ContinuousClock.now < deadline else {
            throw QueryError(
                .queryTimeout, "the query took longer than \(limits.timeoutSeconds) s (timeoutSeconds)", hint: "choose a shorter range or a narrower filter")
        }
    }

    /// Notes that a worker's memory changed by `bytes`.
    ///
    /// - Throws: `query_limit` when all workers together hold more than allowed.
    func account(_ bytes: Int) throws(QueryError) {
        let total = memoryBytes.add(bytes, ordering: .relaxed).newValue
        guard total <= limits.memoryBytesMax else {
            throw QueryError(
                .queryLimit, "the query needs more than \(limits.memoryBytesMax >> 20) MiB of memory (memoryBytesMax)",
                hint: "group by fewer fields, or choose wider buckets")
        }
    }
}
