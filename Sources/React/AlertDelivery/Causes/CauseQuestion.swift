internal import GatewayModel
internal import PromQL
internal import RequestQuery

/// What of the records an alert is about: what is counted before and after it began, and in which direction that is bad.
struct CauseQuestion: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case errors
        /// Requests for which the field is above so many microseconds.
        case slow(RequestField, aboveMicroseconds: Int64)
        case requests
        case cost
        case tokens
    }

    var kind: Kind
    /// Whether there is too little of it.
    var isDrop: Bool

    /// - Returns: nil for an alert about something that no request tells of: a machine, a cluster, Gatewatch itself.
    init?(_ alert: Alert) {
        guard let evidence = alert.evidence, let expression = try? PromQLParser.parse(evidence.expression) else { return nil }
        let matchers = expression.selectors.flatMap { $0 }
        let names = matchers.filter { $0.name == SeriesLabels.metricName }.map { $0.value.lowercased() }
        guard !names.contains(where: { name in Self.elsewhere.contains { name.hasPrefix($0) } }) else { return nil }
        let values = matchers.map { "\($0.name)=\($0.value)".lowercased() }
        func mentions(_ words: [String]) -> Bool { (names + values).contains { text in words.contains { text.contains($0) } } }
        let isBelow = evidence.threshold.map { $0.comparison == .less || $0.comparison == .lessOrEqual } ?? false
        isDrop = false
        if mentions(["error", "fail", "5xx", "status=5", "exception", "rate_limit", "timeout", "availab", "success"]) {
            kind = .errors
        } else if mentions(["duration", "latency", "ttft", "first_token", "_seconds_bucket", "response_time"]) {
            let isFirstToken = mentions(["ttft", "first_token"])
            guard let limit = evidence.threshold?.limit, ValueUnit(of: expression).base == .seconds, limit > 0, limit < 1e6 else { return nil }
            kind = .slow(isFirstToken ? .timeToFirstToken : .duration, aboveMicroseconds: Int64(limit * 1e6))
        } else if mentions(["cost", "usd", "spend", "budget"]) {
            (kind, isDrop) = (.cost, isBelow)
        } else if mentions(["token"]) {
            (kind, isDrop) = (.tokens, isBelow)
        } else if mentions(["request", "call"]) {
            (kind, isDrop) = (.requests, isBelow)
        } else { return nil }
    }

    /// What metrics about other things begin with.
    private static let elsewhere = [
        "node_", "process_", "go_", "elasticsearch_", "scrape_", "prometheus_", "alertmanager_", "kube_", "container_", "machine_", "gatewatch_ingest", "gatewatch_store", "gatewatch_storage", "gatewatch_rule",
        "gatewatch_alert", "gatewatch_notif", "gatewatch_deliver", "gatewatch_scrape", "gatewatch_query", "gatewatch_http", "gatewatch_disk", "gatewatch_merge", "alerts",
    ]

    /// The measure to add up: first what it is about; then all requests, for what is usual.
    func measures(_ filter: (String) throws(QueryError) -> QueryFilter) throws(QueryError) -> [QueryMeasure] {
        switch kind {
        case .errors: [QueryMeasure(.countWhere(try filter(Self.failed)), name: "amount"), QueryMeasure(.count, name: "requests")]
        case .slow(let field, let limit):
            [QueryMeasure(.countWhere(QueryFilter(text: "slow", filter: .range(field, (limit + 1)...Int64.max))), name: "amount"), QueryMeasure(.count, name: "requests")]
        case .requests: [QueryMeasure(.count, name: "amount"), QueryMeasure(.count, name: "requests")]
        case .cost: [QueryMeasure(.sum(.cost), name: "amount"), QueryMeasure(.count, name: "requests")]
        case .tokens: [QueryMeasure(.sum(.inputTokens), name: "amount"), QueryMeasure(.count, name: "requests"), QueryMeasure(.sum(.outputTokens), name: "more")]
        }
    }

    /// Clients that hang up are not the failure that people are woken for.
    static let failed = "error_type: * and not error_type: client_closed"

    /// Below this nothing is said: a handful is chance.
    var amountMin: Double { kind == .cost ? 0.01 : kind == .tokens ? 1_000 : 5 }

    /// `312 of 340 additional errors`
    func figures(_ amount: Double, of total: Double) -> String {
        let direction = isDrop ? "missing" : "additional"
        func counted(_ what: String) -> String { "\(ReadableNumber.text(amount.rounded(), ValueUnit(.count))) of \(ReadableNumber.text(total.rounded(), ValueUnit(.count))) \(what)" }
        return switch kind {
        case .errors: counted("additional errors")
        case .slow(let field, let limit):
            counted("additional requests \(field == .duration ? "slower than" : "with a first token after") \(ReadableNumber.duration(Double(limit) / 1e6))")
        case .requests: counted("\(direction) requests")
        case .tokens: counted("\(direction) tokens")
        case .cost: "\(ReadableNumber.text(amount, ValueUnit(.dollars))) of \(ReadableNumber.text(total, ValueUnit(.dollars))) \(isDrop ? "missing" : "additional") cost"
        }
    }
}
