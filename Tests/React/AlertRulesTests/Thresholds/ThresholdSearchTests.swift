import GatewayModel
import KeepTestSupport
import PromQL
import Testing

@testable import AlertRules

struct ThresholdSearchTests {
    /// Expression, comparison, number, its text, the compared side's text.
    @Test(arguments: [
        ("x > 5", ">", 5, "5", "x"),
        ("x>5", ">", 5, "5", "x"),
        ("x >= -1", ">=", -1, "-1", "x"),
        ("x < +0.5", "<", 0.5, "+0.5", "x"),
        ("0.05 < x", ">", 0.05, "0.05", "x"),
        ("0.05 >= rate(x[5m])", "<=", 0.05, "0.05", "rate(x[5m])"),
        ("3 == x", "==", 3, "3", "x"),
        ("x != 0", "!=", 0, "0", "x"),
        ("x > 5 * 60", ">", 300, "5 * 60", "x"),
        ("x > (5 * 60)", ">", 300, "5 * 60", "x"),
        ("x > ((2)) * (3 + 4)", ">", 14, "((2)) * (3 + 4)", "x"),
        ("x < 2^10", "<", 1024, "2^10", "x"),
        ("x > -2^2", ">", -4, "-2^2", "x"),
        ("time() - x > 15m", ">", 900, "15m", "time() - x"),
        ("x > 0x1F", ">", 31, "0x1F", "x"),
        ("x > Inf", ">", Double.infinity, "Inf", "x"),
        ("x > vector(5)", ">", 5, "5", "x"),
        ("x > on() group_left() vector( 5 * 2 )", ">", 10, "5 * 2", "x"),
        ("x > scalar(vector(0.5))", ">", 0.5, "0.5", "x"),
        ("x > bool 5", ">", 5, "5", "x"),
        ("x>bool(5)", ">", 5, "5", "x"),
        ("(x > 5)", ">", 5, "5", "x"),
        ("x > 5 and on() y > 3", ">", 5, "5", "x"),
        ("(x > 5 or z < 1) unless y == 3", ">", 5, "5", "x"),
        ("x > 5 < 10", "<", 10, "10", "x > 5"),
        ("sum(rate(a[5m])) / sum(rate(b[5m])) > 0.05", ">", 0.05, "0.05", "sum(rate(a[5m])) / sum(rate(b[5m]))"),
        ("label_replace(x > 5, 'a', '$1', 'b', '(.*)')", ">", 5, "5", "x"),
        ("sort_desc(x > 5)", ">", 5, "5", "x"),
        ("count(x == 1) > 2", ">", 2, "2", "count(x == 1)"),
        ("# comment with > 7\nx{a=\"> 8\"} # another\n >  5 # end", ">", 5, "5", "x{a=\"> 8\"}"),
        ("{\"näh\"} > 5", ">", 5, "5", "{\"näh\"}"),
    ])
    func isTheNumberOfTheOutermostComparison(_ text: String, _ comparison: String, _ limit: Double, _ number: String, _ compared: String) throws {
        let found = try #require(ThresholdSearch.threshold(of: PromQLParser.parse(text)))
        #expect(found.threshold.comparison.rawValue == comparison)
        #expect(found.threshold.limit == limit)
        #expect(text.stretch(found.range) == number)
        #expect(found.comparedText(in: text) == compared)
        #expect(found.returnsBool == text.contains("bool"))
    }

    @Test(arguments: [
        "x", "absent(x)", "x > y", "x / y", "sum(x > 5)", "-(x > 5)", "(x > 5) * 2", "x and y > 3", "x unless y", "1 > bool 2", "vector(1) > 0", "max_over_time((x > 5)[1h:])",
        "x > on() group_left() (y > 3)", "x > time()", "5",
    ])
    func thereIsNoneWithoutAComparisonWithANumberAtTheEnd(_ text: String) throws {
        #expect(ThresholdSearch.threshold(of: try PromQLParser.parse(text)) == nil)
    }

    @Test(arguments: [
        ("x > 5 and on() y > 3", [5, 3]), ("x > 5 < 10", [10, 5]), ("x and y > 3", [3]), ("(a > 1 and b > 2) or (c < 3 unless 4 > d)", [1, 2, 3, 4]),
        ("sum(x > 5) > 2", [2]), ("up == 0 or absent(up)", [0]), ("x", []),
    ] as [(String, [Double])])
    func furtherThresholdsFollowTheDecidingOne(_ text: String, _ limits: [Double]) throws {
        #expect(ThresholdSearch.thresholds(of: try PromQLParser.parse(text)).map(\.threshold.limit) == limits)
    }

    @Test(arguments: [
        ("x > 5", 7, "x > 7"), ("x > 5 * 60", 7, "x > 7"), ("0.05 < x", -0.1, "-0.1 < x"), ("x>-1", 5, "x>5"), ("x > bool-1", 5, "x > bool 5"),
        ("x > 5 * (60)and y", 7, "x > 7 and y"), ("x > (5)and y", 7, "x > (7)and y"), ("x > vector(5)", 0.25, "x > vector(0.25)"), ("x > 1", 1e-9, "x > 1e-09"),
        ("x > 5 # 5", 6, "x > 6 # 5"), ("x > 15m", 60, "x > 60"),
    ])
    func anotherNumberTakesThePlace(_ text: String, _ limit: Double, _ result: String) throws {
        let found = try #require(ThresholdSearch.threshold(of: PromQLParser.parse(text)))
        #expect(ThresholdSearch.replacing(found, with: limit, in: text) == result)
    }

    /// What is read again after another number was put in has that number, and is otherwise what it was.
    @Test(arguments: 0..<8) func replacedTextsReadAsTheSameExpressionWithAnotherNumber(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let text = RandomAlertExpression.text(&generator)
            let expression = try PromQLParser.parse(text)
            let limit = RandomAlertExpression.limit(&generator)
            for found in ThresholdSearch.thresholds(of: expression) {
                let replaced = ThresholdSearch.replacing(found, with: limit, in: text)
                let again = try PromQLParser.parse(replaced)
                let position = try #require(ThresholdSearch.thresholds(of: expression).firstIndex(of: found))
                let other = ThresholdSearch.thresholds(of: again)[position]
                #expect(other.threshold == AlertThreshold(found.threshold.comparison, limit), "\(text) became \(replaced)")
                #expect(other.compared.text == found.compared.text)
                let back = ThresholdSearch.replacing(other, with: found.threshold.limit, in: replaced)
                #expect(try PromQLParser.parse(back).text == PromQLParser.parse(ThresholdSearch.replacing(found, with: found.threshold.limit, in: text)).text)
            }
        }
    }

    @Test func valuesMeetTheThresholdAsTheEngineCompares() {
        #expect(AlertThreshold(.greater, 5).holds(5.1) && !AlertThreshold(.greater, 5).holds(5))
        #expect(AlertThreshold(.lessOrEqual, 5).holds(5) && !AlertThreshold(.lessOrEqual, 5).holds(.nan))
        #expect(AlertThreshold(.notEqual, 5).holds(.nan) && !AlertThreshold(.equal, 5).holds(.nan))
    }
}

/// Expressions as alerts have them, put together at random, in odd spellings.
enum RandomAlertExpression {
    static func text(_ generator: inout SeededGenerator, depth: Int = 3) -> String {
        switch depth == 0 ? 0 : Int.random(in: 0..<8, using: &generator) {
        case 0, 1, 2: comparison(&generator, depth)
        case 3: "(\(space(&generator))\(text(&generator, depth: depth - 1)))"
        case 4: "(\(text(&generator, depth: depth - 1)))and\(pick(["", " on()", " ignoring(a)"], &generator)) \(text(&generator, depth: depth - 1))"
        case 5: "\(text(&generator, depth: depth - 1)) \(pick(["or", "unless", "and"], &generator)) (\(text(&generator, depth: depth - 1)))"
        case 6: "sort_desc(\(text(&generator, depth: depth - 1)))"
        default: "label_replace(\(text(&generator, depth: depth - 1)), \"a\", \"> 1\", \"b\", \".*\")"
        }
    }

    static func limit(_ generator: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: 0
        case 1: -Double.random(in: 0...1, using: &generator)
        case 2: Double(Int.random(in: -1000...1000, using: &generator))
        case 3: 1e-12
        case 4: -1e30
        default: Double.random(in: 0...1e6, using: &generator)
        }
    }

    private static func comparison(_ generator: inout SeededGenerator, _ depth: Int) -> String {
        let sign = space(&generator) + pick([">", ">=", "<", "<=", "==", "!=", "> bool", "<bool"], &generator)
        let compared = pick(["x", "rate(x{a=\"> 3\"}[5m])", "sum by (a) (x) / sum by (a) (y)", "time() - x", "sum(x > 2)", "-x"], &generator)
        let number = pick(["5", "-1", "0.05", "5 * 60", "(5)", "(1 + 2) * (3)", "-(2)", "15m", "vector(3)", "scalar(vector(7))", "1e3", ".5"], &generator)
        let spaces = sign.hasSuffix("bool") ? " " : space(&generator)
        return Bool.random(using: &generator) ? compared + sign + spaces + number : number + sign + spaces + compared
    }

    private static func space(_ generator: inout SeededGenerator) -> String { pick([" ", "", "\n", "  "], &generator) }
    private static func pick(_ choices: [String], _ generator: inout SeededGenerator) -> String { choices.randomElement(using: &generator) ?? "" }
}
