internal import Foundation
package import GatewayModel
internal import Synchronization

/// Runs questions on threads of its own, so that scans never occupy those of the concurrency runtime or of the event loops.
///
/// At most `parallelQueries` run at once (each may use several cores), at most `waitingMax` wait, in order of arrival; more are refused.
package final class QueryRunner: Sendable {
    /// Questions that may wait. Twenty users with a dashboard of thirty panels ask in twenty batches; this is ten times that.
    package static let waitingMax = 200

    package let limits: QueryLimits
    private let parallelQueries: Int
    private let waitingMax: Int
    private let state = Mutex(State())

    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    /// - Parameter parallelQueries: nil for one per core.
    package init(limits: QueryLimits = .standard, parallelQueries: Int? = nil, waitingMax: Int = QueryRunner.waitingMax) {
        self.limits = limits
        self.parallelQueries = max(1, parallelQueries ?? ProcessInfo.processInfo.activeProcessorCount)
        self.waitingMax = waitingMax
    }

    /// Questions that wait now.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Answers a question over what `reader` holds now.
    ///
    /// - Throws: as ``QueryEngine/run(_:over:now:limits:cancellation:)``, and `overloaded`; `cancelled` when the calling task is cancelled.
    package func run(_ query: RequestQuery, reader: any RequestReader, now: Timestamp) async throws(QueryError) -> QueryResult {
        let limits = limits
        return try await perform { cancellation throws(QueryError) in
            try QueryEngine.run(query, over: reader.snapshot(of: try query.range(now: now)), now: now, limits: limits, cancellation: cancellation)
        }
    }

    /// Answers a batch: all questions see the same `now` and the same state of the store; one that fails costs only itself.
    ///
    /// - Throws: `overloaded`, `cancelled`.
    package func run(
        _ batch: [Result<RequestQuery, QueryError>], reader: any RequestReader, now: Timestamp
    ) async throws(QueryError) -> [Result<QueryResult, QueryError>] {
        let limits = limits
        return try await perform { cancellation throws(QueryError) in
            let snapshot = reader.snapshot(of: Self.range(of: batch, now: now))
            var results: [Result<QueryResult, QueryError>] = []
            for query in batch {
                if cancellation.isCancelled { throw QueryError(.cancelled, "the query was called off") }
                do throws(QueryError) {
                    results.append(.success(try QueryEngine.run(try query.get(), over: snapshot, now: now, limits: limits, cancellation: cancellation)))
                } catch {
                    results.append(.failure(error))
                }
            }
            return results
        }
    }

    /// Runs any blocking work of this module, with its turn in the queue and its cancellation tied to the calling task.
    package func perform<Answer: Sendable>(
        _ work: @escaping @Sendable (QueryCancellation) throws(QueryError) -> Answer
    ) async throws(QueryError) -> Answer {
        let cancellation = QueryCancellation()
        let result: Result<Answer, QueryError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAccepted = submit {
                    do throws(QueryError) {
                        continuation.resume(returning: .success(try work(cancellation)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
                if !isAccepted {
                    continuation.resume(returning: .failure(QueryError(.overloaded, "too many queries are waiting (\(waitingMax))", hint: "ask again in a moment")))
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    /// - Returns: false when too many wait already.
    private func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let decision: (isAccepted: Bool, starts: Bool) = state.withLock { state in
            if state.running < parallelQueries {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting.append(job)
            return (true, false)
        }
        if decision.starts { ScanThreads.start { self.work(from: job) } }
        return decision.isAccepted
    }

    /// Runs a job and then those that wait, until none does.
    private func work(from first: @Sendable () -> Void) {
        first()
        while let next = takeNext() { next() }
    }

    private func takeNext() -> (@Sendable () -> Void)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// The span from the earliest to the latest instant that any question of the batch asks for.
    private static func range(of batch: [Result<RequestQuery, QueryError>], now: Timestamp) -> TimeRange {
        let ranges = batch.compactMap { try? $0.get().range(now: now) }
        return TimeRange(from: ranges.map(\.from).min() ?? now, to: ranges.map(\.to).max() ?? now)
    }
}
