import Testing

@testable import PromQL

/// Where only counts and sums are asked for, resets are marked while histograms are read, and their collisions told.
struct HistogramStatisticsTests {
    @Test func collidingResetsAreToldOnlyWhereStatisticsAreAskedFor() async throws {
        let script = """
            load 1m
              late {{count:1 sum:1 buckets:[1]}} {{count:2 sum:2 buckets:[2]}} {{count:1 sum:1 buckets:[1]}}
              early {{count:2 sum:2 buckets:[2]}} {{count:1 sum:1 buckets:[1]}} {{count:2 sum:2 buckets:[2]}}

            eval instant at 2m histogram_count(sum({__name__=~"late|early"}))
              expect warn msg: PromQL warning: conflicting counter resets during histogram aggregation (1:21)
              {} 3

            eval instant at 2m histogram_count(late + early)
              expect warn msg: PromQL warning: conflicting counter resets during histogram addition (1:17)
              {} 3

            eval instant at 2m histogram_avg(late - early)
              expect warn msg: PromQL warning: conflicting counter resets during histogram subtraction (1:15)
              {} 1

            eval instant at 2m histogram_sum(avg_over_time(late[3m]))
              expect warn msg: PromQL warning: conflicting counter resets during histogram aggregation (1:29)
              {} 1.3333333333333333

            eval instant at 2m sum({__name__=~"late|early"})
              expect no_warn
              {} {{count:3 sum:3 buckets:[3]}}

            eval instant at 2m histogram_quantile(1, late + early)
              expect no_warn
              {} 1

            eval instant at 2m histogram_count(sum_over_time(late[3m:1m]))
              expect no_warn
              {} 4

            eval instant at 2m histogram_count((late + early) </ 1)
              expect no_warn
              {} 3

            eval instant at 2m histogram_count(increase(late[3m]))
              expect no_warn
              {} 3
            """
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(TestScript(script))
        #expect(outcomes.compactMap { outcome in outcome.failure.map { "\(outcome.line): \($0)" } } == [])
    }
}
