import Foundation
import GatewayModel
@testable import RequestMetrics
import RequestQuery
import Testing

/// Series, rates and aggregations of families against records counted one by one.
struct FamilyReadingTests {
    static let start = SampleStore.start
    static let calls = Call.random(6_000, seed: 3, from: start, hours: 30)

    /// One store for all: three days in parts with tables, the end in memory.
    static let sample = Task {
        let store = try SampleStore()
        try await store.append(Array(calls[..<3_000]), flush: true)
        try await store.append(Array(calls[3_000..<5_500]), flush: true)
        try await store.append(Array(calls[5_500...]))
        return (store: store, metrics: store.metrics())
    }

    /// The instants that tests ask for: unaligned on purpose.
    static func grid(_ random: inout SeededGenerator) -> StepGrid {
        let begin = start / 1_000 + Int64.random(in: -3_600_000...60_000_000, using: &random)
        let step: Int64 = [1_000, 15_000, 60_000, 61_234, 300_000, 3_600_000, 900_000].randomElement(using: &random) ?? 60_000
        return StepGrid(start: begin, end: begin + step * Int64.random(in: 0...40, using: &random), step: step)
    }

    static let ranges: [Int64] = [30_000, 60_000, 300_000, 301_500, 3_600_000, 86_400_000]

    /// What a series of a shipped family counts, said independently of the program's table.
    static func counted(_ labels: SeriesLabels, _ call: Call) -> Double? {
        func has(_ name: String, _ value: String?) -> Bool { labels[name] == value }
        let isModel = has("model", call.model) && has("provider", call.provider)
        switch labels.metricName {
        case "llm_gateway_llm_gateway_requests_total":
            return isModel && has("status", call.errorType == nil ? "success" : "error") && has("streaming", call.stream == true ? "true" : "false") ? 1 : 0
        case "llm_gateway_llm_gateway_errors_total": return call.errorType != nil && has("provider", call.provider) && has("error_type", call.errorType) ? 1 : 0
        case "llm_gateway_llm_gateway_tokens_total":
            return isModel ? Double((labels["type"] == "input" ? call.inputTokens : call.outputTokens) ?? 0) : 0
        case "credits_used_total": return isModel ? Double(call.cost ?? 0) / 1e9 : 0
        case "llm_gateway_llm_gateway_rate_limit_hits_total": return call.errorType == "rate_limit" && has("limit_type", "rate_limit") && has("tenant", call.client) ? 1 : 0
        case "llm_gateway_llm_gateway_cache_operations_total": return call.cacheStatus != nil && has("result", call.cacheStatus) ? 1 : 0
        case "model_inference_duration_seconds_count": return isModel && call.duration != nil ? 1 : 0
        case "model_inference_duration_seconds_sum": return isModel ? Double(call.duration ?? 0) / 1e6 : 0
        case "model_inference_duration_seconds_bucket":
            guard isModel, let duration = call.duration, let le = labels["le"] else { return 0 }
            return Double(duration) / 1e6 <= (Double(le) ?? .infinity) ? 1 : 0
        default: return nil
        }
    }

    static let names = [
        "llm_gateway_llm_gateway_requests_total", "llm_gateway_llm_gateway_errors_total", "llm_gateway_llm_gateway_tokens_total", "credits_used_total",
        "llm_gateway_llm_gateway_rate_limit_hits_total", "llm_gateway_llm_gateway_cache_operations_total", "model_inference_duration_seconds_count",
        "model_inference_duration_seconds_sum", "model_inference_duration_seconds_bucket",
    ]

    static func total(_ labels: SeriesLabels, from: Int64 = .min, to: Int64) -> Double {
        calls.reduce(0) { sum, call in call.time < to * 1_000 && (from == .min || call.time >= from * 1_000) ? sum + (counted(labels, call) ?? .nan) : sum }
    }

    @Test(arguments: names) func seriesCountTheRecords(_ name: String) async throws {
        let metrics = try await Self.sample.value.metrics
        var random = SeededGenerator(seed: UInt64(name.utf8.count))
        let end = Self.start / 1_000 + 30 * 3_600_000
        let grid = StepGrid(start: end - 7_200_123, end: end, step: 1_234_567)
        let request = SeriesRequest([SeriesMatcher("__name__", equals: name)], from: grid.start, through: end, grid: grid)
        let series = try metrics.select(request)
        #expect(!series.isEmpty && zip(series, series.dropFirst()).allSatisfy { $0.labels < $1.labels })
        for one in series.shuffled(using: &random).prefix(25) {
            var samples = SampleColumns()
            try one.read(from: grid.start, through: end, into: &samples)
            #expect(samples.times == (0..<grid.count).map { grid[$0] })
            for (time, value) in zip(samples.times, samples.values) { #expect(near(value, Self.total(one.labels, to: time)), "\(one.labels) at \(time)") }
            for range in Self.ranges {
                let increases = try #require(try one.increases(range: range, at: grid))
                for (index, increase) in increases.enumerated() {
                    #expect(near(increase, Self.total(one.labels, from: grid[index] - range, to: grid[index])), "\(one.labels) over \(range)")
                }
            }
        }
    }

    /// A number of one question: the same from grouped sums as from the series.
    @Test(arguments: 0..<120) func aggregationsAreThoseOfTheSeries(_ seed: Int) async throws {
        let metrics = try await Self.sample.value.metrics
        var random = SeededGenerator(seed: UInt64(seed) &* 7_919)
        let request = try Self.aggregation(&random)
        let direct = try #require(try metrics.aggregate(request))
        let plain = try Self.plainly(request, metrics)
        try #require(direct.labels == plain.labels, "seed \(seed): \(request)")
        for (row, labels) in plain.labels.enumerated() {
            for (index, value) in plain.values[row].enumerated() {
                let other = direct.values[row][index]
                #expect(SampleColumns.isStale(value) == SampleColumns.isStale(other) && near(value, other), "seed \(seed), \(labels), instant \(index): \(value) and \(other)")
            }
        }
    }

    private static func aggregation(_ random: inout SeededGenerator) throws -> SeriesAggregation {
        var matchers: [SeriesMatcher] = [SeriesMatcher("__name__", equals: names.randomElement(using: &random) ?? "")]
        let more: [SeriesMatcher] = [
            SeriesMatcher("provider", equals: "openai"), SeriesMatcher("provider", equals: "groq", negated: true), SeriesMatcher("model", equals: "model-1"),
            SeriesMatcher("model", equals: ""), SeriesMatcher("status", equals: "error"), SeriesMatcher("type", equals: "input"), SeriesMatcher("nothing", equals: ""),
            SeriesMatcher("le", equals: "2.5"), SeriesMatcher("le", equals: "+Inf", negated: true), SeriesMatcher("streaming", equals: "true", negated: true),
        ]
        matchers += more.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        let labels = ["provider", "model", "status", "le", "type", "error_type", "streaming", "tenant", "__name__", "nothing"]
        return SeriesAggregation(
            matchers, grid: grid(&random), range: ranges.randomElement(using: &random) ?? 60_000,
            function: [.rate, .increase, .instant].randomElement(using: &random) ?? .rate, aggregation: [.sum, .sum, .count, .average].randomElement(using: &random) ?? .sum,
            grouping: Array(labels.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))), isWithout: Bool.random(using: &random))
    }

    private static func plainly(_ request: SeriesAggregation, _ metrics: RequestMetrics) throws -> SeriesRows {
        let grid = request.grid
        let function: String? = request.function == .instant ? nil : request.function == .rate ? "rate" : "increase"
        let range = request.function == .instant ? 0 : request.range
        let selected = try metrics.select(SeriesRequest(request.matchers, from: grid.start - range, through: grid.end, grid: grid, range: range, function: function))
        var rows: [SeriesLabels: [(sum: Double, count: Int)]] = [:]
        for series in selected {
            let own = series.labels.labels.filter { label in
                if label.name == "__name__", request.isWithout || request.function != .instant { return false }
                return request.grouping.contains(label.name) != request.isWithout
            }
            var row = rows[SeriesLabels(own)] ?? Array(repeating: (0, 0), count: grid.count)
            for (index, value) in try values(series, request).enumerated() where !SampleColumns.isStale(value) { row[index] = (row[index].sum + value, row[index].count + 1) }
            rows[SeriesLabels(own)] = row
        }
        let labels = rows.keys.sorted()
        let values = labels.map { label in
            (rows[label] ?? []).map { sum, count -> Double in
                guard count > 0 else { return SampleColumns.staleMarker }
                return request.aggregation == .sum ? sum : request.aggregation == .count ? Double(count) : sum / Double(count)
            }
        }
        return SeriesRows(labels: labels, values: values)
    }

    private static func values(_ series: any SelectedSeries, _ request: SeriesAggregation) throws -> [Double] {
        guard request.function == .instant else {
            let increases = try series.increases(range: request.range, at: request.grid) ?? []
            return request.function == .rate ? increases.map { SampleColumns.isStale($0) ? $0 : $0 / (Double(request.range) / 1_000) } : increases
        }
        var samples = SampleColumns()
        try series.read(from: request.grid.start, through: request.grid.end, into: &samples)
        var values = Array(repeating: SampleColumns.staleMarker, count: request.grid.count)
        for (time, value) in zip(samples.times, samples.values) { values[Int((time - request.grid.start) / request.grid.step)] = value }
        return values
    }

    @Test func samplesOfAStretchStandEveryFifteenSeconds() async throws {
        let metrics = try await Self.sample.value.metrics
        let end = Self.start / 1_000 + 7_200_000 + 1
        let request = SeriesRequest(
            [SeriesMatcher("__name__", equals: "credits_used_total")], from: end - 120_000, through: end, grid: StepGrid(start: end, end: end, step: 1), range: 120_000, function: "delta")
        var samples = SampleColumns()
        try #require(try metrics.select(request).first).read(from: end - 120_000, through: end, into: &samples)
        #expect(samples.times.count == 8 && samples.times.allSatisfy { $0 % 15_000 == 0 })
        #expect(zip(samples.values, samples.values.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(arguments: names) func aSampleIsExplainedByItsRecords(_ name: String) async throws {
        let (sample, metrics) = try await Self.sample.value
        var random = SeededGenerator(seed: 99)
        let counts = try metrics.labelSets(SeriesListing([[SeriesMatcher("__name__", equals: name)]]))
        for labels in counts.shuffled(using: &random).prefix(12) {
            for range in [Int64(0), 3_600_000, 40_000_000] {
                let time = Self.start / 1_000 + Int64.random(in: 20_000_000...108_000_000, using: &random)
                let records = try #require(try metrics.explain(labels, time: time, range: range))
                var query = RequestQuery()
                (query.from, query.to) = (.absolute(records.range.from), .absolute(records.range.to))
                query.filter = records.filter
                let result = try QueryEngine.run(query, over: sample.store.snapshot(of: records.range), now: Timestamp(microseconds: time * 1_000))
                let expected = Self.calls.filter { call in
                    call.time < time * 1_000 && (range == 0 || call.time >= (time - range) * 1_000) && Self.isCounted(labels, call)
                }
                #expect(result.values.first == .integer(Int64(expected.count)), "\(labels) over \(range): \(records.filter.text)")
            }
        }
    }

    /// Whether a record is among those that a series counts; of sums, whether it has the summed field.
    private static func isCounted(_ labels: SeriesLabels, _ call: Call) -> Bool {
        let isModel = labels["model"] == call.model && labels["provider"] == call.provider
        switch labels.metricName {
        case "llm_gateway_llm_gateway_tokens_total": return isModel && (labels["type"] == "input" ? call.inputTokens : call.outputTokens) != nil
        case "credits_used_total": return isModel && call.cost != nil
        case "model_inference_duration_seconds_sum": return isModel && call.duration != nil
        default: return counted(labels, call) == 1
        }
    }

    @Test func patternsChooseFamiliesAndLabels() async throws {
        let metrics = try await Self.sample.value.metrics
        let names = try metrics.labelValues(of: "__name__", SeriesListing())
        #expect(names.contains("gen_ai_client_token_usage_bucket") && names == names.sorted())
        #expect(try metrics.labelNames(SeriesListing([[SeriesMatcher("__name__", equals: "credits_used_total")]])) == ["__name__", "model", "provider"])
        let providers = try metrics.labelValues(of: "provider", SeriesListing([[SeriesMatcher("__name__", equals: "provider_availability")]]))
        #expect(providers == ["anthropic", "groq", "openai"])
        #expect(try metrics.labelSets(SeriesListing(limit: 3)).count == 3)
        #expect(try metrics.labelNames(SeriesListing(from: 0, through: 1_000)).isEmpty)
        #expect(try metrics.select(SeriesRequest([SeriesMatcher("__name__", equals: "up")], from: 0, through: .max, grid: StepGrid(start: 0, end: 0, step: 1))).isEmpty)
        #expect(metrics.metadata(of: "llm_gateway_llm_gateway_ttft_seconds").values.first?.first?.kind == .histogram)
    }
}

func near(_ left: Double, _ right: Double) -> Bool { left == right || left.isNaN && right.isNaN || abs(left - right) <= 1e-12 * max(abs(left), abs(right)) }
