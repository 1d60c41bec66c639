internal import ByteCoding
internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// Snapshots: the figures of a page as they were. What is kept is JSON, and goes out as nothing else.
struct SnapshotRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/snapshots") { _ in try list() }
        add(&router, ["POST"], "/api/v1/snapshots") { try await create($0) }
        add(&router, ["GET"], "/api/v1/snapshots/{id}") { try one($0) }
        add(&router, ["DELETE"], "/api/v1/snapshots/{id}") { try await remove($0) }
    }

    private func shelf() throws(APIError) -> SnapshotShelf {
        guard let shelf = services.keeping.snapshots else { throw APIError.notKept("snapshots") }
        return shelf
    }

    private func list() throws -> ServerResponse {
        let found = try shelf().list()
        return .json { writer in
            writer.object { object in object.array("snapshots") { list in for snapshot in found { Self.write(snapshot, to: &list) } } }
        }
    }

    private func one(_ request: ServerRequest) throws -> ServerResponse {
        let shelf = try shelf()
        let content: [UInt8]
        do throws(SnapshotError) { content = try shelf.content(request.parameter("id") ?? "") } catch { throw Self.apiError(error) }
        return ServerResponse(contentType: "application/json", body: .bytes(content))
    }

    private func create(_ request: ServerRequest) async throws -> ServerResponse {
        guard request.body.readableBytes <= SnapshotLimits.bytesMax else { throw Self.apiError(.tooLarge) }
        let body = try AlertingBody.object(request)
        let days = try Self.days(try AlertingBody.text("expires", body))
        let (title, search) = (try AlertingBody.text("title", body) ?? "", try AlertingBody.text("search", body) ?? "")
        guard let dashboard = body["dashboard"], dashboard.members != nil else {
            throw APIError(.invalidRequest, "dashboard must be an object", field: "dashboard")
        }
        guard let answers = body["answers"], answers.members != nil else { throw APIError(.invalidRequest, "answers must be an object", field: "answers") }
        let shelf = try shelf()
        do throws(SnapshotError) {
            let snapshot = try await shelf.add(title: title, search: search, days: days) { object in
                object.key("dashboard")
                dashboard.write(to: &object)
                object.key("answers")
                answers.write(to: &object)
            }
            return .json(status: .created) { Self.write(snapshot, to: &$0) }
        } catch { throw Self.apiError(error) }
    }

    private func remove(_ request: ServerRequest) async throws -> ServerResponse {
        let shelf = try shelf()
        do throws(SnapshotError) { try await shelf.remove(request.parameter("id") ?? "") } catch { throw Self.apiError(error) }
        return ServerResponse(status: .noContent)
    }

    /// `30d`, `4w`
    private static func days(_ text: String?) throws(APIError) -> Int64 {
        guard let text else { return SnapshotLimits.daysDefault }
        let unit: Int64 = text.hasSuffix("d") ? 1 : text.hasSuffix("w") ? 7 : 0
        guard unit > 0, let count = Int64(text.dropLast()), (1...SnapshotLimits.daysMax).contains(count) else {
            throw APIError(.invalidRequest, "expires is no number of days", field: "expires", hint: "write 30d or 4w, at most \(SnapshotLimits.daysMax)d")
        }
        return count * unit
    }

    private static func apiError(_ error: SnapshotError) -> APIError {
        switch error {
        case .notFound(let id): APIError(.notFound, "there is no snapshot '\(id.prefix(64))'", hint: "it may have expired")
        case .invalid(let field, let reason): APIError(.invalidRequest, "\(field) \(reason)", field: field)
        case .tooLarge: APIError(.tooLarge, "a snapshot has at most \(SnapshotLimits.bytesMax >> 20) MiB")
        case .full: APIError(.storageFull, "there are \(SnapshotLimits.countMax) snapshots", hint: "delete some")
        case .notKept(let reason): APIError(notKept: "the snapshot", reason)
        }
    }

    private static func write(_ snapshot: Snapshot, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", snapshot.id)
            object.member("url", "/?snapshot=" + snapshot.id)
            object.member("title", snapshot.title)
            object.member("search", snapshot.search)
            object.member("created", snapshot.created.iso8601)
            object.member("expires", snapshot.expires.iso8601)
            object.member("bytes", snapshot.bytes)
        }
    }
}
