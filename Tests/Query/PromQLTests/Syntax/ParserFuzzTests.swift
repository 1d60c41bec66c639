import Foundation
import KeepTestSupport
import Testing

@testable import PromQL

/// Broken queries never trap, and what is accepted reads the same when it is written out.
struct ParserFuzzTests {
    private static let samples: [String] = {
        let cases = (try? SharedSuites.jsonLines("promql/parser_cases_dev.jsonl", as: ParserCasesTests.Case.self))?.map(\.input) ?? []
        return cases + [
            #"sum by (a, "b.c") (rate({"x.y", l=~"a|b.*"}[5m] offset -1m @ end())) / on () group_left (z) fill (0) topk(3, foo) > bool 0"#,
            "histogram_quantile(0.9, sum(rate(x_bucket[1h:30s] @ 5)) by (le)) # comment", #"label_replace(a, "b", "$1", 'c', `(.*)`)"#,
            "foo[max_of(step(), 5m) * 2 ^ 3] anchored or -bar </ 5", "count_values without (x) (\"é\\u00e9\\n\", up)",
        ]
    }()

    @Test(arguments: 0..<8) func mutatedQueriesNeverTrap(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            var scalars = Array((Self.samples.randomElement(using: &generator) ?? "a").unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&scalars, &generator) }
            let query = String(String.UnicodeScalarView(scalars))
            guard let expression = try? PromQLParser.parse(query) else { continue }
            let text = expression.text
            #expect(PromQLParser.errors(in: text).isEmpty, "\(query) is written as \(text)")
            #expect((try? PromQLParser.parse(text).text) == text, "\(query)")
            #expect((try? PromQLParser.parse(expression.prettyText).text) == text, "\(query)")
        }
    }

    private static let signs = "()[]{}+-*/%^=!~<>@:,.\"'`\\#0123456789smhdxeEinfNaN_é\u{fffd}\u{0}\n ".unicodeScalars

    private static func mutate(_ scalars: inout [Unicode.Scalar], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...scalars.count, using: &generator)
        let length = min(Int.random(in: 1...5, using: &generator), scalars.count - place)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: scalars.removeSubrange(place..<place + length)
        case 1: scalars.insert(contentsOf: scalars[place..<place + length], at: Int.random(in: 0...scalars.count, using: &generator))
        case 2:
            let other = Array((samples.randomElement(using: &generator) ?? "a").unicodeScalars)
            let start = Int.random(in: 0...other.count, using: &generator)
            scalars.insert(contentsOf: other[start..<min(start + length * 2, other.count)], at: place)
        case 3: scalars.insert(Self.signs.randomElement(using: &generator) ?? "a", at: place)
        default: scalars.removeLast(scalars.count - place)
        }
    }
}
