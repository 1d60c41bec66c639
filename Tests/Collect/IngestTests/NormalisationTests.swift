import GatewayModel
import Testing

@testable import Ingest

@Suite struct NormalisationTests {
    /// An entry of these parts beside a call that answered 200.
    private func entry(_ parts: String, status: Int = 200, uri: String = "/v1/chat/completions", start: String = "1766650000000") -> String {
        #"{"request":{"uri":"\#(uri)","method":"POST"},"response":{"status":\#(status)},"start_time":\#(start),\#(parts)}"#
    }

    // MARK: Time

    @Test func recordWithoutAnyTimeIsTakenAsReceivedNow() throws {
        let record = try Reading.record(#"{"request":{"uri":"/","method":"GET"},"response":{"status":200},"latency":500,"route_id":"r"}"#)
        #expect(record["time"] == "\(Reading.now.microseconds)" && record["start"] == "\(Reading.now.microseconds - 500_000)")
    }

    @Test(arguments: ["4070908800000", "1766653800100"]) func recordFromTheFutureIsSetToNowAndCounted(_ start: String) throws {
        let result = try Reading.pipeline().readItems(Array(entry(#""latency":1"#, start: start).utf8), Reading.context(.apisix))
        #expect(result.batch.integer(.time, row: 0) == Reading.now.microseconds)
        #expect(result.counters.rejectedFields[Int(RequestField.time.rawValue)] == 1)
    }

    @Test func clockUpToTenMinutesAheadIsBelieved() throws {
        #expect(try Reading.record(entry(#""latency":1"#, start: "1766653790000"))["time"] == "1766653790001000")
    }

    @Test(arguments: ["0", "-1", "1000", "1500000000000"]) func recordBeforeWhatIsKeptIsRefused(_ start: String) throws {
        let refusal = try Reading.refusal(entry(#""latency":1"#, start: start))
        #expect(refusal.code == .tooOld && refusal.field == "time" && refusal.reason.contains("2020-01-01"))
    }

    @Test(arguments: [#""soon""#, "9e18", "253402300800000", "true", "[]", "{}"]) func timeThatIsNoneCostsItsFieldOnly(_ start: String) throws {
        let result = try Reading.pipeline().readItems(Array(entry(#""latency":1"#, start: start).utf8), Reading.context(.apisix))
        #expect(result.batch.integer(.time, row: 0) == Reading.now.microseconds)
        #expect(result.counters.rejectedFields[Int(RequestField.start.rawValue)] == 1)
    }

    static let instants: [(String, Int64)] = [
        ("2025-03-05T16:03:26.373512004+00:00", 1_741_190_606_373_512), ("2025-03-05T17:03:26+01:00", 1_741_190_606_000_000), ("1741190606", 1_741_190_606_000_000),
        ("1741190606.5", 1_741_190_606_500_000), ("1741190606373", 1_741_190_606_373_000), ("1741190606373512", 1_741_190_606_373_512),
        ("1741190606373512004", 1_741_190_606_373_512), ("05/Mar/2025:17:03:26 +0100", 1_741_190_606_000_000),
    ]

    @Test(arguments: instants) func instantsAreReadInEveryForm(_ text: String, _ expected: Int64) throws {
        let found = try #require(Array(text.utf8).withUnsafeBytes { unsafe TimeText.instant(of: $0) })
        #expect(abs(found - expected) <= 256, "a nanosecond count beyond 2^53 is read as a double")
    }

    // MARK: Durations

    static let refusedDurations = [#"-5"#, #""NaN""#, #""-Infinity""#, "1e300", #""1e999""#, "86400000001", "[]", "{}", "true", #""fast""#]

    @Test(arguments: refusedDurations) func impossibleDurationIsAbsentAndCounted(_ value: String) throws {
        let result = try Reading.pipeline().readItems(Array(entry(#""latency":\#(value)"#).utf8), Reading.context(.apisix))
        #expect(result.batch.count == 1 && result.batch.integer(.duration, row: 0) == nil)
        #expect(result.counters.rejectedFields[Int(RequestField.duration.rawValue)] == 1)
    }

    @Test(arguments: [("\"1234.5\"", "1234500"), ("\"0\"", "0"), ("585.00003814697", "585000"), ("\"1,2\"", "2000"), ("\" 7 \"", "7000"), ("86400000", "86400000000")])
    func durationsMayBeTextAndLists(_ value: String, _ expected: String) throws {
        #expect(try Reading.record(entry(#""latency":\#(value)"#))["duration"] == expected)
    }

    @Test func firstTokenBehindTheEndIsAbsent() throws {
        let summary = #""latency":100,"llm_summary":{"model":"m","duration":101,"prompt_tokens":1,"completion_tokens":1,"stream":"true"}"#
        #expect(try Reading.record(entry(summary))["ttft"] == nil)
    }

    @Test func nonStreamHasNoFirstToken() throws {
        let summary = #""latency":100,"llm_summary":{"model":"m","duration":99,"prompt_tokens":1,"completion_tokens":1,"stream":"false"}"#
        let record = try Reading.record(entry(summary))
        #expect(record["ttft"] == nil && record["stream"] == "0")
    }

    // MARK: Tokens

    @Test func inputSmallerThanItsCacheMeansThatTheCacheWasLeftOut() throws {
        let summary = #""latency":1,"llm_summary":{"model":"m","prompt_tokens":10,"completion_tokens":1,"cache_read_input_tokens":20,"cache_creation_input_tokens":5}"#
        #expect(try Reading.record(entry(summary))["input_tokens"] == "35")
    }

    @Test func embeddingsWithoutOutputKeepTheirInput() throws {
        let summary = #""latency":1,"llm_summary":{"model":"text-embedding","prompt_tokens":10,"completion_tokens":"0"}"#
        let record = try Reading.record(entry(summary, uri: "/v1/embeddings"))
        #expect(record["operation"] == "embeddings" && record["input_tokens"] == "10" && record["output_tokens"] == "0")
    }

    @Test(arguments: ["-1", "1.5", #""many""#, "1e30"]) func impossibleTokensAreAbsentAndCounted(_ value: String) throws {
        let body = entry(#""latency":1,"llm_summary":{"model":"m","prompt_tokens":\#(value),"completion_tokens":5}"#)
        let result = try Reading.pipeline().readItems(Array(body.utf8), Reading.context(.apisix))
        #expect(result.batch.integer(.inputTokens, row: 0) == nil && result.batch.integer(.outputTokens, row: 0) == 5)
        #expect(result.counters.rejectedFields[Int(RequestField.inputTokens.rawValue)] == 1)
    }

    // MARK: Failures

    static let classes: [(Int64?, String, String?)] = [
        (200, "", nil), (304, "", nil), (400, "", "invalid_request"), (404, "", "invalid_request"), (413, "", "invalid_request"), (422, "", "invalid_request"),
        (401, "", "authentication"), (402, "", "permission"), (403, "", "permission"), (429, "", "rate_limit"), (429, "insufficient_quota", "quota"),
        (429, "billing_error", "quota"), (408, "", "timeout"), (504, "", "timeout"), (524, "", "timeout"), (503, "", "overloaded"), (529, "", "overloaded"),
        (500, "overloaded_error", "overloaded"), (500, "", "provider"), (502, "", "provider"), (599, "", "provider"), (400, "content_filter", "content_filter"),
        (499, "", "client_closed"), (0, "", "client_closed"), (200, "rate_limit_exceeded", "rate_limit"), (nil, "RateLimitError", "rate_limit"), (nil, "", nil),
        (418, "", "invalid_request"),
    ]

    @Test(arguments: classes) func failureClassesFollowStatusAndCode(_ status: Int64?, _ code: String, _ expected: String?) {
        let found = Array(code.utf8).withUnsafeBytes { unsafe ErrorClass.of(status: status, code: $0, hasErrorObject: false) }
        #expect(found.map { "\($0.name)" } == expected)
    }

    @Test func errorObjectWithoutAnyCodeIsTheProviders() {
        let found = [UInt8]().withUnsafeBytes { unsafe ErrorClass.of(status: 200, code: $0, hasErrorObject: true) }
        #expect(found == .provider)
    }

    // MARK: Maps

    static let paths: [(String, String?)] = [
        ("/v1/chat/completions", "chat"), ("/openai/deployments/x/chat/completions", "chat"), ("/chat/completions", "chat"), ("/v1/responses", "chat"),
        ("/v1/messages", "chat"), ("/anthropic/v1/messages", "chat"), ("/v1/threads/t1/messages", nil), ("/messages", nil), ("/v1/completions", "text_completion"),
        ("/v1/embeddings", "embeddings"), ("/v1/embeddings/", "embeddings"), ("/model/anthropic.claude/converse", "chat"), ("/model/x/invoke", "chat"),
        ("/v1beta/models/gemini-2.5:generateContent", "generate_content"), ("/v1beta/models/g:streamGenerateContent", "generate_content"),
        ("/v1/images/generations", "image_generation"), ("/v1/audio/transcriptions", "transcription"), ("/v1/audio/speech", "speech"), ("/v1/rerank", "rerank"),
        ("/v1/moderations", "moderation"), ("/v1/batches", "batch"), ("/v1/models", nil), ("/healthz", nil), ("/api/chat", nil), ("/", nil), ("", nil),
    ]

    @Test(arguments: paths) func operationFollowsThePath(_ path: String, _ expected: String?) throws {
        let record = try Reading.record(entry(#""latency":1"#, uri: path))
        #expect(record["operation"] == expected)
    }

    @Test func pathIsBelievedLessThanTheGateway() throws {
        let record = try Reading.record(entry(#""latency":1,"llm_summary":{"model":"m"}"#, uri: "/anything"))
        #expect(record["operation"] == "chat")
        #expect(try Reading.record(entry(#""latency":1,"llm_summary":{"model":"m"}"#, uri: "/api/chat"))["operation"] == "chat")
    }

    @Test func readingAStoredCompletionIsNoModelCall() throws {
        let record = try Reading.record(#"{"request":{"uri":"/v1/chat/completions","method":"GET"},"response":{"status":200},"start_time":1766650000000,"latency":1}"#)
        #expect(record["operation"] == nil)
    }

    static let upstreams: [(String, String?, Int, String?)] = [
        ("api.openai.com:443", "openai", 1, "api.openai.com"), ("acme.openai.azure.com:443", "azure.ai.openai", 1, "acme.openai.azure.com"),
        ("bedrock-runtime.eu-west-1.amazonaws.com:443", "aws.bedrock", 1, "bedrock-runtime.eu-west-1.amazonaws.com"),
        ("us-central1-aiplatform.googleapis.com:443", "gcp.vertex_ai", 1, "us-central1-aiplatform.googleapis.com"), ("10.0.0.1:8000", "self_hosted", 1, "10.0.0.1"),
        ("8.8.8.8:443", nil, 1, "8.8.8.8"), ("[fd00::1]:8000", "self_hosted", 1, "fd00::1"), ("unix:/run/llm.sock", "self_hosted", 1, "unix:/run/llm.sock"),
        ("vllm:8000", "self_hosted", 1, "vllm"), ("LLM.Example.com:443", "llm.example.com", 1, "LLM.Example.com"), ("10.0.0.1:1, api.groq.com:443", "groq", 2, "api.groq.com"),
        ("10.0.0.1:1 : api.x.ai:443", "x_ai", 2, "api.x.ai"), ("-", nil, 0, nil), ("", nil, 0, nil),
    ]

    @Test(arguments: upstreams) func providerFollowsTheUpstream(_ upstream: String, _ provider: String?, _ attempts: Int, _ host: String?) throws {
        let record = try Reading.record(entry(#""latency":1,"upstream":"\#(upstream)""#))
        #expect(record["provider"] == provider && record["attempts"] == (attempts == 0 ? nil : "\(attempts)") && record["server_address"] == host)
    }

    @Test func operatorsMapWins() throws {
        let pipeline = try Reading.pipeline(providers: ["API.openai.com": "proxy", "*.corp.example": "corp", "gpu-7": "own"])
        #expect(try Reading.record(entry(#""latency":1,"upstream":"api.openai.com:443""#), pipeline: pipeline)["provider"] == "proxy")
        #expect(try Reading.record(entry(#""latency":1,"upstream":"a.b.corp.example:443""#), pipeline: pipeline)["provider"] == "corp")
        #expect(try Reading.record(entry(#""latency":1,"upstream":"api.groq.com:443","instance":"gpu-7""#), pipeline: pipeline)["provider"] == "own")
    }

    static let spellings: [(String, String)] = [
        ("OpenAI", "openai"), ("azure", "azure.ai.openai"), ("bedrock_converse", "aws.bedrock"), ("vertex_ai_beta", "gcp.vertex_ai"), ("gemini", "gcp.gemini"),
        ("mistral", "mistral_ai"), ("xai", "x_ai"), ("cohere_chat", "cohere"), ("hosted_vllm", "self_hosted"), ("fireworks_ai", "fireworks"),
        ("watsonx", "ibm.watsonx.ai"), ("Something New", "something new"),
    ]

    @Test(arguments: spellings) func providerSpellingsAreUnified(_ spelling: String, _ expected: String) throws {
        let names = ProviderNames(operatorMap: [:])
        #expect(Array(spelling.utf8).withUnsafeBytes { unsafe names.provider(spelled: $0) } == expected)
    }

    @Test func memoForgetsWhenFullAndStaysRight() {
        let memo = BoundedMemo<Int>()
        for round in 0..<3 {
            for number in 0..<10_000 {
                let text = Array("path\(number)".utf8)
                #expect(text.withUnsafeBytes { unsafe memo.value(of: $0) { _ in number } } == number, "round \(round)")
            }
        }
    }
}
