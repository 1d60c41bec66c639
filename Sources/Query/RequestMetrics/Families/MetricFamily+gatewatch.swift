internal import GatewayModel
internal import RequestQuery

/// Gatewatch's own view of the traffic: with names of the field, and with who asked.
extension MetricFamily {
    private static let client = FamilyLabel("client", .client)
    private static let team = FamilyLabel("team", .team)

    package static let own: [MetricFamily] = [
        MetricFamily(
            "gatewatch_requests_total", .counter, "Requests completed, by answer.",
            labels: [provider, model, FamilyLabel("operation", .operation), FamilyLabel("route", .route), FamilyLabel("status_code", .status), FamilyLabel("error_type", .errorType)],
            .count),
        MetricFamily(
            "gatewatch_request_duration_seconds", .histogram, "Duration of whole requests, streamed body included.", unit: "seconds",
            labels: [provider, model, status], .histogram(.duration, .callDuration)),
        MetricFamily(
            "gatewatch_ttft_seconds", .histogram, "Time to the first token of streams.", unit: "seconds", labels: [provider, model],
            .histogram(.timeToFirstToken, .firstToken)),
        MetricFamily("gatewatch_cost_usd_total", .counter, "Price of the requests, by the price book valid at their time.", unit: "", labels: [provider, model], .sum(.cost)),
        MetricFamily(
            "gatewatch_failed_cost_usd_total", .counter, "Price of the requests that failed, by what they failed of.", labels: [provider, model, errorType], .sum(.cost),
            where: filter("error_type: *")),
        MetricFamily(
            "gatewatch_spend_usd", .gauge, "Price of the requests since midnight (period=\"day\") or since the first of the month (period=\"month\"), both of UTC.",
            labels: [provider, model],
            variants: SpendPeriod.allCases.map { FamilyVariant([SeriesLabel("period", $0.rawValue)], .gauge(.spend($0))) }),
        MetricFamily(
            "gatewatch_tokens_total", .counter,
            "Tokens. cache_read and cache_creation are parts of input, reasoning is a part of output: add up input and output only.", labels: [provider, model],
            variants: tokenVariants("type") + [
                FamilyVariant([SeriesLabel("type", "cache_read")], .sum(.cacheReadTokens)),
                FamilyVariant([SeriesLabel("type", "cache_creation")], .sum(.cacheCreationTokens)),
                FamilyVariant([SeriesLabel("type", "reasoning")], .sum(.reasoningTokens)),
            ]),
        MetricFamily("gatewatch_client_requests_total", .counter, "Requests completed, by who asked.", labels: [client, team, status], .count),
        MetricFamily("gatewatch_client_cost_usd_total", .counter, "Price of the requests, by who asked.", labels: [client, team], .sum(.cost)),
        MetricFamily("gatewatch_client_tokens_total", .counter, "Tokens, by who asked.", labels: [client, team], variants: tokenVariants("type")),
    ]

    /// All families that come with the program.
    package static let shipped = gateway + marketplace + openTelemetry + own
}
