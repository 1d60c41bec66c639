import GatewayModel
import Testing

@Suite struct ModelPriceTests {
    private func price(_ columns: String, _ values: String) throws -> ModelPrice {
        let book = try PriceBook(parsing: "columns provider model \(columns)\np m \(values)")
        return try #require(book.prices.first)
    }

    @Test func eachTokenIsChargedOnceAtThePriceOfItsKind() throws {
        let price = try price("input output cached_input cache_write cache_write_1h reasoning", "3 15 0.3 3.75 6 20")
        var usage = TokenUsage(inputTokens: 10_000, outputTokens: 1_000, cacheReadTokens: 6_000, cacheCreationTokens: 3_000, reasoningTokens: 400)
        usage.cacheCreation1hTokens = 1_000
        let cost = price.cost(of: usage)
        #expect(cost.inputPicodollars == 1_000 * 3_000_000)
        #expect(cost.cacheReadPicodollars == 6_000 * 300_000)
        #expect(cost.cacheWritePicodollars == 1_000 * 6_000_000 + 2_000 * 3_750_000)
        #expect(cost.outputPicodollars == 400 * 20_000_000 + 600 * 15_000_000)
        #expect(cost.otherPicodollars == 0)
        #expect(cost.total == NanoUSD(nanodollars: 3_000_000 + 1_800_000 + 13_500_000 + 17_000_000))
    }

    @Test func cacheWithoutAPriceCostsWhatInputDoes() throws {
        let price = try price("input output", "3 15")
        let plain = price.cost(of: TokenUsage(inputTokens: 100, outputTokens: 0))
        let cached = price.cost(of: TokenUsage(inputTokens: 100, outputTokens: 0, cacheReadTokens: 50, cacheCreationTokens: 30))
        #expect(plain.totalPicodollars == cached.totalPicodollars)
    }

    @Test(arguments: [
        (200_000, Int128(200_000) * 3_000_000), (200_001, Int128(200_001) * 6_000_000), (0, 0),
    ] as [(Int64, Int128)])
    func theTierHoldsForTheWholeCallAboveItsThreshold(tokens: Int64, expected: Int128) throws {
        let price = try price("input output cached_input tier_above tier_input tier_output", "3 15 0.3 200000 6 22.5")
        let cost = price.cost(of: TokenUsage(inputTokens: tokens, outputTokens: 10))
        #expect(cost.inputPicodollars == expected)
        #expect(cost.outputPicodollars == (tokens > 200_000 ? 225_000_000 : 150_000_000))
    }

    @Test func aTierRaisesWhatItDoesNotListInItsRatio() throws {
        let price = try price(
            "input output cached_input cache_write cache_write_1h tier_above tier_input tier_output", "3 15 0.3 3.75 6 200000 6 22.5")
        #expect(price.tier.cacheRead == 600_000)
        #expect(price.tier.cacheWrite == 7_500_000)
        #expect(price.tier.cacheWriteHour == 12_000_000)
        #expect(price.tier.reasoning == 22_500_000)
    }

    @Test func aTierKeepsWhatItLists() throws {
        let price = try price(
            "input output cached_input cache_write tier_above tier_input tier_cached_input tier_cache_write", "0.2 0.5 0.05 1 128000 0.4 0.05 1.5")
        #expect(price.tier.input == 400_000)
        #expect(price.tier.cacheRead == 50_000)
        #expect(price.tier.cacheWrite == 1_500_000)
        #expect(price.tier.cacheWriteHour == 1_500_000)
        #expect(price.tier.output == 500_000)
    }

    @Test func aBatchIsDiscountedOnBothSidesAndAboveTheThreshold() throws {
        let price = try price(
            "input output cached_input batch_input batch_output tier_above tier_input tier_output", "2.5 15 0.25 1.25 7.5 272000 5 22.5")
        #expect(price.batch.input == 1_250_000 && price.batch.output == 7_500_000 && price.batch.cacheRead == 125_000)
        #expect(price.tierBatch.input == 2_500_000 && price.tierBatch.output == 11_250_000 && price.tierBatch.cacheRead == 250_000)
        let usage = TokenUsage(inputTokens: 300_000, outputTokens: 1)
        #expect(price.cost(of: usage, isBatch: true).totalPicodollars == 300_000 * 2_500_000 + 11_250_000)
    }

    @Test func withoutABatchPriceABatchCostsAsMuchAsASingleCall() throws {
        let price = try price("input output", "3 15")
        #expect(price.batch == price.standard)
    }

    @Test func audioAndImagesHaveTheirOwnPrices() throws {
        let price = try price("input output cached_input input_audio cached_audio output_audio output_image", "0.3 2.5 0.03 1 0.1 12 30")
        // A recorded Gemini answer: cached audio is a part of both the cache and the audio.
        var usage = TokenUsage(inputTokens: 3_297, outputTokens: 150, cacheReadTokens: 2_918)
        usage.inputMedia.audio = 321
        usage.cacheReadMedia.audio = 284
        usage.outputMedia.audio = 50
        usage.outputMedia.image = 20
        let cost = price.cost(of: usage)
        #expect(cost.inputPicodollars + cost.cacheReadPicodollars == 247_020_000)
        #expect(cost.outputPicodollars == 50 * 12_000_000 + 20 * 30_000_000 + 80 * 2_500_000)
    }

    @Test func callsAndSearchesAreChargedApart() throws {
        let price = try price("input output request web_search", "1 1 12 10")
        var usage = TokenUsage(inputTokens: 0, outputTokens: 0)
        usage.webSearches = 3
        #expect(price.cost(of: usage).otherPicodollars == 12_000_000_000 + 30_000_000_000)
        #expect(price.cost(of: usage).total == NanoUSD(nanodollars: 42_000_000))
    }

    @Test func partsBeyondTheirWholeAreNotChargedTwice() throws {
        let price = try price("input output cached_input cache_write", "3 15 0.3 3.75")
        var usage = TokenUsage(inputTokens: 100, outputTokens: 10, cacheReadTokens: 500, cacheCreationTokens: 60, reasoningTokens: 99)
        usage.cacheCreation1hTokens = 1_000
        usage.inputMedia.audio = 400
        let cost = price.cost(of: usage)
        #expect(cost.cacheWritePicodollars == 60 * 3_750_000)
        #expect(cost.cacheReadPicodollars == 40 * 300_000)
        #expect(cost.inputPicodollars == 0)
        #expect(cost.outputPicodollars == 10 * 15_000_000)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func noCountMakesTheArithmeticTrap(count: Int64) throws {
        let price = try price("input output cached_input request", "1000000 1000000 1000000 1000000")
        var usage = TokenUsage(inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheCreationTokens: count, reasoningTokens: count)
        usage.cacheCreation1hTokens = count
        usage.webSearches = count
        usage.inputMedia.audio = count
        usage.cacheReadMedia.audio = count
        usage.outputMedia.audio = count
        usage.outputMedia.image = count
        #expect(price.cost(of: usage).totalPicodollars > 0)
        #expect(price.cost(of: usage).total.nanodollars > 0)
    }

    @Test(arguments: [
        (0, 0), (499, 0), (500, 1), (999, 1), (1_499, 1), (1_500, 2), (-500, 0), (-501, -1), (-1_500, -1),
    ] as [(Int128, Int64)])
    func moneyIsRoundedHalfUpOnce(picodollars: Int128, nanodollars: Int64) {
        #expect(NanoUSD(roundingPicodollars: picodollars).nanodollars == nanodollars)
    }

    @Test func theSumOfManyCallsIsExact() throws {
        // 0.0375 dollars per million tokens: a token costs 37,500 picodollars, which no binary fraction of a dollar is.
        let price = try price("input output", "0.0375 0.15")
        let cost = price.cost(of: TokenUsage(inputTokens: 1, outputTokens: 1))
        var sum: Int128 = 0
        for _ in 0..<1_000_000 { sum += cost.totalPicodollars }
        #expect(sum == 187_500 * 1_000_000)
        #expect(NanoUSD(roundingPicodollars: sum).nanodollars == 187_500_000)
    }

    @Test func freeIsAPrice() throws {
        let price = try price("input output", "0 0")
        #expect(price.cost(of: TokenUsage(inputTokens: 100, outputTokens: 100)).total == .zero)
    }
}
