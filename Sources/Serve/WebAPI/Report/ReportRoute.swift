internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import Incidents
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// `GET /report`: the executive report of a month.
struct ReportRoute: Sendable {
    let services: WebServices

    /// Incidents that a report lists; a month with more has other worries than a list.
    private static let incidentsMax = 40
    /// Days of the past that growth is told of.
    private static let growthDays = 90

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/report") { try await report($0) }
    }

    private func report(_ request: ServerRequest) async throws -> ServerResponse {
        let zone = try QueryTimeZone(request.query("time_zone") ?? "UTC")
        let now = Timestamp.now()
        let month = try ReportMonth(request.query("month"), now: now, zone: zone)
        let questions = MonthlyQuestions(month: month, timeZone: zone.identifier)
        let queries = try questions.queries()
        guard let range = try queries.first?.range(now: now) else { throw APIError(.internal, "the report asks nothing") }
        var answers: [QueryResult] = []
        for answer in try await services.queries(of: request).answers(queries.map { .success($0) }) { answers.append(try answer.get()) }
        var figures = questions.figures(answers, isRunning: range.from <= now && now < range.to)
        figures.incidents = (services.alerts.incidents?.incidents(in: range, limit: Self.incidentsMax) ?? []).sorted { $0.startedAt < $1.startedAt }.map {
            MonthlyFigures.Event(id: $0.id, title: $0.title, severity: $0.severity, started: $0.startedAt, resolved: $0.resolvedAt)
        }
        figures.growth = try await growth(request, zone)
        return Self.page(ReportPage(figures, clock: { zone.minute($0) }).html)
    }

    /// How the peaks grow, in a sentence; nil where there is too little past, or no growth to speak of.
    private func growth(_ request: ServerRequest, _ zone: QueryTimeZone) async throws -> String? {
        let answer = try await services.queries(of: request).answer(try DailyLoads.query(measure: "rate", days: Self.growthDays, timeZone: zone.identifier))
        guard let trend = CapacityTrend(DailyLoads(answer).days), trend.level > 0, trend.slopeLow * trend.slopeHigh > 0 else { return nil }
        let share = (abs(trend.slopePerWeek) / trend.level * 1_000).rounded() / 10
        return "The daily peaks \(trend.slopePerWeek > 0 ? "grow" : "shrink") by about \(share) % a week."
    }

    private static func page(_ html: String) -> ServerResponse {
        var response = ServerResponse(contentType: "text/html; charset=utf-8", body: .bytes(.init(string: html)))
        for (name, value) in [
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-cache"),
        ] { response.headers.add(name: name, value: value) }
        return response
    }
}

extension QueryTimeZone {
    /// An instant on the wall's clock, to the minute: `2026-10-05 14:03`.
    fileprivate func minute(_ time: Timestamp) -> String {
        let text = Timestamp(microseconds: time.microseconds + offset(at: time)).iso8601
        return String(text.prefix(16).map { $0 == "T" ? " " : $0 })
    }
}
