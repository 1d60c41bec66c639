import GatewayModel
import Testing

@Suite struct PriceBookTests {
    private let now = Timestamp(microseconds: 1_784_851_200_000_000)

    @Test func aDatedPriceHoldsFromItsDayUntilTheNext() throws {
        let book = try PriceBook(
            parsing: """
                openai o3 - 10 40
                openai o3 2026-09-01 1 4
                openai o3 2025-06-10 2 8
                """)
        func input(_ text: String) throws -> Int64? {
            book.price(provider: "openai", model: "o3", at: try instant(text))?.standard.input
        }
        #expect(try input("2024-01-01") == 10_000_000)
        #expect(try input("2025-06-09T23:59:59.999999Z") == 10_000_000)
        #expect(try input("2025-06-10T00:00:00Z") == 2_000_000)
        #expect(try input("2026-08-31") == 2_000_000)
        #expect(try input("2026-09-01") == 1_000_000)
    }

    @Test func beforeItsFirstDayAModelHasNoPrice() throws {
        let book = try PriceBook(parsing: "openai o3 2025-06-10 2 8")
        #expect(book.price(provider: "openai", model: "o3", at: try instant("2025-06-09")) == nil)
    }

    @Test func anUnknownModelHasNoPrice() throws {
        let book = try PriceBook(parsing: "openai gpt-4o - 2.5 10")
        #expect(book.price(provider: "openai", model: "gpt-9", at: now) == nil)
        #expect(book.price(provider: "groq", model: "gpt-4o", at: now) == nil)
        #expect(book.price(provider: "", model: "", at: now) == nil)
    }

    @Test(arguments: [
        ("openai", "gpt-4o", "gpt-4o", PriceMatch.Rule.name),
        ("OpenAI", "GPT-4o", "gpt-4o", .name),
        ("openai", "openai/gpt-4o", "gpt-4o", .name),
        ("openai", "gpt-4o-2024-08-06", "gpt-4o", .snapshot),
        ("openai", "gpt-4o-latest", "gpt-4o", .snapshot),
        ("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13", .name),
        ("openai", "gpt-5.1-codex-max-2026-01-01", "gpt-5.1-*", .prefix),
        ("openai", "gpt-5.1-mini", "gpt-5.1-mini*", .prefix),
        ("anthropic", "claude-3-5-sonnet-20241022", "claude-3-5-sonnet-20241022", .name),
        // The newest listed snapshot stands for the name without a date, and for other dates.
        ("anthropic", "claude-3-5-sonnet", "claude-3-5-sonnet-20241022", .snapshot),
        ("anthropic", "claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", .snapshot),
        ("anthropic", "claude-3-5-sonnet-20991231", "claude-3-5-sonnet-20241022", .snapshot),
        ("aws.bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet-20241022-v2:0", .name),
        ("aws.bedrock", "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet-20241022-v2:0", .name),
        ("aws.bedrock", "eu.anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet-20241022-v2:0", .snapshot),
        ("aws.bedrock", "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", .name),
        ("aws.bedrock", "bedrock/amazon.nova-lite", "amazon.nova-lite-v1:0", .snapshot),
        ("gcp.gemini", "models/gemini-2.0-flash-001", "gemini-2.0-flash", .snapshot),
        ("gcp.vertex_ai", "publishers/google/models/gemini-2.0-flash", "gemini-2.0-flash", .alias),
        ("gcp.vertex_ai", "claude-3-5-sonnet@20241022", "claude-3-5-sonnet-20241022", .alias),
        ("gcp.vertex_ai", "claude-3-5-sonnet@default", "claude-3-5-sonnet-20241022", .alias),
        ("gcp.vertex_ai", "vertex_ai/gemini-2.0-flash", "gemini-2.0-flash", .alias),
        ("azure.ai.openai", "azure/gpt-4o-2024-08-06", "gpt-4o", .alias),
        ("azure.ai.openai", "our-deployment", "gpt-4o-2024-05-13", .alias),
    ] as [(String, String, String, PriceMatch.Rule)])
    func aModelIsFoundUnderItsOtherNames(provider: String, model: String, line: String, rule: PriceMatch.Rule) throws {
        let match = try #require(try Self.names().match(provider: provider, model: model, at: now))
        #expect(match.entry.model == line)
        #expect(match.rule == rule)
    }

    @Test(arguments: [
        // Not surely a date, or a price of its own.
        ("openai", "gpt-4o-0613"), ("openai", "gpt-4o-08-2024"), ("openai", "ft:gpt-4o:org"), ("openai", "gpt-4o-v1:0"), ("openai", "us.gpt-4o"),
        ("openai", "azure/gpt-4o"), ("openai", "gpt-4o-19991231"), ("openai", "gpt-4o-001"), ("openai", "gpt"), ("openai", "-2024-08-06"),
        ("openai", "-latest"), ("openai", "@"), ("openai", "/"), ("gcp.vertex_ai", "models/"), ("aws.bedrock", ":"), ("aws.bedrock", "arn:/"),
    ])
    func aModelIsNotGuessed(provider: String, model: String) throws {
        #expect(try Self.names().match(provider: provider, model: model, at: now) == nil)
    }

    private static func names() throws -> PriceBook {
        try PriceBook(
            parsing: """
                openai gpt-4o - 2.5 10
                openai gpt-4o-2024-05-13 - 5 15
                openai gpt-5.1-* - 1 2
                openai gpt-5.1-mini* - 0.1 0.2
                anthropic claude-3-5-sonnet-20240620 - 3 15
                anthropic claude-3-5-sonnet-20241022 - 3 15
                aws.bedrock anthropic.claude-3-5-sonnet-20241022-v2:0 - 3 15
                aws.bedrock amazon.nova-lite-v1:0 - 0.06 0.24
                gcp.gemini gemini-2.0-flash - 0.1 0.4
                alias gcp.vertex_ai claude-* anthropic
                alias gcp.vertex_ai * gcp.gemini
                alias azure.ai.openai our-deployment openai gpt-4o-2024-05-13
                alias azure.ai.openai * openai
                """)
    }

    @Test func aliasesThatPointAtEachOtherEnd() throws {
        let book = try PriceBook(parsing: "alias a * b\nalias b * a\nalias c * c")
        #expect(book.price(provider: "a", model: "m", at: now) == nil)
        #expect(book.price(provider: "c", model: "m", at: now) == nil)
    }

    @Test func aListLaidOverAnotherReplacesItsLines() throws {
        let base = try PriceBook(parsing: "as-of 2026-07-24\nopenai a - 1 1\nopenai b - 1 1\nalias x * openai")
        let own = try PriceBook(parsing: "openai A - 2 2\nopenai b 2026-08-01 3 3\nopenai c - 4 4\nalias x * groq")
        let book = base.merging(own)
        func input(_ model: String, _ day: String) throws -> Int64? {
            book.price(provider: "openai", model: model, at: try instant(day))?.standard.input
        }
        #expect(book.entries.count == 4)
        #expect(book.asOf == base.asOf)
        #expect(try input("a", "2026-07-01") == 2_000_000)
        #expect(try input("b", "2026-07-31") == 1_000_000)
        #expect(try input("b", "2026-08-01") == 3_000_000)
        #expect(try input("c", "2026-07-01") == 4_000_000)
        #expect(book.aliases.map(\.targetProvider) == ["groq"])
    }

    @Test func ofTwoLinesForTheSameDayTheLaterHolds() throws {
        let book = try PriceBook(parsing: "openai a - 1 1\nopenai a - 2 2")
        #expect(book.price(provider: "openai", model: "a", at: now)?.standard.input == 2_000_000)
        #expect(book.entries.count == 1)
    }
}
