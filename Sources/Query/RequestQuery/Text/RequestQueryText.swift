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
        let parsed = unsafe body.withUnsafeBytes { bytes -> Result<ParsedBody, QueryError> in
            do throws(QueryError) { return .success(try unsafe ParsedBody(bytes)) } catch { return .failure(error) }
        }
        let content = try parsed.get()
        guard let queries = content.queries else { return .single(try content.own.query(outer: outer)) }
        // What is wrong beside `queries` is wrong for all of them.
        var shared = QueryParameters()
        shared = shared.inheriting(content.own)
        _ = try shared.query()
        let filter = outer.and(try QueryFilter(content.own.where ?? ""))
        return .batch(queries.map { entry in
            do throws(QueryError) {
                return .success(try entry.get().inheriting(shared).query(outer: filter))
            } catch {
                return .failure(error)
            }
        })
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

/// A body taken apart, its texts not yet understood.
private struct ParsedBody {
    var own = QueryParameters()
    var queries: [Result<QueryParameters, QueryError>]?

    init(_ bytes: UnsafeRawBufferPointer) throws(QueryError) {
        if let offset = unsafe UTF8Text.firstInvalid(bytes) { throw QueryError(json: JSONError(.invalidUTF8, at: offset)) }
        var scanner = unsafe JSONScanner(bytes)
        do throws(JSONError) {
            guard try scanner.peek() == .object else { throw JSONError(.unexpectedCharacter, at: scanner.position) }
        } catch {
            throw QueryError(json: error)
        }
        try Self.readObject(&scanner) { name, scanner throws(QueryError) in
            if try own.set(name, from: &scanner) { return }
            guard name == "queries" else { throw Self.unknown(name) }
            queries = try Self.readQueries(&scanner)
        }
        do throws(JSONError) { try scanner.expectEnd() } catch { throw QueryError(json: error) }
    }

    private static func readQueries(_ scanner: inout JSONScanner) throws(QueryError) -> [Result<QueryParameters, QueryError>] {
        var queries: [Result<QueryParameters, QueryError>] = []
        do throws(JSONError) {
            var first = true
            guard try scanner.peek() == .array else { throw JSONError(.unexpectedCharacter, at: scanner.position) }
            try scanner.beginArray()
            while try scanner.nextElement(&first) {
                let start = scanner.position
                queries.append(readQuery(&scanner))
                // A query whose keys are wrong was left half-read: go over it again as plain JSON.
                scanner.position = start
                try scanner.skipValue()
                if queries.count > QueryLimits.batchQueriesMax { break }
            }
        } catch {
            throw QueryError(json: error)
        }
        guard queries.count <= QueryLimits.batchQueriesMax else {
            throw QueryError(.invalidRequest, "a batch has at most \(QueryLimits.batchQueriesMax) queries", field: "queries")
        }
        return queries
    }

    private static func readQuery(_ scanner: inout JSONScanner) -> Result<QueryParameters, QueryError> {
        var parameters = QueryParameters()
        do throws(QueryError) {
            try readObject(&scanner) { name, scanner throws(QueryError) in
                guard try parameters.set(name, from: &scanner) else { throw unknown(name) }
            }
            return .success(parameters)
        } catch {
            return .failure(error)
        }
    }

    private static func readObject(
        _ scanner: inout JSONScanner, _ member: (String, inout JSONScanner) throws(QueryError) -> Void
    ) throws(QueryError) {
        var first = true
        do throws(JSONError) { try scanner.beginObject() } catch { throw QueryError(json: error) }
        while let name = try nextName(&scanner, &first) { try member(name, &scanner) }
    }

    private static func nextName(_ scanner: inout JSONScanner, _ first: inout Bool) throws(QueryError) -> String? {
        do throws(JSONError) { return try scanner.nextKey(&first).map { scanner.string($0) } } catch { throw QueryError(json: error) }
    }

    private static func unknown(_ name: String) -> QueryError {
        let shown = String(name.prefix(64))
        return QueryError(.invalidRequest, "there is no key '\(shown)'", field: shown, hint: "one of: " + QueryParameters.names.joined(separator: ", "))
    }
}
