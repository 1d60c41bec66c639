import Testing

@testable import PromQL

/// Queries made to hurt: each is refused with a sentence, or answered.
struct ParserLimitTests {
    @Test(arguments: [
        String(repeating: "(", count: 1_000_000), String(repeating: "-", count: 1_000_000), String(repeating: "sum(", count: 200_000),
        String(repeating: "f(", count: 300_000), "a" + String(repeating: "+a", count: 400_000), "a" + String(repeating: "^a", count: 400_000),
        "a" + String(repeating: "[1m:]", count: 100_000), "a[" + String(repeating: "(", count: 500_000), "a[" + String(repeating: "-", count: 500_000),
        "a[1" + String(repeating: "+1", count: 400_000) + "]", "a offset " + String(repeating: "-", count: 500_000),
        "a[" + String(repeating: "max_of(", count: 100_000),
        "-" + String(repeating: "1^-", count: 300_000),
    ])
    func deepQueriesAreRefused(_ query: String) {
        #expect { try PromQLParser.parse(query) } throws: { ($0 as? PromQLSyntaxError)?.message == "expression is nested deeper than 512 levels" }
    }

    @Test func treesOfTheGreatestDepthAreWalked() throws {
        for query in [
            String(repeating: "(", count: 510) + "a" + String(repeating: ")", count: 510), "a" + String(repeating: " or a", count: 500),
            String(repeating: "abs(", count: 500) + "a" + String(repeating: ")", count: 500),
        ] {
            let expression = try PromQLParser.parse(query)
            #expect(expression.text == query)
            #expect(try PromQLParser.parse(expression.prettyText) != .number(NumberLiteral(value: 0, range: SourceRange(0, 0))))
        }
    }

    /// Copying the text at every level would take hundreds of gigabytes.
    @Test func deepTreesOfLongTextAreWrittenInOneGo() throws {
        let query = String(repeating: "(", count: 500) + "a{b=\"" + String(repeating: "x", count: 1_000_000) + "\"}" + String(repeating: ")", count: 500)
        let expression = try PromQLParser.parse(query)
        #expect(expression.text == query)
        #expect(expression.prettyText.utf8.count > 1_000_000)
    }

    @Test func longQueriesAreNotRead() {
        let query = "a" + String(repeating: " ", count: 10_000_000)
        #expect { try PromQLParser.parse(query) } throws: { ($0 as? PromQLSyntaxError)?.message == "query of 10000001 bytes is longer than 1048576 bytes" }
    }

    @Test(arguments: [("a\n+\n  )", 3, 4), ("é{x='1'}", 1, 1), ("a{x='é'} )", 1, 12), ("sum(", 1, 5), ("", 0, 0)])
    func placesAreLinesAndBytes(_ query: String, _ line: Int, _ column: Int) {
        let error = PromQLParser.errors(in: query).first
        #expect(error?.line == line && error?.column == column, "\(String(describing: error?.description))")
    }

    @Test(arguments: [
        ("foo @ 9223372036854775808", "1:1: parse error: timestamp out of bounds for @ modifier: 9223372036854775808.000000"),
        ("foo @ -1e19", "1:1: parse error: timestamp out of bounds for @ modifier: -10000000000000000000.000000"),
        ("foo offset -9.5e10", "1:12: parse error: duration out of range"), ("foo offset 300y", "1:12: parse error: duration out of range"),
        ("1e999", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e999\": value out of range"),
        ("0xfffffffffffffffff", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"0xfffffffffffffffff\": invalid syntax"),
        ("sum(foo +", "1:10: parse error: unclosed left parenthesis"), ("sum by", "1:7: parse error: unexpected end of input in grouping opts, expected \"(\""),
        ("a + group_left b", "1:5: parse error: unexpected <group_left>"), ("sum(1 2)", "1:7: parse error: unexpected number \"2\" in aggregation"),
        ("foo[5m] offset", "1:15: parse error: unexpected end of input in offset, expected number, duration, step(), or range()"),
        ("foo @ bar", "1:7: parse error: unexpected identifier \"bar\" in @, expected timestamp"),
        ("foo{a=~\"(\"}", "1:5: parse error: error parsing regexp: missing closing ): `(`"),
    ])
    func firstErrorsAreInPrometheusWords(_ query: String, _ error: String) { #expect(PromQLParser.errors(in: query).first?.description == error) }

    @Test func anEmptyQueryHasNoPlace() {
        #expect(PromQLParser.errors(in: "").map(\.description) == ["unknown position: parse error: no expression found in input"])
    }

    @Test func selectorsStandAlone() throws {
        #expect(try PromQLParser.selector(#"up{job="api"}"#).map(\.text) == [#"job="api""#, #"__name__="up""#])
        #expect(try PromQLParser.selector("{}").isEmpty)
        #expect(throws: PromQLSyntaxError.self) { try PromQLParser.selector("up + 1") }
        #expect(throws: PromQLSyntaxError.self) { try PromQLParser.selector("sum(up)") }
        #expect(throws: PromQLSyntaxError.self) { try PromQLParser.selector("") }
    }
}
