import GatewayModel
import KeepTestSupport
import SeriesStorage
import Testing

/// Random lives of a store against a dictionary.
struct SeriesOracleTests {
    private func histogram(_ random: inout SeededGenerator) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = Int32.random(in: -4...8, using: &random)
        histogram.count = Double(Int.random(in: 0...100, using: &random))
        histogram.sum = Double.random(in: 0...100, using: &random)
        histogram.positiveSpans = [.init(offset: Int32.random(in: -3...3, using: &random), length: 2), .init(offset: 4, length: 1)]
        histogram.positiveBuckets = [1, 2, histogram.count]
        histogram.resetHint = .gauge
        return histogram
    }

    private func value(_ series: Int, _ random: inout SeededGenerator) -> Double {
        if random.oneIn(30) { return SampleColumns.staleMarker }
        return series % 3 == 0 ? Double.random(in: 0...1, using: &random) : Double(Int.random(in: 0...1_000, using: &random)) / (series % 3 == 1 ? 1 : 100)
    }

    @Test(arguments: 1...6) func everySampleIsThereOnceInOrderWhateverHappens(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        let files = MemoryFiles()
        let test = TestSeriesStore(files)
        var store = try test.open()
        var expected: [SeriesLabels: [Int64: Sample]] = [:]
        var references: [Int: SeriesReference] = [:]
        for _ in 0..<40 {
            var batch = SampleBatch()
            batch.isImport = true
            var written: [Int] = []
            for series in 0..<8 where !random.oneIn(3) {
                let labels = SeriesLabels.test("m\(series % 2)", ["series": "\(series)"])
                written.append(series)
                batch.beginSeries(references[series] ?? .none)
                SeriesKey.append(labels, to: &batch.keys)
                var time = TestClock.noon - Int64.random(in: 0...200_000, using: &random) * 1_000
                for _ in 0..<Int.random(in: 1...(random.oneIn(5) ? 400 : 10), using: &random) {
                    // A time is used once: what becomes of repetitions is tested elsewhere.
                    if expected[labels]?[time] == nil, time <= TestClock.noon {
                        if series == 7, random.oneIn(2) {
                            let histogram = histogram(&random)
                            batch.append(time, histogram)
                            expected[labels, default: [:]][time] = Sample(time, histogram)
                        } else {
                            let value = value(series, &random)
                            batch.append(time, value)
                            expected[labels, default: [:]][time] = Sample(time, value)
                        }
                    }
                    time += random.oneIn(9) ? Int64.random(in: 1...5_000, using: &random) : 1_000
                }
                batch.endSeries()
            }
            let receipt = try await store.append(batch)
            #expect(receipt.stored == batch.sampleCount)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try await store.flush()
            case 1: _ = try await store.mergeBlocks(isSettled: random.oneIn(2))
            case 2:
                await store.close()
                store = try test.open()
                references = [:]
            default: for (series, reference) in zip(written, receipt.references) where random.oneIn(2) { references[series] = reference }
            }
            let all = expected.mapValues { $0.values.sorted { $0.time < $1.time } }
            #expect(try store.samples() == all)
            let (from, through) = (TestClock.noon - 120_000_000, TestClock.noon - 60_000_000)
            let part = all.mapValues { $0.filter { $0.time >= from && $0.time <= through } }.filter { !$0.value.isEmpty }
            #expect(try store.samples(from: from, through: through) == part)
        }
        #expect(test.events.damage.isEmpty)
    }

    @Test(arguments: [
        [SeriesMatcher("__name__", equals: "m1")], [SeriesMatcher("series", equals: "3", negated: true)], [SeriesMatcher("zone", equals: "")],
        [SeriesMatcher("zone", equals: "", negated: true)], [SeriesMatcher("absent", equals: "x")], [SeriesMatcher("absent", equals: "x", negated: true)],
        [SeriesMatcher("series", equals: "1"), SeriesMatcher("__name__", equals: "m1")], [SeriesMatcher("series", equals: "1"), SeriesMatcher("__name__", equals: "m0")],
    ] + patterns.map { [$0] } + patterns.map { [$0, SeriesMatcher("__name__", equals: "m0")] })
    func matchersFindWhatComparingEveryLabelFinds(_ matchers: [SeriesMatcher]) async throws {
        let store = try TestSeriesStore().open()
        var batch = SampleBatch()
        var all: [SeriesLabels] = []
        for series in 0..<40 { all.append(.test("m\(series % 3)", series % 4 == 0 ? ["series": "\(series)", "zone": "z\(series % 8)"] : ["series": "\(series)"])) }
        for labels in all.shuffled() { batch.append(labels, [(TestClock.noon, 1)]) }
        _ = try await store.append(batch)
        let expected = all.filter { labels in matchers.allSatisfy { $0.matches(labels) } }.sorted()
        #expect(try store.labelSets(SeriesListing([matchers])) == expected)
    }

    private static let patterns: [SeriesMatcher] = [("series", "1.*"), ("series", ".+"), ("series", ".*"), ("zone", "z0|z4"), ("zone", "z0|"), ("zone", ""), ("absent", "x|")].flatMap { name, text in
        [false, true].compactMap { try? SeriesMatcher(name, pattern: text, negated: $0) }
    }

    @Test func readersAndWritersAtOnceSeeWholeBatchesOfASeries() async throws {
        var test = TestSeriesStore(MemoryFiles())
        test.configuration.headBytesMax = 20_000
        let store = try test.open()
        let labels = SeriesLabels.test("m")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<300 { _ = try await store.append(.of(labels, (0..<10).map { (TestClock.noon - 3_600_000 + Int64(round * 10 + $0), Double(round)) })) }
            }
            for _ in 0..<3 {
                group.addTask {
                    var seen = 0
                    while seen < 3_000 {
                        let samples = try store.samples()[labels] ?? []
                        #expect(samples.count % 10 == 0)
                        #expect(samples.count >= seen)
                        #expect(samples.enumerated().allSatisfy { $0.element.time == TestClock.noon - 3_600_000 + Int64($0.offset) })
                        seen = samples.count
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
        await store.close()
    }
}
