import GatewayModel
import Testing

/// Text, and the tree it must become.
private struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let filter: Filter
    var testDescription: String { text }

    init(_ text: String, _ filter: Filter) {
        self.text = text
        self.filter = filter
    }
}

/// Text, and where and how it must be refused.
private struct Refusal: CustomTestStringConvertible, Sendable {
    let text: String
    let line: Int
    let column: Int
    let message: String
    var testDescription: String { text }

    init(_ text: String, _ column: Int, _ message: String, line: Int = 1) {
        self.text = text
        self.line = line
        self.column = column
        self.message = message
    }
}

private func is_(_ field: RequestField, _ text: String) -> Filter { .matches(field, [TextPattern(exactly: text)]) }
private let top = Int64.max
private let bottom = Int64.min + 1

private let accepted: [Case] = [
    Case("", .all),
    Case("   ", .all),
    Case("provider: openai", is_(.provider, "openai")),
    Case("provider:openai", is_(.provider, "openai")),
    Case("provider = openai", is_(.provider, "openai")),
    Case("gen_ai.provider.name: openai", is_(.provider, "openai")),
    Case("attributes.metadata.provider_request_id.keyword: \"req_abc\"", is_(.providerRequestID, "req_abc")),
    Case("client: \"batch job\"", is_(.client, "batch job")),
    Case("client: \"a*b\"", is_(.client, "a*b")),
    Case("client: batch-*", .matches(.client, [TextPattern(pieces: ["batch-", ""])])),
    Case("client: a\\*b*", .matches(.client, [TextPattern(pieces: ["a*b", ""])])),
    Case("model: *", .exists(.model)),
    Case("error_type: *", .exists(.errorType)),
    Case("status >= 500", .range(.status, 500...top)),
    Case("status > 499", .range(.status, 500...top)),
    Case("status < 500", .range(.status, bottom...499)),
    Case("status <= 499", .range(.status, bottom...499)),
    Case("status: 429", .range(.status, 429...429)),
    Case("status: 5xx", .range(.status, 500...599)),
    Case("status: 5*", .range(.status, 500...599)),
    Case("status: [500 TO 599]", .range(.status, 500...599)),
    Case("status: [500 to *]", .range(.status, 500...top)),
    Case("status: [5 to 3]", .or([])),
    Case("status: (429 or 503)", .or([.range(.status, 429...429), .range(.status, 503...503)])),
    Case("provider: (openai or anthropic)", .matches(.provider, [TextPattern(exactly: "openai"), TextPattern(exactly: "anthropic")])),
    Case("provider: (openai, anthropic)", .matches(.provider, [TextPattern(exactly: "openai"), TextPattern(exactly: "anthropic")])),
    Case("provider: (not openai)", .not(is_(.provider, "openai"))),
    Case("stream: true", .range(.stream, 1...1)),
    Case("stream: false", .range(.stream, 0...0)),
    Case("duration > 2", .range(.duration, 2_000_001...top)),
    Case("duration >= 2.5s", .range(.duration, 2_500_000...top)),
    Case("duration > 250ms", .range(.duration, 250_001...top)),
    Case("cost >= 0.05", .range(.cost, 50_000_000...top)),
    Case("request_size > 10kB", .range(.requestSize, 10_001...top)),
    Case("output_tokens > 1k", .range(.outputTokens, 1_001...top)),
    Case("time >= 2026-03-05", .range(.time, 1_772_668_800_000_000...top)),
    Case("time > 2026-03-05", .range(.time, 1_772_755_200_000_000...top)),
    Case("start < \"2026-03-05T00:00:01Z\"", .range(.start, bottom...1_772_668_800_999_999)),
]

private let combined: [Case] = [
    Case("provider: a and status >= 500 and not client: b-*",
        .and([is_(.provider, "a"), .range(.status, 500...top), .not(.matches(.client, [TextPattern(pieces: ["b-", ""])]))])),
    Case("provider: a or provider: b and model: c", .or([is_(.provider, "a"), .and([is_(.provider, "b"), is_(.model, "c")])])),
    Case("(provider: a or provider: b) and model: c", .and([.or([is_(.provider, "a"), is_(.provider, "b")]), is_(.model, "c")])),
    Case("NOT provider: a AND model: c", .and([.not(is_(.provider, "a")), is_(.model, "c")])),
    Case("not (provider: a or model: c)", .not(.or([is_(.provider, "a"), is_(.model, "c")]))),
    Case("provider: a\nand\nmodel: c", .and([is_(.provider, "a"), is_(.model, "c")])),
]

private let refused: [Refusal] = [
    Refusal("provider:", 10, "expected a value"),
    Refusal("provider: and", 11, "expected"),
    Refusal("openai", 1, "'openai' is not followed by"),
    Refusal("provdier: openai", 1, "there is no field 'provdier'"),
    Refusal("status: abc", 9, "'abc' is not a number"),
    Refusal("status: NaN", 9, "'NaN' is not a number"),
    Refusal("duration > fast", 12, "'fast' is not a duration"),
    Refusal("client > 5", 10, "'client' is not a number"),
    Refusal("provider: \"open", 11, "a quoted value without its closing quote"),
    Refusal("provider: a model: b", 13, "expected 'and', 'or' or the end"),
    Refusal("(provider: a", 13, "expected ')'"),
    Refusal("provider: (a or b", 18, "expected ')'"),
    Refusal("status: [1 to 2", 16, "expected ']'"),
    Refusal("client: [a to b]", 10, "'client' is not a number"),
    Refusal("provider: a\nand stat: 5", 5, "there is no field 'stat'", line: 2),
    Refusal("*: foo", 1, "a value cannot be looked for in all fields"),
    Refusal("and", 1, "'and' is not followed by"),
    Refusal("status >= 99999999999999999999", 11, "is not a number"),
]

struct FilterParserTests {
    @Test(arguments: accepted) private func conditionBecomesItsTest(_ given: Case) throws {
        #expect(try FilterParser.parse(given.text) == given.filter)
    }

    @Test(arguments: combined) private func connectivesBindAsInKQL(_ given: Case) throws {
        #expect(try FilterParser.parse(given.text) == given.filter)
    }

    @Test(arguments: refused) private func refusalPointsAtTheColumn(_ given: Refusal) throws {
        let error = try #require(throws: FilterError.self) { try FilterParser.parse(given.text) }
        #expect((error.line, error.column) == (given.line, given.column), "\(error)")
        #expect(error.message.contains(given.message), "\(error.message)")
    }

    @Test func misspelledFieldIsSuggested() throws {
        let error = try #require(throws: FilterError.self) { try FilterParser.parse("provdier: x") }
        #expect(error.hint == "did you mean 'provider'?")
    }

    @Test func nestingBombIsRefusedAtItsDepth() throws {
        let bomb = String(repeating: "(", count: 5_000) + "status: 1"
        let error = try #require(throws: FilterError.self) { try FilterParser.parse(bomb) }
        #expect(error.column == FilterParser.depthMax + 1)
        let chain = String(repeating: "not ", count: 3_000) + "status: 1"
        #expect(throws: FilterError.self) { try FilterParser.parse(chain) }
    }

    @Test func overlongFilterIsRefused() {
        #expect(throws: FilterError.self) { try FilterParser.parse(String(repeating: "x", count: FilterParser.lengthMax + 1)) }
    }

    @Test(arguments: [
        ("gpt-*", "gpt-4o", true), ("gpt-*", "gpt", false), ("*mini", "gpt-4o-mini", true), ("g*4*mini", "gpt-4o-mini", true), ("g*5*mini", "gpt-4o-mini", false),
        ("*", "", true), ("a*a", "a", false), ("a*a", "aa", true), ("*b*", "abc", true), ("ä*", "äpfel", true), ("abc", "abc", true), ("abc", "abcd", false),
    ])
    func wildcardsMatchAnyRun(pattern: String, text: String, expected: Bool) {
        #expect(TextPattern(wildcard: pattern).matches(text) == expected)
    }

    @Test func randomBytesNeverCrashTheParser() {
        var seed: UInt64 = 42
        let alphabet = Array("ab :()[]<>=\"\\*,0159 notandor\n.ä")
        for _ in 0..<20_000 {
            var text = ""
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for shift in 0..<Int(seed >> 60) + 3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(seed >> 33) % alphabet.count])
                if shift % 4 == 0 { text += ["status", "provider:", "duration >"][Int(seed >> 40) % 3] }
            }
            _ = try? FilterParser.parse(text)
        }
    }
}
