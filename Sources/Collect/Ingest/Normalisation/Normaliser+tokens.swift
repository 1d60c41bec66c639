internal import GatewayModel

extension Normaliser {
    /// Brings token counts to one convention: input includes what was read from and written to the prompt cache, output includes reasoning,
    /// and what is not known is absent.
    func setTokens(_ call: inout Call) {
        let draft = call.draft
        guard call.facts.isModelCall else { return clear(Self.tokenFields, draft) }
        dropUnknownZeros(&call)
        addCacheToInput(&call)
        guard draft[integer: .inputTokens] != nil || draft[integer: .outputTokens] != nil else { return draft.removeText(.tokensSource) }
        if call.facts.isCanonical, draft.hasText(.tokensSource) {
            call.facts.tokensAreEstimated = unsafe draft.withText(.tokensSource) { unsafe LooseText.equals($0, "estimated") }
        }
        draft.setText(.tokensSource, call.facts.tokensAreEstimated ? "estimated" : "reported")
    }

    private static let tokenFields: [RequestField] = [
        .inputTokens, .outputTokens, .totalTokens, .cacheReadTokens, .cacheCreationTokens, .reasoningTokens,
    ]

    /// A source that writes 0 for "unknown" means that where the call failed, and where neither side has any token: a model call without
    /// a single token does not exist. Averages must not be pulled down by it.
    private func dropUnknownZeros(_ call: inout Call) {
        guard call.facts.zeroTokensMeanUnknown, !call.facts.isCanonical else { return }
        let draft = call.draft
        let isEmpty = (draft[integer: .inputTokens] ?? 0) == 0 && (draft[integer: .outputTokens] ?? 0) == 0
        guard isEmpty else { return }
        clear(Self.tokenFields, draft)
    }

    private func addCacheToInput(_ call: inout Call) {
        let draft = call.draft
        guard !call.facts.isCanonical, let input = draft[integer: .inputTokens] else { return }
        let cache = (draft[integer: .cacheReadTokens] ?? 0) &+ (draft[integer: .cacheCreationTokens] ?? 0)
        if cache > 0, call.facts.cacheStandsBesideInput || input < cache { draft[integer: .inputTokens] = input &+ cache }
    }

    private func clear(_ fields: [RequestField], _ draft: RequestDraft) {
        for field in fields { draft[integer: field] = nil }
    }
}
