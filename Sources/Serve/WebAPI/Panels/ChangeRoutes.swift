internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import RequestQuery

/// `POST /api/v1/changes`: what explains the difference between a span and the time before it.
struct ChangeRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/changes") { try await answer($0) }
    }

    private func answer(_ request: ServerRequest) async throws -> ServerResponse {
        let now = Timestamp.now()
        let question = try Self.question(try AlertingBody.object(request), now: now)
        let queries = services.queries(of: request)
        let (reader, limits, cache) = (services.reader, queries.runner.limits, queries.runner.cache)
        let answer = try await queries.perform { cancellation throws(QueryError) in
            let snapshot = reader.snapshot(of: TimeRange(from: question.baseline.from, to: question.span.to))
            return try ChangeFinder.run(question, over: snapshot, now: now, limits: limits, cache: cache, cancellation: cancellation)
        }
        return .json { answer.writeJSON(to: &$0) }
    }

    private static let members = ["from", "to", "baseline_from", "baseline_to", "where", "measure", "limit", "fields", "time_zone"]

    private static func question(_ body: JSONValue, now: Timestamp) throws -> ChangeQuestion {
        if let other = body.members?.first(where: { !members.contains($0.name) }) {
            let name = String(other.name.prefix(64))
            throw APIError(.invalidRequest, "there is no key '\(name)'", field: name, hint: "one of: " + members.joined(separator: ", "))
        }
        let zone = try AlertingBody.text("time_zone", body).map { try QueryTimeZone($0) } ?? .utc
        func time(_ name: String) throws -> Timestamp? { try TimeExpression(member: name, of: body)?.resolve(now: now, zone: zone, field: name) }
        let span = TimeRange(from: try time("from") ?? Timestamp(microseconds: now.microseconds - 3_600 * Timestamp.microsecondsPerSecond), to: try time("to") ?? now)
        guard !span.isEmpty else { throw QueryError(.invalidTime, "the span is empty: from is not before to", field: "from") }
        var baseline = ChangeQuestion.baseline(of: span)
        if let from = try time("baseline_from") { baseline.from = from }
        if let to = try time("baseline_to") { baseline.to = to }
        let measure = try QueryMeasure(try AlertingBody.text("measure", body) ?? "count", field: "measure")
        var question = ChangeQuestion(span: span, baseline: baseline, measure: measure)
        question.filter = try QueryFilter(try AlertingBody.text("where", body) ?? "")
        if let limit = try AlertingBody.number("limit", body, atLeast: 1) { question.limit = Int(min(limit, Double(ChangeQuestion.limitMax) + 1)) }
        question.fields = try fields(body)
        return question
    }

    private static func fields(_ body: JSONValue) throws -> [RequestField]? {
        switch body["fields"] {
        case nil, .null: return nil
        case .array(let elements):
            return try elements.map { element in
                guard let name = element.string, let field = RequestField(named: name) else {
                    throw APIError(.unknownField, "there is no field '\(element.string?.prefix(64) ?? "")'", field: "fields", hint: "see /api/v1/fields for the fields")
                }
                return field
            }
        default: throw APIError(.invalidRequest, "fields must be a list of names", field: "fields")
        }
    }
}

extension TimeExpression {
    /// The time that a member of a JSON object says; nil when it is not there, or null.
    init?(member name: String, of body: JSONValue) throws {
        switch body[name] {
        case nil, .null: return nil
        case .string(let text): self = try TimeExpression(text, field: name)
        case .number(let number): self = try TimeExpression(number.integer.map { String($0) } ?? String(number.double), field: name)
        default: throw APIError(.invalidTime, "\(name) must be a time", field: name, hint: "write 2026-03-05T16:03:00Z, now-15m or epoch seconds")
        }
    }
}
