internal import ByteCoding
internal import GatewayModel

/// Records as the documents that Elasticsearch clients expect: in the shape of the gateway that sent them, made from the columns.
///
/// What Gatewatch does not keep (bodies, prompts, headers, query strings) is not in them.
enum ElasticSource {
    static func document(of record: RequestRecord) -> JSONValue {
        switch record.text(.gateway) {
        case "noveum": noveum(record)
        case "apisix": apisix(record)
        default: canonical(record)
        }
    }

    // MARK: Shapes

    /// Every present field under its attribute name, in edge units.
    private static func canonical(_ record: RequestRecord) -> JSONValue {
        .object(RequestSchema.definitions.compactMap { definition in
            value(record, definition).map { JSONValue.Member(name: definition.attribute, value: $0) }
        })
    }

    private static func noveum(_ record: RequestRecord) -> JSONValue {
        let tokens = object([
            ("input", integer(record, .inputTokens)), ("output", integer(record, .outputTokens)), ("total", integer(record, .totalTokens)),
        ], keepsNull: true)
        let metadata = object([
            ("project_id", text(record, .project)), ("latency", milliseconds(record, .duration)), ("ttfb", milliseconds(record, .upstreamTimeToFirstByte)), ("tokens", tokens),
            ("cost", dollars(record, .costReported)), ("status", .string(record.text(.errorType) == nil ? "success" : "error")), ("path", text(record, .path)),
            ("method", text(record, .method)), ("request_size", integer(record, .requestSize)), ("response_size", integer(record, .responseSize)),
            ("provider_latency", milliseconds(record, .upstreamDuration)), ("status_code", integer(record, .status)), ("error_type", text(record, .errorType)),
            ("provider_request_id", text(record, .providerRequestID)),
        ], keepsNull: true)
        let attributes = object([
            ("id", text(record, .requestID)), ("org_id", text(record, .organization)), ("user_id", text(record, .user)), ("project_id", text(record, .project)),
            ("experiment_id", text(record, .experiment)), ("provider", text(record, .provider)), ("model", text(record, .model)),
            ("request", object([("model", text(record, .requestModel)), ("stream", boolean(record, .stream))])),
            ("response", object([("id", text(record, .responseID)), ("model", text(record, .responseModel)), ("error", text(record, .errorMessage))])),
            ("metadata", metadata),
        ], keepsNull: true)
        return object([
            ("timestamp", instant(record, .time)), ("resource", object([
                ("service.version", text(record, .gatewayVersion)), ("deployment.environment", text(record, .environment)),
            ])),
            ("name", .string("ai_gateway_request_log")), ("attributes", attributes),
        ])
    }

    private static func apisix(_ record: RequestRecord) -> JSONValue {
        let summary = object([
            ("request_model", text(record, .requestModel)), ("model", text(record, .upstreamModel)), ("duration", milliseconds(record, .timeToFirstToken)),
            ("prompt_tokens", integer(record, .inputTokens)), ("completion_tokens", integer(record, .outputTokens)), ("total_tokens", integer(record, .totalTokens)),
            ("stream", boolean(record, .stream)), ("tool_count", integer(record, .toolCount)), ("has_tool_calls", boolean(record, .toolCalled)),
            ("end_user_id", text(record, .user)), ("cache_read_input_tokens", integer(record, .cacheReadTokens)),
            ("cache_creation_input_tokens", integer(record, .cacheCreationTokens)), ("reasoning_tokens", integer(record, .reasoningTokens)),
            ("content_risk_level", text(record, .guardrailStatus)),
        ])
        return object([
            ("@timestamp", instant(record, .time)), ("start_time", record.integer(.start).map { number(Double($0) / 1_000) }),
            ("request", object([("uri", text(record, .path)), ("method", text(record, .method)), ("size", integer(record, .requestSize))])),
            ("response", object([("status", integer(record, .status)), ("size", integer(record, .responseSize))])),
            ("server", object([("hostname", text(record, .gatewayNode)), ("version", text(record, .gatewayVersion))])),
            ("upstream", text(record, .serverAddress)), ("upstream_latency", milliseconds(record, .upstreamDuration)),
            ("apisix_latency", milliseconds(record, .gatewayOverhead)), ("latency", milliseconds(record, .duration)), ("route_id", text(record, .route)),
            ("service_id", text(record, .service)), ("consumer", object([("username", text(record, .client))])), ("client_ip", text(record, .clientAddress)),
            ("llm_summary", summary),
        ])
    }

    // MARK: Values

    /// An object of the present members; nil members are left out, or null where the source's documents always have them.
    private static func object(_ members: [(String, JSONValue?)], keepsNull: Bool = false) -> JSONValue {
        .object(members.compactMap { name, value in
            if let value { return value == .object([]) ? nil : JSONValue.Member(name: name, value: value) }
            return keepsNull ? JSONValue.Member(name: name, value: .null) : nil
        })
    }

    static func value(_ record: RequestRecord, _ definition: FieldDefinition) -> JSONValue? {
        guard definition.kind == .integer else { return text(record, definition.field) }
        switch definition.unit {
        case .instant: return instant(record, definition.field)
        case .boolean: return boolean(record, definition.field)
        case .duration, .money: return record.integer(definition.field).map { number(Double($0) / definition.unit.divisor) }
        case .none, .bytes, .tokens, .count: return integer(record, definition.field)
        }
    }

    private static func text(_ record: RequestRecord, _ field: RequestField) -> JSONValue? { record.text(field).map { .string($0) } }

    private static func integer(_ record: RequestRecord, _ field: RequestField) -> JSONValue? {
        record.integer(field).map { .number(JSONScanner.Number(double: Double($0), integer: $0)) }
    }

    private static func boolean(_ record: RequestRecord, _ field: RequestField) -> JSONValue? { record.integer(field).map { .bool($0 != 0) } }

    private static func milliseconds(_ record: RequestRecord, _ field: RequestField) -> JSONValue? {
        record.integer(field).map { number(Double($0) / 1_000) }
    }

    private static func dollars(_ record: RequestRecord, _ field: RequestField) -> JSONValue? { record.integer(field).map { number(Double($0) / 1e9) } }

    private static func instant(_ record: RequestRecord, _ field: RequestField) -> JSONValue? {
        record.integer(field).map { .string(Timestamp(microseconds: $0).iso8601) }
    }

    private static func number(_ value: Double) -> JSONValue { .number(JSONScanner.Number(double: value, integer: Int64(exactly: value))) }
}
