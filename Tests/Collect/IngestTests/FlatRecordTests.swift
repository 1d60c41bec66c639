import GatewayModel
import Testing

@testable import Ingest

@Suite struct FlatRecordTests {
    @Test func logFormatWithAllValuesAsStringsIsRead() throws {
        let record = try Reading.record(
            #"{"@timestamp":"2025-12-25T08:06:42.985+00:00","status":"200","request_time":"2.862","upstream_response_time":"1.100, 1.700","upstream_addr":"10.0.0.1:443, api.openai.com:443","request_uri":"/v1/chat/completions?key=abc","request_method":"POST","request_length":"512","bytes_sent":"1034","remote_addr":"10.4.7.21","http_user_agent":"curl","consumer_name":"team","llm_model":"gpt-4o","request_llm_model":"gpt-4o","request_type":"ai_stream","llm_time_to_first_token":"412","llm_prompt_tokens":"23","llm_completion_tokens":"8","llm_total_tokens":"31","apisix_request_id":"abc","route_id":"r","service_id":"","balancer_ip":"ai-proxy-openai"}"#,
            pipeline: Reading.pipeline(prices: .sample))
        let expected = [
            "time": "1766650002985000", "start": "1766650000123000", "duration": "2862000", "upstream_duration": "1700000", "status": "200",
            "path": "/v1/chat/completions", "method": "POST", "request_size": "512", "response_size": "1034", "client": "team", "stream": "1", "ttft": "412000",
            "input_tokens": "23", "output_tokens": "8", "cost": "137500", "request_id": "abc", "provider": "openai", "gateway": "apisix", "attempts": "2",
            "server_address": "api.openai.com", "operation": "chat", "route": "r",
        ]
        for (field, value) in expected { #expect(record[field] == value, "\(field)") }
    }

    @Test func operatorsOwnKeysAndUnitsAreRead() throws {
        let pipeline = try Reading.pipeline(fields: ["took": "duration:s", "svc.team": "team", "code": "status", "m": "request_model"])
        let record = try Reading.record(#"{"took":"1.5","svc":{"team":"blue"},"code":"503","m":"x","msec":"1766650000.500"}"#, pipeline: pipeline)
        #expect(record["duration"] == "1500000" && record["team"] == "blue" && record["status"] == "503" && record["time"] == "1766650000500000")
        #expect(record["error_type"] == "overloaded")
    }

    @Test(arguments: [("a", "nonsense"), ("a", "duration:h"), ("a", "status:ms"), ("a", "sequence"), ("a", "received_at")])
    func impossibleFieldMapIsRefused(_ key: String, _ value: String) {
        #expect(throws: FieldMapError.self) { try Reading.pipeline(fields: [key: value]) }
    }

    @Test func nginxRequestLineAndLocalTimeAreRead() throws {
        let record = try Reading.record(#"{"request":"POST /v1/embeddings HTTP/1.1","time_local":"25/Dec/2025:09:06:40 +0100","status":200,"request_time":0.25}"#)
        #expect(record["method"] == "POST" && record["path"] == "/v1/embeddings" && record["operation"] == "embeddings" && record["time"] == "1766650000000000")
    }

    @Test func exportedRecordComesBackAsItWas() throws {
        let record = try Reading.record(
            #"{"time":"2025-12-25T08:06:42.985000Z","start":"2025-12-25T08:06:40.123000Z","received_at":"2025-12-25T08:06:43Z","sequence":17,"source":"apisix","observer":"client","duration":2.862,"ttft":0.412,"provider":"openai","model":"gpt-4o","response_model":"gpt-4o","operation":"chat","stream":true,"input_tokens":1070,"cache_read_tokens":1000,"cache_creation_tokens":60,"output_tokens":8,"tokens_source":"reported","cost":1.5,"cost_reported":0.25,"status":200,"path":"/v1/messages","user":"u-0123456789ab","client_address":"10.4.7.0/24","error_type":"stream_interrupted","gateway":"kong","tool_called":false}"#,
            door: .file, pipeline: Reading.pipeline(prices: .sample))
        let expected = [
            "time": "1766650002985000", "start": "1766650000123000", "duration": "2862000", "ttft": "412000", "provider": "openai", "model": "gpt-4o",
            "operation": "chat", "stream": "1", "input_tokens": "1070", "cache_read_tokens": "1000", "user": "u-0123456789ab", "client_address": "10.4.7.0/24",
            "error_type": "stream_interrupted", "gateway": "kong", "cost_reported": "250000000", "observer": "client", "source": "import", "tool_called": "0",
        ]
        for (field, value) in expected { #expect(record[field] == value, "\(field)") }
        #expect(record["received_at"] == "\(Reading.now.microseconds)")
        #expect(record["cost"] == "2755000", "the cost is computed anew: 1070 input tokens at 2.5 USD and 8 output tokens at 10 USD a million")
    }

    @Test func attributeNamesAreReadFlatAndNested() throws {
        let flat = try Reading.record(
            #"{"@timestamp":"2025-12-25T08:06:42Z","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-4o","gen_ai.usage.input_tokens":5,"gen_ai.operation.name":"embeddings"}"#)
        let nested = try Reading.record(
            #"{"@timestamp":"2025-12-25T08:06:42Z","gen_ai":{"provider":{"name":"openai"},"request":{"model":"gpt-4o"},"usage":{"input_tokens":5},"operation":{"name":"embeddings"}}}"#)
        #expect(flat == nested)
        #expect(flat["operation"] == "embeddings" && flat["input_tokens"] == "5" && flat["model"] == "gpt-4o")
    }

    @Test func numberWithDecimalsInTheLatencyKeyIsMillisecondsAndNginxTextIsSeconds() throws {
        #expect(try Reading.record(#"{"latency":2862.5,"status":200}"#)["duration"] == "2862500")
        #expect(try Reading.record(#"{"latency":"2.862","status":"200"}"#)["duration"] == "2862000")
        #expect(try Reading.record(#"{"latency":"2862","status":"200"}"#)["duration"] == "2862000")
    }

    static let strangers = [
        NamedCase("anybody's document", #"{"foo":"bar","f1":"v1","f2":42}"#), NamedCase("one telling key", #"{"status":1,"name":"x"}"#), NamedCase("empty object", "{}"),
        NamedCase("Kong's serializer", #"{"request":{"uri":"/","method":"GET"},"response":{"status":200},"latencies":{"request":5},"started_at":1766650000000,"client_ip":"1.2.3.4"}"#),
        NamedCase("only a time", #"{"@timestamp":"2025-12-25T08:06:42Z","message":"hello"}"#),
    ]

    @Test(arguments: strangers) func documentOfNoKnownShapeIsRefused(_ document: NamedCase<String>) throws {
        let refusal = try Reading.refusal(document.value)
        #expect(refusal.code == .unknownShape)
        #expect(refusal.reason.contains("APISIX") && refusal.reason.contains("Noveum") && refusal.reason.contains("LiteLLM"))
    }
}
