/// What a call cost and for what, exact in picodollars (10^-12 USD).
package struct CostBreakdown: Sendable, Hashable {
    /// Prompt tokens that no cache was involved in.
    package var inputPicodollars: Int128 = 0
    package var cacheReadPicodollars: Int128 = 0
    package var cacheWritePicodollars: Int128 = 0
    /// All generated tokens, reasoning included.
    package var outputPicodollars: Int128 = 0
    /// Charges that do not count tokens: per call, per web search.
    package var otherPicodollars: Int128 = 0

    /// The exact sum.
    package var totalPicodollars: Int128 {
        inputPicodollars + cacheReadPicodollars + cacheWritePicodollars + outputPicodollars + otherPicodollars
    }

    // Each amount below is rounded for itself, half up; so the parts' sum may differ from the total by some nano-dollars.

    package var input: NanoUSD { NanoUSD(roundingPicodollars: inputPicodollars) }
    package var cacheRead: NanoUSD { NanoUSD(roundingPicodollars: cacheReadPicodollars) }
    package var cacheWrite: NanoUSD { NanoUSD(roundingPicodollars: cacheWritePicodollars) }
    package var output: NanoUSD { NanoUSD(roundingPicodollars: outputPicodollars) }
    package var other: NanoUSD { NanoUSD(roundingPicodollars: otherPicodollars) }
    /// What is stored with a record: the exact sum, rounded once.
    package var total: NanoUSD { NanoUSD(roundingPicodollars: totalPicodollars) }
}

extension NanoUSD {
    /// The nearest nano-dollar, half up; clamped to what 64 bits hold (some nine thousand million dollars).
    package init(roundingPicodollars picodollars: Int128) {
        if let small = Int64(exactly: picodollars), small >= 0, small <= .max - 500 {
            // Every real call: a 64-bit division is several times faster than one of 128 bits.
            self.init(nanodollars: (small + 500) / 1_000)
            return
        }
        let shifted = picodollars + 500
        // Division truncates; half up needs the floor.
        let floor = shifted >= 0 ? shifted / 1_000 : (shifted - 999) / 1_000
        self.init(nanodollars: Int64(clamping: floor))
    }
}

extension ModelPrice {
    /// What a call with this usage costs:
    /// `(input - cacheRead - cacheCreation) * p_in + cacheRead * p_cr + cacheCreation * p_cw + output * p_out`,
    /// audio, image and reasoning tokens at their own prices where the list has them, each token once.
    ///
    /// A count that is absent adds nothing; whether a call with a missing count may be priced is for the caller to say
    /// (``TokenUsage/isPriceable``). Where the parts exceed their total they are cut to it, in the order cache write, cache read,
    /// audio: a call never costs more tokens than it had. Which is to say that the contradiction is not hidden:
    /// ``TokenUsage/issues`` reports it.
    ///
    /// - Parameter isBatch: whether the call was part of a batch job.
    package func cost(of usage: TokenUsage, isBatch: Bool = false) -> CostBreakdown {
        let prompt = max(usage.inputTokens ?? 0, 0)
        let rates = rates(promptTokens: prompt, isBatch: isBatch)
        var cost = CostBreakdown()

        var rest = prompt
        let written = take(usage.cacheCreationTokens ?? 0, from: &rest)
        var writtenRest = written
        let writtenHour = take(usage.cacheCreation1hTokens ?? 0, from: &writtenRest)
        cost.cacheWritePicodollars = times(writtenHour, rates.cacheWriteHour) + times(writtenRest, rates.cacheWrite)

        var read = take(usage.cacheReadTokens ?? 0, from: &rest)
        let readAudio = take(usage.cacheReadMedia.audio, from: &read)
        cost.cacheReadPicodollars = times(readAudio, rates.cacheReadAudio) + times(read, rates.cacheRead)

        let audio = take(usage.inputMedia.audio &- readAudio, from: &rest)
        cost.inputPicodollars = times(audio, rates.inputAudio) + times(rest, rates.input)

        cost.outputPicodollars = outputCost(usage, rates)
        cost.otherPicodollars = Int128(perRequest) + times(max(usage.webSearches ?? 0, 0), perWebSearch)
        return cost
    }

    private func outputCost(_ usage: TokenUsage, _ rates: TokenRates) -> Int128 {
        var rest = max(usage.outputTokens ?? 0, 0)
        let reasoning = take(usage.reasoningTokens ?? 0, from: &rest)
        let audio = take(usage.outputMedia.audio, from: &rest)
        let image = take(usage.outputMedia.image, from: &rest)
        return times(reasoning, rates.reasoning) + times(audio, rates.outputAudio) + times(image, rates.outputImage) + times(rest, rates.output)
    }

    /// Takes `part` away from `rest`, no more than there is.
    @inline(__always) private func take(_ part: Int64, from rest: inout Int64) -> Int64 {
        let taken = min(max(part, 0), rest)
        rest &-= taken
        return taken
    }

    /// Exact: the product of two 64-bit integers fits 128 bits.
    @inline(__always) private func times(_ count: Int64, _ rate: Int64) -> Int128 { Int128(count) * Int128(rate) }
}
