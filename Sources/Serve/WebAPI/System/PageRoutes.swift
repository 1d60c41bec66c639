internal import HTTPTransport
internal import NIOHTTP1

/// The page at `/` and its files. `GET /` is also what Elasticsearch clients and APISIX ask first: they get the server's description.
struct PageRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router) {
        router.on("GET", "/", execution: .eventLoop) { RouteAdder.echoingID(of: $0, in: root($0)) }
        for path in services.staticFiles?.paths ?? [] where path != "index.html" {
            router.on("GET", "/" + path, execution: .eventLoop) { request in
                RouteAdder.refusal(of: request, by: services.guardian, .api) ?? services.staticFiles?.response(to: request, path: path)
                    ?? ServerResponse(status: .notFound)
            }
        }
    }

    private func root(_ request: ServerRequest) -> ServerResponse {
        let wantsPage = request.headers[canonicalForm: "Accept"].contains { $0.hasPrefix("text/html") }
        if let refusal = RouteAdder.refusal(of: request, by: services.guardian, wantsPage ? .api : .elasticsearch) { return refusal }
        guard wantsPage else { return ElasticDoor(services: services).info(request) }
        return services.staticFiles?.response(to: request, path: "index.html")
            ?? ServerResponse(status: .notFound, text: "The page's files were not found; the APIs are served. Start with --web DIR.\n")
    }
}
