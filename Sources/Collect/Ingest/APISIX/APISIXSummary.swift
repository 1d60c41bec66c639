internal import ByteCoding
internal import GatewayModel

/// Reads the object `llm_summary`, which `ai-proxy` adds to default and custom entries alike.
final class APISIXSummary {
    private enum Key: UInt8 {
        case requestModel = 1, model, duration, promptTokens, completionTokens, upstreamTime, totalTokens, stream, toolCount, hasToolCalls, endUser
        case cacheRead, cacheCreation, reasoning, risk
    }

    private let keys = KeySet([
        ("request_model", 1), ("model", 2), ("duration", 3), ("prompt_tokens", 4), ("completion_tokens", 5), ("upstream_response_time", 6),
        ("total_tokens", 7), ("stream", 8), ("tool_count", 9), ("has_tool_calls", 10), ("end_user_id", 11), ("cache_read_input_tokens", 12),
        ("cache_creation_input_tokens", 13), ("reasoning_tokens", 14), ("content_risk_level", 15),
    ])

    /// The LLM summary: six keys since 3.14, fifteen since 3.18. What was never set is nginx's default string (`"0"`, `"false"`, `""`).
    func read(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        call.facts.zeroTokensMeanUnknown = true
        call.facts.inputFollowsProtocol = true
        let isObject = try scanner.eachMember(keys) { number, _, scanner throws(JSONError) in
            switch Key(rawValue: number) {
            case .requestModel: try call.readText(.requestModel, &scanner)
            case .model: try call.readText(.upstreamModel, &scanner)
            case .duration: call.facts.firstToken = try call.readMicroseconds(.timeToFirstToken, &scanner, .milliseconds) ?? absentInteger
            case .promptTokens:
                call.facts.couldTellUsage = true
                try call.readTokens(.inputTokens, &scanner)
            case .completionTokens: try call.readTokens(.outputTokens, &scanner)
            case .upstreamTime:
                let micros = try call.readMicroseconds(.upstreamDuration, &scanner, .millisecondsOrNginxSeconds)
                call.facts.upstreamFallback = micros ?? absentInteger
            case .totalTokens: try call.readTokens(.totalTokens, &scanner)
            case .stream: try call.readBool(.stream, &scanner)
            case .toolCount: try call.readCount(.toolCount, &scanner, max: ValueLimits.countMax)
            case .hasToolCalls: try call.readBool(.toolCalled, &scanner)
            case .endUser: try call.readText(.user, &scanner)
            case .cacheRead: try call.readTokens(.cacheReadTokens, &scanner)
            case .cacheCreation: try call.readTokens(.cacheCreationTokens, &scanner)
            case .reasoning: try call.readTokens(.reasoningTokens, &scanner)
            case .risk: try call.readText(.guardrailStatus, &scanner)
            case nil: try scanner.skipValue()
            }
        }
        if isObject { call.facts.isModelCall = true }
    }
}
