import GatewayModel
import Testing

@Suite struct PriceLookupTests {
    /// As an ingesting caller holds names: as bytes.
    private func cost(_ lookup: PriceLookup, _ provider: String, _ model: String, _ at: Timestamp, _ usage: TokenUsage) -> NanoUSD? {
        Array(provider.utf8).withUnsafeBytes { provider in
            Array(model.utf8).withUnsafeBytes { model in lookup.cost(provider: provider, model: model, at: at, of: usage) }
        }
    }

    private func price(_ lookup: PriceLookup, _ provider: String, _ model: String, _ at: Timestamp) -> ModelPrice? {
        Array(provider.utf8).withUnsafeBytes { provider in
            Array(model.utf8).withUnsafeBytes { model in lookup.price(provider: provider, model: model, at: at) }
        }
    }

    @Test func aRememberedAnswerIsTheBooks() throws {
        let book = PriceBook.builtin.merging(
            try PriceBook(parsing: "openai gpt-4o 2026-08-01 2 8\nopenai gpt-4o 2026-09-01 1 4\nopenai new 2026-09-01 1 1"))
        let lookup = PriceLookup(book)
        let days = ["2025-01-01", "2026-08-01", "2026-08-31", "2026-09-01", "2027-01-01"]
        let names = [
            ("openai", "gpt-4o"), ("OPENAI", "gpt-4o-2024-08-06"), ("openai", "new"), ("openai", "nothing"), ("aws.bedrock", "us.amazon.nova-lite-v1:0"),
            ("azure.ai.openai", "gpt-4o"), ("", ""), ("openai", String(repeating: "x", count: 2_000)),
            // The same bytes, divided differently.
            ("openaig", "pt-4o"), ("openai", "gpt-4o\0"),
        ]
        for _ in 0..<2 {
            for day in days {
                for (provider, model) in names {
                    let at = try instant(day)
                    #expect(price(lookup, provider, model, at) == book.price(provider: provider, model: model, at: at))
                }
            }
        }
    }

    @Test func moreNamesThanAreRememberedStayRight() throws {
        let lookup = PriceLookup(try PriceBook(parsing: "p m1* - 1 1"))
        let now = try instant("2026-01-01")
        let usage = TokenUsage(inputTokens: 1, outputTokens: 0)
        for number in 0..<(PriceLookup.answersMax + 5_000) {
            let name = "m\(number)"
            #expect(cost(lookup, "p", name, now, usage) == (name.hasPrefix("m1") ? NanoUSD(nanodollars: 1_000) : nil))
        }
        #expect(cost(lookup, "p", "m1", now, usage) == NanoUSD(nanodollars: 1_000))
    }

    @Test func withoutUsageThereIsNoCost() throws {
        let lookup = PriceLookup(.builtin)
        let now = try instant("2026-08-01")
        #expect(cost(lookup, "openai", "gpt-4o", now, TokenUsage()) == nil)
        #expect(cost(lookup, "openai", "gpt-4o", now, TokenUsage(inputTokens: 0, outputTokens: nil)) == .zero)
        #expect(cost(lookup, "openai", "nothing", now, TokenUsage(inputTokens: 1, outputTokens: 1)) == nil)
    }
}
