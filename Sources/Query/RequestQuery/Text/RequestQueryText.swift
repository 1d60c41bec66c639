internal import ByteCoding
internal import GatewayModel

/// What the body of `POST /api/v1/requests/query` asks.
package enum QueryRequest: Sendable, Equatable {
    case single(RequestQuery)
    /// One answer each, in this order; a question that is wrong costs only itself.
    case batch([Result<RequestQuery, QueryError>])
}

/// The JSON form of questions, as `docs/reference/http-api.md` describes it.
package enum RequestQueryText {
    /// Reads a body: one question, or `{"queries": [...]}` with defaults beside.
    ///
    /// - Parameter outer: a filter that every question's records must pass besides its own, for example the asker's rights.
    /// - Throws: `invalid_request` when the body as a whole is wrong; for a single question also what is wrong with it.
    package static func parse(_ body: [UInt8], outer: QueryFilter = .all) throws(QueryError) -> QueryRequest {
        let content = try parsed(body, extraKeys: [])
        guard let queries = content.queries else { return .single(try content.own.query(outer: outer)) }
        let batch = try QueryBatch(content.own, queries, outer: outer)
        return .batch(batch.entries.map { entry in
            do throws(QueryError) { return .success(try batch.query(try entry.get())) } catch { return .failure(error) }
        })
    }

    /// Reads a batch whose questions may have keys besides those of ``QueryParameters``.
    ///
    /// - Parameters:
    ///   - extraKeys: names of keys whose values are strings or integers.
    ///   - outer: as in ``parse(_:outer:)``.
    /// - Throws: `invalid_request` when the body is not a batch.
    package static func batch(_ body: [UInt8], extraKeys: [String], outer: QueryFilter = .all) throws(QueryError) -> QueryBatch {
        let content = try parsed(body, extraKeys: extraKeys)
        guard let queries = content.queries else {
            throw QueryError(.invalidRequest, "the body has no list of queries", field: "queries", hint: #"write {"queries": [...]}"#)
        }
        return try QueryBatch(content.own, queries, outer: outer)
    }

    private static func parsed(_ body: [UInt8], extraKeys: [String]) throws(QueryError) -> ParsedBody {
        let parsed = unsafe body.withUnsafeBytes { bytes -> Result<ParsedBody, QueryError> in
            do throws(QueryError) { return .success(try unsafe ParsedBody(bytes, extraKeys)) } catch { return .failure(error) }
        }
        return try parsed.get()
    }

    /// One question, from its JSON text.
    package static func parse(_ text: String) throws(QueryError) -> RequestQuery {
        guard case .single(let query) = try parse(Array(text.utf8)) else {
            throw QueryError(.invalidRequest, "expected one query, found a batch", field: "queries")
        }
        return query
    }

    /// The canonical JSON of a question; reading it back gives an equal one. Keys at their default are left out.
    package static func json(_ query: RequestQuery) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("from", query.from.text)
            writer.member("to", query.to.text)
            if let every = query.every { writer.member("every", every.text) }
            writer.array("measures") { writer in for measure in query.measures { writer.value(measure.text) } }
            if !query.by.isEmpty { writer.array("by") { writer in for field in query.by { writer.value(field.name) } } }
            if !query.filter.text.isEmpty { writer.member("where", query.filter.text) }
            if let order = query.order { writer.member("order", text(order, query)) }
            if let limit = query.limit { writer.member("limit", limit) }
            if query.offset > 0 { writer.member("offset", query.offset) }
            if query.other { writer.member("other", true) }
            if !query.usesRollups { writer.member("rollups", "off") }
            if query.timeZone != .utc { writer.member("time_zone", query.timeZone.identifier) }
        }
        return writer.string
    }

    private static func text(_ order: QueryOrder, _ query: RequestQuery) -> String {
        let name: String
        switch order.key {
        case .measure(let index): name = query.measures[index].name
        case .group(let index): name = query.by[index].name
        case .time: name = "time"
        }
        return (order.isDescending ? "-" : "") + name
    }
}
