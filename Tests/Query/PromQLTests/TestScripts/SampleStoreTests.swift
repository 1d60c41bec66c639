import GatewayModel
import Testing

@testable import PromQL

struct SampleStoreTests {
    private func columns(_ points: [(Int64, Double)]) -> SampleColumns {
        var columns = SampleColumns()
        for (time, value) in points { columns.append(time, value) }
        return columns
    }

    private func request(_ matchers: [SeriesMatcher]) -> SeriesRequest {
        SeriesRequest(matchers, from: .min, through: .max, grid: StepGrid(start: 0, end: 0, step: 1))
    }

    private func read(_ store: SampleStore, from: Int64 = .min, through: Int64 = .max) throws -> SampleColumns {
        var columns = SampleColumns()
        for series in try store.select(request([])) { try series.read(from: from, through: through, into: &columns) }
        return columns
    }

    @Test func selectsByMatchersInTheOrderOfLabels() throws {
        let store = SampleStore()
        for value in ["b", "a", "c"] { store.append(SeriesLabels([SeriesLabel("__name__", "m"), SeriesLabel("x", value)]), columns([(0, 1)])) }
        #expect(try store.select(request([SeriesMatcher("x", pattern: "a|b")])).map { $0.labels["x"] } == ["a", "b"])
        #expect(try store.select(request([SeriesMatcher("x", equals: "a", negated: true)])).count == 2)
        #expect(try store.labelNames(SeriesListing()) == ["__name__", "x"])
        #expect(try store.labelValues(of: "x", SeriesListing(limit: 2)) == ["a", "b"])
        #expect(try store.labelSets(SeriesListing([[SeriesMatcher("x", equals: "c")]])).count == 1)
        #expect(try store.labelSets(SeriesListing(from: 1, through: 5)).isEmpty)
        store.removeAll()
        #expect(try store.select(request([])).isEmpty)
    }

    @Test func samplesGoWhereTheyBelongInTime() throws {
        let store = SampleStore()
        store.append(.none, columns([(10, 1), (30, 3)]))
        store.append(.none, columns([(20, 2), (30, 4), (5, 0)]))
        let all = try read(store)
        #expect(all.times == [5, 10, 20, 30] && all.values == [0, 1, 2, 4])
        #expect(try read(store, from: 10, through: 20).times == [10, 20])
    }

    /// As Prometheus's storage: unknown at the start of a chunk, no reset within one.
    @Test func histogramsGetTheHintsOfChunks() throws {
        let store = SampleStore()
        let series = try NotatedSeries(
            "h {{count:1 buckets:[1]}} {{count:2 buckets:[2]}} {{count:1 buckets:[1]}} {{count:1 buckets:[1]}} 5 {{count:1 buckets:[1]}} stale "
                + "{{count:2 buckets:[2]}} "
                + "{{count:3 buckets:[3] counter_reset_hint:gauge}} {{count:3 buckets:[3] counter_reset_hint:gauge}} {{count:4 buckets:[4]}} "
                + "{{count:5 buckets:[5] counter_reset_hint:reset}} {{schema:-53 count:6 custom_values:[1] buckets:[6]}}")
        var columns = SampleColumns()
        for (time, value) in series.values.enumerated() {
            switch value {
            case .number(let number): columns.append(Int64(time), number)
            case .histogram(let histogram, _): columns.append(Int64(time), histogram)
            case .missing: break
            }
        }
        store.append(series.labels, columns)
        #expect(try read(store).histograms.map { $0?.resetHint } == [
            .unknown, .notReset, .unknown, .notReset, nil, .unknown, nil, .unknown, .gauge, .gauge, .unknown, .unknown, .unknown,
        ])
    }
}
