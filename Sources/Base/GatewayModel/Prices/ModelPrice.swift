/// What one token of each kind costs in a given situation, in picodollars (10^-12 USD). Nothing is absent here: the fall-backs
/// that ``PriceColumn`` names are already taken.
package struct TokenRates: Sendable, Hashable {
    package var input: Int64
    package var cacheRead: Int64
    package var cacheWrite: Int64
    package var cacheWriteHour: Int64
    package var inputAudio: Int64
    package var cacheReadAudio: Int64
    package var output: Int64
    package var reasoning: Int64
    package var outputAudio: Int64
    package var outputImage: Int64

    init(_ listed: ListedPrice) {
        input = listed[.input] ?? 0
        output = listed[.output] ?? 0
        cacheRead = listed[.cachedInput] ?? input
        cacheWrite = listed[.cacheWrite] ?? input
        cacheWriteHour = listed[.cacheWriteHour] ?? cacheWrite
        inputAudio = listed[.inputAudio] ?? input
        cacheReadAudio = listed[.cachedAudio] ?? listed[.cachedInput] ?? inputAudio
        reasoning = listed[.reasoning] ?? output
        outputAudio = listed[.outputAudio] ?? output
        outputImage = listed[.outputImage] ?? output
    }

    /// The rates when the price of an input and of an output token becomes what is given: every other rate of its side changes in
    /// the same ratio, rounded half up to the picodollar. Providers publish batch discounts and long-prompt prices as factors
    /// that stack with those of caching.
    func scaled(input newInput: Int64?, output newOutput: Int64?) -> TokenRates {
        var rates = self
        if let newInput {
            for path in [\TokenRates.cacheRead, \.cacheWrite, \.cacheWriteHour, \.inputAudio, \.cacheReadAudio] {
                rates[keyPath: path] = Self.scale(self[keyPath: path], from: input, to: newInput)
            }
            rates.input = newInput
        }
        if let newOutput {
            for path in [\TokenRates.reasoning, \.outputAudio, \.outputImage] {
                rates[keyPath: path] = Self.scale(self[keyPath: path], from: output, to: newOutput)
            }
            rates.output = newOutput
        }
        return rates
    }

    /// `rate * new / old`; unchanged when `old` is 0, because a ratio to nothing says nothing.
    private static func scale(_ rate: Int64, from old: Int64, to new: Int64) -> Int64 {
        guard old > 0 else { return rate }
        return Int64(clamping: (Int128(rate) * Int128(new) * 2 + Int128(old)) / (Int128(old) * 2))
    }
}

/// What a model costs, ready to be multiplied: no dictionaries, no optionals, no floating point.
package struct ModelPrice: Sendable, Hashable {
    /// Prices of a single call with a prompt of at most ``tierAboveTokens``.
    package let standard: TokenRates
    /// Prices of a call in a batch job.
    package let batch: TokenRates
    /// Prices of the whole call when its prompt is longer than ``tierAboveTokens``.
    package let tier: TokenRates
    /// Both: ``tier`` with the discount of ``batch``.
    package let tierBatch: TokenRates
    /// In tokens; `Int64.max` when there is no tier.
    package let tierAboveTokens: Int64
    /// Picodollars per call.
    package let perRequest: Int64
    /// Picodollars per web search.
    package let perWebSearch: Int64

    package init(_ listed: ListedPrice) {
        let standard = TokenRates(listed)
        var tier = standard.scaled(input: listed[.tierInput], output: listed[.tierOutput])
        if let cached = listed[.tierCachedInput] { tier.cacheRead = cached }
        if let write = listed[.tierCacheWrite] {
            // The one-hour price keeps its ratio to the five-minute price.
            tier.cacheWriteHour = listed[.cacheWriteHour] == nil ? write : tier.cacheWriteHour
            tier.cacheWrite = write
        }
        self.standard = standard
        self.tier = tier
        batch = standard.scaled(input: listed[.batchInput], output: listed[.batchOutput])
        tierBatch = Self.discounted(tier, listed)
        tierAboveTokens = listed[.tierAbove] ?? .max
        perRequest = listed[.request] ?? 0
        perWebSearch = listed[.webSearch] ?? 0
    }

    /// `tier` with the batch discount of the base price.
    private static func discounted(_ tier: TokenRates, _ listed: ListedPrice) -> TokenRates {
        func discount(_ tierRate: Int64, _ base: PriceColumn, _ batch: PriceColumn) -> Int64? {
            guard let base = listed[base], let batch = listed[batch], base > 0 else { return nil }
            return Int64(clamping: (Int128(tierRate) * Int128(batch) * 2 + Int128(base)) / (Int128(base) * 2))
        }
        return tier.scaled(
            input: discount(tier.input, .input, .batchInput), output: discount(tier.output, .output, .batchOutput))
    }

    /// The rates that hold for a call with `promptTokens` tokens of prompt, cache included.
    package func rates(promptTokens: Int64, isBatch: Bool) -> TokenRates {
        if promptTokens > tierAboveTokens { return isBatch ? tierBatch : tier }
        return isBatch ? batch : standard
    }
}
