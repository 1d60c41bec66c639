import Foundation
import GatewayModel
@testable import RequestMetrics
import RequestQuery
import Testing

/// Gauges against records looked at one by one, and the marketplace's figures.
struct GaugeTests {
    static let start = SampleStore.start
    static let calls = Call.random(4_000, seed: 21, from: start, hours: 3)

    static let sample = Task {
        let store = try SampleStore()
        try await store.append(Array(calls[..<2_000]), flush: true)
        try await store.append(Array(calls[2_000...]))
        return (store: store, metrics: store.metrics(now: start + 3 * 3_600_000_000))
    }

    private static func values(_ name: String, at instants: [Int64], _ metrics: RequestMetrics) throws -> [SeriesLabels: [Double?]] {
        let step = instants.count > 1 ? instants[1] - instants[0] : 1
        let grid = StepGrid(start: instants[0], end: instants[instants.count - 1], step: step)
        var rows: [SeriesLabels: [Double?]] = [:]
        for series in try metrics.select(SeriesRequest([SeriesMatcher("__name__", equals: name)], from: grid.start, through: grid.end, grid: grid)) {
            var samples = SampleColumns()
            try series.read(from: grid.start, through: grid.end, into: &samples)
            let found = Dictionary(uniqueKeysWithValues: zip(samples.times, samples.values))
            rows[series.labels] = instants.map { found[$0] }
            #expect(try series.increases(range: 60_000, at: grid) == nil)
        }
        return rows
    }

    private static let instants: [Int64] = (0..<12).map { start / 1_000 + 600_123 + $0 * 777_000 }

    @Test func tokensPerSecondIsTheMedianOfAMinute() async throws {
        let rows = try await Self.values("llm_gateway_llm_gateway_tokens_per_second", at: Self.instants, Self.sample.value.metrics)
        #expect(!rows.isEmpty)
        for (labels, row) in rows {
            for (instant, value) in zip(Self.instants, row) {
                let speeds = Self.calls.filter {
                    $0.time >= (instant - 60_000) * 1_000 && $0.time < instant * 1_000 && labels["model"] == $0.model && labels["provider"] == $0.provider
                }.compactMap { call -> Double? in
                    guard let duration = call.duration, let tokens = call.outputTokens, tokens > 0, duration > call.firstToken ?? 0 else { return nil }
                    return Double(tokens) * 1e6 / Double(duration - (call.firstToken ?? 0))
                }.sorted()
                let middle = speeds.count / 2
                let median = speeds.isEmpty ? nil : speeds.count % 2 == 1 ? speeds[middle] : (speeds[middle - 1] + speeds[middle]) / 2
                #expect(value == median, "\(labels) at \(instant)")
            }
        }
    }

    @Test func activeRequestsOverlapTheInstant() async throws {
        let rows = try await Self.values("llm_gateway_llm_gateway_active_requests", at: Self.instants, Self.sample.value.metrics)
        for (labels, row) in rows {
            for (instant, value) in zip(Self.instants, row) {
                let active = Self.calls.count { $0.time - ($0.duration ?? 0) <= instant * 1_000 && instant * 1_000 < $0.time && $0.provider == labels["provider"] }
                #expect(value == Double(active), "\(labels) at \(instant)")
            }
        }
        #expect(rows.values.contains { $0.contains { $0 ?? 0 > 0 } })
    }

    @Test func healthComesFromFiveMinutes() async throws {
        let metrics = try await Self.sample.value.metrics
        let availability = try Self.values("provider_availability", at: Self.instants, metrics)
        let errors = try Self.values("provider_error_rate", at: Self.instants, metrics)
        let scores = try Self.values("gatewayz_provider_health_score", at: Self.instants, metrics)
        let up = try Self.values("llm_gateway_llm_gateway_provider_health", at: Self.instants, metrics)
        for (labels, row) in availability {
            for (index, instant) in Self.instants.enumerated() {
                let calls = Self.calls.filter { $0.time >= (instant - 300_000) * 1_000 && $0.time < instant * 1_000 && $0.provider == labels["provider"] }
                let faults = calls.count { ["timeout", "provider"].contains($0.errorType) }
                let left = calls.count { $0.errorType == "client_closed" }
                let failed = calls.count { $0.errorType != nil } - left
                #expect(row[index] == (calls.isEmpty ? nil : 1 - Double(faults) / Double(calls.count)))
                #expect(errors[labels.setting("__name__", to: "provider_error_rate")]?[index] == (calls.count > left ? Double(failed) / Double(calls.count - left) : nil))
                #expect(up[labels.setting("__name__", to: "llm_gateway_llm_gateway_provider_health")]?[index] == (faults < 3 || faults * 2 < calls.count ? 1 : 0))
                if let score = scores[labels.setting("__name__", to: "gatewayz_provider_health_score")]?[index] ?? nil { #expect((0...1).contains(score)) }
            }
        }
    }

    @Test func clientsOfADayAreCountedOnce() async throws {
        let rows = try await Self.values("active_api_keys", at: Self.instants, Self.sample.value.metrics)
        let row = try #require(rows.values.first)
        for (instant, value) in zip(Self.instants, row) { #expect(value == Double(Set(Self.calls.filter { $0.time < instant * 1_000 }.compactMap(\.client)).count)) }
    }

    @Test func thePartsOfTheScoreAreCapped() {
        var figures = ProviderFigures()
        #expect(figures.healthScore == nil && figures.state == nil && figures.isUp)
        (figures.requests, figures.latencySeconds) = (100, 0.1)
        #expect(figures.latencyScore == 1 && figures.healthScore == 1 && figures.state == .healthy)
        figures.latencySeconds = 60
        #expect(figures.latencyScore == 0 && figures.healthScore == 0.7 && figures.state == .degraded)
        (figures.failures, figures.providerFailures) = (100, 100)
        #expect(figures.healthScore == 0 && figures.state == .unavailable && !figures.isUp)
        (figures.requests, figures.providerFailures) = (2, 2)
        #expect(figures.isUp, "two failures are too few to call a provider down")
        figures.latencySeconds = 6
        #expect(figures.latencyScore == 0.5)
    }

    @Test func pagesTellWhatSeriesTell() async throws {
        let metrics = try await Self.sample.value.metrics
        for format in ExpositionFormat.allCases {
            var writer = ExpositionWriter(format)
            try metrics.write(to: &writer)
            let lines = String(decoding: writer.finish(), as: UTF8.self).split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("llm_gateway_llm_gateway_requests_total{model=\"model-1\",provider=\"groq\",status=\"error\",streaming=\"false\"} ") })
            let total = lines.filter { $0.hasPrefix("llm_gateway_llm_gateway_requests_total{") }.compactMap { Double($0.split(separator: " ").last ?? "") }.reduce(0, +)
            #expect(total == Double(Self.calls.count))
            let endless = lines.filter { $0.hasPrefix("model_inference_duration_seconds_bucket{") && $0.contains("le=\"+Inf\"") }
            let counts = lines.filter { $0.hasPrefix("model_inference_duration_seconds_count") }
            #expect(!counts.isEmpty && endless.count == counts.count)
            #expect(zip(endless, counts).allSatisfy { $0.split(separator: " ").last == $1.split(separator: " ").last })
            #expect(!lines.contains { $0.contains("circuit_breaker_state") || $0.contains("trial_active") })
        }
        var writer = ExpositionWriter(.text)
        try metrics.write(to: &writer, only: ["provider_availability"])
        let part = String(decoding: writer.finish(), as: UTF8.self)
        #expect(part.hasPrefix("# HELP provider_availability ") && part.contains("\n# TYPE provider_availability gauge\n") && !part.contains("llm_gateway"))
    }

    @Test func theSummaryDividesByNothingOnlyWhenThereIsSomething() async throws {
        let summary = try await Self.sample.value.metrics.summary()
        #expect(summary.requests == 4_000 && summary.providers.map(\.name) == ["anthropic", "groq", "openai"])
        #expect(summary.inputTokens == Self.calls.compactMap(\.inputTokens).reduce(0, +) && summary.latencyMilliseconds != nil)
        let empty = try SampleStore().metrics().summary()
        #expect(empty.requests == 0 && empty.latencyMilliseconds == nil && empty.providerAverage(\.errorRate) == nil && empty.providers.isEmpty)
    }
}
