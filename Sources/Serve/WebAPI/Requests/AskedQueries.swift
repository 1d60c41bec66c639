internal import GatewayModel
internal import HTTPTransport
internal import RequestQuery

/// The questions that one asker may put: ``QueryService`` with a name on every question, by which the askers take turns.
struct AskedQueries: Sendable {
    let service: QueryService
    let runner: QueryRunner
    let reader: any RequestReader
    let asker: String

    func answer(_ query: RequestQuery) async throws(QueryError) -> QueryResult {
        try await service.measured { () async throws(QueryError) in try await runner.run(query, reader: reader, now: .now(), asker: asker) }
    }

    func answers(_ batch: [Result<RequestQuery, QueryError>]) async throws(QueryError) -> [Result<QueryResult, QueryError>] {
        try await service.measured { () async throws(QueryError) in try await runner.run(batch, reader: reader, now: .now(), asker: asker) }
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
        return RecordExporter(export, runner: runner, asker: asker)
    }

    /// Other blocking work over the store, with its turn in the queue.
    func perform<T: Sendable>(_ work: @escaping @Sendable (QueryCancellation) throws(QueryError) -> T) async throws(QueryError) -> T {
        try await service.measured { () async throws(QueryError) in try await runner.perform(asker: asker, work) }
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
}

extension WebServices {
    /// The questions of the one who sent a request.
    func queries(of request: ServerRequest) -> AskedQueries { queries.asked(by: guardian.asker(of: request)) }
}
