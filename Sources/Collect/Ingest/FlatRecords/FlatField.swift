internal import GatewayModel

/// What a flat key means: the field it fills and how its value is written.
struct FlatField: Sendable {
    let field: RequestField
    let rule: FlatRule
}

/// How the value of a flat key is written.
enum FlatRule: Sendable {
    case text, status, size, count, tokens, bool, dollars
    /// Durations; `apisixTime` is milliseconds as a number and seconds as nginx's text with three decimals.
    case microseconds, milliseconds, seconds, apisixTime
    /// Instants: of the beginning, and of the end (which is when nginx evaluates its time variables for the log).
    case startTime, endTime
    /// Milliseconds to what is the first token of a stream and the whole body otherwise.
    case firstToken
    /// Time the upstream took, from a variable that other fields override.
    case upstreamTime
    /// Token counts that APISIX passes on from the provider, `0` when unknown.
    case promptTokens, completionTokens
    case path, requestLine, upstream, instance, requestType, traceparent, cacheStatus, finishReasons, errorClass, summary
    /// A key that only Gatewatch's own exports have; its value is made anew.
    case canonical
    /// Known, and of no use.
    case ignored
    /// A key of a gateway whose format is not read: the document must not be taken for something it is not.
    case foreign
}

/// The keys of flat records: those of Gatewatch's own exports (field names, attributes and aliases of the schema), the variables of
/// APISIX and nginx under their own names, and the operator's map.
///
/// Sources of the variables: apache/apisix `apisix/core/ctx.lua` and `apisix/cli/ngx_tpl.lua`; nginx's
/// [variable index](https://nginx.org/en/docs/varindex.html).
enum FlatFieldNames {
    /// Every known key; later entries win.
    static func all() -> [(String, FlatField)] { canonical + variables + columns }

    private static func field(_ field: RequestField, _ rule: FlatRule) -> FlatField { FlatField(field: field, rule: rule) }

    /// Names, attributes and aliases of the schema, in the units of exports: seconds, dollars, ISO 8601.
    private static var canonical: [(String, FlatField)] {
        RequestSchema.definitions.flatMap { definition in
            let meaning = field(definition.field, canonicalRule(definition.field))
            return ([definition.name, definition.attribute] + definition.aliases).map { ($0, meaning) }
        }
    }

    private static func canonicalRule(_ field: RequestField) -> FlatRule {
        switch field {
        case .time: return .endTime
        case .start: return .startTime
        case .receivedAt, .observer: return .canonical
        case .sequence, .source, .index, .documentID, .statusClass, .cost, .costSource: return .ignored
        case .status: return .status
        case .path: return .path
        case .finishReason: return .finishReasons
        case .errorType: return .errorClass
        case .cacheStatus: return .cacheStatus
        default: break
        }
        switch field.unit {
        case .duration: return .seconds
        case .money: return .dollars
        case .tokens: return .tokens
        case .bytes: return .size
        case .count: return .count
        case .boolean: return .bool
        case .instant: return .endTime
        case .none: return .text
        }
    }

    /// Variables, without their `$`; and the keys that `log_format_extra` is recommended to use for them.
    private static let variables: [(String, FlatField)] = [
        ("latency", field(.duration, .apisixTime)), ("upstream_latency", field(.upstreamDuration, .apisixTime)),
        ("apisix_latency", field(.gatewayOverhead, .milliseconds)),
        ("request_time", field(.duration, .seconds)), ("upstream_response_time", field(.upstreamDuration, .upstreamTime)),
        ("apisix_upstream_response_time", field(.upstreamDuration, .upstreamTime)), ("upstream_header_time", field(.upstreamTimeToFirstByte, .seconds)),
        ("time_iso8601", field(.time, .endTime)), ("time_local", field(.time, .endTime)), ("msec", field(.time, .endTime)),
        ("uri", field(.path, .path)), ("request_uri", field(.path, .path)), ("url", field(.path, .path)), ("request", field(.path, .requestLine)),
        ("request_method", field(.method, .text)), ("request_length", field(.requestSize, .size)), ("bytes_sent", field(.responseSize, .size)),
        ("body_bytes_sent", field(.responseSize, .size)), ("remote_addr", field(.clientAddress, .text)), ("http_user_agent", field(.userAgent, .text)),
        ("http_traceparent", field(.traceID, .traceparent)), ("traceparent", field(.traceID, .traceparent)),
        ("upstream_addr", field(.serverAddress, .upstream)), ("upstream", field(.serverAddress, .upstream)),
        ("hostname", field(.gatewayNode, .text)), ("apisix_request_id", field(.requestID, .text)), ("request_id", field(.requestID, .text)),
        ("provider_request_id", field(.providerRequestID, .text)), ("sent_http_x_request_id", field(.providerRequestID, .text)),
        ("upstream_http_x_request_id", field(.providerRequestID, .text)), ("sent_http_x_ai_cache_status", field(.cacheStatus, .cacheStatus)),
        ("cache", field(.cacheStatus, .cacheStatus)), ("consumer_name", field(.client, .text)), ("remote_user", field(.client, .text)),
        ("consumer_group_id", field(.team, .text)), ("route_name", field(.route, .text)), ("service_name", field(.service, .text)),
        ("balancer_ip", field(.provider, .instance)), ("instance", field(.provider, .instance)), ("request_type", field(.operation, .requestType)),
        ("request_llm_model", field(.requestModel, .text)), ("llm_model", field(.upstreamModel, .text)),
        ("llm_time_to_first_token", field(.timeToFirstToken, .firstToken)), ("llm_prompt_tokens", field(.inputTokens, .promptTokens)),
        ("llm_completion_tokens", field(.outputTokens, .completionTokens)), ("llm_total_tokens", field(.totalTokens, .tokens)),
        ("llm_cache_read_input_tokens", field(.cacheReadTokens, .tokens)), ("llm_cache_creation_input_tokens", field(.cacheCreationTokens, .tokens)),
        ("llm_reasoning_tokens", field(.reasoningTokens, .tokens)), ("llm_stream", field(.stream, .bool)),
        ("llm_tool_count", field(.toolCount, .count)), ("llm_has_tool_calls", field(.toolCalled, .bool)), ("llm_end_user_id", field(.user, .text)),
        ("llm_content_risk_level", field(.guardrailStatus, .text)), ("llm_summary", field(.operation, .summary)),
        ("llm_request", field(.operation, .ignored)), ("llm_response_text", field(.operation, .ignored)),
        ("prompt_tokens", field(.inputTokens, .promptTokens)), ("completion_tokens", field(.outputTokens, .completionTokens)),
        // Kong's serializer looks much like APISIX's; these keys it has alone.
        ("latencies", field(.duration, .foreign)), ("tries", field(.duration, .foreign)),
    ]

    /// The columns of the index mapping in the Noveum gateway's guide.
    private static let columns: [(String, FlatField)] = [
        ("total_latency_ms", field(.duration, .milliseconds)), ("provider_latency_ms", field(.upstreamDuration, .milliseconds)),
    ]

    /// Fields that say something about a call.
    static let substance: Set<RequestField> = [
        .status, .duration, .path, .model, .requestModel, .upstreamModel, .responseModel, .operation, .inputTokens, .outputTokens, .totalTokens,
        .timeToFirstToken,
    ]
}
