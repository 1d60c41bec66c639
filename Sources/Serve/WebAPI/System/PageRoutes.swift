internal import AlertRules
internal import HTTPTransport
internal import NIOHTTP1

/// The page at `/` and its files. `GET /` is also what Elasticsearch clients and APISIX ask first: they get the server's description.
struct PageRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router) {
        router.on("GET", "/", execution: .eventLoop) { RouteAdder.echoingID(of: $0, in: root($0)) }
        // Where alerts of a Prometheus, and ours, say that their expression is to be seen.
        for path in ["/graph", "/query"] { router.on("GET", path, execution: .eventLoop) { explore($0) } }
        for path in services.staticFiles?.paths ?? [] where path != "index.html" {
            router.on("GET", "/" + path, execution: .eventLoop) { request in
                RouteAdder.refusal(of: request, by: services.guardian, .api) ?? services.staticFiles?.response(to: request, path: path)
                    ?? ServerResponse(status: .notFound)
            }
        }
    }

    /// `/graph?g0.expr=...&g0.tab=1` leads to the page's own view of the expression.
    private func explore(_ request: ServerRequest) -> ServerResponse {
        let items = request.queryItems
        let expression = items.first { $0.name == "g0.expr" }?.value ?? ""
        // Prometheus 2 numbers its tabs, Prometheus 3 names them.
        let isTable = items.contains { $0.name == "g0.tab" && ["1", "table"].contains($0.value) }
        let target = "/?page=explore" + (expression.isEmpty ? "" : "&expr=" + ExpressionLink.escaped(expression)) + (isTable ? "&tab=table" : "")
        return ServerResponse(status: .found, headers: ["Location": target])
    }

    private func root(_ request: ServerRequest) -> ServerResponse {
        let wantsPage = request.headers[canonicalForm: "Accept"].contains { $0.hasPrefix("text/html") }
        if let refusal = RouteAdder.refusal(of: request, by: services.guardian, wantsPage ? .api : .elasticsearch) { return refusal }
        guard wantsPage else { return ElasticDoor(services: services).info(request) }
        return services.staticFiles?.response(to: request, path: "index.html")
            ?? ServerResponse(status: .notFound, text: "The page's files were not found; the APIs are served. Start with --web DIR.\n")
    }
}
