internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import ByteCoding

/// The Elasticsearch door: the subset of Elasticsearch's HTTP API that loggers, shippers and scripts use, over request records.
///
/// What it cannot do it answers with Elasticsearch's own error shape and a sentence that says so; `docs/reference/elasticsearch-door.md` lists it all.
struct ElasticDoor: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router) {
        let add = RouteAdder(guardian: services.guardian, logger: services.logger, dialect: .elasticsearch)
        addClusterRoutes(to: &router, add)
        addDeclarationRoutes(to: &router, add)
        addIndexRoutes(to: &router, add)
        addDocumentRoutes(to: &router, add)
        addSearchRoutes(to: &router, add)
    }

    /// A path or method that no route has, in Elasticsearch's words.
    static func noHandler(_ request: ServerRequest) -> ServerResponse {
        ElasticAnswer.json(status: .badRequest, isPretty: request.isPretty) {
            $0.object { $0.member("error", "no handler found for uri [\(request.uri)] and method [\(request.method)]") }
        }
    }

    static func methodNotAllowed(_ request: ServerRequest, _ allowed: [String]) -> ServerResponse {
        ElasticAnswer.json(status: .methodNotAllowed, isPretty: request.isPretty) {
            $0.object {
                $0.member("error", "Incorrect HTTP method for uri [\(request.uri)] and method [\(request.method)], allowed: [\(allowed.joined(separator: ", "))]")
                $0.member("status", 405)
            }
        }
    }
}
