import GatewayModel
import KeepTestSupport
import Testing

@testable import SeriesStorage

struct SeriesMergingTests {
    private let day: Int64 = 86_400_000

    @Test func blocksOfAClosedDayBecomeOneAndAnswersStayTheSame() async throws {
        let files = MemoryFiles()
        let test = TestSeriesStore(files)
        let store = try test.open()
        var random = SeededGenerator(seed: 5)
        for round in 0..<5 {
            var batch = SampleBatch()
            batch.isImport = true
            for series in 0..<4 where series != round {
                let labels = SeriesLabels.test("m", ["series": "\(series)"])
                let times = Set((0..<300).map { _ in TestClock.noon - 3 * day + Int64.random(in: 0..<day / 1_000, using: &random) * 1_000 }).sorted()
                batch.append(labels, times.map { ($0, Double($0 % 1_000)) })
            }
            _ = try await store.append(batch)
            try await store.flush()
        }
        let before = try store.samples()
        #expect(try await store.mergeBlocks(isSettled: true) >= 1)
        #expect(try store.samples() == before)
        let statistics = store.statistics()
        #expect(statistics.blocks == 2, "the samples lie on two days")
        #expect(statistics.blockSamples == Int64(before.values.reduce(0) { $0 + $1.count }))
        #expect(files.names.filter { $0.hasSuffix(".block") }.count == 2)
        await store.close()
        #expect(try test.open().samples() == before)
    }

    @Test func aReaderGoesOnWithWhatItSelectedWhileBlocksAreMergedAndDropped() async throws {
        let test = TestSeriesStore(MemoryFiles())
        let store = try test.open()
        for round in 0..<4 {
            _ = try await store.append(.of(.test("m"), (0..<100).map { (TestClock.noon - 2 * day + Int64(round * 100 + $0), 1) }))
            try await store.flush()
        }
        let selected = try store.select(SeriesRequest([], from: .min, through: .max, grid: StepGrid(start: 0, end: 0, step: 1)))
        #expect(try await store.mergeBlocks(isSettled: true) == 1)
        test.clock.advance(seconds: 2 * 86_400)
        await store.maintain()
        var samples = SampleColumns()
        try selected[0].read(from: .min, through: .max, into: &samples)
        #expect(samples.count == 400)
    }

    @Test func theFirstStoredValueCountsWhereTwoBlocksDisagree() async throws {
        let store = try TestSeriesStore(MemoryFiles()).open()
        let labels = SeriesLabels.test("m")
        _ = try await store.append(.of(labels, [(TestClock.noon - 10, 1), (TestClock.noon, 1)]))
        try await store.flush()
        // What is in a block is not looked up for a late sample.
        #expect(try await store.append(.of(labels, [(TestClock.noon - 10, 2), (TestClock.noon - 5, 2)])).stored == 2)
        let expected = [Sample(TestClock.noon - 10, 1), Sample(TestClock.noon - 5, 2), Sample(TestClock.noon, 1)]
        #expect(try store.samples()[labels] == expected)
        try await store.flush()
        #expect(try store.samples()[labels] == expected)
        _ = try await store.mergeBlocks(isSettled: true)
        #expect(try store.samples()[labels] == expected)
    }

    @Test func oldDaysGoWholeAndTheirSeriesWithThem() async throws {
        let files = MemoryFiles()
        var test = TestSeriesStore(files)
        test.configuration.retentionDays = 3
        let store = try test.open()
        for age in [Int64(2), 1, 0] {
            var batch = SampleBatch()
            batch.append(.test("m", ["age": "\(age)"]), [(TestClock.noon - age * day, 1)])
            batch.append(.test("always"), [(TestClock.noon - age * day, 1)])
            _ = try await store.append(batch)
            try await store.flush()
        }
        await store.maintain()
        #expect(store.statistics().series == 4)
        test.clock.advance(seconds: 2 * 86_400)
        await store.maintain()
        #expect(try store.samples().keys.sorted() == [.test("always"), .test("m", ["age": "0"]), .test("m", ["age": "1"])])
        #expect(store.statistics().series == 3)
        #expect(files.names.filter { $0.hasSuffix(".block") }.count == 2)
        #expect(try await store.append(.of(.test("m"), [(TestClock.noon - 2 * day, 1)])).refused(.tooOld) == 1)
        // The dropped series may come back, under another number.
        #expect(try await store.append(.of(.test("m", ["age": "2"]), [(TestClock.noon, 1)])).newSeries == 1)
        await store.close()
        #expect(try test.open().samples().count == 4)
    }

    @Test func theDiskBudgetDropsTheOldestDaysButNotToday() async throws {
        var test = TestSeriesStore(MemoryFiles())
        test.configuration.diskBytesMax = 1
        let store = try test.open()
        for age in [Int64(2), 1, 0] {
            var batch = SampleBatch.of(.test("m", ["age": "\(age)"]), [(TestClock.noon - age * day, 1)])
            batch.isImport = true
            _ = try await store.append(batch)
        }
        try await store.flush()
        await store.maintain()
        #expect(try store.samples().keys.map { $0["age"] } == ["0"])
        #expect(test.events.all.contains { if case .dropped(_, 2, 2, byBudget: true) = $0 { true } else { false } })
    }

    @Test func aClockThatLeapsAheadDropsNothingForADay() async throws {
        var test = TestSeriesStore(MemoryFiles())
        test.configuration.uptime = { 0 }
        let store = try test.open()
        _ = try await store.append(.of(.test("m"), [(TestClock.noon, 1)]))
        try await store.flush()
        await store.maintain()
        test.clock.advance(seconds: 400 * 86_400)
        await store.maintain()
        #expect(try store.samples().count == 1)
        #expect(test.events.all.contains { if case .clockDoubted = $0 { true } else { false } })
    }

    private func entry(_ number: UInt64, _ samples: Int64, day: Int32 = 10) -> SeriesManifest.Entry {
        SeriesManifest.Entry(day: day, number: number, samples: samples, bytes: samples)
    }

    @Test func aGrowingDayIsMergedByFoursOfOneSize() {
        let policy = SeriesMergePolicy(firstGrowingDay: 10, settledDays: [], damaged: [])
        #expect(policy.next([entry(1, 5_000), entry(2, 5_000), entry(3, 5_000)]) == nil)
        #expect(policy.next([entry(1, 5_000), entry(2, 5_000), entry(3, 900_000), entry(4, 5_100), entry(5, 6_000)])?.map(\.number) == [1, 2, 4, 5])
    }

    @Test func aClosedDayWaitsForMoreThanAFewLateSamples() {
        let blocks = [entry(1, 1_000_000, day: 9), entry(2, 10, day: 9)]
        #expect(SeriesMergePolicy(firstGrowingDay: 10, settledDays: [], damaged: []).next(blocks) == nil)
        #expect(SeriesMergePolicy(firstGrowingDay: 10, settledDays: [9], damaged: []).next(blocks)?.count == 2)
        #expect(SeriesMergePolicy(firstGrowingDay: 10, settledDays: [], damaged: []).next(blocks + [entry(3, 200_000, day: 9)])?.count == 3)
        #expect(SeriesMergePolicy(firstGrowingDay: 10, settledDays: [9], damaged: [2]).next(blocks) == nil)
    }

    @Test func aDamagedBlockIsNamedAndNotMerged() async throws {
        let files = MemoryFiles()
        let test = TestSeriesStore(files)
        var store = try test.open()
        for round in 0..<2 {
            _ = try await store.append(.of(.test("m"), (0..<100).map { (TestClock.noon - 3 * day + Int64(round * 100 + $0), Double($0 % 7)) }))
            try await store.flush()
        }
        await store.close()
        let name = try #require(files.names.first { $0.hasSuffix(".block") })
        var bytes = files.content(name)
        bytes[17] ^= 1
        files.setContent(name, bytes)
        store = try test.open()
        #expect(try await store.mergeBlocks(isSettled: true) == 0)
        #expect(files.names.contains(name))
        #expect(try store.samples()[.test("m")]?.count == 100)
        #expect(store.statistics().notes.count == 1)
    }
}
