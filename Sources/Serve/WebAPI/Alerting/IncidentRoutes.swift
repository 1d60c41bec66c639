internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Incidents
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// Incidents: the list, one of them, what people do with them, and how the weeks went. Shapes in `docs/reference/alerting-api.md`.
struct IncidentRoutes: Sendable {
    /// Incidents of an answer, and weeks of statistics, when nobody asks for a number: a screen, and a quarter of a year.
    static let limitDefault = 100
    static let weeksDefault = 12

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/incidents") { try list($0) }
        add(&router, ["POST"], "/api/v1/incidents") { try await mark($0) }
        add(&router, ["GET"], "/api/v1/incidents/statistics") { try statistics($0) }
        add(&router, ["GET"], "/api/v1/incidents/{id}") { try one($0) }
        for action in Action.allCases { add(&router, ["POST"], "/api/v1/incidents/{id}/\(action.rawValue)") { try await act(action, $0) } }
    }

    private func book() throws(APIError) -> IncidentBook {
        guard let book = services.alerts.incidents else { throw APIError(.notFound, "alerting is switched off", hint: "alerting.enabled") }
        return book
    }

    // MARK: Reading

    private func list(_ request: ServerRequest) throws -> ServerResponse {
        let states = try Self.states(request.query("state"))
        let now = Timestamp.now()
        let from = try request.query("from").map { try TimeExpression($0, field: "from").resolve(now: now, zone: .utc, field: "from") } ?? TimeRange.all.from
        let to = try request.query("to").map { try TimeExpression($0, field: "to").resolve(now: now, zone: .utc, field: "to") } ?? TimeRange.all.to
        let limit = try Self.number(request.query("limit"), "limit", 1...IncidentLimits.answerMax, Self.limitDefault)
        let incidents = try book().incidents(states, in: TimeRange(from: from, to: to), limit: limit)
        return .json { writer in
            writer.object { object in object.array("incidents") { array in for incident in incidents { Self.write(incident, to: &array) } } }
        }
    }

    private static func states(_ text: String?) throws(APIError) -> Set<Incident.State> {
        switch text {
        case nil, "": return [.open, .acknowledged, .resolved]
        case "unresolved": return [.open, .acknowledged]
        case .some(let text):
            guard let state = Incident.State(rawValue: text) else {
                throw APIError(.invalidRequest, "there is no state '\(text.prefix(64))'", field: "state", hint: "open, acknowledged, resolved or unresolved")
            }
            return [state]
        }
    }

    private static func number(_ text: String?, _ field: String, _ range: ClosedRange<Int>, _ absent: Int) throws(APIError) -> Int {
        guard let text else { return absent }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(.invalidRequest, "must be a number from \(range.lowerBound) to \(range.upperBound)", field: field)
        }
        return number
    }

    private func one(_ request: ServerRequest) throws -> ServerResponse {
        let id = request.parameter("id") ?? ""
        guard let incident = try book().incident(id) else { throw Self.missing(id) }
        return .json { Self.write(incident, to: &$0) }
    }

    private func statistics(_ request: ServerRequest) throws -> ServerResponse {
        let count = try Self.number(request.query("weeks"), "weeks", 1...IncidentLimits.weeksMax, Self.weeksDefault)
        let weeks = try book().statistics(weeks: count)
        return .json { writer in
            writer.object { object in object.array("weeks") { array in for week in weeks { Self.write(week, to: &array) } } }
        }
    }

    // MARK: Changing

    private enum Action: String, CaseIterable { case acknowledge, assign, note, resolve, reopen }

    private func act(_ action: Action, _ request: ServerRequest) async throws -> ServerResponse {
        let (id, body, book) = (request.parameter("id") ?? "", try Self.body(of: request), try book())
        let (author, text) = (Self.text(body, "author"), Self.text(body, "text"))
        let incident: Incident
        do throws(IncidentError) {
            switch action {
            case .acknowledge: incident = try await book.acknowledge(id, author: author)
            case .assign: incident = try await book.assign(id, to: Self.text(body, "assignee"), author: author)
            case .note: incident = try await book.note(id, text: text, author: author)
            case .resolve: incident = try await book.resolve(id, text: text, author: author)
            case .reopen: incident = try await book.reopen(id, text: text, author: author)
            }
        } catch { throw Self.apiError(error) }
        return .json { Self.write(incident, to: &$0) }
    }

    private func mark(_ request: ServerRequest) async throws -> ServerResponse {
        let (body, book) = (try Self.body(of: request), try book())
        let range = TimeRange(from: try Self.time(body, "from"), to: try Self.time(body, "to"))
        let incident: Incident
        do throws(IncidentError) {
            incident = try await book.mark(
                title: Self.text(body, "title"), range: range, severity: body["severity"]?.string ?? "warning", author: Self.text(body, "author"))
        } catch { throw Self.apiError(error) }
        return .json(status: .created) { Self.write(incident, to: &$0) }
    }

    private static func body(of request: ServerRequest) throws(APIError) -> JSONValue {
        let body: JSONValue
        do throws(JSONError) { body = try JSONValue.parse(String(decoding: request.body.readableBytesView, as: UTF8.self)) } catch {
            throw APIError(.invalidRequest, "the body is not JSON: \(error.reason)")
        }
        guard body.members != nil else { throw APIError(.invalidRequest, "the body must be an object") }
        return body
    }

    private static func text(_ body: JSONValue, _ name: String) -> String { body[name]?.string ?? "" }

    private static func time(_ body: JSONValue, _ name: String) throws -> Timestamp {
        guard let text = body[name]?.string else { throw APIError(.invalidTime, "is missing", field: name, hint: "write a time such as 2026-03-05T16:03:00Z") }
        return try TimeExpression(text, field: name).resolve(now: .now(), zone: .utc, field: name)
    }

    // MARK: Errors

    private static func missing(_ id: String) -> APIError { APIError(.notFound, "there is no incident '\(id.prefix(64))'") }

    private static func apiError(_ error: IncidentError) -> APIError {
        switch error {
        case .notFound(let id): missing(id)
        case .invalid(let field, let reason): APIError(.invalidRequest, reason, field: field)
        case .notKept(let reason): APIError(.storageFull, "the change is made but not on the disk yet: \(reason)")
        }
    }

    // MARK: Writing

    static func write(_ incident: Incident, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", incident.id)
            object.member("title", incident.title)
            object.member("state", incident.state.rawValue)
            object.member("severity", incident.severity)
            object.member("started_at", incident.startedAt.iso8601)
            object.member("detected_at", incident.detectedAt.iso8601)
            object.member("acknowledged_at", incident.acknowledgedAt?.iso8601)
            object.member("resolved_at", incident.resolvedAt?.iso8601)
            object.member("assignee", incident.assignee)
            object.member("is_marked", incident.isMarked)
            object.array("alerts") { array in
                for labels in incident.alerts { array.object { object in for label in labels.labels { object.member(label.name, label.value) } } }
            }
            object.array("timeline") { array in
                for event in incident.timeline {
                    array.object { object in
                        object.member("at", event.at.iso8601)
                        object.member("kind", event.kind.rawValue)
                        object.member("author", event.author)
                        object.member("text", event.text)
                    }
                }
            }
        }
    }

    private static func write(_ week: IncidentWeek, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("week", week.name)
            object.member("from", week.from.iso8601)
            object.member("incidents", week.incidents)
            object.member("critical", week.critical)
            object.member("warning", week.warning)
            object.member("info", week.info)
            object.member("mttd_seconds", week.meanDetectSeconds)
            object.member("mtta_seconds", week.meanAcknowledgeSeconds)
            object.member("mttr_seconds", week.meanResolveSeconds)
        }
    }
}
