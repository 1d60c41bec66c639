import ByteCoding
import GatewayModel
import KeepTestSupport
import Testing

@testable import PromQL

/// Counter resets and what functions over windows make of them.
struct HistogramResetTests {
    private func histogram(_ text: String) throws -> NativeHistogram {
        guard case .histogram(let histogram, _) = try NotatedSeries("m {{\(text)}}").values[0] else { throw SeriesNotationError(message: "", offset: 0) }
        return histogram
    }

    /// A histogram, the one after it, and whether a counter was reset between.
    @Test(arguments: [
        ("count:4 buckets:[1 2 1]", "count:4 buckets:[1 2 1]", false),
        ("count:4 buckets:[1 2 1]", "count:5 buckets:[1 3 1]", false),
        ("count:4 buckets:[1 2 1]", "count:3 buckets:[1 2 1]", true),
        ("count:4 buckets:[1 2 1]", "count:5 buckets:[1 1 3]", true),
        ("count:4 buckets:[1 2 1]", "count:5 buckets:[1 4]", true),
        ("count:4 buckets:[1 2 0]", "count:5 buckets:[1 4]", false),
        ("count:4 buckets:[1 3]", "count:5 offset:1 buckets:[4]", true),
        ("count:4 n_buckets:[1 3]", "count:5 n_buckets:[1 2 2]", true),
        ("count:4 sum:9 buckets:[4]", "count:5 sum:1 buckets:[5]", false),
        ("count:4 z_bucket:2 buckets:[2]", "count:5 z_bucket:1 buckets:[4]", true),
        ("schema:1 count:4 offset:1 buckets:[1 3]", "schema:0 count:5 offset:1 buckets:[5]", false),
        ("schema:1 count:4 offset:1 buckets:[1 3]", "schema:0 count:5 offset:1 buckets:[3 2]", true),
        ("schema:0 count:4 buckets:[4]", "schema:1 count:5 buckets:[5]", true),
        ("z_bucket_w:1 z_bucket:4 count:4", "z_bucket_w:0.5 z_bucket:5 count:5", true),
        ("z_bucket_w:0.5 z_bucket:1 count:4 buckets:[3]", "z_bucket_w:1 z_bucket:4 count:4", false),
        ("z_bucket_w:0.5 z_bucket:1 count:4 buckets:[3]", "z_bucket_w:1 z_bucket:3 count:4", true),
        ("z_bucket_w:0.5 z_bucket:1 count:4 buckets:[3]", "z_bucket_w:0.7 z_bucket:4 count:4", true),
        ("schema:-53 custom_values:[1 2] count:4 buckets:[1 2 1]", "schema:-53 custom_values:[1 2] count:5 buckets:[1 2 2]", false),
        ("schema:-53 custom_values:[1 2] count:4 buckets:[1 2 1]", "schema:-53 custom_values:[2] count:5 buckets:[3 2]", false),
        ("schema:-53 custom_values:[1 2] count:4 buckets:[1 2 1]", "schema:-53 custom_values:[2 3] count:5 buckets:[2 3]", true),
        ("schema:-53 custom_values:[1 2] count:4 buckets:[1 2 1]", "count:9 buckets:[9]", true),
        ("count:4 buckets:[4]", "schema:-53 custom_values:[1 2] count:5 buckets:[5]", true),
        ("count:4 buckets:[4]", "count:1 buckets:[1] counter_reset_hint:not_reset", false),
        ("count:4 buckets:[4]", "count:9 buckets:[9] counter_reset_hint:reset", true),
        ("count:4 buckets:[4]", "count:1 buckets:[1] counter_reset_hint:gauge", true),
    ])
    func resetsAreSeen(_ before: String, _ after: String, _ isReset: Bool) throws {
        #expect(try histogram(after).isReset(after: histogram(before)) == isReset)
    }

    /// A counter that is fed, scraped, and now and then reset right before it is fed: its increase is everything that was fed after the first scrape.
    /// Only where a reset leaves no bucket smaller it cannot be seen.
    @Test(arguments: Array(UInt64(1)...30)) func increasesAreWhatWasObserved(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var counter: [Double] = []
        var fed = 0
        var isHidden = false
        var points: [NativeHistogram?] = []
        for step in 0..<12 {
            let isReset = step > 0 && Int.random(in: 0..<4, using: &generator) == 0
            if isReset { counter = [] }
            let observations = RandomHistogram.observations(Int.random(in: 1...5, using: &generator), using: &generator)
            counter += observations
            if step > 0 { fed += observations.count }
            let histogram = RandomHistogram.exponential(counter, schema: 2)
            if isReset, let before = points.last ?? nil, !histogram.isReset(after: before) { isHidden = true }
            points.append(histogram)
        }
        var notes = QueryNotes()
        let increase = try #require(HistogramRange.difference(points[...], isCounter: true, metric: "m", place: nil, notes: &notes))
        #expect(isHidden ? increase.count < Double(fed) : increase.count == Double(fed))
        #expect(increase.positiveBuckets.reduce(0, +) + increase.negativeBuckets.reduce(0, +) + increase.zeroCount == increase.count)
        #expect(increase.resetHint == .gauge && notes.notes.isEmpty)
    }

    @Test func whatIsNoCounterOrNoGaugeIsTold() throws {
        var notes = QueryNotes()
        let gauges = [try histogram("count:1 counter_reset_hint:gauge"), try histogram("count:2 counter_reset_hint:gauge")].map(Optional.some)
        #expect(HistogramRange.difference(gauges[...], isCounter: true, metric: "m", place: nil, notes: &notes)?.count == 1)
        #expect(notes.notes.map(\.message) == ["this native histogram metric is not a counter: \"m\""])
        notes = QueryNotes()
        let counters = [try histogram("count:1"), try histogram("count:3")].map(Optional.some)
        #expect(HistogramRange.difference(counters[...], isCounter: false, metric: "m", place: nil, notes: &notes)?.count == 2)
        #expect(notes.notes.map(\.message) == ["this native histogram metric is not a gauge: \"m\""])
        notes = QueryNotes()
        #expect(HistogramRange.difference([counters[0], nil][...], isCounter: true, metric: "m", place: nil, notes: &notes) == nil)
        #expect(notes.notes.map(\.severity) == [.warning])
    }

    // MARK: Text

    @Test(arguments: [
        ("", "{count:0, sum:0}"),
        ("count:4 sum:5 buckets:[1 2 1]", "{count:4, sum:5, (0.5,1]:1, (1,2]:2, (2,4]:1}"),
        ("count:7 sum:-1.5 z_bucket:2 z_bucket_w:0.001 buckets:[1 0 1] n_buckets:[1 2]",
            "{count:7, sum:-1.5, [-2,-1):2, [-1,-0.5):1, [-0.001,0.001]:2, (0.5,1]:1, (2,4]:1}"),
        ("schema:-53 count:3 sum:1e9 custom_values:[5 10] buckets:[1 1 1]", "{count:3, sum:1e+09, [-Inf,5]:1, (5,10]:1, (10,+Inf]:1}"),
    ])
    func textIsPrometheuss(_ notation: String, _ text: String) throws { #expect(try histogram(notation).text == text) }

    @Test func bucketsOfTheAPISayWhichLimitsAreInclusive() throws {
        let buckets = try histogram("count:5 z_bucket:2 z_bucket_w:0.75 buckets:[1] n_buckets:[0 2]").apiBuckets
        #expect(buckets.map(\.boundaryRule) == [1, 3, 0])
        // The zero bucket reaches into the positive one.
        #expect(buckets.map(\.lower) == [-2, -0.75, 0.75] && buckets.map(\.upper) == [-1, 0.75, 1] && buckets.map(\.count) == [2, 2, 1])
        #expect(try histogram("schema:-53 count:2 custom_values:[1] buckets:[1 1]").apiBuckets.map(\.boundaryRule) == [3, 0])
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "-0"), (1, "1"), (100_000, "100000"), (1_000_000, "1e+06"), (123_456_789, "1.23456789e+08"), (0.0001, "0.0001"), (0.00001, "1e-05"),
        (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5e-324"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0.1, "0.1"), (-12.25, "-12.25"),
    ])
    func numbersAreWrittenAsGoDoes(_ number: Double, _ text: String) { #expect(PrometheusNumber.of(number, .general) == text) }
}
