import GatewayModel
import KeepTestSupport
import SeriesStorage
import Testing

struct SeriesStoreTests {
    private let start = TestClock.noon
    private let requests = SeriesLabels.test("requests_total", ["model": "a"])

    @Test func appendedSamplesAreSelectedInOrderOfLabelsAndTime() async throws {
        let store = try TestSeriesStore().open()
        var batch = SampleBatch()
        batch.append(.test("b"), [(start, 1), (start + 15_000, 2)])
        batch.append(.test("a", ["x": "2"]), [(start, 3)])
        batch.append(.test("a", ["x": "1"]), [(start, 4)])
        let receipt = try await store.append(batch)
        #expect(receipt.stored == 4)
        #expect(receipt.newSeries == 3)
        let selected = try store.select(SeriesRequest([], from: .min, through: .max, grid: StepGrid(start: 0, end: 0, step: 1)))
        #expect(selected.map(\.labels) == [.test("a", ["x": "1"]), .test("a", ["x": "2"]), .test("b")])
        #expect(try store.samples()[.test("b")] == [Sample(start, 1), Sample(start + 15_000, 2)])
    }

    @Test func referencesLeadToTheSameSeriesAndUnknownOnesDoNoHarm() async throws {
        let store = try TestSeriesStore().open()
        let reference = try #require(try await store.append(.of(requests, [(start, 1)])).references.first)
        for (time, given) in [(start + 1, reference), (start + 2, SeriesReference(4_711)), (start + 3, SeriesReference(.max))] {
            var batch = SampleBatch()
            batch.beginSeries(given)
            SeriesKey.append(requests, to: &batch.keys)
            batch.append(time, 1)
            batch.endSeries()
            #expect(try await store.append(batch).references == [reference])
        }
        #expect(try store.samples()[requests]?.count == 4)
    }

    @Test func samplesAreThereAfterARestartWithAndWithoutAFlush() async throws {
        let files = MemoryFiles()
        let test = TestSeriesStore(files)
        var expected: [Sample] = []
        for round in 0..<4 {
            let store = try test.open()
            #expect(try store.samples()[requests] ?? [] == expected)
            let times = (0..<300).map { start + Int64(round * 300 + $0) * 1_000 - 3_600_000 }
            _ = try await store.append(.of(requests, times.map { ($0, Double($0) / 8) }))
            expected += times.map { Sample($0, Double($0) / 8) }
            if round % 2 == 1 { try await store.flush() }
            #expect(try store.samples()[requests] == expected)
            await store.close()
        }
        #expect(test.events.damage.isEmpty)
    }

    @Test func whatIsRefusedIsCountedByReasonAndCostsOnlyItself() async throws {
        var test = TestSeriesStore()
        test.configuration.seriesMax = 4
        test.configuration.seriesPerMetricMax = 2
        test.configuration.labelsMax = 3
        test.configuration.labelValueBytesMax = 14
        let store = try test.open()
        _ = try await store.append(.of(requests, [(start, 1)]))
        var batch = SampleBatch()
        batch.append(requests, [(start, 2), (start, 1), (start - 1_900_000, 1), (start - 60_000, 7), (start + 601_000, 1), (start + 1, 3)])
        batch.append(.test("requests_total", ["model": "b"]), [(start, 1)])
        batch.append(.test("requests_total", ["model": "c"]), [(start, 1), (start + 1, 1)])
        batch.append(.test("m", ["a": "1", "b": "2", "c": "3"]), [(start, 1)])
        batch.append(.test("m", ["a": "123456789012345"]), [(start, 1)])
        batch.append(.test("m2"), [(start, 1)])
        batch.append(.test("m3"), [(start, 1)])
        batch.append(.test("m4"), [(start, 1)])
        batch.append(.none, [(start, 1)])
        let receipt = try await store.append(batch)
        #expect(receipt.stored == 6)
        #expect(receipt.refused(.duplicate) == 1)
        #expect(receipt.refused(.tooOld) == 1)
        #expect(receipt.refused(.tooFarAhead) == 1)
        #expect(receipt.refused(.metricSeriesLimit) == 2)
        #expect(receipt.refused(.labelCount) == 1)
        #expect(receipt.refused(.labelLength) == 1)
        #expect(receipt.refused(.seriesLimit) == 1)
        #expect(receipt.refused(.labels) == 1)
        #expect(receipt.refused.first { $0.reason == .metricSeriesLimit }?.series == #"requests_total{model="c"}"#)
        #expect(receipt.refused.first { $0.reason == .duplicate }?.time == start)
        #expect(try store.samples()[requests] == [Sample(start - 60_000, 7), Sample(start, 1), Sample(start + 1, 3)])
    }

    @Test func listingsAnswerFromMatchingSeriesInTheRange() async throws {
        let store = try TestSeriesStore().open()
        var batch = SampleBatch()
        batch.append(.test("up", ["job": "a"]), [(start, 1)])
        batch.append(.test("up", ["job": "b", "zone": "z"]), [(start - 86_400_000, 1)])
        batch.append(.test("down", ["job": "a"]), [(start, 1)])
        batch.isImport = true
        _ = try await store.append(batch)
        for isFlushed in [false, true] {
            if isFlushed { try await store.flush() }
            #expect(try store.labelNames(SeriesListing()) == ["__name__", "job", "zone"])
            #expect(try store.labelNames(SeriesListing(from: start - 1_000, through: start)) == ["__name__", "job"])
            #expect(try store.labelValues(of: "job", SeriesListing([[SeriesMatcher("__name__", equals: "up")]])) == ["a", "b"])
            #expect(try store.labelValues(of: "job", SeriesListing(limit: 1)) == ["a"])
            #expect(try store.labelSets(SeriesListing([[SeriesMatcher("job", equals: "a")], [SeriesMatcher("zone", equals: "z")]])).count == 3)
            #expect(try store.labelSets(SeriesListing([[SeriesMatcher("zone", equals: "")]])).count == 2)
            #expect(try store.labelSets(SeriesListing([[SeriesMatcher("job", equals: "a", negated: true)]])) == [.test("up", ["job": "b", "zone": "z"])])
        }
    }

    @Test func aSelectionDoesNotChangeWithWhatComesLater() async throws {
        let store = try TestSeriesStore().open()
        _ = try await store.append(.of(requests, (0..<200).map { (start + $0, Double($0)) }))
        let selected = try store.select(SeriesRequest([], from: .min, through: .max, grid: StepGrid(start: 0, end: 0, step: 1)))
        _ = try await store.append(.of(requests, (200..<500).map { (start + $0, Double($0)) }))
        try await store.flush()
        var samples = SampleColumns()
        try selected[0].read(from: .min, through: .max, into: &samples)
        #expect(samples.values == (0..<200).map { Double($0) })
    }

    @Test func metadataAndExemplarsSurviveARestart() async throws {
        let test = TestSeriesStore(MemoryFiles())
        let exemplar = Exemplar(SeriesLabels([SeriesLabel("trace_id", "abc")]), value: 0.5, time: start)
        for isFlushed in [false, true] {
            var store = try test.open()
            var batch = SampleBatch()
            batch.beginSeries()
            SeriesKey.append(requests, to: &batch.keys)
            batch.append(start + (isFlushed ? 2 : 1), 1)
            batch.append(exemplar)
            batch.append(Exemplar(SeriesLabels([SeriesLabel("trace_id", String(repeating: "x", count: 2_000))]), value: 1, time: start))
            batch.endSeries()
            batch.append(family: "requests_total", MetricMetadata(.counter, help: "All requests."))
            #expect(try await store.append(batch).droppedExemplars == 1)
            if isFlushed { try await store.flush() }
            await store.close()
            store = try test.open()
            #expect(store.metadata(of: "requests_total") == ["requests_total": [MetricMetadata(.counter, help: "All requests.")]])
            #expect(try store.exemplars([[SeriesMatcher("model", equals: "a")]], from: start, through: start) == [SeriesExemplars(requests, [exemplar])])
            #expect(try store.exemplars([[SeriesMatcher("model", equals: "b")]], from: start, through: start).isEmpty)
            await store.close()
        }
    }
}
