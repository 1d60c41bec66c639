/// A provider that the demo's gateways call.
struct DemoProvider: Sendable {
    /// The canonical spelling of `gen_ai.provider.name`.
    let name: String
    /// Upstream hosts; a call goes to one of them.
    let hosts: [String]
    /// How the provider names its errors.
    let dialect: ErrorDialect
    /// Probability that a call fails on an ordinary day, all error classes together.
    let failureShare: Double

    enum ErrorDialect: Sendable { case openAI, anthropic }

    static let all: [DemoProvider] = [
        DemoProvider(name: "openai", hosts: ["api.openai.com"], dialect: .openAI, failureShare: 0.0045),
        DemoProvider(name: "anthropic", hosts: ["api.anthropic.com"], dialect: .anthropic, failureShare: 0.0055),
        DemoProvider(name: "azure.ai.openai", hosts: ["genai-weu.openai.azure.com", "genai-eus.openai.azure.com"], dialect: .openAI, failureShare: 0.003),
        DemoProvider(name: "gcp.gemini", hosts: ["generativelanguage.googleapis.com"], dialect: .openAI, failureShare: 0.004),
        DemoProvider(name: "mistral_ai", hosts: ["api.mistral.ai"], dialect: .openAI, failureShare: 0.004),
        DemoProvider(name: "deepseek", hosts: ["api.deepseek.com"], dialect: .openAI, failureShare: 0.006),
        DemoProvider(name: "aws.bedrock", hosts: ["bedrock-runtime.eu-central-1.amazonaws.com"], dialect: .openAI, failureShare: 0.003),
        DemoProvider(name: "self_hosted", hosts: ["llm-a.internal", "llm-b.internal"], dialect: .openAI, failureShare: 0.005),
    ]

    /// The position of a provider in ``all``; for tables written in this module.
    static func index(_ name: String) -> Int {
        guard let index = all.firstIndex(where: { $0.name == name }) else { preconditionFailure("unknown demo provider \(name)") }
        return index
    }
}

/// A model and how fast it answers. Speeds are the writer's estimates of the order of magnitude, not measurements of the providers.
struct DemoModel: Sendable {
    let provider: Int
    let name: String
    /// Median time to the first token of a short prompt, and the standard deviation of its logarithm.
    let firstTokenMilliseconds: Double
    let firstTokenSpread: Double
    /// Reading 1,000 uncached input tokens.
    let prefillMilliseconds: Double
    /// Median time per further output token, and the standard deviation of its logarithm from call to call.
    let tokenMilliseconds: Double
    let tokenSpread: Double
    /// How much slower at twice the usual load: 0.2 is 20 %.
    let loadSensitivity: Double
    let kind: Kind

    /// How the model is used and charged.
    enum Kind: Sendable, Equatable {
        case chat(PromptCache)
        /// Thinks before it answers; `shown` when the reasoning is streamed, too, so that the first token comes early. `effort` scales
        /// the published share of reasoning in the output.
        case reasoning(PromptCache, shown: Bool, effort: Double)
        case embeddings
    }

    /// Whose prompt cache is charged how.
    enum PromptCache: Sendable, Equatable {
        case none
        /// Reads are cheaper, writes are not charged apart (OpenAI, Gemini, DeepSeek).
        case automatic
        /// Reads and writes are reported apart (Anthropic).
        case explicit
    }

    /// All models have a price in the built-in price book but the self-hosted one: its absence shows what the page does about it.
    static let all: [DemoModel] = [
        model("openai", "gpt-5.4-mini", 380, 0.35, 14, 7.5, 0.30, 0.20, .chat(.automatic)),
        model("openai", "gpt-5.5", 900, 0.40, 26, 18, 0.28, 0.20, .reasoning(.automatic, shown: false, effort: 0.45)),
        model("openai", "gpt-5.3-codex", 650, 0.40, 20, 12, 0.30, 0.20, .reasoning(.automatic, shown: false, effort: 0.35)),
        model("anthropic", "claude-sonnet-5", 820, 0.38, 22, 14, 0.25, 0.25, .chat(.explicit)),
        model("anthropic", "claude-haiku-4-5", 420, 0.33, 12, 7, 0.25, 0.20, .chat(.explicit)),
        model("anthropic", "claude-opus-5", 1_350, 0.40, 30, 21, 0.25, 0.25, .chat(.explicit)),
        model("azure.ai.openai", "gpt-4.1-mini", 460, 0.40, 14, 8.5, 0.35, 0.30, .chat(.automatic)),
        model("azure.ai.openai", "text-embedding-3-small", 70, 0.40, 9, 0, 0, 0.15, .embeddings),
        model("gcp.gemini", "gemini-3.5-flash", 360, 0.33, 9, 5.5, 0.30, 0.15, .chat(.automatic)),
        model("gcp.gemini", "gemini-3.1-flash-lite", 240, 0.30, 6, 3.5, 0.30, 0.15, .chat(.automatic)),
        model("mistral_ai", "codestral-2508", 150, 0.30, 8, 5.5, 0.25, 0.20, .chat(.none)),
        model("mistral_ai", "mistral-medium-3-5", 520, 0.36, 16, 11, 0.28, 0.25, .chat(.none)),
        model("deepseek", "deepseek-reasoner", 950, 0.50, 24, 15, 0.28, 0.30, .reasoning(.automatic, shown: true, effort: 1)),
        model("aws.bedrock", "amazon.nova-lite-v1:0", 330, 0.30, 10, 6, 0.25, 0.10, .chat(.none)),
        model("self_hosted", "llama-3.3-70b-instruct", 480, 0.30, 85, 27, 0.20, 0.55, .chat(.none)),
    ]

    /// The position of a model in ``all``; for tables written in this module.
    static func index(_ name: String) -> Int {
        guard let index = all.firstIndex(where: { $0.name == name }) else { preconditionFailure("unknown demo model \(name)") }
        return index
    }

    private static func model(
        _ provider: String, _ name: String, _ firstToken: Double, _ firstTokenSpread: Double, _ prefill: Double, _ token: Double, _ tokenSpread: Double,
        _ load: Double, _ kind: Kind
    ) -> DemoModel {
        DemoModel(
            provider: DemoProvider.index(provider), name: name, firstTokenMilliseconds: firstToken, firstTokenSpread: firstTokenSpread,
            prefillMilliseconds: prefill, tokenMilliseconds: token, tokenSpread: tokenSpread, loadSensitivity: load, kind: kind)
    }

    var promptCache: PromptCache {
        switch kind {
        case .chat(let cache), .reasoning(let cache, _, _): cache
        case .embeddings: .none
        }
    }
}
