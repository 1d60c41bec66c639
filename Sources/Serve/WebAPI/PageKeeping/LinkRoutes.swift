internal import ByteCoding
internal import Dashboards
internal import HTTPTransport
internal import NIOHTTP1

/// Short links: `POST /api/v1/links` names a state of the page, `GET /s/{id}` leads there.
struct LinkRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/links") { try await create($0) }
        add(&router, ["GET"], "/s/{id}") { try follow($0) }
    }

    private func create(_ request: ServerRequest) async throws -> ServerResponse {
        guard let links = services.keeping.links else { throw APIError.notKept("links") }
        let search = try AlertingBody.text("search", try AlertingBody.object(request)) ?? ""
        let name: String
        do throws(LinkError) { name = try await links.name(of: search) } catch {
            switch error {
            case .invalid(let reason): throw APIError(.invalidRequest, "search \(reason)", field: "search", hint: "the page's address from ? on, percent-encoded")
            case .full: throw APIError(.storageFull, "there are \(LinkLimits.countMax) links, or \(LinkLimits.bytesMax >> 20) MiB of them")
            case .notKept(let reason): throw APIError(notKept: "the link", reason)
            }
        }
        return .json(status: .created) { writer in
            writer.object { object in
                object.member("id", name)
                object.member("url", "/s/" + name)
            }
        }
    }

    private func follow(_ request: ServerRequest) throws -> ServerResponse {
        let name = request.parameter("id") ?? ""
        guard let search = services.keeping.links?.search(of: name) else { throw APIError(.notFound, "there is no link '\(name.prefix(64))'") }
        return ServerResponse(status: .found, headers: ["Location": "/" + search])
    }
}
