internal import GatewayModel
internal import RequestQuery

/// OpenTelemetry's metrics of generative AI in Prometheus spelling.
///
/// Source: open-telemetry/semantic-conventions v1.41.1, `docs/gen-ai/gen-ai-metrics.md`. `gen_ai.server.time_per_output_token` and
/// `gen_ai.client.operation.time_per_output_chunk` are left out: they need a number of each record that is not one of its fields.
extension MetricFamily {
    private static let calls = [
        FamilyLabel("gen_ai_operation_name", .operation), FamilyLabel("gen_ai_provider_name", .provider), FamilyLabel("gen_ai_request_model", .requestModel),
        FamilyLabel("gen_ai_response_model", .responseModel),
    ]
    private static let failedCalls = calls + [FamilyLabel("error_type", .errorType)]
    private static let isCall = filter("operation: *")
    private static let isStream = filter("operation: * and stream: true")

    package static let openTelemetry: [MetricFamily] = [
        MetricFamily(
            "gen_ai_client_token_usage", .histogram, "Tokens of a call.", labels: calls,
            variants: [
                FamilyVariant([SeriesLabel("gen_ai_token_type", "input")], .histogram(.inputTokens, .openTelemetryTokens), where: isCall),
                FamilyVariant([SeriesLabel("gen_ai_token_type", "output")], .histogram(.outputTokens, .openTelemetryTokens), where: isCall),
            ], zeroes: isCall),
        MetricFamily(
            "gen_ai_client_operation_duration_seconds", .histogram, "Duration of calls as the client saw them.", unit: "seconds", labels: failedCalls,
            .histogram(.duration, .openTelemetryDuration), where: isCall, zeroes: isCall),
        MetricFamily(
            "gen_ai_client_operation_time_to_first_chunk_seconds", .histogram, "Time to the first chunk of streams.", unit: "seconds", labels: calls,
            .histogram(.timeToFirstToken, .openTelemetryDuration), where: isStream, zeroes: isStream),
        MetricFamily(
            "gen_ai_server_request_duration_seconds", .histogram, "Duration of calls.", unit: "seconds", labels: failedCalls,
            .histogram(.duration, .openTelemetryDuration), where: isCall, zeroes: isCall),
        MetricFamily(
            "gen_ai_server_time_to_first_token_seconds", .histogram, "Time to the first token of streams.", unit: "seconds", labels: calls,
            .histogram(.timeToFirstToken, .openTelemetryFirstToken), where: isStream, zeroes: isStream),
    ]
}
