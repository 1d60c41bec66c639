/// One row of the schema table: all that the program knows about a field besides its values.
package struct FieldDefinition: Sendable {
    package let field: RequestField
    /// The name in queries, filters, answers and exports, for example `input_tokens`.
    package let name: String
    /// The OpenTelemetry (GenAI, HTTP) attribute name, or Gatewatch's own in the same style; accepted wherever `name` is.
    package let attribute: String
    package let kind: FieldKind
    package let role: FieldRole
    package let unit: FieldUnit
    /// Further names accepted in queries: the spellings of the sources' own documents, so that their users' queries work unchanged.
    package let aliases: [String]
    /// One sentence for people: what the value says.
    package let summary: String
}

extension RequestField {
    package var definition: FieldDefinition { RequestSchema.table[Int(rawValue)] ?? RequestSchema.missing(self) }
    package var name: String { definition.name }
    package var kind: FieldKind { RequestSchema.kinds[Int(rawValue)] }
    package var unit: FieldUnit { definition.unit }
    package var role: FieldRole { definition.role }

    /// The field that `name` means: its name, attribute or an alias, with or without a trailing `.keyword`
    /// (Elasticsearch users expect text fields to have that sub-field); nil when no field has that name.
    package init?(named name: String) {
        let bare = name.hasSuffix(".keyword") ? String(name.dropLast(8)) : name
        guard let field = RequestSchema.byName[bare] else { return nil }
        self = field
    }
}

/// The schema table, in the order in which fields are shown, with its lookups.
package enum RequestSchema {
    /// Every field's definition, in display order.
    package static let definitions: [FieldDefinition] = rows.map { row in
        FieldDefinition(
            field: row.0, name: row.1, attribute: row.2, kind: row.3, role: row.4, unit: row.5, aliases: row.6, summary: row.7)
    }

    static let table: [FieldDefinition?] = {
        var table = [FieldDefinition?](repeating: nil, count: RequestField.tableSize)
        for definition in definitions { table[Int(definition.field.rawValue)] = definition }
        return table
    }()

    static let kinds: [FieldKind] = table.map { $0?.kind ?? .integer }

    static let byName: [String: RequestField] = {
        var map: [String: RequestField] = [:]
        for definition in definitions {
            for alias in definition.aliases where map[alias] == nil { map[alias] = definition.field }
        }
        for definition in definitions {
            map[definition.attribute] = definition.field
            map[definition.name] = definition.field
        }
        return map
    }()

    /// A field without a row would be a slip of this file; a test proves that there is none.
    static func missing(_ field: RequestField) -> FieldDefinition {
        FieldDefinition(
            field: field, name: "field_\(field.rawValue)", attribute: "gatewatch.field_\(field.rawValue)", kind: .integer, role: .measure,
            unit: .none, aliases: [], summary: "")
    }

    private typealias Row = (RequestField, String, String, FieldKind, FieldRole, FieldUnit, [String], String)

    private static let noveum = "attributes.metadata."

    private static let rows: [Row] = timeRows + durationRows + modelRows + usageRows + errorRows + whoRows + httpRows + gatewayRows + idRows

    private static let timeRows: [Row] = [
        (.time, "time", "@timestamp", .integer, .time, .instant, ["timestamp", "completion_time"],
            "When the call completed (start + duration): the time by which records are ordered, bucketed and counted."),
        (.start, "start", "gatewatch.start", .integer, .time, .instant, ["start_time", "startTime", "started_at"],
            "When the gateway received the request."),
        (.receivedAt, "received_at", "gatewatch.received_at", .integer, .time, .instant, ["event.ingested"],
            "When Gatewatch received the record; minus `time` it is the ingest lag."),
    ]

    private static let durationRows: [Row] = [
        (.duration, "duration", "gatewatch.duration", .integer, .measure, .duration, ["latency", noveum + "latency"],
            "The whole call as the client saw it, streamed body included."),
        (.timeToFirstToken, "ttft", "gen_ai.response.time_to_first_chunk", .integer, .measure, .duration,
            ["time_to_first_token", "llm_summary.duration"], "Time to the first token; streams only."),
        (.upstreamDuration, "upstream_duration", "upstream.duration", .integer, .measure, .duration,
            ["upstream_latency", noveum + "provider_latency"], "The time the provider or model server took."),
        (.upstreamTimeToFirstByte, "upstream_ttfb", "upstream.ttfb", .integer, .measure, .duration, [noveum + "ttfb"],
            "Time to the provider's response headers."),
        (.gatewayOverhead, "gateway_overhead", "gateway.overhead", .integer, .measure, .duration, ["apisix_latency"],
            "The time the gateway itself added."),
    ]

    private static let modelRows: [Row] = [
        (.provider, "provider", "gen_ai.provider.name", .dictionary, .dimension, .none,
            ["gen_ai.system", "attributes.provider", "custom_llm_provider"], "The model provider, OpenTelemetry spelling (openai, aws.bedrock, ...)."),
        (.model, "model", "gatewatch.model", .dictionary, .dimension, .none, ["attributes.model"],
            "The model that answered: of the response, else sent upstream, else requested."),
        (.operation, "operation", "gen_ai.operation.name", .dictionary, .dimension, .none, ["call_type"],
            "chat, text_completion, embeddings, ...; absent for a request that is not a model call."),
        (.stream, "stream", "gen_ai.request.stream", .integer, .dimension, .boolean, ["streaming", "attributes.request.stream", "llm_summary.stream"],
            "Whether the answer was streamed."),
        (.requestModel, "request_model", "gen_ai.request.model", .dictionary, .dimension, .none,
            ["llm_summary.request_model", "attributes.request.model"], "The model the client asked for."),
        (.upstreamModel, "upstream_model", "upstream.model", .dictionary, .dimension, .none, ["llm_summary.model"],
            "The model the gateway asked the provider for."),
        (.responseModel, "response_model", "gen_ai.response.model", .dictionary, .dimension, .none, ["attributes.response.model"],
            "The model the provider says it used."),
        (.finishReason, "finish_reason", "gen_ai.response.finish_reasons", .dictionary, .dimension, .none,
            ["attributes.response.choices.finish_reason"], "Why the answer ended (stop, length, tool_calls, ...); several are joined by commas."),
        (.cacheStatus, "cache_status", "cache.status", .dictionary, .dimension, .none, ["cache_hit"], "The gateway's answer cache: hit, miss or bypass."),
        (.toolCount, "tool_count", "tool.count", .integer, .measure, .count, ["llm_summary.tool_count"], "Tools offered in the request."),
        (.toolCalled, "tool_called", "tool.called", .integer, .dimension, .boolean, ["llm_summary.has_tool_calls"], "Whether the answer calls a tool."),
        (.guardrailStatus, "guardrail_status", "guardrail.status", .dictionary, .dimension, .none, ["llm_summary.content_risk_level"],
            "What a guard rail or moderation said."),
    ]

    private static let usageRows: [Row] = [
        (.inputTokens, "input_tokens", "gen_ai.usage.input_tokens", .integer, .measure, .tokens,
            ["prompt_tokens", "gen_ai.usage.prompt_tokens", "llm_summary.prompt_tokens", noveum + "tokens.input"], "Input tokens, cached ones included."),
        (.outputTokens, "output_tokens", "gen_ai.usage.output_tokens", .integer, .measure, .tokens,
            ["completion_tokens", "gen_ai.usage.completion_tokens", "llm_summary.completion_tokens", noveum + "tokens.output"],
            "Output tokens, reasoning included."),
        (.totalTokens, "total_tokens", "usage.total_tokens", .integer, .measure, .tokens, ["llm_summary.total_tokens", noveum + "tokens.total"],
            "The total as the source reported it."),
        (.cacheReadTokens, "cache_read_tokens", "gen_ai.usage.cache_read.input_tokens", .integer, .measure, .tokens,
            ["llm_summary.cache_read_input_tokens"], "Input tokens read from the provider's prompt cache."),
        (.cacheCreationTokens, "cache_creation_tokens", "gen_ai.usage.cache_creation.input_tokens", .integer, .measure, .tokens,
            ["llm_summary.cache_creation_input_tokens"], "Input tokens written to the provider's prompt cache."),
        (.reasoningTokens, "reasoning_tokens", "gen_ai.usage.reasoning.output_tokens", .integer, .measure, .tokens,
            ["llm_summary.reasoning_tokens"], "Output tokens spent on reasoning."),
        (.tokensSource, "tokens_source", "usage.source", .dictionary, .dimension, .none, [], "Where the token counts come from: reported or estimated."),
        (.cost, "cost", "cost.usd", .integer, .measure, .money, [],
            "The price of the call by the price book valid at its time; absent when the model has no price."),
        (.costSource, "cost_source", "cost.source", .dictionary, .dimension, .none, [], "Where the cost comes from: computed."),
        (.costReported, "cost_reported", "cost.reported_usd", .integer, .measure, .money, [noveum + "cost", "response_cost"],
            "The cost the source claims; kept beside the computed one, never mixed with it."),
    ]

    private static let errorRows: [Row] = [
        (.status, "status", "http.response.status_code", .integer, .dimension, .none, ["status_code", "response.status", noveum + "status_code"],
            "The HTTP status sent to the client."),
        (.statusClass, "status_class", "gatewatch.status_class", .dictionary, .dimension, .none, [], "The status's class: 2xx, 3xx, 4xx, 5xx."),
        (.errorType, "error_type", "error.type", .dictionary, .dimension, .none, [], "The class of the failure from a closed list; absent means success."),
        (.errorCode, "error_code", "error.code", .dictionary, .dimension, .none, [], "The provider's own error type or code."),
        (.errorMessage, "error_message", "error.message", .text, .identifier, .none, [], "The error's text, shortened and with secrets removed."),
        (.attempts, "attempts", "upstream.attempts", .integer, .measure, .count, [], "Upstream tries for this call."),
    ]

    private static let whoRows: [Row] = [
        (.client, "client", "client.id", .dictionary, .dimension, .none, ["consumer.username", "consumer", "attributes.org_id"],
            "The authenticated consumer of the gateway."),
        (.organization, "organization", "organization.id", .dictionary, .dimension, .none, ["org_id"], "The organization the call is accounted to."),
        (.project, "project", "project.id", .dictionary, .dimension, .none, ["attributes.project_id", noveum + "project_id", "project_id"],
            "The project the call is accounted to."),
        (.team, "team", "team", .dictionary, .dimension, .none, [], "The team the call is accounted to."),
        (.user, "user", "user.id", .dictionary, .dimension, .none, ["attributes.user_id", "llm_summary.end_user_id", "end_user"],
            "The end user; a keyed hash unless the setting `privacy.users` keeps names."),
        (.experiment, "experiment", "experiment.id", .dictionary, .dimension, .none, ["attributes.experiment_id"], "The experiment or tag of the call."),
    ]

    private static let httpRows: [Row] = [
        (.method, "method", "http.request.method", .dictionary, .dimension, .none, ["request.method", noveum + "method"], "The HTTP method."),
        (.path, "path", "url.path", .dictionary, .dimension, .none, ["endpoint", "request.uri", noveum + "path"], "The request's path, without the query."),
        (.requestSize, "request_size", "http.request.size", .integer, .measure, .bytes, ["request.size", noveum + "request_size"], "The request's size."),
        (.responseSize, "response_size", "http.response.size", .integer, .measure, .bytes, ["response.size", noveum + "response_size"],
            "The response's size."),
        (.clientAddress, "client_address", "client.address", .dictionary, .dimension, .none, ["client_ip"],
            "The client's network (/24 or /48), or its whole address where the setting `privacy.addresses` keeps it."),
        (.country, "country", "geo.country.iso_code", .dictionary, .dimension, .none, ["client.geo.country_iso_code"],
            "The client's country (ISO 3166-1 alpha-2: DE, US, ...), or `private` for an address that is nobody's in public."),
        (.userAgent, "user_agent", "user_agent.original", .dictionary, .dimension, .none, [], "The client program."),
        (.serverAddress, "server_address", "server.address", .dictionary, .dimension, .none, ["upstream"], "The upstream host that answered."),
    ]

    private static let gatewayRows: [Row] = [
        (.gateway, "gateway", "gateway.kind", .dictionary, .dimension, .none, [], "The kind of gateway: apisix, noveum, litellm, ..."),
        (.gatewayNode, "gateway_node", "gateway.node", .dictionary, .dimension, .none, ["server.hostname", "host.name"], "The gateway node."),
        (.gatewayVersion, "gateway_version", "gateway.version", .dictionary, .dimension, .none, ["server.version", "resource.service.version"],
            "The gateway's version."),
        (.route, "route", "gateway.route", .dictionary, .dimension, .none, ["route_id", "http.route", "model_group"], "The gateway's route."),
        (.service, "service", "gateway.service", .dictionary, .dimension, .none, ["service_id"], "The gateway's service or deployment."),
        (.environment, "environment", "deployment.environment.name", .dictionary, .dimension, .none, ["resource.deployment.environment"],
            "The deployment environment."),
        (.observer, "observer", "observer", .dictionary, .dimension, .none, [], "Who saw the call: gateway, client or server."),
        (.source, "source", "source.id", .dictionary, .dimension, .none, [], "The door the record came in by."),
        (.index, "index", "_index", .dictionary, .dimension, .none, [], "The Elasticsearch index the sender named."),
    ]

    private static let idRows: [Row] = [
        (.requestID, "request_id", "gateway.request_id", .text, .identifier, .none, ["attributes.id", "litellm_call_id"], "The gateway's id of the request."),
        (.providerRequestID, "provider_request_id", "provider.request_id", .text, .identifier, .none, [noveum + "provider_request_id"],
            "The provider's id of the request."),
        (.responseID, "response_id", "gen_ai.response.id", .text, .identifier, .none, ["attributes.response.id"], "The id in the model's answer."),
        (.conversationID, "conversation_id", "gen_ai.conversation.id", .text, .identifier, .none, ["session_id"], "The conversation or session."),
        (.traceID, "trace_id", "trace_id", .text, .identifier, .none, [], "The W3C trace id, hexadecimal."),
        (.spanID, "span_id", "span_id", .text, .identifier, .none, [], "The W3C span id, hexadecimal."),
        (.documentID, "document_id", "gatewatch.document_id", .text, .identifier, .none, [], "The `_id` the sender gave, where it gave one."),
        (.documentVersion, "document_version", "gatewatch.document_version", .integer, .identifier, .none, [],
            "How often the document was stored under its `_id`; absent for the first time."),
        (.sequence, "sequence", "gatewatch.sequence", .integer, .identifier, .none, ["_seq_no"], "The record's number in this store, in order of arrival."),
    ]
}
