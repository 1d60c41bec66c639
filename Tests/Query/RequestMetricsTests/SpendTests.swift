import GatewayModel
@testable import RequestMetrics
import RequestQuery
import Testing

/// Money since a day or a month began, against calls added up one by one.
struct SpendTests {
    /// Six days over the end of March.
    private static let calls = Call.random(3_000, seed: 77, from: SampleStore.start, hours: 144)
    private static let now = SampleStore.start + 7 * 86_400_000_000

    private static let sample = Task {
        let store = try SampleStore(now: now)
        try await store.append(Array(calls[..<2_000]), flush: true)
        try await store.append(Array(calls[2_000...]))
        return (store: store, metrics: store.metrics(now: now))
    }

    @Test(arguments: [
        "2026-03-28T00:30:00Z", "2026-03-28T13:00:00Z", "2026-03-29T00:00:00Z", "2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z", "2026-04-01T00:00:01Z", "2026-04-02T17:30:00Z",
    ])
    func theSumSinceThePeriodBegan(_ text: String) async throws {
        let instant = try #require(Timestamp(iso8601: text)).microseconds
        let day = try #require(Timestamp(iso8601: String(text.prefix(10)) + "T00:00:00Z")).microseconds
        let month = try #require(Timestamp(iso8601: String(text.prefix(8)) + "01T00:00:00Z")).microseconds
        let metrics = try await Self.sample.value.metrics
        let grid = StepGrid(start: instant / 1_000, end: instant / 1_000, step: 1)
        let found = try metrics.select(SeriesRequest([SeriesMatcher("__name__", equals: "gatewatch_spend_usd")], from: grid.start, through: grid.end, grid: grid))
        #expect(!found.isEmpty)
        for series in found {
            var samples = SampleColumns()
            try series.read(from: grid.start, through: grid.end, into: &samples)
            let start = series.labels["period"] == "day" ? day : month
            let spent = Self.calls.filter {
                $0.time >= start && $0.time < instant && $0.provider == series.labels["provider"] && $0.model == series.labels["model"]
            }.reduce(Int64(0)) { $0 + ($1.cost ?? 0) }
            #expect(samples.values == [Double(spent) / 1e9], "\(series.labels)")
        }
        #expect(Set(found.map { $0.labels["period"] }) == ["day", "month"])
    }

    @Test func failedRequestsHaveTheirOwnCounter() async throws {
        let metrics = try await Self.sample.value.metrics
        let instant = Self.now / 1_000
        let grid = StepGrid(start: instant, end: instant, step: 1)
        let found = try metrics.select(SeriesRequest([SeriesMatcher("__name__", equals: "gatewatch_failed_cost_usd_total")], from: instant, through: instant, grid: grid))
        var sum = 0.0
        for series in found {
            var samples = SampleColumns()
            try series.read(from: instant, through: instant, into: &samples)
            sum += samples.values.reduce(0, +)
        }
        let expected = Self.calls.filter { $0.errorType != nil }.reduce(Int64(0)) { $0 + ($1.cost ?? 0) }
        #expect(abs(sum - Double(expected) / 1e9) < 1e-9 && expected > 0)
    }
}

/// Labels that all series have, as if they had been scraped.
struct SourceLabelTests {
    private static let calls = Call.random(500, seed: 5, from: SampleStore.start, hours: 2)
    private static let now = SampleStore.start + 3 * 3_600_000_000

    private static func metrics(_ store: SampleStore, _ families: [MetricFamily] = MetricFamily.shipped) -> RequestMetrics {
        let table = FamilyTable(families, sourceLabels: [SeriesLabel("job", "gateway"), SeriesLabel("cluster", "eu")])
        return RequestMetrics(FamilyTotals(table, store.store), clock: { Timestamp(microseconds: now) })
    }

    private static func labels(_ name: String, _ extra: [SeriesMatcher], _ metrics: RequestMetrics) throws -> [SeriesLabels] {
        let instant = now / 1_000
        return try metrics.select(
            SeriesRequest([SeriesMatcher("__name__", equals: name)] + extra, from: instant, through: instant, grid: StepGrid(start: instant, end: instant, step: 1))).map(\.labels)
    }

    @Test(arguments: ["llm_gateway_llm_gateway_requests_total", "llm_gateway_llm_gateway_request_duration_seconds_bucket", "llm_gateway_llm_gateway_provider_health", "gatewatch_spend_usd"])
    func seriesHaveThem(_ name: String) async throws {
        let store = try SampleStore(now: Self.now)
        try await store.append(Self.calls)
        let metrics = Self.metrics(store)
        let all = try Self.labels(name, [], metrics)
        #expect(!all.isEmpty && all.allSatisfy { $0["job"] == "gateway" && $0["cluster"] == "eu" })
        #expect(try Self.labels(name, [SeriesMatcher("cluster", equals: "eu")], metrics).count == all.count)
        #expect(try Self.labels(name, [SeriesMatcher("cluster", equals: "us")], metrics).isEmpty)
        #expect(try Set(Self.labels(name, [], store.metrics(now: Self.now))) == Set(all.map { SeriesLabels($0.labels.filter { !["job", "cluster"].contains($0.name) }) }))
    }

    @Test func pagesDoNotTellThem() async throws {
        let store = try SampleStore(now: Self.now)
        try await store.append(Self.calls)
        func page(_ metrics: RequestMetrics) throws -> [UInt8] {
            var writer = ExpositionWriter(.text)
            try metrics.write(to: &writer)
            return writer.finish()
        }
        #expect(try page(Self.metrics(store)) == page(store.metrics(now: Self.now)))
    }

    @Test func aFamilyKeepsItsOwnLabelOfThatName() async throws {
        let store = try SampleStore(now: Self.now)
        try await store.append(Self.calls)
        let families = try FamilyFile.parse("families: [{name: own_total, labels: {job: provider}}]")
        let all = try Self.labels("own_total", [], Self.metrics(store, families))
        #expect(Set(all.compactMap { $0["job"] }).isSubset(of: ["openai", "anthropic", "groq"]) && all.allSatisfy { $0["cluster"] == "eu" })
    }
}
