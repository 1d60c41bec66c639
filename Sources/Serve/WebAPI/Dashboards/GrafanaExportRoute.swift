internal import Dashboards
internal import HTTPTransport
internal import NIOHTTP1
internal import RequestMetrics

/// `GET /api/v1/dashboards/{id}/export/grafana`: a dashboard as a file that Grafana imports.
extension DashboardRoutes {
    func addGrafanaRoute(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/dashboards/{id}/export/grafana") { try grafana($0) }
    }

    private func grafana(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let entry = try entry(request)
        let inputs = request.query("inputs") ?? "false"
        guard inputs == "true" || inputs == "false" else { throw APIError(.invalidRequest, "'inputs' is true or false", field: "inputs") }
        let export = GrafanaExport(
            families: services.metrics?.families ?? MetricFamily.shipped, dataSource: inputs == "true" ? .inputs : .variable, gatewatchURL: services.dashboards.externalURL)
        let file = export.file(entry.dashboard)
        return ServerResponse(
            status: .ok, headers: ["Content-Type": "application/json", "Content-Disposition": "attachment; filename=\"\(file.name)\"", "Cache-Control": "no-cache"], body: .text(file.text))
    }
}
