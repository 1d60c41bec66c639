package import GatewayModel

/// Whose documents lie in the Elasticsearch index that Kibana reads: the names and units of fields follow from it.
package enum KibanaSource: String, Sendable, CaseIterable {
    /// Gatewatch's own records as its exports write them: the schema's short names, seconds and dollars.
    case gatewatch
    /// What APISIX's loggers send, with `llm_summary`: milliseconds; strings are looked up by their `.keyword` sub-field, which Elasticsearch makes by itself.
    case apisix
    /// What the Noveum (MagicAPI) gateway's exporter sends; as for APISIX.
    case noveum

    /// The index pattern where none is given.
    package var standardIndex: String {
        switch self {
        case .gatewatch: "gw-events*"
        case .apisix: "apisix*"
        case .noveum: "ai-gateway-metrics*"
        }
    }

    /// The field by which documents are placed in time. APISIX documents hold the beginning of a request only, the others its end.
    package var timeField: String {
        switch self {
        case .gatewatch: RequestField.time.name
        case .apisix: "start_time"
        case .noveum: "timestamp"
        }
    }

    /// What a field of ours is called in the documents, and how its values are to be read.
    ///
    /// - Throws: when the documents do not hold it.
    package func field(_ field: RequestField) throws(KibanaOmission) -> KibanaField {
        guard let found = find(field) else { throw KibanaOmission("\(title) documents do not hold \(field.name)") }
        return found
    }

    /// The source's name in sentences.
    package var title: String {
        switch self {
        case .gatewatch: "Gatewatch"
        case .apisix: "APISIX"
        case .noveum: "Noveum"
        }
    }

    /// Whether failures are told by the status alone, because documents hold no class of errors.
    var derivesErrors: Bool { self != .gatewatch }

    private func find(_ field: RequestField) -> KibanaField? {
        switch self {
        case .gatewatch: KibanaField(field.name, type: Self.type(of: field))
        case .apisix: Self.apisixFields[field]
        case .noveum: Self.noveumFields[field]
        }
    }

    private static func type(of field: RequestField) -> KibanaField.ValueType {
        guard field.kind == .integer else { return .keyword }
        switch field.unit {
        case .instant: return .date
        case .boolean: return .boolean
        case .none, .duration, .bytes, .tokens, .money, .count: return .number
        }
    }

    /// Fields that documents hold, with their paths. Values of an APISIX summary that were never set are `"0"` and `""`: absent, not zero.
    static let apisixFields: [RequestField: KibanaField] = {
        func summary(_ name: String, _ type: KibanaField.ValueType) -> KibanaField {
            let path = "llm_summary.\(name)"
            return type == .number ? KibanaField(path, type: .number, presence: "\(path) > 0") : KibanaField(path + ".keyword", type: type, presence: nonEmpty(path))
        }
        func text(_ path: String) -> KibanaField { KibanaField(path + ".keyword", type: .keyword, presence: nonEmpty(path)) }
        return [
            .time: KibanaField("start_time", type: .date), .start: KibanaField("start_time", type: .date),
            .duration: KibanaField("latency", type: .number, divisor: 1_000),
            // For whole bodies the same variable holds the time of the last byte.
            .timeToFirstToken: KibanaField("llm_summary.duration", type: .number, divisor: 1_000, presence: "llm_summary.stream.keyword: \"true\" and llm_summary.duration > 0"),
            .upstreamDuration: KibanaField("upstream_latency", type: .number, divisor: 1_000),
            // Where no upstream was reached it is the whole latency.
            .gatewayOverhead: KibanaField("apisix_latency", type: .number, divisor: 1_000, presence: "upstream_latency: *"),
            .status: KibanaField("response.status", type: .number), .method: text("request.method"), .path: text("request.uri"),
            .requestSize: KibanaField("request.size", type: .number), .responseSize: KibanaField("response.size", type: .number),
            .clientAddress: text("client_ip"), .serverAddress: text("upstream"), .gatewayNode: text("server.hostname"), .gatewayVersion: text("server.version"),
            .route: text("route_id"), .service: text("service_id"), .client: text("consumer.username"),
            .requestModel: summary("request_model", .keyword), .upstreamModel: summary("model", .keyword), .model: summary("model", .keyword),
            .stream: summary("stream", .booleanText), .toolCount: summary("tool_count", .number), .toolCalled: summary("has_tool_calls", .booleanText),
            .guardrailStatus: summary("content_risk_level", .keyword), .user: summary("end_user_id", .keyword),
            .inputTokens: summary("prompt_tokens", .number), .outputTokens: summary("completion_tokens", .number), .totalTokens: summary("total_tokens", .number),
            .cacheReadTokens: summary("cache_read_input_tokens", .number), .cacheCreationTokens: summary("cache_creation_input_tokens", .number),
            .reasoningTokens: summary("reasoning_tokens", .number),
        ]
    }()

    /// Fields that documents hold, with their paths. The exporter writes an empty model for errors and 0 for a provider's latency that it does not know.
    static let noveumFields: [RequestField: KibanaField] = {
        func text(_ path: String) -> KibanaField { KibanaField(path + ".keyword", type: .keyword, presence: nonEmpty(path)) }
        func attribute(_ name: String) -> KibanaField { text("attributes.\(name)") }
        func figure(_ name: String, divisor: Double = 1, presence: String? = nil) -> KibanaField {
            KibanaField("attributes.metadata.\(name)", type: .number, divisor: divisor, presence: presence)
        }
        return [
            .time: KibanaField("timestamp", type: .date), .duration: figure("latency", divisor: 1_000), .upstreamTimeToFirstByte: figure("ttfb", divisor: 1_000),
            .upstreamDuration: figure("provider_latency", divisor: 1_000, presence: "attributes.metadata.provider_latency > 0"),
            .provider: attribute("provider"), .model: attribute("model"), .requestModel: attribute("request.model"), .responseModel: attribute("response.model"),
            .stream: KibanaField("attributes.request.stream", type: .boolean), .responseID: attribute("response.id"), .finishReason: attribute("response.choices.finish_reason"),
            .inputTokens: figure("tokens.input"), .outputTokens: figure("tokens.output"), .totalTokens: figure("tokens.total"), .costReported: KibanaField("attributes.metadata.cost", type: .number, isReal: true),
            .status: figure("status_code"), .method: attribute("metadata.method"), .path: attribute("metadata.path"), .requestSize: figure("request_size"),
            .responseSize: figure("response_size"), .providerRequestID: attribute("metadata.provider_request_id"), .requestID: attribute("id"),
            .client: attribute("org_id"), .organization: attribute("org_id"), .project: attribute("project_id"), .user: attribute("user_id"),
            .experiment: attribute("experiment_id"), .environment: text("resource.deployment.environment"), .gatewayVersion: text("resource.service.version"),
        ]
    }()

    private static func nonEmpty(_ path: String) -> String { "\(path).keyword: * and not \(path).keyword: \"\"" }
}

/// A field as the documents of an index hold it.
package struct KibanaField: Sendable, Equatable {
    package let path: String
    package let type: ValueType
    /// What a document's number is divided by to give the unit of our schema (1,000 for milliseconds).
    package let divisor: Double
    /// A condition in KQL that holds where the value is really there; nil where its existence says so.
    package let presence: String?
    /// Whether a number may have a fraction.
    package let isReal: Bool

    package init(_ path: String, type: ValueType, divisor: Double = 1, isReal: Bool = false, presence: String? = nil) {
        self.path = path
        self.isReal = isReal || divisor != 1
        self.type = type
        self.divisor = divisor
        self.presence = presence
    }

    package enum ValueType: Sendable, Equatable {
        case keyword, number, boolean, date
        /// The words `true` and `false`.
        case booleanText
    }
}

/// Why something has no form in Kibana: a clause that completes "left out: ...".
package struct KibanaOmission: Error, Sendable, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
