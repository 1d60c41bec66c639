import AlertRules
import Foundation
import GatewayModel
import PromQL
import RequestMetrics
import RequestQuery
import RequestStorage

/// How long an alert takes to be replayed over the whole store, in steps of a minute: evaluation and a curve of thresholds.
///
///     EngineBench --backtest yes [--records N] [--days N] [--data FOLDER]
enum BacktestBench {
    private static let rules = [
        ("share of errors", "sum(rate(llm_gateway_llm_gateway_errors_total[5m])) / sum(rate(llm_gateway_llm_gateway_requests_total[5m])) > 0.05"),
        ("requests by provider", "sum by (provider) (rate(llm_gateway_llm_gateway_requests_total[5m])) < 0.01"),
        ("requests by model", "sum by (model) (rate(llm_gateway_llm_gateway_requests_total[5m])) > 1"),
        ("p95 of latency", "histogram_quantile(0.95, sum by (le) (rate(llm_gateway_llm_gateway_request_duration_seconds_bucket[5m]))) > 10"),
    ]

    static func run(_ store: RequestStore, days: Int) throws {
        let runner = QueryRunner()
        let totals = FamilyTotals(FamilyTable(MetricFamily.shipped), store, cache: runner.cache)
        let metrics = RequestMetrics(totals, cache: runner.cache, clock: { BenchStore.now })
        try totals.catchUp()
        let end = BenchStore.now.microseconds / 60_000_000 * 60_000
        let grid = StepGrid(start: end - Int64(days) * 86_400_000 + 60_000, end: end, step: 60_000)
        for (name, text) in rules {
            for attempt in ["first", "again"] {
                let question = BacktestQuestion(expression: try PromQLParser.parse(text), text: text, holdDuration: 300_000, grid: grid, pagesPerWeekMax: 2)
                let start = ContinuousClock.now
                let report = try Backtest(reader: metrics).run(question)
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                print(
                    "\(name.padding(toLength: 26, withPad: " ", startingAt: 0)) \(attempt) \(Measurement.decimal(seconds, 2)) s, \(grid.count) instants, \(report.series) series, "
                        + "\(report.curve.count) thresholds, \(report.summary.pages) pages, suggested \(report.suggestion.map { "\($0.limit)" } ?? "none")")
            }
        }
    }
}
