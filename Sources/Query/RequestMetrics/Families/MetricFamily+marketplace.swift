internal import GatewayModel
internal import RequestQuery

/// The families of a model marketplace's metrics API, under their exact names.
extension MetricFamily {
    package static let marketplace: [MetricFamily] = [
        MetricFamily(
            "provider_availability", .gauge,
            "Share of the provider's requests of the last five minutes that did not fail by its fault (0 to 1); absent without requests.",
            labels: [provider], .gauge(.provider(.availability))),
        MetricFamily(
            "provider_error_rate", .gauge,
            "Share of the provider's requests of the last five minutes that failed, those closed by the client left out (0 to 1); absent without requests.",
            labels: [provider], .gauge(.provider(.errorRate))),
        MetricFamily(
            "provider_response_time_seconds", .histogram, "Duration of requests by provider.", unit: "seconds", labels: [provider],
            .histogram(.duration, .callDuration)),
        MetricFamily(
            "gatewayz_provider_health_score", .gauge, "0.4 availability + 0.3 (1 - error rate) + 0.3 latency score over the last five minutes (0 to 1).",
            labels: [provider], .gauge(.provider(.healthScore))),
        MetricFamily(
            "gatewayz_provider_health_component", .gauge,
            "The parts of the health score, each from 0 to 1: availability, error_rate, and latency_score = 1 - (p95 - 2 s) / 8 s, capped.",
            labels: [provider],
            variants: [ProviderFigure.availability, .errorRate, .latencyScore].map {
                FamilyVariant([SeriesLabel("component", $0.rawValue)], .gauge(.provider($0)))
            }),
        MetricFamily("gatewayz_cost_by_provider", .gauge, "Dollars spent, added up over all time.", labels: [provider], .sum(.cost)),
        MetricFamily(
            "gatewayz_token_efficiency", .gauge, "Output tokens per input token over the last hour; absent without input tokens.", labels: [provider, model],
            .gauge(.tokenEfficiency)),
        MetricFamily(
            "tokens_used_total", .counter, "Tokens; input tokens include cached ones, output tokens include reasoning.", labels: [provider, model],
            variants: tokenVariants("token_type")),
        MetricFamily("credits_used_total", .counter, "Dollars spent.", labels: [provider, model], .sum(.cost)),
        MetricFamily("model_inference_requests_total", .counter, "Requests completed.", labels: [provider, model, status], .count),
        MetricFamily(
            "model_inference_duration_seconds", .histogram, "Duration of requests by model.", unit: "seconds", labels: [provider, model],
            .histogram(.duration, .inferenceDuration)),
        MetricFamily("active_api_keys", .gauge, "Distinct clients of the last 24 hours.", labels: [], .gauge(.activeClients)),
        MetricFamily("subscription_count", .gauge, "Subscriptions. Records do not tell: absent until a source reports it.", labels: [], .unavailable),
        MetricFamily("trial_active", .gauge, "Trials under way. Records do not tell: absent until a source reports it.", labels: [], .unavailable),
        MetricFamily("cache_hits_total", .counter, "Requests answered from the gateway's cache.", labels: [provider], .count, where: filter("cache_status: hit")),
    ]
}
