import Foundation
import GatewayModel
import Testing

@Suite struct BuiltinPricesTests {
    @Test func everyLineIsRead() throws {
        let (book, errors) = PriceBook.parse(PriceBook.builtinText)
        #expect(errors.isEmpty)
        #expect(book.entries == PriceBook.builtin.entries)
        #expect(book.asOf == (try instant("2026-07-24")))
    }

    @Test(.enabled(if: ReferencePrices.hasList, "needs ../shared"))
    func theListIsTheReferenceLineByLine() throws {
        let columns: [(String, PriceColumn)] = [
            ("input_usd_per_mtok", .input), ("output_usd_per_mtok", .output), ("cached_input_usd_per_mtok", .cachedInput),
            ("cache_write_usd_per_mtok", .cacheWrite), ("batch_input_usd_per_mtok", .batchInput), ("batch_output_usd_per_mtok", .batchOutput),
            ("tier_input_usd_per_mtok", .tierInput), ("tier_output_usd_per_mtok", .tierOutput),
        ]
        let rows = try ReferencePrices.listRows()
        #expect(rows.count == PriceBook.builtin.entries.count)
        for row in rows {
            let name = try #require(row["model"])
            let provider = try #require(Self.canonical[row["provider"] ?? ""])
            let entry = try #require(PriceBook.builtin.entries.first { $0.provider == provider && $0.model == name }, "\(provider) \(name)")
            #expect(entry.from == nil)
            for (reference, column) in columns {
                let dollars = try #require(row[reference])
                // A dollar per million tokens is 10^6 picodollars per token: the reference's dollars, divided by 10^6.
                let expected = dollars.isEmpty ? nil : picodollars(dollars).map { $0 / 1_000_000 }
                #expect(entry.listed[column].map { Int128($0) } == expected, "\(provider) \(name) \(column.name)")
            }
            #expect(entry.listed[.tierAbove].map(String.init) ?? "" == row["tier_above_tokens"], "\(provider) \(name)")
        }
    }

    private static let canonical = [
        "anthropic": "anthropic", "aws": "aws.bedrock", "azure": "azure.ai.openai", "cerebras": "cerebras", "cohere": "cohere", "deepseek": "deepseek",
        "google": "gcp.gemini", "groq": "groq", "minimax": "minimax", "mistral": "mistral_ai", "moonshotai": "moonshot_ai", "openai": "openai",
        "perplexity": "perplexity", "together": "together", "voyageai": "voyageai", "x-ai": "x_ai", "zhipuai": "zhipuai",
    ]

    @Test(arguments: [
        ("openai", "gpt-4o-2024-08-06"), ("azure.ai.openai", "gpt-4o-2024-08-06"), ("azure.ai.openai", "gpt-4-0613"), ("anthropic", "claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4"), ("gcp.vertex_ai", "claude-opus-4-1@20250805"), ("gcp.vertex_ai", "gemini-2.5-pro"),
        ("aws.bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0"), ("mistral_ai", "magistral-small-latest"), ("x_ai", "grok-3-latest"),
    ])
    func commonNamesHaveAPrice(provider: String, model: String) throws {
        #expect(PriceBook.builtin.price(provider: provider, model: model, at: try instant("2025-03-01")) != nil)
    }

    @Test func anHourOfCacheCostsTwiceTheInputAtAnthropic() throws {
        let entries = PriceBook.builtin.entries.filter { $0.provider == "anthropic" }
        #expect(!entries.isEmpty)
        for entry in entries { #expect(entry.listed[.cacheWriteHour] == entry.listed[.input].map { $0 * 2 }, "\(entry.model)") }
    }

    private static let documentation = ReferencePrices.package.appendingPathComponent("docs/reference/prices.md")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: documentation.path), "needs docs/"))
    func theDocumentedExampleIsRead() throws {
        let blocks = try String(contentsOf: Self.documentation, encoding: .utf8).components(separatedBy: "```")
        let (book, errors) = PriceBook.parse(try #require(blocks.count > 1 ? blocks[1] : nil))
        #expect(errors.isEmpty)
        #expect(book.entries.count == 4 && book.aliases.count == 2)
        let at = try instant("2026-09-01")
        #expect(book.price(provider: "openai", model: "gpt-4o", at: at)?.standard.input == 2_000_000)
        #expect(book.price(provider: "self_hosted", model: "anything", at: at)?.standard.input == 0)
        #expect(book.match(provider: "azure.ai.openai", model: "our-deployment", at: at)?.entry.model == "gpt-4o")
    }
}
