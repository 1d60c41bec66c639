import ByteCoding
import GatewayModel
import Testing

@Suite struct UsageExtractionTests {
    private func read(_ body: String, _ provider: String, _ format: UsageFormat? = nil) throws -> ReportedUsage {
        try UsageExtraction.usage(in: Array(body.utf8), provider: provider, format: format)
    }

    // MARK: The conventions, one body each (published examples, shortened)

    @Test func openAIChatHasTheCacheInside() throws {
        let reported = try read(
            """
            {"id":"c","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"message":{"content":"{\\"usage\\":1}"}}],
             "usage":{"prompt_tokens":1830,"completion_tokens":611,"total_tokens":2441,
              "prompt_tokens_details":{"cached_tokens":1536,"cache_write_tokens":7,"audio_tokens":5},
              "completion_tokens_details":{"reasoning_tokens":204,"audio_tokens":3,"accepted_prediction_tokens":0}}}
            """, "openai")
        var expected = TokenUsage(
            inputTokens: 1_830, outputTokens: 611, cacheReadTokens: 1_536, cacheCreationTokens: 7, reasoningTokens: 204, totalTokens: 2_441)
        expected.inputMedia.audio = 5
        expected.outputMedia.audio = 3
        #expect(reported == ReportedUsage(usage: expected, model: "gpt-4o-2024-08-06", issues: [], format: .openAIChat))
    }

    @Test func openAIResponsesHasTheCacheInside() throws {
        let reported = try read(
            """
            {"model":"o3","usage":{"input_tokens":1349,"input_tokens_details":{"cached_tokens":1024,"cache_write_tokens":9},"output_tokens":10,
             "output_tokens_details":{"reasoning_tokens":4},"total_tokens":1359}}
            """, "openai")
        #expect(reported.format == .openAIResponses)
        #expect(
            reported.usage
                == TokenUsage(
                    inputTokens: 1_349, outputTokens: 10, cacheReadTokens: 1_024, cacheCreationTokens: 9, reasoningTokens: 4, totalTokens: 1_359))
    }

    @Test func embeddingsHaveNoOutput() throws {
        let reported = try read(#"{"object":"list","data":[{"embedding":[0.1,0.2]}],"model":"m","usage":{"prompt_tokens":8,"total_tokens":8}}"#, "openai")
        #expect(reported.format == .openAIEmbeddings)
        #expect(reported.usage == TokenUsage(inputTokens: 8, outputTokens: nil, totalTokens: 8))
    }

    @Test func anthropicHasTheCacheBeside() throws {
        let reported = try read(
            """
            {"type":"message","model":"claude-sonnet-5","usage":{"input_tokens":3,"cache_creation_input_tokens":418,"cache_read_input_tokens":1111,
             "cache_creation":{"ephemeral_5m_input_tokens":400,"ephemeral_1h_input_tokens":18},"output_tokens":33,
             "output_tokens_details":{"thinking_tokens":7},"server_tool_use":{"web_search_requests":2},"service_tier":"standard"}}
            """, "anthropic")
        var expected = TokenUsage(inputTokens: 1_532, outputTokens: 33, cacheReadTokens: 1_111, cacheCreationTokens: 418, reasoningTokens: 7)
        expected.cacheCreation5mTokens = 400
        expected.cacheCreation1hTokens = 18
        expected.webSearches = 2
        #expect(reported == ReportedUsage(usage: expected, model: "claude-sonnet-5", issues: [], format: .anthropicMessages))
    }

    @Test func bedrockConverseHasTheCacheBeside() throws {
        let reported = try read(
            #"{"usage":{"inputTokens":3,"outputTokens":288,"totalTokens":2365,"cacheReadInputTokens":0,"cacheWriteInputTokens":2074}}"#, "aws.bedrock")
        #expect(reported.format == .bedrockConverse)
        #expect(
            reported.usage
                == TokenUsage(inputTokens: 2_077, outputTokens: 288, cacheReadTokens: 0, cacheCreationTokens: 2_074, totalTokens: 2_365))
        #expect(reported.issues.isEmpty)
    }

    @Test(arguments: [
        #"{"prompt_token_count":5,"generation_token_count":6,"stop_reason":"stop"}"#,
        #"{"completion":"x","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":6,"invocationLatency":9}}"#,
    ])
    func bedrockInvokeReportsItsOwnCounts(body: String) throws {
        let reported = try read(body, "aws.bedrock")
        #expect(reported.format == .bedrockInvoke)
        #expect(reported.usage == TokenUsage(inputTokens: 5, outputTokens: 6))
    }

    @Test func geminiHasTheCacheInsideAndThoughtsBeside() throws {
        let reported = try read(
            """
            {"modelVersion":"gemini-2.5-pro","candidates":[],"usageMetadata":{"promptTokenCount":17,"cachedContentTokenCount":5,
             "candidatesTokenCount":201,"thoughtsTokenCount":213,"toolUsePromptTokenCount":119,"totalTokenCount":550,
             "promptTokensDetails":[{"modality":"TEXT","tokenCount":10},{"modality":"AUDIO","tokenCount":7}],
             "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":5}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":200}],
             "toolUsePromptTokensDetails":[{"modality":"TEXT","tokenCount":119}]}}
            """, "gcp.gemini")
        var expected = TokenUsage(inputTokens: 136, outputTokens: 414, cacheReadTokens: 5, reasoningTokens: 213, totalTokens: 550)
        expected.toolInputTokens = 119
        expected.inputMedia.text = 129
        expected.inputMedia.audio = 7
        expected.cacheReadMedia.audio = 5
        expected.outputMedia.image = 200
        expected.toolInputMedia.text = 119
        #expect(reported == ReportedUsage(usage: expected, model: "gemini-2.5-pro", issues: [], format: .gemini))
    }

    @Test func xAIHasReasoningBeside() throws {
        let chat = try read(
            #"{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":25,"completion_tokens_details":{"reasoning_tokens":10}}}"#, "x_ai")
        #expect(chat.usage == TokenUsage(inputTokens: 10, outputTokens: 15, reasoningTokens: 10, totalTokens: 25))
        let native = try read(
            #"{"usage":{"prompt_tokens":10,"cached_prompt_text_tokens":4,"completion_tokens":5,"reasoning_tokens":10,"total_tokens":25}}"#, "x_ai")
        #expect(native.format == .xAINative)
        #expect(native.usage == TokenUsage(inputTokens: 10, outputTokens: 15, cacheReadTokens: 4, reasoningTokens: 10, totalTokens: 25))
        #expect(native.issues.isEmpty)
    }

    @Test func cohereReportsWhatItBillsAndWhatItSaw() throws {
        let body = #"{"usage":{"billed_units":{"input_tokens":5,"output_tokens":9},"tokens":{"input_tokens":500,"output_tokens":10},"cached_tokens":400}}"#
        #expect(try read(body, "cohere").usage == TokenUsage(inputTokens: 5, outputTokens: 9))
        #expect(try read(body, "cohere", .cohereTokens).usage == TokenUsage(inputTokens: 500, outputTokens: 10, cacheReadTokens: 400))
        let embedding = try read(#"{"meta":{"billed_units":{"input_tokens":4}}}"#, "cohere")
        #expect(embedding.format == .cohereEmbeddings && embedding.usage == TokenUsage(inputTokens: 4, outputTokens: nil))
    }

    @Test func otherDialectsReportInTheirOwnPlaces() throws {
        let deepSeek = try read(#"{"usage":{"prompt_tokens":10,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2,"completion_tokens":1}}"#, "deepseek")
        #expect(deepSeek.usage.cacheReadTokens == 8)
        let groq = try read(#"{"x_groq":{"usage":{"queue_time":0.1,"prompt_tokens":10,"completion_tokens":1}}}"#, "groq")
        #expect(groq.usage == TokenUsage(inputTokens: 10, outputTokens: 1))
        let perplexity = try read(#"{"usage":{"prompt_tokens":10,"completion_tokens":9,"reasoning_tokens":5}}"#, "perplexity")
        #expect(perplexity.usage == TokenUsage(inputTokens: 10, outputTokens: 9, reasoningTokens: 5))
        let ollama = try read(#"{"model":"llama3","prompt_eval_count":26,"eval_count":282,"done":true}"#, "ollama")
        #expect(ollama.usage == TokenUsage(inputTokens: 26, outputTokens: 282))
    }

    // MARK: Contradictions and broken bodies

    @Test func aTotalWithHiddenTokensIsFlaggedNotSummed() throws {
        let reported = try read(#"{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":40}}"#, "gcp.gemini")
        #expect(reported.issues == .totalAboveParts)
        #expect(reported.usage.outputTokens == 5 && reported.usage.totalTokens == 40)
    }

    @Test(arguments: ["null", #""x""#, "-1", "1.5", "1e30", "{}", "[]", "true", "1000000000001"])
    func aDetailThatIsNoCountCostsOnlyItself(value: String) throws {
        let reported = try read(
            #"{"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":\#(value),"audio_tokens":1}}}"#, "openai")
        #expect(reported.usage.cacheReadTokens == nil)
        #expect(reported.usage.inputMedia.audio == 1)
        // null is absent; everything else is refused.
        let isAbsent = value == "null" || value == "true"
        #expect(reported.issues == (isAbsent ? [] : .countRejected))
    }

    @Test func countsMayBeTextOrWholeFractions() throws {
        let reported = try read(#"{"usage":{"prompt_tokens":"10","completion_tokens":5.0}}"#, "openai")
        #expect(reported.usage == TokenUsage(inputTokens: 10, outputTokens: 5))
    }

    @Test(arguments: [
        ("", UsageExtractionError.json(JSONError(.unexpectedEnd, at: 0))),
        ("[1]", .notAnObject),
        ("{}", .noUsage),
        (#"{"usage":null}"#, .noUsage),
        (#"{"usage":{}}"#, .noUsage),
        (#"{"usage":{"input_tokens":1}}"#, .missing("output_tokens")),
        (#"{"usage":{"prompt_tokens":-1,"completion_tokens":1}}"#, .missing("prompt_tokens")),
        (#"{"usage":{"input_tokens":1,"output_tokens":1}} x"#, .json(JSONError(.trailingCharacters, at: 47))),
        (#"{"usage":{"input_tokens":1,"output_tokens":"#, .json(JSONError(.unexpectedEnd, at: 43))),
    ])
    func aBodyWithoutUsageIsRefusedWithAReason(body: String, error: UsageExtractionError) {
        #expect(throws: error) { try read(body, "openai") }
    }

    @Test func aFormatThatDoesNotFitFindsNothing() {
        let openAI = #"{"usage":{"prompt_tokens":10,"completion_tokens":5}}"#
        #expect(throws: UsageExtractionError.missing("input_tokens")) { try read(openAI, "anthropic", .anthropicMessages) }
        #expect(throws: UsageExtractionError.noUsage) { try read(openAI, "gcp.gemini", .gemini) }
    }

    @Test func aTreeHiddenInUsageIsRefused() {
        let many = (0..<ResponseTreeLimits.valuesBeyondMax).map { #""k\#($0)":1"# }.joined(separator: ",")
        #expect(throws: UsageExtractionError.tooManyValues) { try read("{\"usage\":{\(many)}}", "openai") }
    }

    private enum ResponseTreeLimits {
        /// More values than any usage has; the reader allows 2,000.
        static let valuesBeyondMax = 5_000
    }

    @Test func deepNestingIsSkippedAndBombsAreRefused() throws {
        let deep = String(repeating: "[", count: 50) + String(repeating: "]", count: 50)
        #expect(try read(#"{"usage":{"prompt_tokens":1,"completion_tokens":1,"x":\#(deep)}}"#, "openai").usage.inputTokens == 1)
        let bomb = String(repeating: "[", count: 100_000)
        #expect(throws: UsageExtractionError.self) { try read(#"{"usage":{"x":\#(bomb)"#, "openai") }
        #expect(throws: UsageExtractionError.self) { try read(#"{"x":\#(bomb)"#, "openai") }
    }

    @Test func aTruncatedBodyNeverTraps() {
        let body = #"{"model":"m\u00e9","usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":3}}}"#
        for count in 0..<body.utf8.count {
            #expect(throws: UsageExtractionError.self) { try UsageExtraction.usage(in: Array(body.utf8.prefix(count)), provider: "openai") }
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", UsageFormat.openAIChat), ("/v1/completions", .openAIChat), ("/v1/embeddings", .openAIEmbeddings),
        ("/v1/responses", .openAIResponses), ("/v1/messages", .anthropicMessages), ("/model/x/converse", .bedrockConverse),
        ("/v1beta/models/gemini-2.5-pro:generateContent", .gemini), ("/v1beta/models/x:streamGenerateContent", .gemini), ("/api/chat", .ollama),
        ("/v1/models", nil), ("", nil),
    ] as [(String, UsageFormat?)])
    func aPathImpliesAFormat(path: String, format: UsageFormat?) {
        #expect(UsageFormat(path: path) == format)
    }
}
