import Foundation
import GatewayModel
@testable import RequestMetrics
import RequestQuery
import Testing

/// Counters never go back, whatever happens to the records.
struct FamilyTotalsTests {
    private static let name = "llm_gateway_llm_gateway_requests_total"
    private static let day: Int64 = 86_400_000_000

    private func value(_ metrics: RequestMetrics, at time: Int64) throws -> [SeriesLabels: Double] {
        let instant = time / 1_000
        let request = SeriesRequest([SeriesMatcher("__name__", equals: Self.name)], from: instant, through: instant, grid: StepGrid(start: instant, end: instant, step: 1))
        var values: [SeriesLabels: Double] = [:]
        for series in try metrics.select(request) {
            var samples = SampleColumns()
            try series.read(from: instant, through: instant, into: &samples)
            values[series.labels] = samples.values.first
        }
        return values
    }

    @Test func retentionLeavesCountersWhereTheyStood() async throws {
        let sample = try SampleStore()
        try await sample.append(Call.random(3_000, seed: 1, from: SampleStore.start, hours: 60), flush: true)
        let metrics = sample.metrics()
        let now = SampleStore.start + 4 * Self.day
        let before = try value(metrics, at: now)
        await sample.store.setRetention(days: 2)
        try await sample.append(Call.random(100, seed: 2, from: SampleStore.start + 70 * 3_600_000_000, hours: 1))
        let after = try value(metrics, at: now)
        #expect(before.values.reduce(0, +) == 3_000 && after.values.reduce(0, +) == 3_100)
        #expect(before.allSatisfy { after[$0.key] ?? -1 >= $0.value })
    }

    @Test func keptTotalsGoOnAfterARestart() async throws {
        let sample = try SampleStore()
        try await sample.append(Call.random(2_000, seed: 4, from: SampleStore.start, hours: 40), flush: true)
        let table = FamilyTable(MetricFamily.shipped)
        let totals = FamilyTotals(table, sample.store)
        try totals.catchUp()
        let kept = try #require(totals.encoded())
        await sample.store.setRetention(days: 2)
        try await sample.append(Call.random(500, seed: 5, from: SampleStore.start + 80 * 3_600_000_000, hours: 1))
        let again = FamilyTotals(table, sample.store, kept: kept)
        let now = SampleStore.start + 4 * Self.day
        let metrics = RequestMetrics(again, clock: { Timestamp(microseconds: now) })
        #expect(try value(metrics, at: now).values.reduce(0, +) == 2_500)
        // A family that was not among the kept ones is counted from what there is, the others go on.
        var families = MetricFamily.shipped
        families.append(MetricFamily("added_total", .counter, "", labels: [FamilyLabel("path", .path), FamilyLabel("team", .team)], .count))
        let added = RequestMetrics(FamilyTotals(FamilyTable(families), sample.store, kept: kept), clock: { Timestamp(microseconds: now) })
        #expect(try value(added, at: now).values.reduce(0, +) == 2_500)
    }

    @Test(arguments: [0, 1, 7, 200, 4_000]) func damagedTotalsAreCountedAnew(_ place: Int) async throws {
        let sample = try SampleStore()
        try await sample.append(Call.random(300, seed: 6, from: SampleStore.start, hours: 10), flush: true)
        let table = FamilyTable(MetricFamily.shipped)
        let totals = FamilyTotals(table, sample.store)
        try totals.catchUp()
        var kept = try #require(totals.encoded())
        if place < kept.count { kept[place] ^= 0x40 } else { kept.removeLast(3) }
        for bytes in [kept, Array(kept.prefix(place))] {
            let metrics = RequestMetrics(FamilyTotals(table, sample.store, kept: bytes), clock: { Timestamp(microseconds: SampleStore.start + 4 * Self.day) })
            #expect(try value(metrics, at: SampleStore.start + 4 * Self.day).values.reduce(0, +) == 300)
        }
    }

    @Test func totalsOfANewerStoreAreNotTaken() async throws {
        let large = try SampleStore()
        try await large.append(Call.random(900, seed: 7, from: SampleStore.start, hours: 10))
        let table = FamilyTable(MetricFamily.shipped)
        let totals = FamilyTotals(table, large.store)
        try totals.catchUp()
        let small = try SampleStore()
        try await small.append(Call.random(10, seed: 8, from: SampleStore.start, hours: 10))
        let metrics = RequestMetrics(FamilyTotals(table, small.store, kept: totals.encoded()), clock: { Timestamp(microseconds: SampleStore.start + 4 * Self.day) })
        #expect(try value(metrics, at: SampleStore.start + 4 * Self.day).values.reduce(0, +) == 10)
    }

    @Test func valuesBeyondTheLimitAreOther() async throws {
        let sample = try SampleStore()
        let calls = (0..<200).map { index in
            var call = Call(time: SampleStore.start + Int64(index) * 1_000_000)
            call.model = "model-\(index % 20)"
            return call
        }
        try await sample.append(calls)
        var limits = FamilyLimits()
        limits.labelValuesMax = 5
        let metrics = sample.metrics(limits: limits)
        let now = SampleStore.start + 4 * Self.day
        let values = try value(metrics, at: now)
        let models = Set(values.keys.compactMap { $0["model"] })
        #expect(models.count == 6 && models.contains("_other") && values.values.reduce(0, +) == 200)
        let other = values.filter { $0.key["model"] == "_other" }.values.reduce(0, +)
        #expect(other == 150)
        let request = SeriesAggregation(
            [SeriesMatcher("__name__", equals: Self.name), SeriesMatcher("model", equals: "_other")], grid: StepGrid(start: now / 1_000, end: now / 1_000, step: 1),
            range: 0, function: .instant, aggregation: .sum, grouping: [], isWithout: false)
        #expect(try metrics.aggregate(request)?.values == [[150]])
    }

    @Test func everyKnownProviderHasEveryStatusAtZero() async throws {
        let sample = try SampleStore()
        try await sample.append([Call(time: SampleStore.start), { var call = Call(time: SampleStore.start + 1); call.provider = "groq"; return call }()])
        let metrics = sample.metrics()
        let sets = try metrics.labelSets(SeriesListing([[SeriesMatcher("__name__", equals: Self.name)]]))
        #expect(sets.count == 2 * 2 * 2)
        let errors = try metrics.labelSets(SeriesListing([[SeriesMatcher("__name__", equals: "llm_gateway_llm_gateway_errors_total")]]))
        #expect(errors.count == 2 * MetricFamily.errorTypes.count)
        #expect(try value(metrics, at: SampleStore.start + Self.day).values.sorted() == [0, 0, 0, 0, 0, 0, 1, 1])
    }

    @Test func anEmptyStoreHasNoSeries() throws {
        let metrics = try SampleStore().metrics()
        #expect(try metrics.labelSets(SeriesListing()).isEmpty)
        #expect(try value(metrics, at: SampleStore.start).isEmpty)
    }
}
