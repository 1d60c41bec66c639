internal import ByteCoding

/// The keys of LiteLLM's `StandardLoggingPayload`. Source: BerriAI/litellm `litellm/types/utils.py` at 1.109.
final class LiteLLMKeys {
    enum Top: UInt8 {
        case id = 1, callID, callType, stream, responseCost, status, totalTokens, promptTokens, completionTokens, startTime, endTime, completionStart
        case modelGroup, model, modelID, apiBase, metadata, hidden, cacheHit, endUser, address, userAgent, parameters, response, errorText, errorInformation
        case provider, tags, traceID, sessionID, statusFields
    }

    enum Metadata: UInt8 {
        case keyAlias = 1, teamAlias, keyHash, organization, project, route, usage
    }

    enum ErrorPart: UInt8 {
        case code = 1, errorClass, message, limitCategory, limitType, requestID
    }

    let top = KeySet([
        ("id", 1), ("litellm_call_id", 2), ("call_type", 3), ("stream", 4), ("response_cost", 5), ("status", 6), ("total_tokens", 7), ("prompt_tokens", 8),
        ("completion_tokens", 9), ("startTime", 10), ("endTime", 11), ("completionStartTime", 12), ("model_group", 13), ("model", 14), ("model_id", 15),
        ("api_base", 16), ("metadata", 17), ("hidden_params", 18), ("cache_hit", 19), ("end_user", 20), ("requester_ip_address", 21), ("user_agent", 22),
        ("model_parameters", 23), ("response", 24), ("error_str", 25), ("error_information", 26), ("custom_llm_provider", 27), ("request_tags", 28),
        ("trace_id", 29), ("session_id", 30), ("status_fields", 31),
    ])
    let metadata = KeySet([
        ("user_api_key_alias", 1), ("user_api_key_team_alias", 2), ("user_api_key_hash", 3), ("user_api_key_org_id", 4), ("user_api_key_project_id", 5),
        ("user_api_key_request_route", 6), ("usage_object", 7),
    ])
    let hidden = KeySet([("litellm_overhead_time_ms", 1), ("litellm_model_name", 2)])
    let error = KeySet([
        ("error_code", 1), ("error_class", 2), ("error_message", 3), ("error_rate_limit_category", 4), ("error_rate_limit_type", 5),
        ("error_provider_request_id", 6),
    ])
    let parameters = KeySet([("tools", 1)])
    let statusFields = KeySet([("guardrail_status", 1)])
}
