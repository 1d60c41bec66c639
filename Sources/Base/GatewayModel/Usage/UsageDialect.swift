/// How one provider reports usage in one format: which member of the body counts what, and whether it is a part of another count
/// (inside) or comes on top of it (beside). Declared as a table, so that the convention of every provider can be read and tested.
package struct UsageDialect: Sendable {
    /// What a member of the body counts.
    enum Count: UInt8, CaseIterable, Sendable {
        case input, output, total, cacheRead, cacheCreation, cacheCreation5m, cacheCreation1h, reasoning, toolInput, webSearches
        case inputText, inputAudio, inputImage, inputVideo
        case cacheReadText, cacheReadAudio, cacheReadImage, cacheReadVideo
        case outputText, outputAudio, outputImage, outputVideo
        case toolInputText, toolInputAudio, toolInputImage, toolInputVideo
    }

    /// A step from a value to one inside it.
    enum Step: Sendable, Equatable {
        case key(String)
        /// In an array of `{"modality": ..., "tokenCount": ...}`: the sum of the counts of one modality.
        case modality(String)
    }

    /// One member and the counts that it is added to. More than one count declares the convention: `[.cacheRead]` is inside the
    /// input, `[.input, .cacheRead]` beside it.
    struct Rule: Sendable {
        /// Where the member may stand; the first that is there counts.
        let paths: [[Step]]
        let counts: [Count]
        /// Without this member the body reports no usage.
        let isRequired: Bool
    }

    /// Where the usage object may stand in the body; the first that is there counts.
    let roots: [[String]]
    /// Where the model's name may stand.
    let modelKeys: [String]
    let rules: [Rule]

    /// What a compatible provider is known to report beyond the counts that its format requires.
    package struct Details: OptionSet, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package static let cacheRead = Details(rawValue: 1 << 0)
        package static let cacheWrite = Details(rawValue: 1 << 1)
        /// Cache writes by lifetime.
        package static let cacheLifetimes = Details(rawValue: 1 << 2)
        package static let reasoning = Details(rawValue: 1 << 3)
        /// Reasoning comes on top of the reported output.
        package static let reasoningBeside = Details(rawValue: 1 << 4)
        package static let inputAudio = Details(rawValue: 1 << 5)
        package static let outputAudio = Details(rawValue: 1 << 6)
        package static let webSearches = Details(rawValue: 1 << 7)
        /// Cache reads stand directly in `usage`, not in `prompt_tokens_details`.
        package static let flatCacheRead = Details(rawValue: 1 << 8)
        /// Reasoning stands directly in `usage`, not in `completion_tokens_details`.
        package static let flatReasoning = Details(rawValue: 1 << 9)
        package static let all: Details = [.cacheRead, .cacheWrite, .cacheLifetimes, .reasoning, .inputAudio, .outputAudio, .webSearches]
    }

    /// The dialect of a format with the given details.
    init(_ format: UsageFormat, details: Details) {
        switch format {
        case .openAIChat: self = .openAIChat(details)
        case .openAIEmbeddings: self.init(roots: [["usage"]], rules: [Rule("prompt_tokens", .input, required: true), Rule("total_tokens", .total)])
        case .openAIResponses: self = .openAIResponses(details)
        case .anthropicMessages: self = .anthropicMessages(details)
        case .bedrockConverse: self = .bedrockConverse
        case .bedrockInvoke: self = .bedrockInvoke
        case .gemini: self = .gemini
        case .xAINative: self = .xAINative
        case .cohereBilled:
            self.init(
                roots: [["usage", "billed_units"]],
                rules: [Rule("input_tokens", .input, required: true), Rule("output_tokens", .output, required: true)])
        case .cohereTokens: self = .cohereTokens
        case .cohereEmbeddings: self.init(roots: [["meta", "billed_units"]], rules: [Rule("input_tokens", .input, required: true)])
        case .ollama: self.init(roots: [[]], rules: [Rule("prompt_eval_count", .input), Rule("eval_count", .output)])
        }
    }

    private init(roots: [[String]], modelKeys: [String] = ["model"], rules: [Rule?]) {
        self.roots = roots
        self.modelKeys = modelKeys
        self.rules = rules.compactMap(\.self)
    }
}

extension UsageDialect.Rule {
    /// A member of the usage object, counted as `counts`.
    init(_ key: String, _ counts: UsageDialect.Count..., required: Bool = false) {
        self.init(paths: [[.key(key)]], counts: counts, isRequired: required)
    }

    /// A member of a member, or another member instead of it.
    init(_ key: String, _ inner: String, or alternative: String? = nil, _ counts: UsageDialect.Count...) {
        var paths: [[UsageDialect.Step]] = [[.key(key), .key(inner)]]
        if let alternative { paths.append([.key(alternative)]) }
        self.init(paths: paths, counts: counts, isRequired: false)
    }

    /// The sum of one modality's counts in a list.
    init(_ key: String, modality: String, _ counts: UsageDialect.Count...) {
        self.init(paths: [[.key(key), .modality(modality)]], counts: counts, isRequired: false)
    }

    /// A member, or another one instead of it.
    init(_ key: String, or alternative: String, _ counts: UsageDialect.Count..., required: Bool = false) {
        self.init(paths: [[.key(key)], [.key(alternative)]], counts: counts, isRequired: required)
    }
}

// MARK: The formats

extension UsageDialect {
    /// `{"prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details": {...}, "completion_tokens_details": {...}}`
    private static func openAIChat(_ details: Details) -> UsageDialect {
        let promptDetails = "prompt_tokens_details"
        let completionDetails = "completion_tokens_details"
        let reasoning: [Count] = details.contains(.reasoningBeside) ? [.output, .reasoning] : [.reasoning]
        return UsageDialect(
            // Groq sends the usage of a stream in x_groq.
            roots: [["usage"], ["x_groq", "usage"]],
            rules: [
                Rule("prompt_tokens", .input, required: true),
                Rule("completion_tokens", .output, required: true),
                Rule("total_tokens", .total),
                // DeepSeek's older form of cached_tokens is prompt_cache_hit_tokens.
                details.contains(.cacheRead) ? Rule(promptDetails, "cached_tokens", or: "prompt_cache_hit_tokens", .cacheRead) : nil,
                details.contains(.flatCacheRead) ? Rule("cached_tokens", .cacheRead) : nil,
                details.contains(.cacheWrite) ? Rule(promptDetails, "cache_write_tokens", .cacheCreation) : nil,
                details.contains(.inputAudio) ? Rule(promptDetails, "audio_tokens", .inputAudio) : nil,
                details.contains(.outputAudio) ? Rule(completionDetails, "audio_tokens", .outputAudio) : nil,
                details.contains(.reasoning)
                    ? Rule(paths: [[.key(completionDetails), .key("reasoning_tokens")]], counts: reasoning, isRequired: false) : nil,
                details.contains(.flatReasoning) ? Rule("reasoning_tokens", .reasoning) : nil,
            ])
    }

    /// `{"input_tokens", "input_tokens_details": {...}, "output_tokens", "output_tokens_details": {...}, "total_tokens"}`
    private static func openAIResponses(_ details: Details) -> UsageDialect {
        UsageDialect(
            roots: [["usage"]],
            rules: [
                Rule("input_tokens", .input, required: true),
                Rule("output_tokens", .output, required: true),
                Rule("total_tokens", .total),
                details.contains(.cacheRead) ? Rule("input_tokens_details", "cached_tokens", .cacheRead) : nil,
                details.contains(.cacheWrite) ? Rule("input_tokens_details", "cache_write_tokens", .cacheCreation) : nil,
                details.contains(.reasoning) ? Rule("output_tokens_details", "reasoning_tokens", .reasoning) : nil,
            ])
    }

    /// `{"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation": {...}, "output_tokens", ...}`:
    /// the cache is BESIDE the input.
    private static func anthropicMessages(_ details: Details) -> UsageDialect {
        UsageDialect(
            roots: [["usage"]],
            rules: [
                Rule("input_tokens", .input, required: true),
                Rule("cache_creation_input_tokens", .input, .cacheCreation),
                Rule("cache_read_input_tokens", .input, .cacheRead),
                Rule("output_tokens", .output, required: true),
                details.contains(.cacheLifetimes) ? Rule("cache_creation", "ephemeral_5m_input_tokens", .cacheCreation5m) : nil,
                details.contains(.cacheLifetimes) ? Rule("cache_creation", "ephemeral_1h_input_tokens", .cacheCreation1h) : nil,
                details.contains(.reasoning) ? Rule("output_tokens_details", "thinking_tokens", .reasoning) : nil,
                details.contains(.webSearches) ? Rule("server_tool_use", "web_search_requests", .webSearches) : nil,
            ])
    }

    /// `{"inputTokens", "outputTokens", "totalTokens", "cacheReadInputTokens", "cacheWriteInputTokens"}`: the cache is BESIDE.
    private static var bedrockConverse: UsageDialect {
        UsageDialect(
            roots: [["usage"]],
            rules: [
                Rule("inputTokens", .input, required: true),
                Rule("cacheReadInputTokens", or: "cacheReadInputTokenCount", .input, .cacheRead),
                Rule("cacheWriteInputTokens", or: "cacheWriteInputTokenCount", .input, .cacheCreation),
                Rule("outputTokens", .output, required: true),
                Rule("totalTokens", .total),
            ])
    }

    private static var bedrockInvoke: UsageDialect {
        UsageDialect(
            roots: [["amazon-bedrock-invocationMetrics"], []],
            rules: [
                Rule("inputTokenCount", or: "prompt_token_count", .input, required: true),
                Rule("cacheReadInputTokenCount", .input, .cacheRead),
                Rule("cacheWriteInputTokenCount", .input, .cacheCreation),
                Rule("outputTokenCount", or: "generation_token_count", .output, required: true),
            ])
    }

    /// `{"promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount",
    /// "totalTokenCount", "...Details": [{"modality", "tokenCount"}]}`: the cache is inside the prompt; thoughts are BESIDE the
    /// candidates and tool results BESIDE the prompt. Members of 0 are left out of the body.
    private static var gemini: UsageDialect {
        // A document's pages are read, and billed, as images.
        let media: [(modality: String, input: Count, cache: Count, output: Count, tool: Count)] = [
            ("TEXT", .inputText, .cacheReadText, .outputText, .toolInputText), ("AUDIO", .inputAudio, .cacheReadAudio, .outputAudio, .toolInputAudio),
            ("IMAGE", .inputImage, .cacheReadImage, .outputImage, .toolInputImage), ("VIDEO", .inputVideo, .cacheReadVideo, .outputVideo, .toolInputVideo),
            ("DOCUMENT", .inputImage, .cacheReadImage, .outputImage, .toolInputImage),
        ]
        let mediaRules = media.flatMap { medium in
            [
                Rule("promptTokensDetails", modality: medium.modality, medium.input), Rule("cacheTokensDetails", modality: medium.modality, medium.cache),
                Rule("candidatesTokensDetails", modality: medium.modality, medium.output),
                Rule("toolUsePromptTokensDetails", modality: medium.modality, medium.input, medium.tool),
            ]
        }
        let rules = [
            Rule("promptTokenCount", .input), Rule("toolUsePromptTokenCount", .input, .toolInput), Rule("cachedContentTokenCount", .cacheRead),
            Rule("candidatesTokenCount", or: "responseTokenCount", .output), Rule("thoughtsTokenCount", .output, .reasoning),
            Rule("totalTokenCount", .total),
        ]
        return UsageDialect(roots: [["usageMetadata"]], modelKeys: ["modelVersion", "model"], rules: rules + mediaRules)
    }

    /// Reasoning is BESIDE the completion, and both are billed as output.
    private static var xAINative: UsageDialect {
        UsageDialect(
            roots: [["usage"]],
            rules: [
                Rule("prompt_tokens", .input, required: true), Rule("cached_prompt_text_tokens", .cacheRead),
                Rule("completion_tokens", .output, required: true), Rule("reasoning_tokens", .output, .reasoning), Rule("total_tokens", .total),
            ])
    }

    private static var cohereTokens: UsageDialect {
        UsageDialect(
            roots: [["usage"]],
            rules: [Rule("tokens", "input_tokens", .input), Rule("tokens", "output_tokens", .output), Rule("cached_tokens", .cacheRead)])
    }
}
