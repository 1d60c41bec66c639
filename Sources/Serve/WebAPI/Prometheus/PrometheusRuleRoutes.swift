internal import AlertRules
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import PromQL

/// `rules`, `alerts`, `alertmanagers` and `/-/reload` of the Prometheus API.
///
/// Source: prometheus/prometheus `web/api/v1/api.go`. What is added to it stands in docs/reference/alerting-api.md.
struct PrometheusRuleRoutes: Sendable {
    let alerts: AlertServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/rules") { try rules(try RuleQuestion($0)) }
        add(&router, ["GET"], "/api/v1/alerts") { _ in activeAlerts() }
        add(&router, ["GET"], "/api/v1/alertmanagers") { _ in alertmanagers() }
        add(&router, ["POST", "PUT"], "/-/reload") { _ in await reload() }
    }

    private func rules(_ question: RuleQuestion) throws(PrometheusError) -> ServerResponse {
        let (groups, next) = try question.answer(alerts.rules?.reports ?? [])
        return .prometheus { writer in
            writer.object { data in
                data.array("groups") { array in for group in groups { array.object { RuleJSON.write(group.report, group.rules, hasAlerts: question.hasAlerts, to: &$0) } } }
                if let next { data.member("groupNextToken", next) }
            }
        }
    }

    private func activeAlerts() -> ServerResponse {
        let reports = alerts.rules?.reports ?? []
        return .prometheus { writer in
            writer.object { data in
                data.array("alerts") { array in
                    for report in reports {
                        for rule in report.rules { for alert in rule.alerts ?? [] { array.object { RuleJSON.write(alert, of: rule, report.key, to: &$0) } } }
                    }
                }
            }
        }
    }

    private func alertmanagers() -> ServerResponse {
        .prometheus { writer in
            writer.object { data in
                data.array("activeAlertmanagers") { array in for url in alerts.alertmanagers() { array.object { $0.member("url", url) } } }
                data.array("droppedAlertmanagers") { _ in }
            }
        }
    }

    /// As a Prometheus answers with --web.enable-lifecycle.
    private func reload() async -> ServerResponse {
        guard let reload = alerts.reload else { return ServerResponse(status: .forbidden, text: "Alerting is switched off.\n") }
        let faults = await reload()
        guard !faults.isEmpty else { return ServerResponse(status: .ok, text: "") }
        return ServerResponse(status: .internalServerError, text: "failed to reload config: " + faults.joined(separator: "; ") + "\n")
    }
}

/// What `/api/v1/rules` was asked for.
struct RuleQuestion {
    private let names: Set<String>
    private let groups: Set<String>
    private let files: Set<String>
    private let matchers: [[SeriesMatcher]]
    private let hasAlertingRules: Bool
    private let hasRecordingRules: Bool
    let hasAlerts: Bool
    private let groupsMax: Int?
    private let token: String

    init(_ request: ServerRequest) throws(PrometheusError) {
        let parameters = try PrometheusParameters(request)
        names = Set(parameters.texts("rule_name[]"))
        groups = Set(parameters.texts("rule_group[]"))
        files = Set(parameters.texts("file[]"))
        var matchers: [[SeriesMatcher]] = []
        for text in parameters.texts("match[]") { matchers.append(try SeriesSelectorText.matchers(text, parameter: "match[]")) }
        self.matchers = matchers
        let type = parameters.text("type").lowercased()
        guard ["", "alert", "record"].contains(type) else { throw .invalid("type", "not supported value \"\(type)\"") }
        hasAlertingRules = type != "record"
        hasRecordingRules = type != "alert"
        hasAlerts = !(try Self.flag(parameters.text("exclude_alerts").lowercased()))
        token = parameters.text("group_next_token")
        groupsMax = try Self.groupsMax(parameters.text("group_limit"), hasToken: !token.isEmpty)
    }

    /// Go's `strconv.ParseBool`.
    private static func flag(_ text: String) throws(PrometheusError) -> Bool {
        switch text {
        case "", "0", "f", "false": return false
        case "1", "t", "true": return true
        default: throw .invalid("exclude_alerts", "error converting exclude_alerts: strconv.ParseBool: parsing \(text.goQuoted): invalid syntax")
        }
    }

    private static func groupsMax(_ text: String, hasToken: Bool) throws(PrometheusError) -> Int? {
        if text.isEmpty {
            if hasToken { throw .invalid("group_next_token", "group_limit needs to be present in order to paginate over the groups") }
            return nil
        }
        guard let number = Int32(text) else {
            throw .invalid("group_limit", "group_limit needs to be a valid number: strconv.ParseInt: parsing \(text.goQuoted): invalid syntax")
        }
        guard number > 0 else { throw .invalid("group_limit", "group_limit needs to be greater than 0") }
        return Int(number)
    }

    struct Group {
        let report: RuleGroupReport
        let rules: [RuleStatus]
    }

    /// The groups of a page that have rules asked for, and the token of the next page; nil on the last.
    func answer(_ reports: [RuleGroupReport]) throws(PrometheusError) -> (groups: [Group], next: String?) {
        var rest = reports[...]
        if !token.isEmpty {
            guard let start = reports.firstIndex(where: { Self.token(of: $0.key) == token }) else {
                throw .invalid("group_next_token", "invalid group_next_token '\(token)'. were rule groups changed?")
            }
            rest = reports[start...]
        }
        var found: [Group] = []
        for report in rest {
            guard groups.isEmpty || groups.contains(report.key.group), files.isEmpty || files.contains(report.key.file) else { continue }
            let rules = report.rules.filter(isAskedFor)
            if rules.isEmpty { continue }
            if let groupsMax, found.count == groupsMax { return (found, Self.token(of: report.key)) }
            found.append(Group(report: report, rules: rules))
        }
        return (found, nil)
    }

    private func isAskedFor(_ status: RuleStatus) -> Bool {
        guard status.alerts == nil ? hasRecordingRules : hasAlertingRules, names.isEmpty || names.contains(status.rule.name) else { return false }
        let labels = SeriesLabels(status.rule.labels)
        return matchers.isEmpty || matchers.contains { set in set.allSatisfy { $0.matches(labels) } }
    }

    /// Names the group without showing its path in an address.
    private static func token(of key: RuleGroupKey) -> String {
        AlertFingerprint(SeriesLabels([SeriesLabel("file", key.file), SeriesLabel("group", key.group)])).description
    }
}

/// Rules and alerts as the Prometheus API gives them.
enum RuleJSON {
    static func write(_ report: RuleGroupReport, _ rules: [RuleStatus], hasAlerts: Bool, to object: inout JSONWriter) {
        object.member("name", report.key.group)
        object.member("file", report.key.file)
        object.array("rules") { array in for rule in rules { array.object { write(rule, report.key, hasAlerts: hasAlerts, to: &$0) } } }
        object.member("interval", Double(report.interval) / 1_000)
        object.member("limit", report.limit)
        object.member("evaluationTime", report.evaluationSeconds)
        object.member("lastEvaluation", time(report.lastEvaluation))
    }

    private static func write(_ status: RuleStatus, _ key: RuleGroupKey, hasAlerts: Bool, to object: inout JSONWriter) {
        if case .alerting(let alert) = status.rule.kind { writeAlerting(status, alert, key, hasAlerts: hasAlerts, to: &object) } else { writeRecording(status, to: &object) }
        object.member("health", status.health.rawValue)
        if !status.lastError.isEmpty { object.member("lastError", status.lastError) }
        object.member("evaluationTime", status.evaluationSeconds)
        object.member("lastEvaluation", time(status.lastEvaluation))
        object.member("type", status.alerts == nil ? "recording" : "alerting")
        if let since = status.noDataSince { object.member("noDataSince", time(since)) }
    }

    private static func writeAlerting(_ status: RuleStatus, _ alert: AlertSpecification, _ key: RuleGroupKey, hasAlerts: Bool, to object: inout JSONWriter) {
        object.member("state", status.state?.rawValue ?? "unknown")
        object.member("name", alert.name)
        object.member("query", status.rule.expression.text)
        object.member("duration", Double(alert.holdDuration) / 1_000)
        object.member("keepFiringFor", Double(alert.keepFiringFor) / 1_000)
        write("labels", SeriesLabels(status.rule.labels), to: &object)
        write("annotations", SeriesLabels(alert.annotations), to: &object)
        object.array("alerts") { array in
            guard hasAlerts else { return }
            for active in status.alerts ?? [] { array.object { write(active, of: status, key, to: &$0) } }
        }
        write(status.threshold, to: &object)
        object.member("isFlapping", status.isFlapping)
        object.member("transitions", status.transitions)
    }

    private static func writeRecording(_ status: RuleStatus, to object: inout JSONWriter) {
        object.member("name", status.rule.name)
        object.member("query", status.rule.expression.text)
        if !status.rule.labels.isEmpty { write("labels", SeriesLabels(status.rule.labels), to: &object) }
    }

    static func write(_ alert: ActiveAlert, of status: RuleStatus, _ key: RuleGroupKey, to object: inout JSONWriter) {
        write("labels", alert.labels, to: &object)
        write("annotations", alert.annotations, to: &object)
        object.member("state", alert.state.rawValue)
        object.member("activeAt", time(alert.activeAt))
        if let since = alert.keepFiringSince { object.member("keepFiringSince", time(since)) }
        object.member("value", PrometheusNumber.of(alert.value, .exponent))
        object.member("group", key.group)
        object.member("file", key.file)
        object.member("query", status.rule.expression.text)
        write(status.threshold, to: &object)
    }

    private static func write(_ threshold: AlertThreshold?, to object: inout JSONWriter) {
        guard let threshold else { return }
        object.object("threshold") {
            $0.member("comparison", threshold.comparison.rawValue)
            $0.member("limit", threshold.limit)
        }
    }

    private static func write(_ name: String, _ labels: SeriesLabels, to object: inout JSONWriter) {
        object.key(name)
        SampleJSON.write(labels, to: &object)
    }

    /// Go's zero time before the first evaluation.
    private static func time(_ milliseconds: Int64?) -> String { milliseconds.map { Timestamp(microseconds: $0 * 1_000).iso8601 } ?? "0001-01-01T00:00:00Z" }
}
