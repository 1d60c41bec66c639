internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// `POST /api/v1/requests/query`, `GET /api/v1/fields` and `GET /api/v1/prices/missing`.
struct QueryRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/requests/query") { try await query($0) }
        add(&router, ["GET"], "/api/v1/fields") { try await fields($0) }
        add(&router, ["GET"], "/api/v1/prices/missing") { try await missingPrices($0) }
    }

    private enum Format: String { case json, csv, table }

    private func query(_ request: ServerRequest) async throws -> ServerResponse {
        guard let format = Format(rawValue: request.query("format") ?? "json") else {
            throw APIError(.invalidRequest, "there is no format '\(request.query("format") ?? "")'", field: "format", hint: "json, csv or table")
        }
        switch try RequestQueryText.parse(Array(request.body.readableBytesView)) {
        case .single(let query):
            let result = try await services.queries(of: request).answer(query)
            switch format {
            case .json: return ServerResponse(contentType: "application/json", body: .bytes(result.json))
            case .table: return ServerResponse(contentType: "text/plain; charset=utf-8", body: .text(result.table))
            case .csv:
                var response = ServerResponse(contentType: "text/csv; charset=utf-8", body: .bytes(result.csv))
                response.headers.add(name: "Content-Disposition", value: "attachment; filename=\"gatewatch-query.csv\"")
                return response
            }
        case .batch(let batch):
            guard format == .json else { throw APIError(.invalidRequest, "a batch is answered as JSON only", field: "format") }
            return Self.answer(try await services.queries(of: request).answers(batch))
        }
    }

    private static func answer(_ results: [Result<QueryResult, QueryError>]) -> ServerResponse {
        .json { writer in
            writer.object { answer in
                answer.array("results") { array in
                    for result in results {
                        switch result {
                        case .success(let result): result.writeJSON(to: &array)
                        case .failure(let error): array.object { error.apiError.write(to: &$0) }
                        }
                    }
                }
            }
        }
    }

    private func fields(_ request: ServerRequest) async throws -> ServerResponse {
        let name = request.query("field")
        let field = name.flatMap { RequestField(named: $0) }
        if let name, field == nil { throw APIError(.unknownField, "there is no field '\(name)'", field: "field") }
        let top = try Self.top(request.query("top"))
        var parameters = RecordQueryParameters()
        (parameters.from, parameters.to, parameters.timeZone) = (request.query("from"), request.query("to"), request.query("time_zone"))
        let range = try parameters.query().range(now: .now())
        let prefix = request.query("prefix") ?? ""
        let reader = services.reader
        let catalogue = try await services.queries(of: request).perform { _ throws(QueryError) in
            FieldCatalogue.run(reader.snapshot(of: range), range: range, top: top, prefix: prefix, field: field).fields
        }
        return .json { writer in
            writer.object { $0.array("fields") { array in for summary in catalogue { summary.writeJSON(to: &array) } } }
        }
    }

    private static func top(_ text: String?) throws -> Int {
        guard let text else { return QueryLimits.fieldValuesDefault }
        guard let number = Int(text), (0...QueryLimits.fieldValuesMax).contains(number) else {
            throw APIError(.invalidRequest, "top must lie between 0 and \(QueryLimits.fieldValuesMax)", field: "top")
        }
        return number
    }

    private func missingPrices(_ request: ServerRequest) async throws -> ServerResponse {
        var parameters = QueryParameters()
        (parameters.from, parameters.to, parameters.timeZone) = (request.query("from") ?? "now-30d", request.query("to"), request.query("time_zone"))
        parameters.where = "(input_tokens: * or output_tokens: *) and not cost: *"
        parameters.by = ["provider", "model"]
        parameters.measures = ["count", "sum(input_tokens)", "sum(output_tokens)"]
        let result = try await services.queries(of: request).answer(try parameters.query())
        return .json { writer in
            writer.object { answer in
                answer.array("models") { models in
                    for index in 0..<result.rowCount {
                        let row = Array(result.row(index))
                        models.object { model in
                            for (name, value) in zip(["provider", "model", "records", "input_tokens", "output_tokens"], row) {
                                model.key(name)
                                value.write(to: &model)
                            }
                        }
                    }
                }
            }
        }
    }
}
