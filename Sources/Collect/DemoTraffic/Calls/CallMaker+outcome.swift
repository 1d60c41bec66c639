internal import GatewayModel
internal import Glibc

/// How long the upstream would take for a call if nothing went wrong, in microseconds.
private struct UpstreamTimes {
    var firstToken: Double
    var total: Double
}

extension CallMaker {
    /// Decides whether the call succeeds, and sets everything that depends on it: durations, status, tokens, sizes.
    func setOutcome(_ call: inout DemoCall, _ target: ModelFigures, _ usage: CallUsage, _ random: inout SplitMix64) {
        let effects = CallConditions(
            conditions.incidents, at: call.start, model: Int(call.model), provider: target.provider, isRunaway: figures.isRunaway)
        var times = upstreamTimes(target, usage, effects, &random)
        if random.chance(0.004 * conditions.providerFailure[target.provider]) {
            // The first upstream refused at once and the gateway tried again.
            call.attempts = 2
            let delay = 250_000 + random.exponential() * 300_000
            times.firstToken += delay
            times.total += delay
        }
        call.failure = failure(call, target, times, effects, &random)
        call.status = call.failure.status(target.dialect)
        setTimes(&call, times, &random)
        setSizes(&call, target, usage, times, &random)
        guard call.failure == .none else {
            call.toolCalled = -1
            return
        }
        report(usage, target, in: &call)
        if !target.isEmbeddings { setEnding(&call, usage, &random) }
    }

    // MARK: Durations

    private func upstreamTimes(_ target: ModelFigures, _ usage: CallUsage, _ effects: CallConditions, _ random: inout SplitMix64) -> UpstreamTimes {
        let load = max(0.85, 1 + target.loadSensitivity * (conditions.load - 1))
        var factor = load * conditions.providerLatency[target.provider] * effects.latencyFactor
        // About one call in eighty waits for something that nobody can see: the heavy tail of every provider.
        if random.chance(0.012) { factor *= 1.6 + 1.2 * random.exponential() }
        var first = target.firstToken * exp(target.firstTokenSpread * model.normal(random.unit()))
        first += target.prefillPerToken * Double(usage.input - usage.cacheRead)
        first *= factor * effects.firstTokenFactor
        if target.isEmbeddings { return UpstreamTimes(firstToken: first, total: first) }
        let perToken = target.perToken * exp(target.tokenSpread * model.normal(random.unit())) * factor
        if !target.showsReasoning { first += perToken * Double(usage.reasoning) }
        let rest = Double(usage.output - (target.showsReasoning ? 0 : usage.reasoning))
        return UpstreamTimes(firstToken: first, total: first + perToken * max(rest - 1, 0))
    }

    /// Sets the durations of the record from what the upstream did and how the call ended.
    private func setTimes(_ call: inout DemoCall, _ times: UpstreamTimes, _ random: inout SplitMix64) {
        let upstream = upstreamDuration(&call, times, &random)
        let overhead = overhead(&random)
        call.upstream = upstream
        call.overhead = overhead
        call.duration = upstream + overhead
        switch call.failure {
        case .none, .clientClosed, .streamInterrupted:
            let first = Int64(times.firstToken)
            if call.stream == 1, first <= upstream { call.firstToken = first + overhead }
            if figures.gateway == .noveum { call.upstreamFirstByte = max(upstream - 2_000, upstream * 9 / 10) }
        case .rateLimit, .timeout, .provider, .overloaded, .invalidRequest, .authentication, .permission, .quota, .contentFilter:
            break
        }
    }

    /// Microseconds that the upstream had the call. Failures have durations of their own, whatever the call would have taken.
    private func upstreamDuration(_ call: inout DemoCall, _ times: UpstreamTimes, _ random: inout SplitMix64) -> Int64 {
        switch call.failure {
        case .none: return Int64(times.total)
        case .rateLimit, .quota: return 45_000 + Int64(random.exponential() * 70_000)
        case .invalidRequest, .authentication, .permission: return 20_000 + Int64(random.exponential() * 45_000)
        case .contentFilter: return 180_000 + Int64(random.exponential() * 260_000)
        case .overloaded, .provider:
            if random.chance(0.55) { call.attempts = 2 }
            return 90_000 + Int64(min(random.exponential() * 900_000, 20_000_000)) * Int64(call.attempts)
        case .timeout: return call.stream == 1 ? CallLimits.firstByteMax : CallLimits.durationMax
        case .clientClosed: return Int64(min(times.total, Double(CallLimits.durationMax)) * (0.08 + 0.85 * random.unit()))
        case .streamInterrupted:
            let end = max(times.firstToken, times.total * (0.3 + 0.65 * random.unit()))
            return Int64(min(end, Double(CallLimits.durationMax)))
        }
    }

    // MARK: Failures

    private func failure(
        _ call: DemoCall, _ target: ModelFigures, _ times: UpstreamTimes, _ effects: CallConditions, _ random: inout SplitMix64
    ) -> CallFailure {
        if effects.rejectedShare > 0, random.chance(effects.rejectedShare) { return .rateLimit }
        if effects.brokenShare > 0, random.chance(effects.brokenShare) { return .provider }
        if effects.timeoutShare > 0, random.chance(effects.timeoutShare) { return .timeout }
        let isStream = call.stream == 1
        if isStream, times.firstToken > Double(CallLimits.firstByteMax) { return .timeout }
        if times.total > Double(CallLimits.durationMax) { return isStream ? .streamInterrupted : .timeout }
        guard random.chance(target.failureShare * conditions.providerFailure[target.provider]) else { return .none }
        let drawn = CallFailure.draw(random.unit())
        return drawn == .streamInterrupted && !isStream ? .provider : drawn
    }

    // MARK: The answer

    /// Bytes per token: about four characters of text; a streamed token comes in a JSON envelope of its own.
    private static let bytesPerToken = 4.2
    private static let bytesPerStreamedToken = 172.0
    /// A vector of 1,536 floats, base64.
    private static let bytesPerVector: Int32 = 8_250

    private func setSizes(
        _ call: inout DemoCall, _ target: ModelFigures, _ usage: CallUsage, _ times: UpstreamTimes, _ random: inout SplitMix64
    ) {
        call.requestBytes = 620 + Int32(Double(usage.input) * Self.bytesPerToken) + Int32(random.below(400)) + Int32(max(call.toolCount, 0)) * 480
        let tokens = Double(usage.output)
        switch call.failure {
        case .none where target.isEmbeddings: call.responseBytes = 320 + usage.texts * Self.bytesPerVector
        case .none: call.responseBytes = call.stream == 1 ? 420 + Int32(tokens * Self.bytesPerStreamedToken) : 760 + Int32(tokens * Self.bytesPerToken)
        case .clientClosed, .streamInterrupted:
            let sent = call.firstToken == absentInteger ? 0 : min(1, Double(call.upstream) / max(times.total, 1))
            call.responseBytes = Int32(sent * tokens * Self.bytesPerStreamedToken)
        case .rateLimit, .timeout, .provider, .overloaded, .invalidRequest, .authentication, .permission, .quota, .contentFilter:
            call.responseBytes = 190 + Int32(random.below(240))
        }
    }

    /// Why the answer ended and what moderation thought of it.
    private func setEnding(_ call: inout DemoCall, _ usage: CallUsage, _ random: inout SplitMix64) {
        let unit = random.unit()
        let finish: FinishReason
        if usage.output == CallLimits.outputTokensMax {
            finish = .length
        } else if call.toolCalled == 1 {
            finish = .toolCalls
        } else {
            finish = unit < 0.012 ? .length : unit < 0.0135 ? .contentFilter : .stop
        }
        call.finish = finish.rawValue
        guard figures.moderated else { return }
        let risk = random.unit()
        let guardrail: Guardrail = risk < 0.984 ? .none : risk < 0.996 ? .low : risk < 0.9992 ? .medium : .high
        call.guardrail = guardrail.rawValue
    }
}
