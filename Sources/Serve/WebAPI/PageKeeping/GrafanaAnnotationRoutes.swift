internal import ByteCoding
internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// Annotations in Grafana's form, so that scripts which tell a Grafana of deployments can tell Gatewatch.
///
/// Source: Grafana documentation, "Annotations HTTP API": times in milliseconds, one text without a title, answers with a `message`.
struct GrafanaAnnotationRoutes: Sendable {
    /// Annotations of an answer when nobody asks for a number, as in Grafana.
    static let limitDefault = 100

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/annotations") { try list($0) }
        add(&router, ["POST"], "/api/annotations") { try await create($0) }
        add(&router, ["POST"], "/api/annotations/graphite") { try await createGraphite($0) }
        add(&router, ["PUT", "PATCH"], "/api/annotations/{id}") { try await change($0) }
        add(&router, ["DELETE"], "/api/annotations/{id}") { try await remove($0) }
    }

    private func book() throws(APIError) -> AnnotationBook {
        guard let book = services.keeping.annotations else { throw APIError.notKept("annotations") }
        return book
    }

    // MARK: Reading

    private func list(_ request: ServerRequest) throws -> ServerResponse {
        var question = AnnotationBook.Question()
        do {
            if let from = try Self.milliseconds(request.query("from"), "from") { question.range.from = from }
            // Grafana's range is closed.
            if let to = try Self.milliseconds(request.query("to"), "to") { question.range.to = Timestamp(microseconds: to.microseconds + 1) }
            question.limit = try Self.limit(request.query("limit"))
        } catch { return Self.answer(.badRequest, error.message) }
        question.tags = request.queryItems.filter { $0.name == "tags" }.map(\.value)
        question.matchesAnyTag = request.query("matchAny") == "true"
        let found = try book().annotations(question)
        return .json { writer in writer.array { list in for annotation in found.reversed() { Self.write(annotation, to: &list) } } }
    }

    private static func milliseconds(_ text: String?, _ name: String) throws(APIError) -> Timestamp? {
        guard let text, !text.isEmpty else { return nil }
        guard let number = Int64(text), let time = time(number) else { throw APIError(.invalidTime, "\(name) is no time in milliseconds", field: name) }
        return time
    }

    private static func limit(_ text: String?) throws(APIError) -> Int {
        guard let text else { return limitDefault }
        guard let number = Int(text), number >= 0 else { throw APIError(.invalidRequest, "limit is no number", field: "limit") }
        return min(number == 0 ? limitDefault : number, AnnotationLimits.answerMax)
    }

    private static func time(_ milliseconds: Int64) -> Timestamp? {
        let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        // The year 9999, far enough from overflow.
        return overflow || abs(microseconds) > 253_402_300_799_999_999 ? nil : Timestamp(microseconds: microseconds)
    }

    // MARK: Changing

    private func create(_ request: ServerRequest) async throws -> ServerResponse {
        try await add("Annotation added") { try Self.draft(try AlertingBody.object(request), onto: AnnotationDraft(time: .now(), title: "")) }
    }

    /// Graphite's event: `what`, `data`, `when` in seconds, `tags` as a list or as words.
    private func createGraphite(_ request: ServerRequest) async throws -> ServerResponse {
        try await add("Graphite annotation added") {
            let body = try AlertingBody.object(request)
            var draft = AnnotationDraft(time: .now(), title: "")
            let words = body["tags"]?.string.map { $0.split(separator: " ").map(String.init) }
            try Self.describe(&draft, text: try AlertingBody.text("what", body) ?? "", tags: try words ?? AnnotationRoutes.tags(body))
            if let data = try AlertingBody.text("data", body), !data.isEmpty { draft.text = draft.text.isEmpty ? data : draft.text + "\n" + data }
            if let when = body["when"]?.integer, when != 0 {
                guard abs(when) < 1 << 40, let time = Self.time(when * 1_000) else { throw APIError(.invalidTime, "when is no time in seconds", field: "when") }
                draft.time = time
            }
            return draft
        }
    }

    private func add(_ message: String, _ draft: () throws -> AnnotationDraft) async throws -> ServerResponse {
        do {
            let annotation = try await book().add(try draft())
            return Self.answer(.ok, message, id: annotation.number)
        } catch let error as APIError where error.code.status == .badRequest {
            return Self.answer(.badRequest, error.message)
        } catch let error as AnnotationError {
            return Self.answer(error)
        }
    }

    private func change(_ request: ServerRequest) async throws -> ServerResponse {
        let (id, book) = (request.parameter("id") ?? "", try book())
        guard let old = book.annotation(id) else { return Self.answer(.notFound(id: id)) }
        var draft = AnnotationDraft(time: old.time, title: old.title)
        (draft.timeEnd, draft.kind, draft.text, draft.tags) = (old.timeEnd, old.kind, old.text, old.tags)
        do {
            _ = try await book.change(id, to: try Self.draft(try AlertingBody.object(request), onto: draft))
            return Self.answer(.ok, request.method == "PUT" ? "Annotation updated" : "Annotation patched")
        } catch let error as APIError where error.code.status == .badRequest {
            return Self.answer(.badRequest, error.message)
        } catch let error as AnnotationError {
            return Self.answer(error)
        }
    }

    private func remove(_ request: ServerRequest) async throws -> ServerResponse {
        let book = try book()
        do throws(AnnotationError) { try await book.remove(request.parameter("id") ?? "") } catch { return Self.answer(error) }
        return Self.answer(.ok, "Annotation deleted")
    }

    // MARK: Forms

    /// What a body says, over what was there. Members that are about Grafana's own dashboards (`dashboardUID`, `panelId`) are passed over.
    private static func draft(_ body: JSONValue, onto old: AnnotationDraft) throws(APIError) -> AnnotationDraft {
        var draft = old
        if let text = try AlertingBody.text("text", body) {
            try describe(&draft, text: text, tags: body["tags"] == nil ? old.tags : try AnnotationRoutes.tags(body))
        } else if body["tags"] != nil {
            draft.tags = try AnnotationRoutes.tags(body)
        }
        if let start = try milliseconds("time", body) { draft.time = start }
        if let end = try milliseconds("timeEnd", body) { draft.timeEnd = end }
        // Whoever moves the beginning of an instant moves the instant.
        if body["timeEnd"] == nil, let end = draft.timeEnd, end < draft.time { draft.timeEnd = nil }
        return draft
    }

    private static func milliseconds(_ name: String, _ body: JSONValue) throws(APIError) -> Timestamp? {
        guard let value = body[name], value != .null else { return nil }
        guard let number = value.integer, let time = time(number) else { throw APIError(.invalidTime, "\(name) is no time in milliseconds", field: name) }
        // Clients write 0 for a time that they do not give.
        return number == 0 ? nil : time
    }

    /// The first line, cut, becomes the title; the whole is kept as the text where it says more. Tags tell the kind.
    private static func describe(_ draft: inout AnnotationDraft, text: String, tags: [String]) throws(APIError) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first else { throw APIError(.invalidRequest, "text is empty", field: "text") }
        draft.title = String(first.prefix(AnnotationLimits.titleCharactersMax))
        draft.text = lines.count > 1 || draft.title.count < first.count ? text : ""
        draft.tags = tags
        let words = Set(tags.map { $0.lowercased() })
        draft.kind =
            if !words.isDisjoint(with: ["deployment", "deploy", "deployed", "release", "rollout", "rollback"]) {
                .deployment
            } else if !words.isDisjoint(with: ["config", "configuration"]) {
                .config
            } else if !words.isDisjoint(with: ["maintenance", "downtime"]) {
                .maintenance
            } else {
                .note
            }
    }

    // MARK: Answers

    private static func answer(_ status: HTTPResponseStatus, _ message: String, id: Int? = nil) -> ServerResponse {
        .json(status: status) { writer in
            writer.object { object in
                object.member("message", message)
                if let id { object.member("id", id) }
            }
        }
    }

    private static func answer(_ error: AnnotationError) -> ServerResponse {
        let own = AnnotationRoutes.apiError(error)
        return answer(own.code.status, own.message)
    }

    /// Members that have no meaning here stand as Grafana gives them for an annotation of the organisation.
    private static func write(_ annotation: Annotation, to writer: inout JSONWriter) {
        let milliseconds = annotation.time.microseconds / 1_000
        writer.object { object in
            object.member("id", annotation.number)
            object.member("alertId", 0)
            object.member("dashboardId", 0)
            object.nullMember("dashboardUID")
            object.member("panelId", 0)
            object.member("userId", 0)
            for name in ["login", "email", "avatarUrl", "newState", "prevState"] { object.member(name, "") }
            object.member("created", annotation.created.microseconds / 1_000)
            object.member("updated", annotation.created.microseconds / 1_000)
            object.member("time", milliseconds)
            object.member("timeEnd", annotation.timeEnd.map { $0.microseconds / 1_000 } ?? milliseconds)
            object.member("text", annotation.text.isEmpty ? annotation.title : annotation.text)
            object.array("tags") { list in for tag in annotation.tags { list.value(tag) } }
            object.object("data") { _ in }
        }
    }
}
