import GatewayModel
import Testing

@testable import Ingest

@Suite struct APISIXEntryTests {
    @Test func nonStreamingChatIsReadFieldByField() throws {
        let record = try Reading.record(Samples.apisixChat, pipeline: Reading.pipeline(prices: .sample))
        #expect(
            record == [
                "time": "1766650002985000", "start": "1766650000123000", "received_at": "\(Reading.now.microseconds)", "source": "apisix", "observer": "gateway",
                "duration": "2862000", "upstream_duration": "2858000", "gateway_overhead": "4000", "gateway": "apisix", "gateway_node": "apisix-0",
                "gateway_version": "3.18.0", "route": "chat", "service": "genai", "method": "POST", "path": "/v1/chat/completions", "status": "200",
                "status_class": "2xx", "request_size": "512", "response_size": "1034", "client_address": "10.4.7.0/24", "country": "private", "user_agent": "OpenAI/Python 1.99.0",
                "server_address": "api.openai.com", "attempts": "1", "operation": "chat", "provider": "openai", "model": "gpt-4o", "request_model": "gpt-4o",
                "upstream_model": "gpt-4o", "stream": "0", "input_tokens": "23", "output_tokens": "8", "total_tokens": "31", "cache_read_tokens": "0",
                "cache_creation_tokens": "0", "reasoning_tokens": "0", "tokens_source": "reported", "cost": "137500", "cost_source": "computed",
                "client": "team-search", "tool_count": "0", "tool_called": "0",
            ])
    }

    @Test func streamingChatHasItsTimeToFirstToken() throws {
        let record = try Reading.record(Samples.apisixStream)
        let expected = [
            "time": "1766650010935000", "start": "1766650003001000", "duration": "7934000", "ttft": "412000", "upstream_duration": "7921000",
            "gateway_overhead": "13000", "path": "/v1/chat/completions", "stream": "1", "provider": "self_hosted", "server_address": "llm-b.internal",
            "input_tokens": "1830", "output_tokens": "611", "total_tokens": "2441", "cache_read_tokens": "1536", "reasoning_tokens": "204", "tool_count": "3",
            "tool_called": "1", "client": "team-docs",
        ]
        for (field, value) in expected { #expect(record[field] == value, "\(field)") }
        #expect(record["service"] == nil, "an empty service id is absent")
        #expect(record["user"]?.hasPrefix("u-") == true && record["user"]?.count == 14)
        #expect(record["error_type"] == nil)
    }

    @Test func refusedCallHasNoTokensAndAClass() throws {
        let record = try Reading.record(Samples.apisixRateLimited, pipeline: Reading.pipeline(prices: .sample))
        #expect(record["status"] == "429" && record["status_class"] == "4xx" && record["error_type"] == "rate_limit")
        for field in ["input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "reasoning_tokens", "tokens_source", "cost", "client", "ttft"] {
            #expect(record[field] == nil, "\(field) must be absent")
        }
        #expect(record["operation"] == "chat" && record["model"] == "gpt-4o" && record["provider"] == "openai")
    }

    @Test func headersAndBodiesAreNotKept() throws {
        let record = try Reading.record(Samples.apisixChat)
        let text = record.values.joined(separator: " ")
        for secret in ["sk-client", "mathematician", "1+1", "Bearer"] { #expect(!text.contains(secret)) }
    }

    @Test func entryOfAnotherServiceIsAPlainRequest() throws {
        let record = try Reading.record(
            #"{"request":{"uri":"/healthz?x=1","method":"GET","size":90},"response":{"status":404,"size":10},"upstream":"10.1.1.77:8080, 10.1.2.9:8080","upstream_latency":3,"apisix_latency":1,"latency":4,"start_time":1766650000000,"route_id":"health","client_ip":"2001:db8:1:2::7"}"#)
        #expect(record["operation"] == nil && record["provider"] == nil && record["stream"] == nil && record["input_tokens"] == nil)
        #expect(record["path"] == "/healthz" && record["error_type"] == "invalid_request" && record["attempts"] == "2" && record["server_address"] == "10.1.2.9")
        #expect(record["client_address"] == "2001:db8:1::/48")
    }

    static let releases: [NamedCase<(String, [String: String?])>] = [
        NamedCase(
            "3.10 without any LLM fields, known by its path",
            (#"{"server":{"hostname":"a","version":"3.10.0"},"latency":900,"apisix_latency":900"#, ["operation": "chat", "gateway_overhead": nil, "input_tokens": nil])),
        NamedCase(
            "3.14 with a summary of six keys and no upstream",
            (
                #"{"latency":900,"apisix_latency":900,"llm_summary":{"request_model":"gpt-4o","model":"gpt-4o","duration":880,"prompt_tokens":10,"completion_tokens":5,"upstream_response_time":890}"#,
                ["upstream_duration": "890000", "gateway_overhead": nil, "stream": nil, "ttft": nil, "input_tokens": "10", "attempts": nil, "total_tokens": nil]
            )),
        NamedCase(
            "3.15 stream, known by its content type",
            (
                #"{"latency":900,"llm_summary":{"request_model":"gpt-4o","model":"gpt-4o","duration":80,"prompt_tokens":10,"completion_tokens":5,"upstream_response_time":890}"#
                    + #","response":{"status":200,"headers":{"content-type":"text/event-stream; charset=utf-8"}}"#, ["stream": "1", "ttft": "80000"]
            )),
        NamedCase(
            "3.16 error path with seconds",
            (
                #"{"latency":1300,"llm_summary":{"model":"gpt-4o","duration":"0","prompt_tokens":"0","completion_tokens":"0","upstream_response_time":"1.234"},"response":{"status":504}"#,
                ["upstream_duration": "1234000", "error_type": "timeout", "input_tokens": nil]
            )),
        NamedCase(
            "3.17 Anthropic route: cached tokens are beside the input",
            (
                #"{"latency":900,"request":{"uri":"/v1/messages","method":"POST"},"llm_summary":{"model":"claude","prompt_tokens":100,"completion_tokens":5,"cache_read_input_tokens":2048,"cache_creation_input_tokens":"0"}"#,
                ["input_tokens": "2148", "cache_read_tokens": "2048"]
            )),
        NamedCase(
            "3.18 extra keys",
            (
                #"{"latency":900,"request_id":"r1","request_type":"ai_stream","instance":"ai-proxy-openai","route_name":"chat route","cache":"MISS","provider_request_id":"req_1""#,
                ["request_id": "r1", "stream": "1", "provider": "openai", "route": "chat route", "cache_status": "miss", "provider_request_id": "req_1"]
            )),
        NamedCase(
            "3.18 stream cut short: zeros and status 200",
            (
                #"{"latency":900,"llm_summary":{"model":"gpt-4o","duration":80,"prompt_tokens":"0","completion_tokens":"0","total_tokens":"0","stream":"true"}"#,
                ["error_type": "stream_interrupted", "input_tokens": nil, "tokens_source": nil]
            )),
        NamedCase(
            "cache hit costs nothing",
            (#"{"latency":9,"llm_summary":{"model":"gpt-4o"},"response":{"status":200,"headers":{"x-ai-cache-status":"HIT"}}"#, ["cache_status": "hit", "cost": "0"])),
    ]

    @Test(arguments: releases) func everyReleaseIsRead(_ release: NamedCase<(String, [String: String?])>) throws {
        var entry = release.value.0
        if !entry.contains(#""request":"#) { entry += #","request":{"uri":"/v1/chat/completions","method":"POST"}"# }
        if !entry.contains(#""response":"#) { entry += #","response":{"status":200}"# }
        let record = try Reading.record(entry + #","start_time":1766650000000,"route_id":"r"}"#, pipeline: Reading.pipeline(prices: .sample))
        for (field, value) in release.value.1 { #expect(record[field] == value, "\(field)") }
        #expect(record["gateway"] == "apisix")
    }

    @Test func escapedSlashesAndUnicodeAreUnescaped() throws {
        let record = try Reading.record(
            #"{"request":{"uri":"\/v1\/chat\/completions?a=\/b","method":"POST"},"response":{"status":200},"start_time":1766650000000,"latency":1,"consumer":{"username":"\u00e9quipe \"\ud83d\ude80\""}}"#)
        #expect(record["path"] == "/v1/chat/completions" && record["operation"] == "chat" && record["client"] == "équipe \"🚀\"")
    }

    @Test func traceContextAndProviderIdAreTakenFromHeaders() throws {
        let record = try Reading.record(
            #"{"request":{"uri":"/v1/chat/completions","method":"POST","headers":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","user-agent":["a/1","b/2"],"x-api-key":"k"}},"response":{"status":200,"headers":{"x-request-id":"req_9"}},"start_time":1766650000000,"latency":1}"#)
        #expect(record["trace_id"] == "0af7651916cd43dd8448eb211c80319c" && record["span_id"] == "b7ad6b7169203331")
        #expect(record["provider_request_id"] == "req_9" && record["user_agent"] == "a/1")
    }

    @Test func loggedErrorBodyGivesCodeAndMessage() throws {
        let record = try Reading.record(
            #"{"request":{"uri":"/v1/chat/completions","method":"POST"},"response":{"status":429,"body":"{\"error\":{\"message\":\"You exceeded your quota, key sk-abcdefghijkl\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}"},"start_time":1766650000000,"latency":1}"#)
        #expect(record["error_type"] == "quota" && record["error_code"] == "insufficient_quota")
        #expect(record["error_message"] == "You exceeded your quota, key [redacted]")
    }

    @Test(arguments: ["start_time", "latency", "response.status", "request.size"])
    func valueOfAWrongTypeCostsItsFieldOnly(_ key: String) throws {
        let values = ["start_time": "1766650000000", "latency": "10", "response.status": "200", "request.size": "5"].merging([key: #"{"a":[1]}"#]) { $1 }
        let entry = """
            {"request":{"uri":"/v1/chat/completions","method":"POST","size":\(values["request.size"]!)},"response":{"status":\(values["response.status"]!)},\
            "start_time":\(values["start_time"]!),"latency":\(values["latency"]!),"apisix_latency":1}
            """
        let result = try Reading.pipeline().readItems(Array(entry.utf8), Reading.context(.apisix))
        #expect(result.batch.count == 1)
        #expect(result.counters.rejectedFields.reduce(0, +) == 1)
    }
}

extension PriceBook {
    /// Prices of the tests, in USD per million tokens: gpt-4o 2.5 in, 10 out.
    static var sample: PriceBook {
        PriceBook.parse("columns provider model input output\nopenai gpt-4o 2.5 10\n").book
    }
}
