package import GatewayModel
package import HTTPTransport
package import RequestQuery
internal import Synchronization
internal import NIOHTTP1

/// Runs questions for the routes and counts them for `/metrics`. The bounds (how many at once, how many wait, what one may cost) are ``QueryRunner``'s.
package final class QueryService: Sendable {
    /// What has been asked since the start.
    package struct Counters: Sendable {
        package var finished = 0
        package var failed = 0
        package var refused = 0
        package var secondsTotal = 0.0
        package var secondsMax = 0.0
        package var durations = DurationBuckets()
        package var waiting = 0
        package var running = 0
    }

    private let runner: QueryRunner
    private let reader: any RequestReader
    private let state = Mutex(Counters())

    package init(runner: QueryRunner, reader: any RequestReader) {
        self.runner = runner
        self.reader = reader
    }

    package var counters: Counters {
        var counters = state.withLock { $0 }
        counters.waiting = runner.waitingCount
        counters.running = runner.runningCount
        return counters
    }

    /// How findings are used again.
    package var cacheStatistics: ScanCache.Statistics { runner.cache.statistics }

    /// The service as one asker uses it.
    func asked(by asker: String) -> AskedQueries { AskedQueries(service: self, runner: runner, reader: reader, asker: asker) }

    // MARK: Counting

    /// Counts what `body` does as one query.
    func measured<T: Sendable>(_ body: () async throws(QueryError) -> T) async throws(QueryError) -> T {
        let start = ContinuousClock.now
        do throws(QueryError) {
            let result = try await body()
            note(start, nil)
            return result
        } catch {
            note(start, error.code)
            throw error
        }
    }

    private func note(_ start: ContinuousClock.Instant, _ failure: QueryError.Code?) {
        let duration = ContinuousClock.now - start
        let seconds = duration / .seconds(1)
        state.withLock { counters in
            if failure == .overloaded {
                counters.refused += 1
                return
            }
            counters.finished += 1
            counters.failed += failure == nil ? 0 : 1
            counters.secondsTotal += seconds
            counters.durations.add(duration)
            counters.secondsMax = max(counters.secondsMax, seconds)
        }
    }
}

extension QueryError {
    /// The error as the API tells it.
    var apiError: APIError {
        APIError(APIError.Code(rawValue: code.rawValue) ?? .invalidRequest, message, field: field, line: position?.line, column: position?.column, hint: hint)
    }

    /// The error as Prometheus tells it.
    var prometheusError: PrometheusError {
        switch code {
        case .overloaded: PrometheusError(.tooManyRequests, message)
        case .queryLimit: PrometheusError(.execution, message)
        case .queryTimeout: PrometheusError(.timeout, message)
        case .cancelled: PrometheusError(.canceled, message)
        case .internal: PrometheusError(.internal, message)
        case .invalidRequest, .invalidFilter, .invalidTime, .invalidMeasure, .unknownField: PrometheusError(.badData, message)
        }
    }

    /// The error as Elasticsearch tells it.
    var elasticError: ElasticError {
        switch code {
        case .overloaded: ElasticError(.tooManyRequests, "es_rejected_execution_exception", "rejected execution of search: \(message)")
        case .queryLimit: ElasticError(.tooManyRequests, "circuit_breaking_exception", message)
        case .queryTimeout: ElasticError(.serviceUnavailable, "timeout_exception", message)
        case .internal: ElasticError(.internalServerError, "exception", message)
        default: .illegalArgument(message)
        }
    }
}
