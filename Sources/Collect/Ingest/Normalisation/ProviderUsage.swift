internal import ByteCoding
internal import GatewayModel

/// The usage object of a provider's answer, in any of the dialects: OpenAI chat and Responses, Anthropic, Bedrock Converse, Gemini, DeepSeek.
struct ProviderUsage {
    var input = absentInteger
    var output = absentInteger
    var total = absentInteger
    var cacheRead = absentInteger
    var cacheCreation = absentInteger
    var reasoning = absentInteger
    /// The dialect counts cached tokens beside the input.
    var cacheStandsBesideInput = false
    var isEmpty: Bool { input == absentInteger && output == absentInteger && total == absentInteger }

    private enum Key: UInt8 {
        case promptTokens = 1, inputTokens, output, total, inputDetails, outputDetails, cacheReadBeside, cacheCreationBeside, cacheReadInside, thoughts
    }

    private static let keys = KeySet([
        ("prompt_tokens", 1), ("promptTokenCount", 1), ("input_tokens", 2), ("inputTokens", 2), ("completion_tokens", 3), ("output_tokens", 3),
        ("outputTokens", 3), ("candidatesTokenCount", 3), ("total_tokens", 4), ("totalTokens", 4), ("totalTokenCount", 4),
        ("prompt_tokens_details", 5), ("input_tokens_details", 5), ("completion_tokens_details", 6), ("output_tokens_details", 6),
        ("cache_read_input_tokens", 7), ("cacheReadInputTokens", 7), ("cache_creation_input_tokens", 8), ("cacheWriteInputTokens", 8),
        ("prompt_cache_hit_tokens", 9), ("cachedContentTokenCount", 9), ("thoughtsTokenCount", 10),
    ])
    private static let details = KeySet([("cached_tokens", 1), ("reasoning_tokens", 2), ("cache_write_tokens", 3)])

    /// Reads a usage object. Counts that come again replace earlier ones: Anthropic's stream events are cumulative.
    mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        _ = try scanner.eachMember(Self.keys) { number, _, scanner throws(JSONError) in
            switch Key(rawValue: number) {
            case .promptTokens: try Self.readCount(&input, &scanner)
            case .inputTokens:
                try Self.readCount(&input, &scanner)
                cacheStandsBesideInput = true
            case .output: try Self.readCount(&output, &scanner)
            case .total: try Self.readCount(&total, &scanner)
            case .inputDetails, .outputDetails: try readDetails(&scanner)
            case .cacheReadBeside: try Self.readCount(&cacheRead, &scanner)
            case .cacheCreationBeside: try Self.readCount(&cacheCreation, &scanner)
            case .cacheReadInside: try Self.readCount(&cacheRead, &scanner)
            case .thoughts: try Self.readCount(&reasoning, &scanner)
            case nil: try scanner.skipValue()
            }
        }
    }

    private mutating func readDetails(_ scanner: inout JSONScanner) throws(JSONError) {
        // Details exist only where cached tokens are a part of the input (OpenAI's protocols).
        cacheStandsBesideInput = false
        _ = try scanner.eachMember(Self.details) { number, _, scanner throws(JSONError) in
            switch number {
            case 1: try Self.readCount(&cacheRead, &scanner)
            case 2: try Self.readCount(&reasoning, &scanner)
            case 3: try Self.readCount(&cacheCreation, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private static func readCount(_ target: inout Int64, _ scanner: inout JSONScanner) throws(JSONError) {
        guard case .number(let number) = try scanner.readLooseNumber(), let value = number.integer, value >= 0, value <= ValueLimits.tokensMax else { return }
        target = value
    }
}
