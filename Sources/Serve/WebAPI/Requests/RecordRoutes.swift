internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// Single records: `GET /api/v1/requests`, `/api/v1/requests/{id}` and the streamed export.
struct RecordRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/requests") { try await page($0) }
        add(&router, ["GET"], "/api/v1/requests/export") { try await export($0) }
        add(&router, ["GET"], "/api/v1/requests/{id}") { try await record($0) }
    }

    private static func parameters(_ request: ServerRequest) -> RecordQueryParameters {
        var parameters = RecordQueryParameters()
        parameters.from = request.query("from")
        parameters.to = request.query("to")
        parameters.where = request.query("where")
        parameters.sort = request.query("sort")
        parameters.limit = request.query("limit")
        parameters.cursor = request.query("cursor")
        parameters.fields = request.query("fields")
        parameters.timeZone = request.query("time_zone")
        return parameters
    }

    private func page(_ request: ServerRequest) async throws -> ServerResponse {
        let page = try await services.queries(of: request).page(try Self.parameters(request).query())
        return .json { page.writeJSON(to: &$0) }
    }

    private func record(_ request: ServerRequest) async throws -> ServerResponse {
        let id = request.parameter("id") ?? ""
        guard let sequence = RecordID.parse(id), let record = try await services.queries(of: request).record(sequence) else {
            throw APIError(.notFound, "there is no record '\(id.prefix(64))'", hint: "it may have been dropped by retention")
        }
        return .json { record.batch.writeRecord(record.row, fields: RecordQuery.allFields, to: &$0) }
    }

    private func export(_ request: ServerRequest) async throws -> ServerResponse {
        guard let format = RecordStreamWriter.Format(rawValue: request.query("format") ?? "ndjson") else {
            throw APIError(.invalidRequest, "there is no format '\(request.query("format") ?? "")'", field: "format", hint: "csv, json or ndjson")
        }
        let query = try Self.parameters(request).query(limitMax: nil)
        let exporter = try services.queries(of: request).exporter(query)
        let stream = ResponseBody.stream { writer in
            var records = RecordStreamWriter(format, fields: exporter.fields)
            try await writer.write(records.begin())
            while let batch = try await exporter.next() { try await writer.write(records.write(batch)) }
            try await writer.write(records.end())
        }
        var response = ServerResponse(contentType: format.mediaType, body: stream)
        response.headers.add(name: "Content-Disposition", value: "attachment; filename=\"gatewatch-requests.\(format.rawValue)\"")
        return response
    }
}
