internal import Foundation
package import GatewayModel
internal import Synchronization

/// Runs questions on threads of its own, so that scans never occupy those of the concurrency runtime or of the event loops.
///
/// At most `parallelQueries` run at once (each may use several cores) and at most `waitingMax` wait, of one asker a quarter of them; more are refused.
/// Those that wait are taken in turns over the askers (``QueryQueue``). One whose task is cancelled leaves the line at once.
package final class QueryRunner: Sendable {
    /// Questions that may wait. Twenty users with a dashboard of thirty panels ask in twenty batches; this is ten times that.
    package static let waitingMax = 200
    /// One asker's share of the places to wait: three others can still come when it has taken all that it may.
    static let waitingShareOfAsker = 4

    package let limits: QueryLimits
    /// Findings that later questions may use again.
    package let cache: ScanCache
    private let state: Mutex<State>

    private struct State {
        var queue: QueryQueue<Job>
        var lastNumber = 0
    }

    /// A question that has come: exactly one of the two is called, once.
    private struct Job {
        let run: @Sendable () -> Void
        /// Answers it without running it.
        let callOff: @Sendable () -> Void
    }

    /// - Parameters:
    ///   - parallelQueries: nil for one per core.
    ///   - cacheBytesMax: see ``ScanCache/bytesMax``.
    package init(
        limits: QueryLimits = .standard, parallelQueries: Int? = nil, waitingMax: Int = QueryRunner.waitingMax, cacheBytesMax: Int = ScanCache.bytesMaxDefault
    ) {
        self.limits = limits
        cache = ScanCache(bytesMax: cacheBytesMax)
        let share = (waitingMax + Self.waitingShareOfAsker - 1) / Self.waitingShareOfAsker
        let running = max(1, parallelQueries ?? ProcessInfo.processInfo.activeProcessorCount)
        state = Mutex(State(queue: QueryQueue(runningMax: running, waitingMax: waitingMax, waitingPerAskerMax: share)))
    }

    /// Questions that may run at the same time.
    package var parallelQueries: Int { state.withLock { $0.queue.runningMax } }

    /// Questions that wait now.
    package var waitingCount: Int { state.withLock { $0.queue.waiting } }

    /// Questions that run now.
    package var runningCount: Int { state.withLock { $0.queue.running } }

    /// Answers a question over what `reader` holds now.
    ///
    /// - Parameter asker: who asks, for taking turns: a user's name or a client's address.
    /// - Throws: as ``QueryEngine/run(_:over:now:limits:cancellation:)``, and `overloaded`; `cancelled` when the calling task is cancelled.
    package func run(_ query: RequestQuery, reader: any RequestReader, now: Timestamp, asker: String = "") async throws(QueryError) -> QueryResult {
        let (limits, cache) = (limits, cache)
        return try await perform(asker: asker) { cancellation throws(QueryError) in
            try QueryEngine.run(query, over: reader.snapshot(of: try query.range(now: now)), now: now, limits: limits, cache: cache, cancellation: cancellation)
        }
    }

    /// Answers a batch: all questions see the same `now` and the same state of the store; one that fails costs only itself.
    ///
    /// - Throws: `overloaded`, `cancelled`.
    package func run(
        _ batch: [Result<RequestQuery, QueryError>], reader: any RequestReader, now: Timestamp, asker: String = ""
    ) async throws(QueryError) -> [Result<QueryResult, QueryError>] {
        let (limits, cache) = (limits, cache)
        return try await perform(asker: asker) { cancellation throws(QueryError) in
            let snapshot = reader.snapshot(of: Self.range(of: batch, now: now))
            var results: [Result<QueryResult, QueryError>] = []
            for query in batch {
                if cancellation.isCancelled { throw QueryError(.cancelled, "the query was called off") }
                do throws(QueryError) {
                    results.append(.success(try QueryEngine.run(try query.get(), over: snapshot, now: now, limits: limits, cache: cache, cancellation: cancellation)))
                } catch {
                    results.append(.failure(error))
                }
            }
            return results
        }
    }

    /// Runs any blocking work of this module, with its turn in the queue and its cancellation tied to the calling task.
    ///
    /// - Parameter waits: false for work that is only worth doing at once, for example beside other work of the same kind: it is refused where it would have to wait.
    /// - Throws: as `work`, `overloaded`; `cancelled` when the calling task is cancelled before its turn.
    package func perform<Answer: Sendable>(
        asker: String = "", waits: Bool = true, _ work: @escaping @Sendable (QueryCancellation) throws(QueryError) -> Answer
    ) async throws(QueryError) -> Answer {
        let cancellation = QueryCancellation()
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let result: Result<Answer, QueryError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job {
                    do throws(QueryError) {
                        continuation.resume(returning: .success(try work(cancellation)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                } callOff: {
                    continuation.resume(returning: .failure(QueryError(.cancelled, "the query was called off")))
                }
                if let refusal = submit(job, number, asker, waits, cancellation) { continuation.resume(returning: .failure(refusal)) }
            }
        } onCancel: {
            cancellation.cancel()
            state.withLock { $0.queue.remove(number, of: asker) }?.callOff()
        }
        return try result.get()
    }

    /// - Returns: why the job is refused; it is then not kept.
    private func submit(_ job: Job, _ number: Int, _ asker: String, _ waits: Bool, _ cancellation: QueryCancellation) -> QueryError? {
        let (admission, waitingMax, ownMax) = state.withLock { state in
            // A task cancelled before this moment found nothing to remove; one cancelled later will.
            let admission: QueryQueue<Job>.Admission? =
                if cancellation.isCancelled {
                    nil
                } else if !waits && state.queue.running >= state.queue.runningMax {
                    .queueIsFull
                } else {
                    state.queue.add(job, number: number, asker: asker)
                }
            return (admission, state.queue.waitingMax, state.queue.waitingPerAskerMax)
        }
        switch admission {
        case .starts: ScanThreads.start { self.work(from: job) }
        case .waits: break
        case .queueIsFull: return Self.overloaded("too many queries are waiting (\(waitingMax))")
        case .askerIsFull: return Self.overloaded("too many of your queries are waiting (\(ownMax))")
        case nil: job.callOff()
        }
        return nil
    }

    private static func overloaded(_ message: String) -> QueryError { QueryError(.overloaded, message, hint: "ask again in a moment") }

    /// Runs a job and then those that wait, until none does.
    private func work(from first: Job) {
        first.run()
        while let next = state.withLock({ $0.queue.next() }) { next.run() }
    }

    /// The span from the earliest to the latest instant that any question of the batch asks for.
    private static func range(of batch: [Result<RequestQuery, QueryError>], now: Timestamp) -> TimeRange {
        let ranges = batch.compactMap { try? $0.get().range(now: now) }
        return TimeRange(from: ranges.map(\.from).min() ?? now, to: ranges.map(\.to).max() ?? now)
    }
}
