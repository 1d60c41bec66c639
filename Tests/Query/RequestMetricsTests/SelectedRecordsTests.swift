import GatewayModel
import RequestQuery
import Testing

@testable import RequestMetrics

/// The records behind a selector: as many as its series count together.
struct SelectedRecordsTests {
    private static let selectors: [[SeriesMatcher]] = [
        [],
        [SeriesMatcher("provider", equals: "openai")],
        [SeriesMatcher("status", equals: "error"), SeriesMatcher("provider", equals: "openai", negated: true)],
        [SeriesMatcher("streaming", equals: "false")],
        [SeriesMatcher("model", equals: "")],
        [SeriesMatcher("unknown", equals: "")],
    ]

    @Test(arguments: selectors) func aSelectorIsExplainedByAllItsSeriesRecords(_ matchers: [SeriesMatcher]) async throws {
        let (sample, metrics) = try await FamilyReadingTests.sample.value
        let through = FamilyReadingTests.start / 1_000 + 80_000_000
        for range in [Int64(300_000), 3_600_000, 70_000_000] {
            let all = [SeriesMatcher("__name__", equals: "llm_gateway_llm_gateway_requests_total")] + matchers
            let grid = StepGrid(start: through, end: through, step: 1)
            let series = try metrics.select(SeriesRequest(all, from: through - range + 1, through: through, grid: grid, range: range, function: "increase"))
            let expected = try series.reduce(0.0) { $0 + (try $1.increases(range: range, at: grid)?.first ?? .nan) }
            var found = 0
            for explanation in try metrics.explain(all, from: through - range, through: through) {
                guard case .records(let records) = explanation else { continue }
                found += try await Self.count(records, sample)
            }
            #expect(Double(found) == expected, "\(matchers) over \(range)")
        }
    }

    @Test func bucketsTogetherAreExplainedByTheLargestOfThem() async throws {
        let (sample, metrics) = try await FamilyReadingTests.sample.value
        let through = FamilyReadingTests.start / 1_000 + 80_000_000
        let name = SeriesMatcher("__name__", equals: "model_inference_duration_seconds_bucket")
        for (matchers, limit) in [([name], Int64.max), ([name, try SeriesMatcher("le", pattern: "0.5|1.0")], 1_000_000)] {
            guard case .records(let records)? = try metrics.explain(matchers, from: through - 7_200_000, through: through).first else {
                Issue.record("no records")
                continue
            }
            let expected = FamilyReadingTests.calls.count { call in
                call.time >= (through - 7_200_000) * 1_000 && call.time < through * 1_000 && call.duration.map { $0 <= limit } ?? false
            }
            #expect(try await Self.count(records, sample) == expected)
        }
    }

    @Test func aGaugeIsSaidToHaveNoListOfRecords() async throws {
        let metrics = try await FamilyReadingTests.sample.value.metrics
        let answers = try metrics.explain([SeriesMatcher("__name__", equals: "provider_availability")], from: 1, through: 1)
        #expect(answers.allSatisfy { if case .none(family: "provider_availability", _) = $0 { true } else { false } })
        #expect(try metrics.explain([SeriesMatcher("__name__", equals: "up")], from: 1, through: 1).isEmpty)
    }

    private static func count(_ records: SampleRecords, _ sample: SampleStore) async throws -> Int {
        var query = RequestQuery()
        (query.from, query.to) = (.absolute(records.range.from), .absolute(records.range.to))
        query.filter = records.filter
        let result = try QueryEngine.run(query, over: sample.store.snapshot(of: records.range), now: records.range.to)
        return result.values.first?.double.map { Int($0) } ?? -1
    }
}
