internal import ByteCoding
internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import RequestQuery

/// Annotations: what somebody noted of a time. Shapes in `docs/reference/dashboards-api.md`.
struct AnnotationRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/annotations") { try list($0) }
        add(&router, ["POST"], "/api/v1/annotations") { try await create($0) }
        add(&router, ["GET"], "/api/v1/annotations/{id}") { try one($0) }
        add(&router, ["PUT"], "/api/v1/annotations/{id}") { try await change($0) }
        add(&router, ["DELETE"], "/api/v1/annotations/{id}") { try await remove($0) }
    }

    private func book() throws(APIError) -> AnnotationBook {
        guard let book = services.keeping.annotations else { throw APIError.notKept("annotations") }
        return book
    }

    // MARK: Reading

    private func list(_ request: ServerRequest) throws -> ServerResponse {
        var question = AnnotationBook.Question()
        let now = Timestamp.now()
        let zone = try request.query("time_zone").map { try QueryTimeZone($0) } ?? .utc
        if let text = request.query("from") { question.range.from = try TimeExpression(text, field: "from").resolve(now: now, zone: zone, field: "from") }
        if let text = request.query("to") { question.range.to = try TimeExpression(text, field: "to").resolve(now: now, zone: zone, field: "to") }
        question.tags = request.query("tags")?.split(separator: ",").map(String.init) ?? []
        if let text = request.query("kind") { question.kind = try Self.kind(text) }
        let found = try book().annotations(question)
        return .json { writer in
            writer.object { object in object.array("annotations") { list in for annotation in found { Self.write(annotation, to: &list) } } }
        }
    }

    private func one(_ request: ServerRequest) throws -> ServerResponse {
        let id = request.parameter("id") ?? ""
        guard let annotation = try book().annotation(id) else { throw Self.apiError(.notFound(id: id)) }
        return .json { Self.write(annotation, to: &$0) }
    }

    // MARK: Changing

    private func create(_ request: ServerRequest) async throws -> ServerResponse {
        let draft = try Self.draft(try AlertingBody.object(request), now: .now())
        let book = try book()
        do throws(AnnotationError) {
            let annotation = try await book.add(draft)
            return .json(status: .created) { Self.write(annotation, to: &$0) }
        } catch { throw Self.apiError(error) }
    }

    private func change(_ request: ServerRequest) async throws -> ServerResponse {
        let (id, book) = (request.parameter("id") ?? "", try book())
        guard let old = book.annotation(id) else { throw Self.apiError(.notFound(id: id)) }
        let draft = try Self.draft(try AlertingBody.object(request), now: .now(), absent: old.time)
        do throws(AnnotationError) {
            let annotation = try await book.change(id, to: draft)
            return .json { Self.write(annotation, to: &$0) }
        } catch { throw Self.apiError(error) }
    }

    private func remove(_ request: ServerRequest) async throws -> ServerResponse {
        let book = try book()
        do throws(AnnotationError) { try await book.remove(request.parameter("id") ?? "") } catch { throw Self.apiError(error) }
        return ServerResponse(status: .noContent)
    }

    // MARK: Forms

    private static let members = ["time", "time_end", "kind", "title", "text", "tags", "time_zone"]

    /// - Parameter absent: the time when none is given; nil for `now`.
    private static func draft(_ body: JSONValue, now: Timestamp, absent: Timestamp? = nil) throws -> AnnotationDraft {
        if let other = body.members?.first(where: { !members.contains($0.name) && !["id", "created"].contains($0.name) }) {
            throw APIError(.invalidRequest, "there is no member '\(other.name.prefix(64))'", field: String(other.name.prefix(64)), hint: "one of: " + members.joined(separator: ", "))
        }
        let zone = try AlertingBody.text("time_zone", body).map { try QueryTimeZone($0) } ?? .utc
        func time(_ name: String) throws -> Timestamp? { try TimeExpression(member: name, of: body)?.resolve(now: now, zone: zone, field: name) }
        var draft = AnnotationDraft(time: try time("time") ?? absent ?? now, title: try AlertingBody.text("title", body) ?? "")
        draft.timeEnd = try time("time_end")
        if let text = try AlertingBody.text("kind", body) { draft.kind = try kind(text) }
        draft.text = try AlertingBody.text("text", body) ?? ""
        draft.tags = try tags(body)
        return draft
    }

    static func tags(_ body: JSONValue) throws(APIError) -> [String] {
        switch body["tags"] {
        case nil, .null: return []
        case .array(let elements):
            return try elements.map { element throws(APIError) in
                guard let text = element.string else { throw APIError(.invalidRequest, "tags must be a list of texts", field: "tags") }
                return text
            }
        default: throw APIError(.invalidRequest, "tags must be a list of texts", field: "tags")
        }
    }

    private static func kind(_ text: String) throws(APIError) -> Annotation.Kind {
        guard let kind = Annotation.Kind(rawValue: text) else {
            throw APIError(
                .invalidRequest, "there is no kind '\(text.prefix(64))'", field: "kind",
                hint: "one of: " + Annotation.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return kind
    }

    static func apiError(_ error: AnnotationError) -> APIError {
        switch error {
        case .notFound(let id): APIError(.notFound, "there is no annotation '\(id.prefix(64))'")
        case .invalid(let field, let reason): APIError(.invalidRequest, "\(field) \(reason)", field: field)
        case .full: APIError(.storageFull, "there are \(AnnotationLimits.countMax) annotations, or \(AnnotationLimits.bytesMax >> 20) MiB of them", hint: "delete old ones")
        case .notKept(let reason): APIError(notKept: "the annotation", reason)
        }
    }

    private static func write(_ annotation: Annotation, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", annotation.id)
            object.member("time", annotation.time.iso8601)
            object.member("time_end", annotation.timeEnd?.iso8601)
            object.member("kind", annotation.kind.rawValue)
            object.member("title", annotation.title)
            object.member("text", annotation.text)
            object.array("tags") { list in for tag in annotation.tags { list.value(tag) } }
            object.member("created", annotation.created.iso8601)
        }
    }
}
