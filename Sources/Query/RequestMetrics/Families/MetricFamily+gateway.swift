internal import GatewayModel
internal import RequestQuery

/// The families of an inference gateway's dashboards and alert rules, under their exact names; the doubled prefix is theirs.
extension MetricFamily {
    private static let prefix = "llm_gateway_llm_gateway_"

    /// The values of `error_type`: a closed list, see `docs/reference/metrics.md`.
    static let errorTypes = [
        "invalid_request", "authentication", "permission", "rate_limit", "quota", "timeout", "overloaded", "provider", "content_filter", "client_closed",
        "stream_interrupted",
    ]

    static let provider = FamilyLabel("provider", .provider)
    static let model = FamilyLabel("model", .model)
    /// `success` or `error`: a record without a class of failure succeeded.
    static let status = FamilyLabel("status", .errorType, absent: "success", present: "error", known: ["success", "error"])
    static let streaming = FamilyLabel("streaming", .stream, absent: "false", known: ["true", "false"])
    static let errorType = FamilyLabel("error_type", .errorType, known: errorTypes)

    /// A filter of the shipped table; a test proves that each is one.
    static func filter(_ text: String) -> QueryFilter {
        do throws(QueryError) { return try QueryFilter(text) } catch { preconditionFailure("the shipped filter '\(text)' is not one: \(error.message)") }
    }

    package static let gateway: [MetricFamily] = [
        MetricFamily(prefix + "requests_total", .counter, "Requests completed.", labels: [model, provider, status, streaming], .count),
        MetricFamily(
            prefix + "request_duration_seconds", .histogram, "Duration of whole requests, streamed body included.", unit: "seconds",
            labels: [model, provider, streaming], .histogram(.duration, .callDuration)),
        MetricFamily(
            prefix + "tokens_total", .counter, "Tokens; input tokens include cached ones, output tokens include reasoning.", labels: [model, provider],
            variants: tokenVariants("type")),
        MetricFamily(
            prefix + "active_requests", .gauge,
            "Requests under way, from records: those that had started and not yet completed. A request is known when it has completed, so that recent values still grow.",
            labels: [provider], .gauge(.activeRequests)),
        MetricFamily(
            prefix + "provider_health", .gauge,
            "1 unless at least half of the provider's requests of the last five minutes, and at least three, failed by its fault (timeout, overloaded, provider, stream_interrupted); computed from records.",
            labels: [provider], .gauge(.providerHealth)),
        MetricFamily(prefix + "errors_total", .counter, "Requests that failed.", labels: [provider, errorType], .count, where: filter("error_type: *")),
        MetricFamily(
            prefix + "circuit_breaker_state", .gauge, "0 closed, 1 open, 2 half-open. Only a proxy knows it: absent while none reports it.", labels: [provider], .unavailable),
        MetricFamily(
            prefix + "rate_limit_hits_total", .counter, "Requests answered with status 429, from records: the tenant is the client, the limit the class of the answer.",
            labels: [FamilyLabel("tenant", .client), FamilyLabel("limit_type", .errorType, known: ["rate_limit", "quota"])], .count,
            where: filter("error_type: (rate_limit or quota)")),
        MetricFamily(
            prefix + "cache_operations_total", .counter, "Look-ups in the gateway's answer cache.", labels: [],
            variants: ["hit", "miss"].map {
                FamilyVariant([SeriesLabel("operation", "get"), SeriesLabel("result", $0)], .count, where: filter("cache_status: \($0)"))
            }),
        MetricFamily(
            prefix + "ttft_seconds", .histogram, "Time to the first token of streams.", unit: "seconds", labels: [model, provider],
            .histogram(.timeToFirstToken, .firstToken)),
        MetricFamily(
            prefix + "tokens_per_second", .gauge,
            "Median over the requests of the last minute of output tokens per second after the first token; absent without requests.",
            labels: [model, provider], .gauge(.tokensPerSecond)),
    ]

    /// Input and output tokens under a label of this name.
    static func tokenVariants(_ label: String) -> [FamilyVariant] {
        [
            FamilyVariant([SeriesLabel(label, "input")], .sum(.inputTokens)),
            FamilyVariant([SeriesLabel(label, "output")], .sum(.outputTokens)),
        ]
    }
}
