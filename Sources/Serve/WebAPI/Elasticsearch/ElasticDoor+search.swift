internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import RequestQuery
internal import NIOCore

/// `_search` and `_count`.
extension ElasticDoor {
    func addSearchRoutes(to router: inout Router, _ add: RouteAdder) {
        for path in ["/_search", "/{index}/_search"] { add(&router, ["GET", "POST"], path) { try await search($0) } }
        for path in ["/_count", "/{index}/_count"] { add(&router, ["GET", "POST"], path) { try await count($0) } }
    }

    private func search(_ request: ServerRequest) async throws -> ServerResponse {
        let start = ContinuousClock.now
        let search = try SearchRequest(request)
        let filter = try self.filter(search.query, request)
        let total = search.tracksTotal ? try await services.queries(of: request).count(filter) : nil
        let sort = search.sort.map { RecordSort($0.field.field, descending: $0.isDescending) } ?? RecordSort(.sequence, descending: false)
        let records = search.size > 0 ? try await services.queries(of: request).records(filter, sort: sort, skip: search.from, count: search.size) : []
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("took", took)
                answer.member("timed_out", false)
                ElasticAnswer.writeShards(&answer, hasSkipped: true)
                answer.object("hits") { hits in
                    if let total { Self.write(total: total, asInteger: search.hasIntegerTotal, to: &hits) }
                    if search.sort == nil, !records.isEmpty { hits.member("max_score", 1.0) } else { hits.nullMember("max_score") }
                    hits.array("hits") { array in for record in records { write(record, search, to: &array) } }
                }
            }
        }
    }

    private static func write(total: Int, asInteger: Bool, to writer: inout JSONWriter) {
        guard !asInteger else { return writer.member("total", total) }
        writer.object("total") {
            $0.member("value", total)
            $0.member("relation", "eq")
        }
    }

    private func write(_ record: RequestRecord, _ search: SearchRequest, to writer: inout JSONWriter) {
        writer.object { hit in
            hit.member("_index", record.text(.index) ?? "")
            hit.member("_id", record.documentID)
            if search.sort == nil { hit.member("_score", 1.0) } else { hit.nullMember("_score") }
            if let source = search.source.apply(to: ElasticSource.document(of: record)) {
                hit.key("_source")
                source.write(to: &hit)
            }
            guard let sort = search.sort else { return }
            hit.array("sort") { values in
                if sort.field.field.kind != .integer {
                    if let text = record.text(sort.field.field) { values.value(text) } else { values.null() }
                } else if let inside = record.integer(sort.field.field) {
                    // Dates are milliseconds since 1970 in sort values, whatever their text form.
                    if sort.field.field.unit == .instant { values.value(inside / 1_000) } else { values.value(sort.field.documentValue(inside)) }
                } else { values.null() }
            }
        }
    }

    private func count(_ request: ServerRequest) async throws -> ServerResponse {
        if request.query("q") != nil { throw ElasticError.unsupported("the query string parameter [q]") }
        let body = request.body.readableBytes > 0 ? try JSONBody.parse(request.body) : .object([])
        guard let members = body.members else { throw ElasticError.parsing("Expected [START_OBJECT] but found [\(body.kindName)]") }
        if let member = members.first(where: { $0.name != "query" }) { throw ElasticError.parsing("request does not support [\(member.name)]") }
        let total = try await services.queries(of: request).count(try filter(body["query"], request))
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("count", total)
                ElasticAnswer.writeShards(&answer, hasSkipped: true)
            }
        }
    }

    /// The request's query, narrowed to the indices in its path.
    func filter(_ query: JSONValue?, _ request: ServerRequest) throws(ElasticError) -> Filter {
        let indices = try resolve(request)
        let now = Timestamp.now()
        let translator = ElasticQuery(
            dates: { ElasticDate.span(of: $0, now: now, zone: $1) },
            ids: { id in
                let own = Filter.matches(.documentID, [TextPattern(exactly: id)])
                return RecordID.parse(id).map { .or([own, .range(.sequence, $0...$0)]) } ?? own
            })
        let own = try query.map { query throws(ElasticError) in try translator.filter(query) } ?? .all
        let exact = indices.map { TextPattern(exactly: $0) }
        guard request.parameter("index") != nil || !exact.isEmpty else { return .or([]) }
        return Filter.matches(.index, exact).and(own)
    }
}
