import GatewayModel
import Testing

@testable import Ingest

@Suite struct NoveumTests {
    @Test func documentOfTheCodeIsReadFieldByField() throws {
        let record = try Reading.record(Samples.noveum, door: .elasticsearch, pipeline: Reading.pipeline(prices: .sample))
        // The timestamp is the end of the call.
        #expect(
            record == [
                "time": "1741190606373512", "start": "1741190605733512", "received_at": "\(Reading.now.microseconds)", "source": "elasticsearch",
                "observer": "gateway", "duration": "640000", "upstream_ttfb": "631000", "gateway": "noveum", "gateway_version": "1.0.1",
                "environment": "production", "method": "POST", "path": "/v1/chat/completions", "status": "200", "status_class": "2xx", "request_size": "94",
                "response_size": "412", "operation": "chat", "provider": "openai", "model": "gpt-4o-2024-08-06", "request_model": "gpt-4o",
                "response_model": "gpt-4o-2024-08-06", "stream": "0", "response_id": "chatcmpl-1", "finish_reason": "stop", "input_tokens": "8",
                "output_tokens": "2", "total_tokens": "10", "tokens_source": "reported", "cost": "40000", "cost_source": "computed",
                "cost_reported": "300000", "client": "org_123", "organization": "org_123", "project": "proj_design",
                "user": "\(try #require(record["user"]))", "request_id": "msg_5e3c9a10", "provider_request_id": "req_abc",
            ])
        #expect(record["user"]?.hasPrefix("u-") == true)
    }

    @Test func documentOfTheGuideIsRead() throws {
        let record = try Reading.record(Samples.noveumGuide, door: .elasticsearch)
        let expected = [
            "time": "1741190600123000", "duration": "6250000", "provider": "azure.ai.openai", "model": "gpt-4-turbo", "input_tokens": "48",
            "output_tokens": "865", "total_tokens": "913", "finish_reason": "stop", "upstream_duration": "255000", "cost_reported": "45600000",
            "response_size": "52280", "project": "proj_design",
        ]
        for (field, value) in expected { #expect(record[field] == value, "\(field)") }
        #expect(record.values.allSatisfy { !$0.contains("Sample") }, "content is not kept")
    }

    /// A document with these attributes beside the usual ones.
    private func document(_ attributes: String, metadata: String = #""latency":1000,"status_code":200,"path":"/v1/chat/completions","method":"POST""#) -> String {
        #"{"timestamp":"2025-03-05T16:03:26Z","resource":{"service.name":"noveum_ai_gateway"},"name":"ai_gateway_request_log","attributes":{"id":"msg_1","provider":"openai","#
            + attributes + #","metadata":{"# + metadata + "}}}"
    }

    @Test func failedCallIsAnErrorWhateverItsStatusWordSays() throws {
        let record = try Reading.record(
            document(
                #""model":"","response":{"error":"{\"message\":\"Rate limit reached\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}"}"#,
                metadata: #""latency":100,"status":"success","status_code":429,"tokens":{"input":null,"output":null,"total":null},"path":"/v1/chat/completions""#))
        #expect(record["error_type"] == "rate_limit" && record["error_code"] == "rate_limit_exceeded" && record["error_message"] == "Rate limit reached")
        #expect(record["model"] == nil && record["input_tokens"] == nil)
    }

    @Test func errorInsideSuccessIsAnError() throws {
        let record = try Reading.record(document(#""model":"m","response":{"error":{"message":"boom","type":"server_error"}}"#))
        #expect(record["status"] == "200" && record["error_type"] == "provider" && record["error_code"] == "server_error")
    }

    @Test func guessedTokensOfAStreamAreMarkedAndNotPriced() throws {
        let body = #""model":"gpt-4o","request":{"model":"gpt-4o","stream":true},"response":{"streamed_data":[{"choices":[{"delta":{"content":"secret"},"finish_reason":"stop"}]}]}"#
        let metadata = #""latency":1000,"status_code":200,"path":"/v1/chat/completions","tokens":{"input":null,"output":900,"total":null}"#
        let record = try Reading.record(document(body, metadata: metadata), pipeline: Reading.pipeline(prices: .sample))
        #expect(record["tokens_source"] == "estimated" && record["output_tokens"] == "900" && record["cost"] == nil)
        #expect(record["stream"] == "1" && record["finish_reason"] == "stop" && record["error_type"] == nil)
    }

    @Test func usageInTheChunksIsBetterThanTheGuess() throws {
        let body = #""model":"gpt-4o","response":{"streamed_data":[{"id":"c1","choices":[]},{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}}]}"#
        let record = try Reading.record(document(body, metadata: #""latency":1000,"status_code":200,"tokens":{"input":null,"output":900,"total":null}"#))
        #expect(record["tokens_source"] == "reported" && record["input_tokens"] == "12" && record["output_tokens"] == "34" && record["cache_read_tokens"] == "8")
        #expect(record["reasoning_tokens"] == "5" && record["response_id"] == "c1")
    }

    @Test func anthropicAnswerCountsItsCacheBesideTheInput() throws {
        let body = #""provider":"anthropic","model":"claude-x","response":{"id":"msg_x","content":[{"type":"text","text":"hi"},{"type":"tool_use","name":"f","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":20,"output_tokens":3,"cache_read_input_tokens":1000,"cache_creation_input_tokens":50}}"#
        let record = try Reading.record(document(body, metadata: #""latency":1000,"status_code":200,"path":"/v1/messages","tokens":{"input":20,"output":3,"total":23}"#))
        #expect(record["input_tokens"] == "1070" && record["cache_read_tokens"] == "1000" && record["cache_creation_tokens"] == "50")
        #expect(record["finish_reason"] == "tool_use" && record["tool_called"] == "1" && record["provider"] == "anthropic")
    }

    @Test func olderCamelCaseKeysAreRead() throws {
        let record = try Reading.record(
            #"{"timestamp":"2025-03-05T16:03:26Z","attributes":{"id":"msg_1","threadId":"t","orgId":"o","projectId":"p","provider":"groq","model":"unknown","metadata":{"projectId":"p","latency":5,"statusCode":200,"requestSize":7,"providerLatency":0,"providerRequestId":"r"}}}"#)
        #expect(record["client"] == "o" && record["project"] == "p" && record["status"] == "200" && record["request_size"] == "7")
        #expect(record["model"] == nil, "`unknown` is not a model")
        #expect(record["upstream_duration"] == nil, "0 is how the gateway writes unknown")
        #expect(record["provider_request_id"] == "r" && record["provider"] == "groq")
    }
}
