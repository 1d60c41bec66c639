import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

/// Rows over a whole grid against evaluations at single instants, threads against one thread, and a few expressions against their definitions.
@Suite struct RowPropertyTests {
    static let queries = [
        "a", "a offset 90s", "a offset -90s", "a @ 1000", "sum(a @ end())", "-a", "a + 1", "2 ^ a % 3", "a > 2", "3 < bool a", "a == a",
        "a > on (x, y) b", "a - b", "a * on (x) group_left (z) c", "c * on (x) group_right a", "a + ignoring (z) fill (1) b",
        "a + on (x, y) fill_left (2) b", "a * on (x) group_left fill_right (5) c", "a and b", "a or b", "a unless on (x) c", "a and on () (c > 2)",
        "sum by (x) (a)", "avg without (y) (a)", "count(a)", "min by (y) (a)", "max(a)", "group by (x) (a)", "stddev(a)", "stdvar by (x) (a)",
        "topk by (x) (2, a)", "bottomk(3, a)", "quantile by (x) (0.3, a)", "count_values(\"v\", floor(a / 10))", "limitk(3, a)",
        "limit_ratio(0.4, a)", "limit_ratio(-0.6, a)", "topk(scalar(count(b > 20)), a)", "rate(a[2m])", "increase(a[5m] offset 1m)",
        "sum by (x) (rate(a[3m]))", "sum(rate(a[3m])) / count(b)", "delta(a[200s])", "avg_over_time(a[1m30s])", "quantile_over_time(0.5, a[4m])",
        "predict_linear(a[5m] offset 30s, 60)", "max_over_time(sum by (x) (a)[5m:40s])", "rate(a[5m:30s] offset 20s)",
        "sum_over_time((a > 3)[3m:1m])", "last_over_time(a[2m] @ 900)", "absent_over_time(b[1m])", "absent(b{x=\"0\",y=\"1\"})", "timestamp(a)",
        "timestamp(a offset 1m)", "timestamp(a @ 600)", "increase(a[2m] anchored)", "rate(a[2m] smoothed)", "a smoothed", "clamp_max(a, 5)",
        "scalar(c{x=\"1\"})", "time() - timestamp(b)", "sum_over_time(a[1m] @ start())", "count_over_time(vector(time())[2m:13s])",
        "sum(a) by (x) + on (x) group_right c", "vector(time())",
    ]

    /// Series of three metrics with gaps, stale markers, resets and, sometimes, histograms.
    private static func reader(seed: UInt64) -> HeldSeries {
        var random = SeededGenerator(seed: seed)
        var reader = HeldSeries()
        for (metric, labels) in [("a", ["x", "y"]), ("b", ["x", "y"]), ("c", ["x", "z"])] {
            for index in 0..<(metric == "c" ? 3 : 80) where metric != "b" || index % 3 != 0 {
                var values: [Double?] = []
                var value = Double(index)
                for _ in 0..<80 {
                    switch Int.random(in: 0..<30, using: &random) {
                    case 0: value = 0
                    case 1...3: values.append(nil); continue
                    case 4: values.append(SampleColumns.staleMarker); continue
                    case 5: values.append(.nan); continue
                    default: value += Double.random(in: 0...4, using: &random)
                    }
                    values.append(metric == "c" ? Double(index) + value.truncatingRemainder(dividingBy: 3).rounded() : value)
                }
                let second = metric == "c" ? "z\(index)" : "\(index / 9)"
                reader.add(["__name__": metric, labels[0]: "\(index % 9)", labels[1]: second], every: 15_000, values)
            }
        }
        return reader
    }

    /// Made once: tests run in parallel and ask often.
    private static let readers = (0..<3).map { reader(seed: UInt64($0) + 1) }

    private static let grid = StepGrid(start: 100_000, end: 1_150_000, step: 105_000)

    @Test(arguments: queries) func aRowIsWhatTheInstantsGive(query: String) throws {
        let expression = try PromQLParser.parse(query)
        for (reader, delays) in [(Self.readers[0], false), (Self.readers[1], true)] {
            let engine = PromQLEngine(reader: reader, options: PromQLOptions(delaysNameRemoval: delays))
            // What depends on the whole query is asked for at the same start and end.
            guard !query.contains("end()"), !query.contains("start()") else { continue }
            var expected: [String: [Int64: Double]] = [:]
            for index in 0..<Self.grid.count {
                let time = Self.grid[index]
                switch try engine.instant(expression, at: time).value {
                case .scalar(let value): expected["{}", default: [:]][time] = value
                case .vector(let samples): for sample in samples { expected[sample.labels.line, default: [:]][time] = sample.value }
                case .matrix, .string: Issue.record("an instant query gave no vector")
                }
            }
            let found = Self.values(try engine.range(expression, grid: Self.grid))
            #expect(Self.difference(found, expected) == nil)
        }
    }

    @Test(arguments: queries.filter { $0.contains("a") && !$0.contains("c") }) func theNumberOfThreadsDoesNotMatter(query: String) throws {
        let expression = try PromQLParser.parse(query)
        let reader = Self.readers[2]
        let grid = StepGrid(start: 0, end: 1_200_000, step: 2_500)
        let answers = try [1, 2].map { try PromQLEngine(reader: reader, options: PromQLOptions(parallelism: $0)).range(expression, grid: grid) }
        let one = Self.points(answers[0])
        #expect(one == Self.points(answers[1]))
        #expect(answers[0].notes == answers[1].notes)
    }

    @Test func aSumOfRatesIsTheSumOfEachWindowsRate() throws {
        let reader = Self.readers[0]
        let found = Self.values(try PromQLEngine(reader: reader).range(PromQLParser.parse("sum by (x) (rate(a[3m]))"), grid: Self.grid))
        for x in 0..<9 {
            for index in 0..<Self.grid.count {
                let time = Self.grid[index]
                let rates = reader.series.filter { $0.labels["x"] == "\(x)" && $0.labels.metricName == "a" }.compactMap { Self.rate($0.samples, time, 180_000) }
                let value = found["{x=\"\(x)\"}"]?[time]
                guard !rates.isEmpty else {
                    #expect(value == nil)
                    continue
                }
                let sum = rates.reduce(0, +)
                #expect(value.map { abs($0 - sum) <= 1e-9 * max(1, abs(sum)) || $0.isNaN && sum.isNaN } == true)
            }
        }
    }

    /// Prometheus's rate of one window, looked at sample by sample.
    private static func rate(_ samples: SampleColumns, _ end: Int64, _ range: Int64) -> Double? {
        let rows = (0..<samples.count).filter { samples.times[$0] > end - range && samples.times[$0] <= end && !SampleColumns.isStale(samples.values[$0]) }
        guard rows.count > 1, let first = rows.first, let last = rows.last else { return nil }
        var increase = samples.values[last] - samples.values[first]
        for (before, after) in zip(rows, rows.dropFirst()) where samples.values[after] < samples.values[before] { increase += samples.values[before] }
        let sampled = Double(samples.times[last] - samples.times[first]) / 1000
        let average = sampled / Double(rows.count - 1)
        var toStart = Double(samples.times[first] - (end - range)) / 1000, toEnd = Double(end - samples.times[last]) / 1000
        if toStart >= average * 1.1 { toStart = average / 2 }
        if increase > 0, samples.values[first] >= 0 { toStart = min(toStart, sampled * (samples.values[first] / increase)) }
        if toEnd >= average * 1.1 { toEnd = average / 2 }
        return increase * ((sampled + toStart + toEnd) / sampled) / (Double(range) / 1000)
    }

    private static func values(_ answer: QueryAnswer) -> [String: [Int64: Double]] {
        guard case .matrix(let series) = answer.value else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: series.map { ($0.labels.line, Dictionary(uniqueKeysWithValues: zip($0.points.times, $0.points.values))) })
    }

    /// Where two answers differ; nil when they agree. What neighbouring windows share is added up in another order than in one window alone.
    private static func difference(_ found: [String: [Int64: Double]], _ expected: [String: [Int64: Double]]) -> String? {
        guard Set(found.keys) == Set(expected.keys) else { return "other series" }
        for (labels, points) in expected {
            guard let row = found[labels], row.count == points.count else { return "other instants of \(labels)" }
            for (time, value) in points {
                guard let other = row[time], isClose(other, value) else { return "\(labels) at \(time): \(row[time] ?? 0) instead of \(value)" }
            }
        }
        return nil
    }

    private static func isClose(_ left: Double, _ right: Double) -> Bool {
        left == right || left.isNaN && right.isNaN || abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    }

    private static func points(_ answer: QueryAnswer) -> [String: [Int64: UInt64]] { values(answer).mapValues { $0.mapValues(bits) } }

    /// All NaN are the same.
    private static func bits(_ value: Double) -> UInt64 { value.isNaN ? 1 : value.bitPattern }
}
