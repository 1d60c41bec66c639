/// The metric families that objectives are measured by. Their names, labels and limits are those of docs/reference/metrics.md.
enum ObjectiveFamily {
    static let requests = "llm_gateway_llm_gateway_requests_total"
    /// With the class of each failure, which the one above has not.
    static let requestsByError = "gatewatch_requests_total"
    static let duration = "llm_gateway_llm_gateway_request_duration_seconds"
    static let ttft = "llm_gateway_llm_gateway_ttft_seconds"
    static let cost = "gatewatch_cost_usd_total"

    /// Limits of the histograms in seconds: between them nothing is counted.
    static let durationLimits = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30, 60, 120, 300]
    static let ttftLimits = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 20, 30]
    static let errorTypes = [
        "invalid_request", "authentication", "permission", "rate_limit", "quota", "timeout", "overloaded", "provider", "content_filter", "client_closed",
        "stream_interrupted",
    ]
}
