internal import Dashboards
internal import HTTPTransport
internal import NIOHTTP1

/// `GET /api/v1/dashboards/{id}/export/kibana`: a dashboard as a file that Kibana imports.
extension DashboardRoutes {
    func addKibanaRoute(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/dashboards/{id}/export/kibana") { try kibana($0) }
    }

    private func kibana(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let entry = try entry(request)
        let export = try Self.kibanaExport(source: request.query("source"), index: request.query("index"))
        let result = export.export([entry.dashboard])
        guard result.text.hasPrefix("{\"type\"") else {
            let reasons = result.omissions.prefix(5).map(\.description).joined(separator: "; ")
            throw APIError(.invalidRequest, "nothing of \(entry.dashboard.id) can be drawn by Kibana: \(reasons)")
        }
        return ServerResponse(
            status: .ok, headers: ["Content-Type": "application/x-ndjson", "Content-Disposition": "attachment; filename=\"\(entry.dashboard.id).ndjson\"", "Cache-Control": "no-cache"],
            body: .text(result.text))
    }

    private static func kibanaExport(source: String?, index: String?) throws(APIError) -> KibanaExport {
        let names = KibanaSource.allCases.map(\.rawValue).joined(separator: ", ")
        guard let source = source.map({ KibanaSource(rawValue: $0) }) ?? .gatewatch else { throw APIError(.invalidRequest, "'source' is one of \(names)", field: "source") }
        if let index, !KibanaExport.isIndexPattern(index) { throw APIError(.invalidRequest, "'index' must be a pattern of index names", field: "index") }
        return KibanaExport(source: source, index: index)
    }
}
