internal import AlertRules
internal import ByteCoding
internal import GatewayModel
internal import PromQL
internal import RequestQuery

/// The body of a question for a backtest, read: see `docs/reference/backtest.md`.
struct BacktestForm {
    private let body: JSONValue

    /// Incidents of one question; somebody who marks more has not looked at them.
    private static let incidentsMax = 10_000
    /// The past that is replayed when nobody says: a week.
    private static let spanStandard = "now-7d"
    /// Milliseconds between evaluations of an expression that belongs to no group.
    private static let intervalStandard: Int64 = 60_000

    init(_ body: JSONValue) { self.body = body }

    /// The rule that the body names or is.
    private struct Subject {
        var expression: Expression
        var text: String
        var holdDuration: Int64
        var keepFiringFor: Int64
        var labels: [SeriesLabel]
        var interval: Int64
    }

    /// - Parameters:
    ///   - files: the rules that can be named.
    ///   - incidentSpans: incidents that are known, where the body gives none.
    func question(now: Timestamp, files: [RuleFile], interval: Int64?, incidentSpans: (Int64, Int64) -> [TimeSpan]) throws -> BacktestQuestion {
        let subject = try subject(files, interval ?? Self.intervalStandard)
        let from = try time("from", body, standard: Self.spanStandard, now)
        let to = try time("to", body, standard: "now", now)
        guard from < to else { throw APIError(.invalidTime, "to must lie after from", field: "to") }
        let step = try AlertingBody.duration("step_seconds", body)
        if step == 0 { throw APIError(.invalidRequest, "step_seconds must be more than 0", field: "step_seconds") }
        return BacktestQuestion(
            expression: subject.expression, text: subject.text, holdDuration: try AlertingBody.duration("for_seconds", body) ?? subject.holdDuration,
            keepFiringFor: try AlertingBody.duration("keep_firing_for_seconds", body) ?? subject.keepFiringFor, labels: subject.labels,
            grid: BacktestQuestion.grid(from: from, to: to, interval: subject.interval, step: step), limit: try AlertingBody.number("threshold", body),
            pagesPerWeekMax: try AlertingBody.number("noise_budget_per_week", body, atLeast: 0), groupBy: try groupBy(),
            incidents: try incidents(now) ?? incidentSpans(from, to))
    }

    private func subject(_ files: [RuleFile], _ interval: Int64) throws(APIError) -> Subject {
        if let rule = body["rule"], rule != .null { return try named(rule, files, interval) }
        guard let text = try AlertingBody.text("expr", body) else {
            throw APIError(.invalidRequest, "send rule, the name of a loaded rule, or expr, an expression")
        }
        var labels: [SeriesLabel] = []
        if case .object(let members)? = body["labels"] { labels = members.compactMap { member in member.value.string.map { SeriesLabel(member.name, $0) } } }
        let interval = try AlertingBody.duration("interval_seconds", body) ?? interval
        return Subject(
            expression: try AlertingBody.expression(text, field: "expr"), text: text, holdDuration: 0, keepFiringFor: 0, labels: labels,
            interval: max(1, interval))
    }

    private func named(_ rule: JSONValue, _ files: [RuleFile], _ interval: Int64) throws(APIError) -> Subject {
        guard let name = try AlertingBody.text("name", rule) else { throw APIError(.invalidRequest, "rule needs a name", field: "rule") }
        let (file, group) = (try AlertingBody.text("file", rule), try AlertingBody.text("group", rule))
        for candidate in files where file == nil || candidate.path == file {
            for found in candidate.groups where group == nil || found.name == group {
                for rule in found.rules {
                    guard case .alerting(let alert) = rule.kind, alert.name == name else { continue }
                    return Subject(
                        expression: rule.expression, text: rule.text, holdDuration: alert.holdDuration, keepFiringFor: alert.keepFiringFor, labels: rule.labels,
                        interval: found.interval ?? interval)
                }
            }
        }
        throw APIError(.notFound, "there is no alert \(name) among the loaded rules", field: "rule")
    }

    // MARK: Members

    private func time(_ name: String, _ object: JSONValue, standard: String?, _ now: Timestamp) throws -> Int64 {
        let text: String
        switch object[name] {
        case .string(let written)?: text = written
        case .number(let number)?: text = String(number.double)
        default:
            guard let standard else { throw APIError(.invalidTime, "\(name) is missing", field: name) }
            text = standard
        }
        return try TimeExpression(text, field: name).resolve(now: now, zone: .utc, field: name).microseconds / 1_000
    }

    private func groupBy() throws(APIError) -> [String] {
        guard let value = body["group_by"], value != .null else { return [] }
        guard let elements = value.elements else { throw APIError(.invalidRequest, "group_by must be a list of names of labels", field: "group_by") }
        return elements.compactMap(\.string)
    }

    /// nil when the body names none.
    private func incidents(_ now: Timestamp) throws -> [TimeSpan]? {
        guard let value = body["incidents"], value != .null else { return nil }
        guard let elements = value.elements, elements.count <= Self.incidentsMax else {
            throw APIError(.invalidRequest, "incidents must be a list of at most \(Self.incidentsMax) objects with from and to", field: "incidents")
        }
        return try elements.map { TimeSpan(from: try time("from", $0, standard: nil, now), to: try time("to", $0, standard: nil, now)) }.sorted()
    }
}
