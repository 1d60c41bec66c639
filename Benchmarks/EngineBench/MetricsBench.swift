import ByteCoding
import DemoTraffic
import Foundation
import GatewayModel
import RequestMetrics
import RequestQuery
import RequestStorage

/// What dashboards ask of metric families over the whole store: how long the first answer takes, and how long it takes again.
///
///     EngineBench --metrics yes [--records N] [--days N] [--data FOLDER] [--repeats N]
enum MetricsBench {
    private struct Question {
        let name: String
        let request: SeriesAggregation
    }

    static func run(_ store: RequestStore, repeats: Int) throws {
        let runner = QueryRunner()
        let totals = FamilyTotals(FamilyTable(MetricFamily.shipped), store, cache: runner.cache)
        let metrics = RequestMetrics(totals, cache: runner.cache, clock: { BenchStore.now })
        try timed("totals of all families, first time") { try totals.catchUp() }
        if let kept = totals.encoded() { print("totals kept in \(kept.count) bytes") }
        for question in questions {
            let first = try seconds { _ = try metrics.aggregate(question.request) }
            var times: [Double] = []
            var rows = 0
            for _ in 0..<repeats { times.append(try seconds { rows = try metrics.aggregate(question.request)?.labels.count ?? -1 }) }
            print("\(padded(question.name)) first \(milliseconds(first)), again \(milliseconds(times.sorted()[times.count / 2])), \(rows) rows")
        }
        try page(metrics, "a page with gauges to compute")
        for format in ExpositionFormat.allCases { try page(metrics, "a page as \(format)", format) }
        try wide(repeats)
    }

    /// Ten thousand series and more, in a store of their own.
    private static func wide(_ repeats: Int) throws {
        var calls = RecordBatch(count: 4_000)
        calls[.time] = .integers((0..<4_000).map { BenchStore.now.microseconds - 1_000_000 - $0 })
        calls[.provider] = .codes((0..<4_000).map { UInt32($0 % 10 + 1) }, values: .init((0..<10).map { "provider-\($0)" }))
        calls[.model] = .codes((0..<4_000).map { UInt32($0 % 25 + 1) }, values: .init((0..<25).map { "model-\($0)" }))
        calls[.duration] = .integers((0..<4_000).map { $0 * 1_000 })
        let reader = OneBatch(calls)
        let metrics = RequestMetrics(FamilyTotals(FamilyTable(MetricFamily.shipped), reader), clock: { BenchStore.now })
        for format in ExpositionFormat.allCases {
            try page(metrics, "warm-up of \(format)", format)
            for _ in 0..<max(1, repeats / 2) { try page(metrics, "a wide page as \(format)", format) }
        }
    }

    private static func page(_ metrics: RequestMetrics, _ name: String, _ format: ExpositionFormat = .text) throws {
        var bytes: [UInt8] = []
        let time = try seconds {
            var writer = ExpositionWriter(format, reserving: 1 << 20)
            try metrics.write(to: &writer)
            bytes = writer.finish()
        }
        let lines = bytes.count { $0 == UInt8(ascii: "\n") }
        print("\(padded(name)) \(milliseconds(time)), \(lines) lines, \(bytes.count) bytes")
    }

    private static let now = BenchStore.now.microseconds / 1_000
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 60 * minute
    private static let day: Int64 = 24 * hour

    private static let questions: [Question] = [
        question("p95 by model, 90 d, [6h] every 6 h", "llm_gateway_llm_gateway_request_duration_seconds_bucket", 90 * day, 6 * hour, 6 * hour, ["le", "model"]),
        question("p95 by model, 90 d, [5m] every 2 h", "llm_gateway_llm_gateway_request_duration_seconds_bucket", 90 * day, 2 * hour, 5 * minute, ["le", "model"]),
        question("p95 by model, 24 h, [5m] every 1 min", "llm_gateway_llm_gateway_request_duration_seconds_bucket", day, minute, 5 * minute, ["le", "model"]),
        question("rate by model, 24 h, [5m] every 1 min", "llm_gateway_llm_gateway_requests_total", day, minute, 5 * minute, ["model"]),
        question("rate by model, 90 d, [6h] every 6 h", "llm_gateway_llm_gateway_requests_total", 90 * day, 6 * hour, 6 * hour, ["model"]),
        question("errors by class, 90 d, [6h] every 6 h", "llm_gateway_llm_gateway_errors_total", 90 * day, 6 * hour, 6 * hour, ["error_type"]),
        question("cost, 90 d, [1d] every day", "credits_used_total", 90 * day, day, day, ["provider"]),
        question("requests, value now", "llm_gateway_llm_gateway_requests_total", 0, 1, 0, ["model"]),
    ]

    private static func question(_ name: String, _ metric: String, _ span: Int64, _ step: Int64, _ range: Int64, _ by: [String]) -> Question {
        let end = now / step * step
        let grid = StepGrid(start: end - span, end: end, step: step)
        return Question(
            name: name,
            request: SeriesAggregation(
                [SeriesMatcher("__name__", equals: metric)], grid: grid, range: range, function: range == 0 ? .instant : .rate, aggregation: .sum, grouping: by, isWithout: false))
    }

    private static func timed(_ name: String, _ body: () throws -> Void) rethrows { print("\(padded(name)) \(milliseconds(try seconds(body)))") }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func padded(_ text: String) -> String { text.padding(toLength: 40, withPad: " ", startingAt: 0) }

    private static func milliseconds(_ seconds: Double) -> String { Measurement.decimal(seconds * 1_000, 2) + " ms" }
}

/// A store of one batch in memory.
private struct OneBatch: RequestReader {
    let content: StoreSnapshot

    init(_ batch: RecordBatch) {
        var batch = batch
        batch[.sequence] = .integers((1...Int64(batch.count)).map { $0 })
        content = StoreSnapshot(segments: [BatchSegment(batch)], sequence: Int64(batch.count))
    }

    func snapshot(of range: TimeRange) -> StoreSnapshot { content }
    func sequence(ofDocument id: String, index: String) -> Int64? { nil }
    var statistics: StoreStatistics { StoreStatistics() }
}
