import GatewayModel
import Testing

@testable import Ingest

@Suite struct LiteLLMTests {
    static let success = #"""
        {"id":"chatcmpl-9","litellm_call_id":"call-1","call_type":"acompletion","stream":true,"status":"success","response_cost":0.0021,"total_tokens":46,
        "prompt_tokens":12,"completion_tokens":34,"startTime":1766650000.25,"endTime":1766650002.75,"completionStartTime":1766650000.75,"response_time":0.5,
        "model_group":"smart","model":"gpt-4o","model_id":"dep-1","api_base":"https://acme.openai.azure.com/openai/","custom_llm_provider":"azure","cache_hit":null,
        "metadata":{"user_api_key_hash":"h","user_api_key_alias":"team-a-key","user_api_key_team_alias":"team-a","user_api_key_org_id":"org",
          "user_api_key_user_email":"jane@example.com","user_api_key_request_route":"/chat/completions",
          "usage_object":{"prompt_tokens":12,"completion_tokens":34,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":9}}},
        "hidden_params":{"litellm_overhead_time_ms":7.5,"litellm_model_name":"azure/gpt-4o"},"request_tags":["User-Agent: litellm","exp-7"],"end_user":"jane@example.com",
        "requester_ip_address":"10.4.7.21","user_agent":"curl/8","trace_id":"abc","session_id":"s-1","messages":[{"role":"user","content":"SECRET"}],
        "response":{"id":"chatcmpl-9","model":"gpt-4o-2024-08-06","choices":[{"finish_reason":"stop","message":{"content":"SECRET","tool_calls":null}}],"usage":{"prompt_tokens":12}},
        "model_parameters":{"tools":[{"type":"function"}],"stream":true},"error_str":null,"error_information":{"error_code":"","error_class":""},"status_fields":{"guardrail_status":"passed"}}
        """#

    @Test func successfulStreamIsReadFieldByField() throws {
        let record = try Reading.record(Self.success, door: .litellm)
        #expect(
            record == [
                "time": "1766650002750000", "start": "1766650000250000", "duration": "2500000", "ttft": "500000", "received_at": "\(Reading.now.microseconds)",
                "source": "litellm", "observer": "gateway", "gateway": "litellm", "gateway_overhead": "7500", "method": "POST", "path": "/chat/completions",
                "status": "200", "status_class": "2xx", "operation": "chat", "provider": "azure.ai.openai", "model": "gpt-4o-2024-08-06", "request_model": "smart",
                "upstream_model": "gpt-4o", "response_model": "gpt-4o-2024-08-06", "stream": "1", "response_id": "chatcmpl-9", "finish_reason": "stop",
                "input_tokens": "12", "output_tokens": "34", "total_tokens": "46", "cache_read_tokens": "4", "reasoning_tokens": "9", "tokens_source": "reported",
                "cost_reported": "2100000", "client": "team-a-key", "team": "team-a", "organization": "org", "experiment": "exp-7",
                "user": try #require(record["user"]), "conversation_id": "s-1", "request_id": "call-1", "service": "dep-1", "client_address": "10.4.7.0/24", "country": "private",
                "user_agent": "curl/8", "server_address": "acme.openai.azure.com", "tool_count": "1", "guardrail_status": "passed",
            ])
        #expect(record["user"]?.contains("jane") == false)
    }

    private func payload(_ parts: String) -> String {
        #"{"id":"x","call_type":"completion","startTime":1766650000,"endTime":1766650001,"model":"gpt-4o","custom_llm_provider":"openai","# + parts + "}"
    }

    static let failures: [NamedCase<(String, String, String?)>] = [
        NamedCase("numeric code", (#""status":"failure","error_information":{"error_code":"429","error_class":"RateLimitError"}"#, "rate_limit", "429")),
        NamedCase("budget", (#""status":"failure","error_information":{"error_code":"429","error_rate_limit_category":"litellm_rate_limit","error_rate_limit_type":"budget"}"#, "quota", "429")),
        NamedCase("client left", (#""status":"failure","error_information":{"error_code":"499","error_class":"ClientDisconnected"}"#, "client_closed", "499")),
        NamedCase("empty code", (#""status":"failure","error_information":{"error_code":"","error_class":"Timeout"}"#, "timeout", nil)),
        NamedCase("classes only, the finer one counts", (#""status":"failure","error_information":{"error_code":"BadRequestError","error_class":"ContentPolicyViolationError"}"#, "content_filter", nil)),
        NamedCase("unknown", (#""status":"failure","error_str":"boom""#, "provider", nil)),
    ]

    @Test(arguments: failures) func failureHasItsClass(_ failure: NamedCase<(String, String, String?)>) throws {
        let record = try Reading.record(payload(failure.value.0), door: .litellm)
        #expect(record["error_type"] == failure.value.1)
        #expect(record["status"] == failure.value.2)
    }

    @Test func completionStartEqualToTheEndIsUnknown() throws {
        let record = try Reading.record(payload(#""status":"success","stream":true,"completionStartTime":1766650001,"prompt_tokens":1"#), door: .litellm)
        #expect(record["ttft"] == nil && record["duration"] == "1000000")
    }

    @Test func cacheHitCostsNothing() throws {
        let record = try Reading.record(
            payload(#""status":"success","cache_hit":true,"response_cost":0,"prompt_tokens":10,"completion_tokens":5"#), door: .litellm, pipeline: Reading.pipeline(prices: .sample))
        #expect(record["cache_status"] == "hit" && record["cost"] == "0" && record["cost_reported"] == "0")
    }

    @Test func anthropicCacheIsAlreadyInside() throws {
        let record = try Reading.record(
            payload(
                #""status":"success","prompt_tokens":1070,"completion_tokens":5,"metadata":{"usage_object":{"prompt_tokens":1070,"cache_read_input_tokens":1000,"cache_creation_input_tokens":50}}"#),
            door: .litellm)
        #expect(record["input_tokens"] == "1070" && record["cache_read_tokens"] == "1000" && record["cache_creation_tokens"] == "50")
    }
}
