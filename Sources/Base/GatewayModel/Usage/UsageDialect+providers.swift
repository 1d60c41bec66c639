extension UsageDialect {
    /// How `provider` reports usage in `format`.
    ///
    /// Compatible providers report different details in the same format. Only those that a provider is known to report are read: the
    /// same member can mean something else elsewhere, and a wrong cache count is a wrong bill. A provider that is not listed is
    /// taken to report all that the format's own maker does.
    ///
    /// - Parameter provider: the canonical name, in lower case.
    package init(provider: String, format: UsageFormat) {
        self.init(format, details: Self.details(provider: provider, format: format))
    }

    private static func details(provider: String, format: UsageFormat) -> Details {
        switch format {
        case .openAIChat: chatDetails[provider] ?? .all
        case .openAIResponses: responsesDetails[provider] ?? .all
        case .anthropicMessages: messagesDetails[provider] ?? .all
        case .openAIEmbeddings, .bedrockConverse, .bedrockInvoke, .gemini, .xAINative, .cohereBilled, .cohereTokens, .cohereEmbeddings, .ollama:
            .all
        }
    }

    private static let chatDetails: [String: Details] = [
        "azure.ai.openai": .all.subtracting(.cacheWrite),
        "gcp.gemini": .all.subtracting(.cacheWrite),
        "gcp.vertex_ai": .all.subtracting(.cacheWrite),
        "groq": .all.subtracting(.cacheWrite),
        "deepseek": [.cacheRead, .reasoning, .outputAudio],
        "fireworks": [.cacheRead, .reasoning, .outputAudio],
        // completion_tokens leaves reasoning out: docs.x.ai, "Understanding token usage".
        "x_ai": [.cacheRead, .reasoning, .reasoningBeside, .outputAudio],
        "mistral_ai": [.cacheRead, .reasoning],
        "moonshot_ai": [.cacheRead, .reasoning],
        "minimax": [.cacheRead, .reasoning],
        "zhipuai": [.cacheRead, .reasoning],
        "zai": [.cacheRead, .reasoning],
        "doubleword": [.cacheRead, .cacheWrite, .reasoning],
        "modal": [.cacheRead, .cacheWrite],
        "cerebras": [.reasoning],
        // The OpenAI-compatible door of Anthropic.
        "anthropic": [.flatCacheRead, .reasoning],
        "perplexity": [.flatReasoning],
    ]

    private static let responsesDetails: [String: Details] = [
        "azure.ai.openai": [.cacheRead, .reasoning],
        "doubleword": [.cacheRead],
        "minimax": [.cacheRead],
    ]

    /// Elsewhere than at Anthropic the Messages format carries the cache, but neither lifetimes nor thinking nor searches.
    private static let messagesDetails: [String: Details] = [
        "aws.bedrock": [], "azure.ai.openai": [], "azure.ai.inference": [], "gcp.gemini": [], "gcp.vertex_ai": [], "minimax": [],
    ]
}
