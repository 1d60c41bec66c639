import Testing

@testable import GatewayModel

/// Small random patterns over two letters, against an oracle that tries every way.
struct LabelPatternPropertyTests {
    @Test(arguments: 0..<20) func agreesWithTryingEverything(_ seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            let oracle = Oracle.random(&generator, depth: 4)
            let pattern = try LabelPattern(oracle.pattern)
            let remembering = try LabelPattern("(" + oracle.pattern + ")")
            for _ in 0..<20 {
                let text = (0..<Int(generator.next() % 7)).map { _ in ["a", "b", "é"][Int(generator.next() % 3)] }
                let expected = oracle.ends(text, from: 0).contains(text.count)
                #expect(pattern.matches(text.joined()) == expected, "seed \(seed): \(oracle.pattern) on \(text.joined())")
                #expect((remembering.captures(text.joined()) != nil) == expected, "seed \(seed): groups of \(oracle.pattern) on \(text.joined())")
            }
        }
    }

    indirect enum Oracle {
        case text(String), any, anything, start, end, boundary
        case set([String], isInverted: Bool)
        case sequence(Oracle, Oracle), either(Oracle, Oracle)
        case repeated(Oracle, Int, Int?, String)

        static func random(_ generator: inout SeededGenerator, depth: Int) -> Oracle {
            let letters = ["a", "b", "é"]
            switch depth == 0 ? generator.next() % 4 : generator.next() % 14 {
            case 0, 1: return .text(letters[Int(generator.next() % 3)])
            case 2: return .any
            case 3: return .set([letters[Int(generator.next() % 3)]], isInverted: generator.next() % 2 == 0)
            case 4: return .anything
            case 5: return [.start, .end, .boundary][Int(generator.next() % 3)]
            case 6, 7, 8, 9: return .sequence(random(&generator, depth: depth - 1), random(&generator, depth: depth - 1))
            case 10, 11: return .either(random(&generator, depth: depth - 1), random(&generator, depth: depth - 1))
            default:
                let kinds: [(Int, Int?, String)] = [(0, nil, "*"), (1, nil, "+"), (0, 1, "?"), (1, 2, "{1,2}"), (2, nil, "{2,}"), (0, nil, "*?")]
                let (least, most, sign) = kinds[Int(generator.next() % 6)]
                return .repeated(random(&generator, depth: depth - 1), least, most, sign)
            }
        }

        var pattern: String {
            switch self {
            case .text(let text): text
            case .any: "."
            case .anything: ".*"
            case .start: "^"
            case .end: "$"
            case .boundary: "\\b"
            case .set(let members, let isInverted): "[\(isInverted ? "^" : "")\(members.joined())]"
            case .sequence(let first, let second): first.pattern + second.pattern
            case .either(let first, let second): "(\(first.pattern)|\(second.pattern))"
            case .repeated(let inner, _, _, let sign): "(?:\(inner.pattern))\(sign)"
            }
        }

        /// Where a match from a place may end.
        func ends(_ text: [String], from place: Int) -> Set<Int> {
            switch self {
            case .text(let letter): return place < text.count && text[place] == letter ? [place + 1] : []
            case .any: return place < text.count ? [place + 1] : []
            case .anything: return Set(place...text.count)
            case .start: return place == 0 ? [place] : []
            case .end: return place == text.count ? [place] : []
            case .boundary:
                let before = place > 0 && text[place - 1] != "é"
                let after = place < text.count && text[place] != "é"
                return before != after ? [place] : []
            case .set(let members, let isInverted): return place < text.count && members.contains(text[place]) != isInverted ? [place + 1] : []
            case .sequence(let first, let second): return Set(first.ends(text, from: place).flatMap { second.ends(text, from: $0) })
            case .either(let first, let second): return first.ends(text, from: place).union(second.ends(text, from: place))
            case .repeated(let inner, let least, let most, _):
                var current: Set<Int> = [place]
                var found: Set<Int> = least == 0 ? current : []
                for count in 1...(most ?? text.count + least + 1) {
                    current = Set(current.flatMap { inner.ends(text, from: $0) })
                    if count >= least { found.formUnion(current) }
                }
                return found
            }
        }
    }
}
