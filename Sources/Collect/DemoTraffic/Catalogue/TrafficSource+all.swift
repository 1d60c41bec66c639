extension TrafficSource {
    /// Everybody who calls models in the demo. The last source is the script that runs away on one day and has no share of its own.
    static let all: [TrafficSource] = people + engineers + products + pipelines + [runawayScript]

    /// The client whose script runs away.
    static let runawayClient = "research-notebooks"
    /// The client that switches to an expensive model.
    static let switchingClient = "contract-review"

    private static let people: [TrafficSource] = [
        TrafficSource(
            client: "support-chat", team: "support", project: "helpdesk", share: 0.16, rhythm: .service, variation: TraceFigures.steadyVariation,
            streamShare: 0.96, input: TraceFigures.conversationInput, output: TraceFigures.conversationOutput, promptCaching: 0.55, answerCache: 0.06,
            moderated: true, users: 0..<450, addresses: .world, userAgents: ["OpenAI/JS 6.9.0", "OpenAI/JS 6.7.0"], keepsConversations: true,
            route: "chat", models: [ModelUse("gpt-5.4-mini", 0.7, alias: "support-default"), ModelUse("claude-haiku-4-5", 0.3)]),
        TrafficSource(
            client: "docs-rag", team: "knowledge", project: "docs-search", share: 0.1, rhythm: .office, streamShare: 0.9,
            input: TraceFigures.retrievalInput, output: TraceFigures.retrievalOutput, promptCaching: 0.5, answerCache: 0.11, users: 450..<640,
            userAgents: ["langchain/1.1.0", "OpenAI/Python 2.8.1"], traced: true, route: "rag",
            models: [ModelUse("claude-sonnet-5", 0.45), ModelUse("mistral-medium-3-5", 0.35), ModelUse("gpt-4.1-mini", 0.2)]),
        TrafficSource(
            client: "marketing-copy", team: "marketing", project: "campaigns", gateway: .noveum, share: 0.02, rhythm: .office, streamShare: 0,
            input: TraceFigures.pageInput, output: TraceFigures.pageOutput, userAgents: ["OpenAI/Python 1.99.0"], experiments: ["tone-a", "tone-b"],
            route: "", models: [ModelUse("gpt-5.4-mini", 0.6), ModelUse("gemini-3.5-flash", 0.4)]),
        TrafficSource(
            client: switchingClient, team: "legal", project: "contracts", share: 0.03, rhythm: .office, streamShare: 0.4,
            input: TraceFigures.longContextInput, output: TraceFigures.longContextOutput, promptCaching: TraceFigures.prefixReuseProbability,
            users: 640..<665, userAgents: ["OpenAI/Python 2.8.1"], route: "chat", models: [ModelUse("gpt-5.4-mini", 1), ModelUse("gpt-5.5", 0)]),
    ]

    private static let engineers: [TrafficSource] = [
        TrafficSource(
            client: "code-assistant", team: "developer-tools", project: "ide", share: 0.16, rhythm: .engineering, clumping: 0.35, streamShare: 0.35,
            input: TraceFigures.codingInput, output: TraceFigures.codingOutput, users: 665..<845,
            userAgents: ["codeassist-vscode/4.12.0", "codeassist-jetbrains/4.11.3"], path: "/v1/completions", operation: "text_completion",
            route: "code-complete", models: [ModelUse("codestral-2508", 0.8), ModelUse("gpt-5.4-mini", 0.2)]),
        TrafficSource(
            client: "code-assistant", team: "developer-tools", project: "ide-agent", share: 0.045, rhythm: .engineering, hoursAheadOfUTC: -5,
            clumping: 0.55, streamShare: 1, input: TraceFigures.longContextInput, output: TraceFigures.conversationOutput, promptCaching: 0.92,
            toolsOffered: 1, toolsCalled: 0.62, users: 665..<845, userAgents: ["codeassist-vscode/4.12.0", "Anthropic/JS 0.71.0"], traced: true,
            path: "/v1/messages", route: "code-agent", models: [ModelUse("claude-sonnet-5", 0.75), ModelUse("claude-opus-5", 0.25)]),
        TrafficSource(
            client: "release-notes", team: "developer-tools", project: "ci", environment: "staging", share: 0.01, rhythm: .engineering, clumping: 0.5,
            streamShare: 0, input: TraceFigures.longContextInput, output: TraceFigures.retrievalOutput, toolsOffered: 0.3, toolsCalled: 0.4,
            addresses: .cluster, userAgents: ["OpenAI/Python 2.8.1"], path: "/v1/responses", route: "responses", models: [ModelUse("gpt-5.3-codex", 1)]),
        TrafficSource(
            client: runawayClient, team: "research", project: "notebooks", share: 0.015, rhythm: .engineering, streamShare: 0.7,
            input: TraceFigures.reasoningInput, output: TraceFigures.reasoningOutput, outputHoldsReasoning: true, promptCaching: 0.2,
            users: 845..<870, userAgents: ["OpenAI/Python 2.8.1", "OpenAI/Python 1.99.0"], route: "research", models: [ModelUse("deepseek-reasoner", 1)]),
        TrafficSource(
            client: "eval-harness", team: "ml-platform", project: "evals", gateway: .litellm, environment: "staging", share: 0.025, rhythm: .evaluation,
            variation: TraceFigures.burstyVariation, clumping: 0.6, streamShare: 0, input: TraceFigures.extractionInput,
            output: TraceFigures.extractionOutput, addresses: .cluster, userAgents: ["litellm/1.109.1"], experiments: ["suite-nightly", "suite-release"],
            traced: true, route: "evals",
            models: [
                ModelUse("gpt-5.5", 0.12), ModelUse("claude-sonnet-5", 0.2), ModelUse("gemini-3.5-flash", 0.2), ModelUse("mistral-medium-3-5", 0.13),
                ModelUse("llama-3.3-70b-instruct", 0.25), ModelUse("amazon.nova-lite-v1:0", 0.1),
            ]),
    ]

    private static let products: [TrafficSource] = [
        TrafficSource(
            client: "web-assistant", team: "growth", project: "assistant", share: 0.14, rhythm: .product, variation: TraceFigures.steadyVariation,
            streamShare: 0.98, input: TraceFigures.conversationInput, output: TraceFigures.retrievalOutput, promptCaching: 0.35, moderated: true,
            users: 870..<1_600, addresses: .world, userAgents: ["Mozilla/5.0 (Macintosh) Safari/26.1", "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0",
                "Mozilla/5.0 (Linux; Android 16) Chrome/142.0"], experiments: ["assistant-a", "assistant-b"], keepsConversations: true, route: "assistant",
            models: [ModelUse("gemini-3.5-flash", 0.65, alias: "assistant-default"), ModelUse("gpt-5.4-mini", 0.35, alias: "assistant-default")]),
        TrafficSource(
            client: "mobile-app", team: "mobile", project: "app", share: 0.07, rhythm: .product, hoursAheadOfUTC: 2, streamShare: 0.85,
            input: TraceFigures.conversationInput, output: TraceFigures.conversationOutput, users: 1_600..<2_000, addresses: .world,
            userAgents: ["app-ios/8.4.1 CFNetwork", "okhttp/5.3.0"], route: "mobile",
            models: [ModelUse("llama-3.3-70b-instruct", 0.8), ModelUse("gemini-3.1-flash-lite", 0.2)]),
        TrafficSource(
            client: "translation", team: "localization", project: "translate", share: 0.035, rhythm: .service, streamShare: 0.1,
            input: TraceFigures.pageInput, output: TraceFigures.pageOutput, answerCache: 0.18, addresses: .cluster, userAgents: ["Go-http-client/2.0"],
            route: "translate", models: [ModelUse("mistral-medium-3-5", 0.7), ModelUse("amazon.nova-lite-v1:0", 0.3)]),
    ]

    private static let pipelines: [TrafficSource] = [
        TrafficSource(
            client: "search-indexer", team: "search", project: "index", share: 0.085, rhythm: .hourly, variation: TraceFigures.burstyVariation,
            clumping: 0.7, streamShare: 0, input: TraceFigures.extractionInput, output: TraceFigures.extractionOutput, addresses: .cluster,
            userAgents: ["OpenAI/Python 2.8.1"], path: "/v1/embeddings", operation: "embeddings", route: "embeddings",
            models: [ModelUse("text-embedding-3-small", 1)]),
        TrafficSource(
            client: "ticket-triage", team: "support", project: "triage", share: 0.045, rhythm: .service, streamShare: 0,
            input: TraceFigures.classificationInput, output: TraceFigures.classificationOutput, addresses: .cluster, userAgents: ["Go-http-client/2.0"],
            route: "classify", models: [ModelUse("gemini-3.1-flash-lite", 0.7), ModelUse("amazon.nova-lite-v1:0", 0.3)]),
        TrafficSource(
            client: "nightly-summaries", team: "data", project: "warehouse", share: 0.045, rhythm: .night, hoursAheadOfUTC: 0, variation: 2.2, clumping: 0.5,
            streamShare: 0, input: TraceFigures.retrievalInput, output: TraceFigures.retrievalOutput, addresses: .cluster,
            userAgents: ["OpenAI/Python 2.8.1"], route: "batch", models: [ModelUse("gpt-4.1-mini", 1)]),
        TrafficSource(
            client: "", team: "", project: "", share: 0.015, rhythm: .steady, clumping: 0, streamShare: 0, input: TraceFigures.classificationInput,
            output: TraceFigures.classificationOutput, addresses: .cluster, userAgents: ["kube-probe/1.34"], path: "/health", operation: "", route: "health",
            models: []),
    ]

    /// One notebook, one user, one loop without a pause.
    private static let runawayScript = TrafficSource(
        client: runawayClient, team: "research", project: "notebooks", share: 0, rhythm: .steady, clumping: 0.9, streamShare: 0,
        input: TraceFigures.classificationInput, output: TraceFigures.classificationOutput, users: 845..<846, userAgents: ["python-requests/2.32.5"],
        route: "research", models: [ModelUse("gpt-5.4-mini", 1)])
}
