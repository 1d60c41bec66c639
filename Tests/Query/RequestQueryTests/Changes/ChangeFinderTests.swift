import GatewayModel
import Testing

@testable import RequestQuery

private let hour: Int64 = 3_600_000_000
private func time(_ hours: Double) -> Timestamp { Timestamp(microseconds: RandomRecords.start + Int64(hours * Double(hour))) }

/// The counterfactual in plain loops: the measure is computed again over the rows that do not have the value.
private struct ChangeOracle {
    let rows: [SampleRow]
    let question: ChangeQuestion
    let now: Timestamp

    func measure(_ span: TimeRange, _ keeps: (SampleRow) -> Bool) -> Double? {
        let inside = rows.filter {
            span.from.microseconds <= ($0.integers[.time] ?? 0) && ($0.integers[.time] ?? 0) < span.to.microseconds && Oracle.passes(question.filter.filter, $0) && keeps($0)
        }
        let seconds = Double(min(span.to, now).microseconds - span.from.microseconds) / 1e6
        let value = Oracle.measure(question.measure.function, inside, seconds).double
        switch question.measure.function {
        // A sum over nothing is 0 when it is compared.
        case .sum, .rateOf: return value ?? 0
        default: return value
        }
    }

    /// Counts and sums of a baseline of another length are scaled.
    private var factor: Double {
        switch question.measure.function {
        case .count, .countWhere, .sum:
            Double(question.span.to.microseconds - question.span.from.microseconds) / Double(question.baseline.to.microseconds - question.baseline.from.microseconds)
        default: 1
        }
    }

    func difference(_ keeps: (SampleRow) -> Bool = { _ in true }) -> Double? {
        guard let now = measure(question.span, keeps), let before = measure(question.baseline, keeps) else { return nil }
        return now - before * factor
    }

    func contribution(_ field: RequestField, _ value: QueryValue) -> Double? {
        guard let whole = difference(), let rest = difference({ Oracle.groupValue(field, $0) != value }) else { return nil }
        return whole - rest
    }
}

struct ChangeFinderTests {
    static let rows = RandomRecords.rows(3_000, seed: 11)
    static let snapshot = SampleRow.snapshot(rows, sizes: [900, 1_500, 600])
    static let now = time(60)

    static let measures = [
        "count", "count(status >= 500)", "rate", "rate(input_tokens)", "sum(cost)", "sum(input_tokens)", "ratio(status >= 500)", "ratio(error_type: *)", "avg(duration)", "avg(input_tokens)",
        "p95(duration)", "p50(duration)",
    ]

    private static func question(_ measure: String, _ random: inout SeededGenerator) throws -> ChangeQuestion {
        let start = Double(Int.random(in: 12...40, using: &random))
        let span = TimeRange(from: time(start), to: time(start + Double(Int.random(in: 3...9, using: &random))))
        var question = ChangeQuestion(span: span, baseline: ChangeQuestion.baseline(of: span), measure: try QueryMeasure(measure))
        if Bool.random(using: &random) { question.baseline = TimeRange(from: time(start - 12), to: time(start - Double(Int.random(in: 0...6, using: &random)))) }
        if Int.random(in: 0..<3, using: &random) == 0 { question.filter = try QueryFilter("not provider: groq") }
        question.limit = 50
        return question
    }

    @Test(arguments: 0..<60)
    func contributionsAreThoseOfLeavingTheRequestsOut(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let question = try Self.question(Self.measures[seed % Self.measures.count], &random)
        let answer = try ChangeFinder.run(question, over: Self.snapshot, now: Self.now)
        let oracle = ChangeOracle(rows: Self.rows, question: question, now: Self.now)
        let difference = try #require(answer.difference)
        let expectedDifference = try #require(oracle.difference())
        #expect(Self.isNear(difference, expectedDifference))
        #expect(!answer.causes.isEmpty)
        for cause in answer.causes {
            let expected = try #require(oracle.contribution(cause.field, cause.value))
            #expect(Self.isNear(cause.contribution, expected, of: difference), "\(question.measure.name) \(cause.filterText): \(cause.contribution), expected \(expected)")
            // What pulls up is told where nothing has changed in the end.
            #expect(cause.contribution * (difference == 0 ? 1 : difference) > 0)
        }
        #expect(zip(answer.causes, answer.causes.dropFirst()).allSatisfy { abs($0.contribution) >= abs($1.contribution) })
    }

    @Test(arguments: measures.filter { !$0.hasPrefix("p") })
    func nothingThatContributesMoreIsMissing(_ measure: String) throws {
        let span = TimeRange(from: time(30), to: time(40))
        var question = ChangeQuestion(span: span, baseline: ChangeQuestion.baseline(of: span), measure: try QueryMeasure(measure))
        (question.fields, question.limit) = ([.provider, .model, .stream, .team], 100)
        let answer = try ChangeFinder.run(question, over: Self.snapshot, now: Self.now)
        let oracle = ChangeOracle(rows: Self.rows, question: question, now: Self.now)
        let difference = try #require(answer.difference)
        let inSpans = Self.rows.filter { question.baseline.from.microseconds <= ($0.integers[.time] ?? 0) && ($0.integers[.time] ?? 0) < span.to.microseconds }
        for field in [RequestField.provider, .model, .stream] {
            for (_, rows) in Dictionary(grouping: inSpans, by: { "\(Oracle.groupValue(field, $0))" }) where rows.count > 100 {
                let value = Oracle.groupValue(field, rows[0])
                let isTold = answer.causes.contains { $0.field == field && $0.value == value }
                let contribution = oracle.contribution(field, value) ?? 0
                #expect(isTold == (contribution * difference > 0) || abs(contribution) < 1e-9 * abs(difference), "\(measure) \(field.name) \(value): \(contribution)")
            }
        }
        // All records lack a team: one value tells nothing apart.
        #expect(!answer.mixes.contains { $0.field == .team })
    }

    private static func isNear(_ left: Double, _ right: Double, of size: Double = 0) -> Bool { abs(left - right) <= max(abs(left), abs(right), abs(size)) * 1e-9 }
}
