import Foundation
import GatewayModel
import Testing

/// The usage and price cases of pydantic/genai-prices: real response bodies, the usage that each provider's reader must find in
/// them, and what the call costs there.
struct UsageCostCase {
    /// The position of the body in the suite's file; several readers read one body.
    let entry: Int
    let body: [UInt8]
    /// The recording the body is from.
    let file: String
    let model: String?
    /// The reader: a provider of the price table and the flavour of its API.
    let provider: String
    let flavor: String
    /// By the suite's names; counts of 0 are left out.
    let usage: [String: Int]
    /// In dollars; nil when the table has no price.
    let inputPrice: String?
    let outputPrice: String?
    /// In dollars; nil: the sum of the two.
    let totalPrice: String?

    var label: String { "\(provider)/\(flavor) \(model ?? "-") in \(file)" }
}

enum UsageCostSuite {
    static func cases(_ name: String) throws -> [UsageCostCase] {
        let json = try JSONSerialization.jsonObject(with: Data(ReferencePrices.unzipped(name)))
        let top = try #require(json as? [[String: Any]])
        var cases: [UsageCostCase] = []
        for (position, entry) in top.enumerated() {
            let body = try #require(entry["body"] as? [String: Any])
            let bytes = [UInt8](try JSONSerialization.data(withJSONObject: body))
            for extracted in try #require(entry["extracted"] as? [[String: Any]]) {
                for reader in try #require(extracted["extractors"] as? [[String: String]]) {
                    cases.append(
                        UsageCostCase(
                            entry: position, body: bytes, file: body["file"] as? String ?? "?", model: entry["model"] as? String,
                            provider: try #require(reader["provider_id"]), flavor: try #require(reader["api_flavor"]),
                            usage: try #require(extracted["usage"] as? [String: Int]), inputPrice: reader["input_price"],
                            outputPrice: reader["output_price"], totalPrice: reader["total_price"]))
                }
            }
        }
        return cases
    }

    /// What the suite calls our format and provider.
    static func dialect(_ provider: String, _ flavor: String) -> (provider: String, format: UsageFormat)? {
        let canonical: String =
            switch provider {
            case "aws": "aws.bedrock"
            case "azure": "azure.ai.openai"
            case "google": "gcp.gemini"
            case "mistral": "mistral_ai"
            case "moonshotai": "moonshot_ai"
            case "x-ai": "x_ai"
            default: provider.hasPrefix("huggingface_") ? "huggingface" : provider
            }
        let format: UsageFormat? =
            switch (provider, flavor) {
            case ("cohere", "default"): .cohereBilled
            case ("cohere", "tokens"): .cohereTokens
            case ("cohere", "embeddings"): .cohereEmbeddings
            case ("anthropic", "default"), ("minimax", "default"), (_, "anthropic"): .anthropicMessages
            case ("aws", "default"): .bedrockConverse
            case ("google", "default"): .gemini
            case ("x-ai", "default"): .xAINative
            case ("groq", "default"), ("mistral", "default"), ("perplexity", "default"), (_, "chat"): .openAIChat
            case (_, "responses"): .openAIResponses
            case (_, "embeddings"): .openAIEmbeddings
            default: nil
            }
        return format.map { (canonical, $0) }
    }

    /// A usage by the suite's names, without the counts of 0.
    static func named(_ usage: TokenUsage) -> [String: Int] {
        let counts: [(String, Int64?)] = [
            ("input_tokens", usage.inputTokens), ("output_tokens", usage.outputTokens), ("cache_read_tokens", usage.cacheReadTokens),
            ("cache_write_tokens", usage.cacheCreationTokens), ("cache_write_5m_tokens", usage.cacheCreation5mTokens),
            ("cache_write_1h_tokens", usage.cacheCreation1hTokens), ("output_reasoning_tokens", usage.reasoningTokens),
            ("input_tool_tokens", usage.toolInputTokens), ("web_searches", usage.webSearches),
        ]
        var named = Dictionary(uniqueKeysWithValues: counts.map { ($0.0, Int($0.1 ?? 0)) })
        let media: [(String, String, MediaTokens)] = [
            ("input_", "_tokens", usage.inputMedia), ("cache_", "_read_tokens", usage.cacheReadMedia), ("output_", "_tokens", usage.outputMedia),
            ("input_", "_tool_tokens", usage.toolInputMedia),
        ]
        for (prefix, suffix, tokens) in media {
            for (medium, count) in [("text", tokens.text), ("audio", tokens.audio), ("image", tokens.image), ("video", tokens.video)] {
                named[prefix + medium + suffix] = Int(count)
            }
        }
        return named.filter { $0.value != 0 }
    }
}
