/// The tokens of one model call, in one convention for all providers: input INCLUDES what was read from and written to a cache,
/// output INCLUDES reasoning. nil is "not reported", never 0.
package struct TokenUsage: Sendable, Hashable {
    /// The largest count believed, in tokens: a thousand times the longest context offered times the largest batch. Larger ones are
    /// treated as not reported.
    package static let countMax: Int64 = 1_000_000_000_000

    /// All tokens of the prompt, cache included.
    package var inputTokens: Int64?
    /// All generated tokens, reasoning included.
    package var outputTokens: Int64?
    /// The sum as the provider reports it, kept beside the parts.
    package var totalTokens: Int64?
    /// Part of ``inputTokens``: read from the provider's cache.
    package var cacheReadTokens: Int64?
    /// Part of ``inputTokens``: written to the provider's cache.
    package var cacheCreationTokens: Int64?
    /// Part of ``cacheCreationTokens``: written for five minutes, where the provider tells.
    package var cacheCreation5mTokens: Int64?
    /// Part of ``cacheCreationTokens``: written for one hour, where the provider tells.
    package var cacheCreation1hTokens: Int64?
    /// Part of ``outputTokens``: thought, not answered.
    package var reasoningTokens: Int64?
    /// Part of ``inputTokens``: results of tools that the provider ran and put into the prompt.
    package var toolInputTokens: Int64?
    /// Web searches that the provider made for the call; charged apart from tokens.
    package var webSearches: Int64?

    /// ``inputTokens`` by medium, as far as the provider tells.
    package var inputMedia = MediaTokens()
    /// ``cacheReadTokens`` by medium.
    package var cacheReadMedia = MediaTokens()
    /// ``outputTokens`` by medium.
    package var outputMedia = MediaTokens()
    /// ``toolInputTokens`` by medium; contained in ``inputMedia`` too.
    package var toolInputMedia = MediaTokens()

    /// A usage of which nothing is known.
    package init() {}

    package init(
        inputTokens: Int64?, outputTokens: Int64?, cacheReadTokens: Int64? = nil, cacheCreationTokens: Int64? = nil, reasoningTokens: Int64? = nil,
        totalTokens: Int64? = nil
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.totalTokens = totalTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheCreationTokens = cacheCreationTokens
        self.reasoningTokens = reasoningTokens
    }

    /// Whether there is anything to price: input or output is known.
    package var isPriceable: Bool { inputTokens != nil || outputTokens != nil }
}

/// Tokens by medium. 0 is "none or not told": a part that is not told is priced as the rest is, so the two need not be kept apart.
package struct MediaTokens: Sendable, Hashable {
    package var text: Int64 = 0
    package var audio: Int64 = 0
    package var image: Int64 = 0
    package var video: Int64 = 0

    package init() {}

    /// The sum; wraps only for counts far beyond ``TokenUsage/countMax``.
    package var sum: Int64 { text &+ audio &+ image &+ video }
}

/// What is contradictory in a usage. The numbers stay as they were reported; nothing is summed twice.
package struct UsageIssues: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Cache reads and writes together exceed the input: the source probably left the cache out of it.
    package static let cacheExceedsInput = UsageIssues(rawValue: 1 << 0)
    /// The five-minute and one-hour writes together exceed the cache writes.
    package static let cacheSplitExceedsCache = UsageIssues(rawValue: 1 << 1)
    /// Reasoning exceeds the output: the source probably left reasoning out of it.
    package static let reasoningExceedsOutput = UsageIssues(rawValue: 1 << 2)
    /// The media of the input, of the cache or of the output exceed their whole.
    package static let mediaExceedWhole = UsageIssues(rawValue: 1 << 3)
    /// The reported total is less than input and output.
    package static let totalBelowParts = UsageIssues(rawValue: 1 << 4)
    /// The reported total is more than input and output: something was generated that no part tells of.
    package static let totalAboveParts = UsageIssues(rawValue: 1 << 5)
    /// A count was negative, broken, or larger than ``TokenUsage/countMax``, and is treated as not reported.
    package static let countRejected = UsageIssues(rawValue: 1 << 6)
}

extension TokenUsage {
    /// The conservation check: parts must not exceed their whole. Parts that are not reported are not checked.
    package var issues: UsageIssues {
        var issues: UsageIssues = []
        let cache = (cacheReadTokens ?? 0) &+ (cacheCreationTokens ?? 0)
        if let inputTokens, cache > inputTokens { issues.insert(.cacheExceedsInput) }
        if let cacheCreationTokens, (cacheCreation5mTokens ?? 0) &+ (cacheCreation1hTokens ?? 0) > cacheCreationTokens {
            issues.insert(.cacheSplitExceedsCache)
        }
        if let outputTokens, let reasoningTokens, reasoningTokens > outputTokens { issues.insert(.reasoningExceedsOutput) }
        if exceeds(inputMedia, inputTokens) || exceeds(cacheReadMedia, cacheReadTokens) || exceeds(outputMedia, outputTokens) {
            issues.insert(.mediaExceedWhole)
        }
        if let totalTokens, inputTokens != nil || outputTokens != nil {
            let parts = (inputTokens ?? 0) &+ (outputTokens ?? 0)
            if totalTokens < parts { issues.insert(.totalBelowParts) }
            if totalTokens > parts { issues.insert(.totalAboveParts) }
        }
        return issues
    }

    private func exceeds(_ media: MediaTokens, _ whole: Int64?) -> Bool { whole.map { media.sum > $0 } ?? false }

    /// The usage with the cache added to the input when the source has left it out: the cache alone is larger than the input.
    ///
    /// For sources that do not say which convention they follow. A declared convention (``UsageDialect``) is better: a source that
    /// leaves the cache out and happens to report a long uncached prompt is not recognised by this.
    package func includingCache() -> TokenUsage {
        guard let inputTokens, issues.contains(.cacheExceedsInput) else { return self }
        var usage = self
        usage.inputTokens = inputTokens &+ (cacheReadTokens ?? 0) &+ (cacheCreationTokens ?? 0)
        return usage
    }
}
