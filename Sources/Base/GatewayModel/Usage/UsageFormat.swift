/// The shapes in which providers report usage in a response body.
package enum UsageFormat: String, CaseIterable, Sendable {
    /// OpenAI chat completions and completions, and the many that are compatible: `usage.prompt_tokens`. The cache is inside.
    case openAIChat = "openai_chat"
    /// OpenAI embeddings: `usage.prompt_tokens` and no output.
    case openAIEmbeddings = "openai_embeddings"
    /// OpenAI Responses: `usage.input_tokens` with `input_tokens_details`. The cache is inside.
    case openAIResponses = "openai_responses"
    /// Anthropic Messages, at Anthropic or elsewhere: `usage.input_tokens`. The cache is BESIDE.
    case anthropicMessages = "anthropic_messages"
    /// Amazon Bedrock Converse: `usage.inputTokens`. The cache is BESIDE.
    case bedrockConverse = "bedrock_converse"
    /// Amazon Bedrock InvokeModel: the counts that Bedrock adds (`amazon-bedrock-invocationMetrics`; the cache is BESIDE), or
    /// Llama's own `prompt_token_count`. Anthropic models answer in ``anthropicMessages``.
    case bedrockInvoke = "bedrock_invoke"
    /// Google generateContent (Gemini API and Vertex AI): `usageMetadata`. The cache is inside, thoughts and tool results are beside.
    case gemini
    /// xAI's own SDK: `usage.cached_prompt_text_tokens`. The cache is inside, reasoning is beside.
    case xAINative = "x_ai_native"
    /// Cohere chat, what is billed: `usage.billed_units`. Without cache.
    case cohereBilled = "cohere_billed"
    /// Cohere chat, what the model saw: `usage.tokens`. The cache is inside.
    case cohereTokens = "cohere_tokens"
    /// Cohere embeddings: `meta.billed_units`.
    case cohereEmbeddings = "cohere_embeddings"
    /// Ollama's own API: `prompt_eval_count`, `eval_count`.
    case ollama

    /// The format that a call's path implies; nil when the path says nothing about it.
    ///
    /// - Parameter path: of the URL, without query.
    package init?(path: String) {
        let path = path.lowercased()
        let endings: [(String, UsageFormat)] = [
            ("/chat/completions", .openAIChat), ("/completions", .openAIChat), ("/embeddings", .openAIEmbeddings), ("/responses", .openAIResponses),
            ("/messages", .anthropicMessages), ("/converse", .bedrockConverse), ("/converse-stream", .bedrockConverse),
            (":generatecontent", .gemini), (":streamgeneratecontent", .gemini), ("/api/chat", .ollama), ("/api/generate", .ollama),
        ]
        guard let ending = endings.first(where: { path.hasSuffix($0.0) }) else { return nil }
        self = ending.1
    }

    /// The format that the body's own shape implies; nil when it reports no usage in any known one.
    init?(shape body: ResponseTree) {
        if body["usageMetadata"] != nil {
            self = .gemini
        } else if let usage = body["usage"], usage.isObject {
            guard let format = Self.format(ofUsage: usage, in: body) else { return nil }
            self = format
        } else if body["x_groq"]?["usage"] != nil {
            self = .openAIChat
        } else if body["meta"]?["billed_units"] != nil {
            self = .cohereEmbeddings
        } else if body["amazon-bedrock-invocationMetrics"] != nil || body["prompt_token_count"] != nil {
            self = .bedrockInvoke
        } else if body["eval_count"] != nil || body["prompt_eval_count"] != nil {
            self = .ollama
        } else {
            return nil
        }
    }

    private static func format(ofUsage usage: ResponseTree, in body: ResponseTree) -> UsageFormat? {
        if usage["inputTokens"] != nil { return .bedrockConverse }
        if usage["billed_units"] != nil { return .cohereBilled }
        if usage["tokens"] != nil { return .cohereTokens }
        if usage["cached_prompt_text_tokens"] != nil { return .xAINative }
        if usage["prompt_tokens"] != nil { return usage["completion_tokens"] == nil ? .openAIEmbeddings : .openAIChat }
        guard usage["input_tokens"] != nil else { return nil }
        let isAnthropic = usage["cache_read_input_tokens"] != nil || usage["cache_creation_input_tokens"] != nil || body["type"]?.text == "message"
        return isAnthropic ? .anthropicMessages : .openAIResponses
    }
}
