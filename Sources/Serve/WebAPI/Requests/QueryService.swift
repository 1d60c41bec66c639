package import GatewayModel
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
        package var waiting = 0
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
        return counters
    }

    // MARK: Questions

    func answer(_ query: RequestQuery) async throws(QueryError) -> QueryResult {
        try await measured { () async throws(QueryError) in try await runner.run(query, reader: reader, now: .now()) }
    }

    func answers(_ batch: [Result<RequestQuery, QueryError>]) async throws(QueryError) -> [Result<QueryResult, QueryError>] {
        try await measured { () async throws(QueryError) in try await runner.run(batch, reader: reader, now: .now()) }
    }

    func page(_ query: RecordQuery) async throws(QueryError) -> RecordPage {
        let now = Timestamp.now()
        return try await perform { [reader, limits = runner.limits] cancellation throws(QueryError) in
            try RecordSearch.page(query, over: reader.snapshot(of: try query.range(now: now)), now: now, limits: limits, cancellation: cancellation)
        }
    }

    /// The record with a sequence number; nil when it is not there.
    func record(_ sequence: Int64) async throws(QueryError) -> RequestRecord? {
        try await perform { [reader, limits = runner.limits] cancellation throws(QueryError) in
            try RecordSearch.record(sequence: sequence, over: reader.snapshot(of: .all), limits: limits, cancellation: cancellation)
        }.map { RequestRecord(batch: $0, row: 0) }
    }

    /// The records of a query one chunk after the other, oldest first, from one state of the store.
    func exporter(_ query: RecordQuery) throws(QueryError) -> RecordExporter {
        let now = Timestamp.now()
        let export = try RecordExport(query, over: reader.snapshot(of: try query.range(now: now)), now: now, limits: runner.limits)
        return RecordExporter(export, runner: runner)
    }

    /// Other blocking work over the store, with its turn in the queue.
    func perform<T: Sendable>(_ work: @escaping @Sendable (QueryCancellation) throws(QueryError) -> T) async throws(QueryError) -> T {
        try await measured { () async throws(QueryError) in try await runner.perform(work) }
    }

    // MARK: Over all time, for the Elasticsearch door

    /// Records of all time that pass.
    func count(_ filter: Filter) async throws(QueryError) -> Int {
        var query = RequestQuery()
        (query.from, query.to) = (.absolute(TimeExpression.earliest), .absolute(TimeExpression.latest))
        query.filter = QueryFilter(text: "", filter: filter)
        let result = try await answer(query)
        return result.values.first?.double.map { Int($0) } ?? 0
    }

    /// Records of all time that pass, in order, `skip` left out and at most `count` given.
    func records(_ filter: Filter, sort: RecordSort, skip: Int, count: Int) async throws(QueryError) -> [RequestRecord] {
        var query = RecordQuery()
        (query.from, query.to) = (.absolute(TimeExpression.earliest), .absolute(TimeExpression.latest))
        query.filter = QueryFilter(text: "", filter: filter)
        query.sort = sort
        var records: [RequestRecord] = []
        while records.count < skip + count {
            query.limit = min(QueryLimits.pageRecordsMax, skip + count - records.count)
            let page = try await page(query)
            records += page.records.records
            guard let next = page.nextCursor else { break }
            query.cursor = next
        }
        return Array(records.dropFirst(skip))
    }

    // MARK: Counting

    private func measured<T: Sendable>(_ body: () async throws(QueryError) -> T) async throws(QueryError) -> T {
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
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        state.withLock { counters in
            if failure == .overloaded {
                counters.refused += 1
                return
            }
            counters.finished += 1
            counters.failed += failure == nil ? 0 : 1
            counters.secondsTotal += seconds
            counters.secondsMax = max(counters.secondsMax, seconds)
        }
    }
}

extension QueryError {
    /// The error as the API tells it.
    var apiError: APIError {
        APIError(APIError.Code(rawValue: code.rawValue) ?? .invalidRequest, message, field: field, line: position?.line, column: position?.column, hint: hint)
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
