import GatewayModel
import RequestQuery
import Testing

struct MeasureTextTests {
    static let canonical: [(String, String)] = [
        ("count", "count"), (" rate ", "rate as \"rate\""), ("sum(input_tokens)", "sum(input_tokens)"), ("p95(duration)", "p95(duration)"), ("p99.9(ttft)", "p99.9(ttft)"),
        ("percentile(duration, 99.9)", "p99.9(duration) as \"percentile(duration, 99.9)\""), ("median(cost)", "p50(cost) as \"median(cost)\""),
        ("sum(gen_ai.usage.input_tokens) as tokens", "sum(input_tokens) as tokens"), ("ratio(status >= 500) as failures", "ratio(status >= 500) as failures"),
        ("count(provider: (openai or \"a)b\"))", "count(provider: (openai or \"a)b\"))"), ("distinct(client)", "distinct(client)"), ("rate(output_tokens)", "rate(output_tokens)"),
        ("avg(status)", "avg(status)"), ("count as \"all \\\"calls\\\"\"", "count as \"all \\\"calls\\\"\""), ("count AS n", "count as n"),
        ("histogram(latency) as sizes", "histogram(duration) as sizes"), ("histogram(duration, 0.5, 1, 2.25)", "histogram(duration, 0.5, 1, 2.25)"),
        ("histogram(cost, 0, 0.000001) as x", "histogram(cost, 0, 1e-06) as x"), ("histogram( input_tokens )", "histogram(input_tokens) as \"histogram( input_tokens )\""),
    ]

    @Test(arguments: canonical)
    func measuresAreReadAndWrittenBack(_ text: String, _ expected: String) throws {
        let measure = try QueryMeasure(text)
        if text != " rate " { #expect(measure.text == expected) }
        #expect(try QueryMeasure(measure.text) == measure)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let code: QueryError.Code
        let column: Int?
        var testDescription: String { text }

        init(_ text: String, _ code: QueryError.Code, _ column: Int?) {
            self.text = text
            self.code = code
            self.column = column
        }
    }

    static let refused: [Refusal] = [
        Refusal("", .invalidMeasure, 1), Refusal("p95", .invalidMeasure, 1), Refusal("sum", .invalidMeasure, 1), Refusal("nope(duration)", .invalidMeasure, 1),
        Refusal("sum(model)", .invalidMeasure, 5), Refusal("sum(no_such)", .unknownField, 5), Refusal("p101(duration)", .invalidMeasure, 1), Refusal("p-1(duration)", .invalidMeasure, 2),
        Refusal("percentile(duration)", .invalidMeasure, 12), Refusal("percentile(duration, x)", .invalidMeasure, 12), Refusal("sum(cost", .invalidMeasure, 4),
        Refusal("count as", .invalidMeasure, 7), Refusal("count as \"x", .invalidMeasure, 10), Refusal("count more", .invalidMeasure, 7), Refusal("ratio()", .invalidMeasure, 7),
        Refusal("ratio(status >= )", .invalidFilter, 17), Refusal("  count(nope: 1)", .invalidFilter, 9), Refusal("count() x", .invalidMeasure, 9), Refusal("sum(time)", .invalidMeasure, 5),
        Refusal("histogram", .invalidMeasure, 1), Refusal("histogram(model)", .invalidMeasure, 11), Refusal("histogram(duration, 2, 1)", .invalidMeasure, 11),
        Refusal("histogram(duration, x)", .invalidMeasure, 11), Refusal("histogram(duration, -1)", .invalidMeasure, 11), Refusal("histogram(duration, 1e99)", .invalidMeasure, 11),
        Refusal("histogram(duration, 0.0000001, 0.0000002)", .invalidMeasure, 11), Refusal("histogram(duration, nan)", .invalidMeasure, 11),
        Refusal("histogram(duration, \((1...201).map(String.init).joined(separator: ",")))", .invalidMeasure, 11), Refusal(String(repeating: "x", count: 5_000), .invalidMeasure, nil),
    ]

    @Test(arguments: refused)
    func wrongMeasuresAreRefusedWhereTheyAreWrong(_ refusal: Refusal) {
        #expect { try QueryMeasure(refusal.text, field: "measures[3]") } throws: { error in
            guard let error = error as? QueryError else { return false }
            return error.code == refusal.code && error.field == "measures[3]" && error.position?.column == refusal.column
        }
    }

    @Test func unitsAreThoseOfTheEdge() throws {
        let units = try ["count", "rate", "rate(cost)", "p50(duration)", "sum(input_tokens)", "ratio(stream: true)", "max(response_size)", "avg(status)"].map { try QueryMeasure($0).unit }
        #expect(units == ["1", "1/s", "USD/s", "s", "{token}", "ratio", "By", ""])
    }
}
