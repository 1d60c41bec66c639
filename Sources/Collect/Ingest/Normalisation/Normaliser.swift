internal import ByteCoding
internal import GatewayModel

/// Brings a call that was read to the one form in which records are kept: the rules of the normalisation section of
/// `docs/reference/sources.md`, in the order in which they build on each other.
final class Normaliser {
    private let countries: CountryFinder
    private let privacy: PrivacyFilter
    private let prices: PriceLookup?

    init(countries: CountryFinder, privacy: PrivacyFilter, prices: PriceLookup?) {
        self.countries = countries
        self.privacy = privacy
        self.prices = prices
    }

    /// Completes the draft; nil means that the record is good, otherwise why it is refused.
    func finish(_ call: inout Call, _ shape: RecordShape, _ context: IngestContext) -> RejectionCode? {
        if let refusal = setTimes(&call, context) { return refusal }
        setOperation(&call)
        setProviderAndModel(&call)
        setTokens(&call)
        setDurations(&call, shape)
        setFailure(&call)
        setOrigin(&call, shape, context)
        // By the whole address, which privacy cuts next.
        if !countries.apply(to: call.draft) { call.reject(.country) }
        if !privacy.apply(to: call.draft, isCanonical: call.facts.isCanonical) { call.reject(.clientAddress) }
        setCost(&call)
        return nil
    }

    // MARK: Time

    /// A record counts at its completion: start + duration, else the end as stated, else now. Records ahead of our clock are set to now.
    private func setTimes(_ call: inout Call, _ context: IngestContext) -> RejectionCode? {
        let draft = call.draft
        let received = context.receivedAt.microseconds
        if draft[integer: .duration] == nil, call.facts.start != absentInteger, call.facts.end != absentInteger {
            let span = call.facts.end &- call.facts.start
            if span >= 0, span <= ValueLimits.durationMicrosecondsMax { draft[integer: .duration] = span } else { call.reject(.duration) }
        }
        let duration = draft[integer: .duration]
        var time = call.facts.start != absentInteger ? call.facts.start &+ (duration ?? 0) : call.facts.end != absentInteger ? call.facts.end : received
        if time > received &+ ValueLimits.futureMicrosecondsMax {
            call.reject(.time)
            time = received
        }
        guard time >= context.acceptable.lowerBound.microseconds else { return .tooOld }
        guard time <= context.acceptable.upperBound.microseconds else { return .tooNew }
        draft[integer: .time] = time
        if let duration { draft[integer: .start] = time &- duration } else if call.facts.start != absentInteger { draft[integer: .start] = time }
        draft[integer: .receivedAt] = received
        return nil
    }

    // MARK: What kind of call

    private func setOperation(_ call: inout Call) {
        let draft = call.draft
        let path = draft.hasText(.path) ? unsafe draft.withText(.path) { unsafe call.maps.path($0) } : PathFacts()
        if call.facts.inputFollowsProtocol, path.cacheStandsBesideInput { call.facts.cacheStandsBesideInput = true }
        var operation = draft.hasText(.operation) ? unsafe draft.withText(.operation) { unsafe Operation(callType: $0) } : nil
        if operation == nil, let byPath = path.operation, call.facts.isModelCall || (path.isCertain && Self.mayCallModel(draft)) { operation = byPath }
        // A canonical record says itself whether it is a model call; a gateway's plugin only runs on model calls, and chat is what it speaks.
        if operation == nil, call.facts.isModelCall { operation = draft.hasText(.operation) ? .other : .chat }
        if operation == nil, call.facts.inputFollowsProtocol, (draft[integer: .inputTokens] ?? 0) > 0 { operation = .chat }
        guard let operation else { return draft.removeText(.operation) }
        call.facts.isModelCall = true
        draft.setText(.operation, operation.name)
        if draft[integer: .stream] == nil {
            if path.isStream || call.facts.isEventStream {
                draft[integer: .stream] = 1
            } else if call.facts.hasContentType, let status = draft[integer: .status], status < 400 {
                // An error is answered as JSON whatever was asked for, so there it says nothing.
                draft[integer: .stream] = 0
            }
        }
    }

    /// Reading a list of stored completions is no model call.
    private static func mayCallModel(_ draft: RequestDraft) -> Bool {
        unsafe draft.withText(.method) { unsafe $0.count == 0 || LooseText.equalsIgnoringCase($0, "post") || LooseText.equalsIgnoringCase($0, "put") }
    }

    private func setProviderAndModel(_ call: inout Call) {
        let draft = call.draft
        let upstream = call.facts.upstream
        if draft[integer: .attempts] == nil, upstream.attempts > 0 { draft[integer: .attempts] = Int64(upstream.attempts) }
        guard call.facts.isModelCall else { return draft.removeText(.provider) }
        let spelled = draft.hasText(.provider) ? unsafe draft.withText(.provider) { unsafe call.maps.providers.provider(spelled: $0) } : nil
        if let provider = spelled ?? call.facts.instanceProvider ?? upstream.provider { draft.setText(.provider, provider) } else { draft.removeText(.provider) }
        for field in [RequestField.responseModel, .upstreamModel, .requestModel] where draft.hasText(field) {
            draft.copyText(from: field, to: .model)
            break
        }
    }

    // MARK: Durations

    private func setDurations(_ call: inout Call, _ shape: RecordShape) {
        let draft = call.draft
        // Without an upstream time APISIX's own share is the whole latency, which is no overhead.
        let isAPISIX = shape == .apisix || (shape == .apisixLogFormat && !call.facts.isCanonical)
        if isAPISIX, draft[integer: .upstreamDuration] == nil { draft[integer: .gatewayOverhead] = nil }
        if draft[integer: .upstreamDuration] == nil, call.facts.upstreamFallback != absentInteger { draft[integer: .upstreamDuration] = call.facts.upstreamFallback }
        if draft[integer: .stream] == 1 {
            if draft[integer: .timeToFirstToken] == nil, call.facts.firstToken != absentInteger { draft[integer: .timeToFirstToken] = call.facts.firstToken }
        } else if !call.facts.isCanonical {
            draft[integer: .timeToFirstToken] = nil
        }
        if let first = draft[integer: .timeToFirstToken], let duration = draft[integer: .duration], first > duration { draft[integer: .timeToFirstToken] = nil }
    }

    // MARK: Failure

    private func setFailure(_ call: inout Call) {
        let draft = call.draft
        let status = draft[integer: .status]
        if let status, (100..<600).contains(status) { draft.setText(.statusClass, Self.statusClasses[Int(status / 100)]) }
        let found = unsafe draft.withText(.errorCode) { unsafe ErrorClass.of(status: status, code: $0, hasErrorObject: call.facts.hasErrorObject) }
        var failure = found
        if let reported = call.facts.reportedError {
            // What the source says outright refines the status's class, and stands alone where the status claims success.
            if call.facts.isCanonical || found == nil || found == .provider || (found == .rateLimit && reported == .quota)
                || (found == .invalidRequest && reported == .contentFilter)
            {
                failure = reported
            }
        }
        if failure == nil, isInterrupted(call) { failure = .streamInterrupted }
        guard let failure else {
            draft.removeText(.errorType)
            return draft.removeText(.errorCode)
        }
        draft.setText(.errorType, failure.name)
    }

    private static let statusClasses: [StaticString] = ["", "1xx", "2xx", "3xx", "4xx", "5xx"]

    /// A stream that ended with success but with neither usage nor finish reason, although the source could have told of them.
    private func isInterrupted(_ call: Call) -> Bool {
        let draft = call.draft
        guard draft[integer: .stream] == 1, call.facts.isModelCall, call.facts.couldTellUsage, !call.facts.isCanonical else { return false }
        guard let status = draft[integer: .status], (200..<300).contains(status), !draft.hasText(.finishReason) else { return false }
        return call.facts.tokensAreEstimated || (draft[integer: .inputTokens] == nil && draft[integer: .outputTokens] == nil)
    }

    // MARK: Origin

    private func setOrigin(_ call: inout Call, _ shape: RecordShape, _ context: IngestContext) {
        let draft = call.draft
        draft.setText(.source, context.door.name)
        if !call.facts.isCanonical || !draft.hasText(.observer) { draft.setText(.observer, "gateway") }
        switch shape {
        case .apisix: draft.setText(.gateway, "apisix")
        case .noveum: draft.setText(.gateway, "noveum")
        case .litellm: draft.setText(.gateway, "litellm")
        case .apisixLogFormat:
            let isAPISIX = call.facts.evidence.contains(.gatewayIDs) || context.door == .apisix
            if isAPISIX, !draft.hasText(.gateway) { draft.setText(.gateway, "apisix") }
        case .gatewatch: break
        }
    }

    // MARK: Cost

    /// The price at the record's time, by the first of its model names that the book knows. A guess of tokens has no price, and an answer out of
    /// the gateway's cache cost nothing.
    private func setCost(_ call: inout Call) {
        let draft = call.draft
        guard call.facts.isModelCall, let prices, let time = draft[integer: .time] else { return }
        let isCacheHit = unsafe draft.withText(.cacheStatus) { unsafe LooseText.equals($0, "hit") }
        if isCacheHit {
            draft[integer: .cost] = 0
            return draft.setText(.costSource, "computed")
        }
        guard let input = draft[integer: .inputTokens], !call.facts.tokensAreEstimated else { return }
        let usage = TokenUsage(
            inputTokens: input, outputTokens: draft[integer: .outputTokens], cacheReadTokens: draft[integer: .cacheReadTokens],
            cacheCreationTokens: draft[integer: .cacheCreationTokens], reasoningTokens: draft[integer: .reasoningTokens])
        let instant = Timestamp(microseconds: time)
        for field in [RequestField.responseModel, .upstreamModel, .requestModel, .model] where draft.hasText(field) {
            let cost = unsafe draft.withText(.provider) { provider in
                unsafe draft.withText(field) { model in unsafe prices.cost(provider: provider, model: model, at: instant, of: usage) }
            }
            guard let cost else { continue }
            draft[integer: .cost] = cost.nanodollars
            return draft.setText(.costSource, "computed")
        }
    }
}
