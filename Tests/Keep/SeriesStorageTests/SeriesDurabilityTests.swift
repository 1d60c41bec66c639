import GatewayModel
import KeepTestSupport
import SeriesStorage
import Testing

/// What senders were told is kept.
private struct Acknowledged {
    var samples: [SeriesLabels: [Int64: UInt64]] = [:]
    /// All that was ever sent: a store may keep more than it acknowledged, but nothing else.
    var sent: [SeriesLabels: [Int64: UInt64]] = [:]
}

/// A short life of a store: appends of old and new series, flushes, late samples, a merge, a drop of old days, a close.
private func live(_ test: TestSeriesStore, _ known: inout Acknowledged, seed: Int) async {
    var random = SeededGenerator(seed: seed)
    guard let store = try? test.open() else { return }
    for step in 0..<6 {
        var batch = SampleBatch()
        batch.isImport = true
        var sent: [(SeriesLabels, Int64, UInt64)] = []
        for series in 0..<3 {
            let labels = SeriesLabels.test("m", ["series": "\(Bool.random(using: &random) ? series : step * 10 + series)"])
            let samples = (0..<Int.random(in: 1...20, using: &random)).map { index in
                (TestClock.noon - Int64(step % 3) * 86_400_000 + Int64(step * 100 + index), Double(Int.random(in: 0...9, using: &random)))
            }
            batch.append(labels, samples)
            for (time, value) in samples { sent.append((labels, time, value.bitPattern)) }
        }
        for (labels, time, bits) in sent { known.sent[labels, default: [:]][time] = bits }
        if (try? await store.append(batch)) != nil {
            for (labels, time, bits) in sent { known.samples[labels, default: [:]][time] = bits }
        }
        if step == 1 || step == 3 || step == 4 { try? await store.flush() }
        if step == 4 { _ = try? await store.mergeBlocks(isSettled: true) }
    }
    await store.close()
}

/// Opens what is left and compares: all that was acknowledged, nothing that was not sent, and a store that works.
private func check(_ files: MemoryFiles, _ known: Acknowledged, _ what: String) async throws {
    let test = TestSeriesStore(files)
    let store = try test.open()
    for isFlushed in [false, true] {
        if isFlushed { try await store.flush() }
        let found = try store.samples()
        for (labels, samples) in known.samples {
            let bits = Dictionary((found[labels] ?? []).map { ($0.time, $0.bits) }, uniquingKeysWith: { first, _ in first })
            for (time, value) in samples where bits[time] != value { Issue.record("\(what): \(labels) at \(time): \(String(describing: bits[time]))") }
        }
        for (labels, samples) in found {
            for sample in samples where known.sent[labels]?[sample.time] != sample.bits { Issue.record("\(what): \(labels) has \(sample), which was never sent") }
            #expect(Set(samples.map(\.time)).count == samples.count, "\(what): a time twice")
        }
    }
    #expect(test.events.damage.isEmpty, "\(what): \(test.events.damage)")
    _ = try await store.append(.of(.test("after"), [(TestClock.noon, 1)]))
    await store.close()
}

struct SeriesDurabilityTests {
    private func steps() async -> Int {
        let files = MemoryFiles()
        var known = Acknowledged()
        await live(TestSeriesStore(files), &known, seed: 1)
        return files.steps
    }

    @Test func aLifeWithoutFaultsKeepsEverything() async throws {
        let files = MemoryFiles()
        var known = Acknowledged()
        await live(TestSeriesStore(files), &known, seed: 1)
        #expect(known.samples.keys.count > 5)
        #expect(known.samples == known.sent)
        try await check(files.afterKill(), known, "no fault")
    }

    @Test func dyingAtAnyStepLosesNothingThatWasAcknowledged() async throws {
        let steps = await steps()
        #expect(steps > 60)
        for step in 1...steps {
            let files = MemoryFiles()
            files.plan(MemoryFiles.Plan(from: step))
            var known = Acknowledged()
            await live(TestSeriesStore(files), &known, seed: 1)
            try await check(files.afterKill(), known, "killed at step \(step)")
            try await check(files.afterPowerCut(), known, "power cut at step \(step)")
        }
    }

    @Test(arguments: [(28, 1), (5, 1), (28, 4), (5, 7)]) func anErrorAtAnyStepLosesNothingThatWasAcknowledged(code: Int, length: Int) async throws {
        let steps = await steps()
        for step in stride(from: 1, through: steps, by: 1) {
            let files = MemoryFiles()
            files.plan(MemoryFiles.Plan(from: step, until: step + length, code: Int32(code)))
            var known = Acknowledged()
            await live(TestSeriesStore(files), &known, seed: 1)
            files.plan(MemoryFiles.Plan())
            try await check(files.afterKill(), known, "error \(code) at step \(step)")
            try await check(files.afterPowerCut(), known, "error \(code) at step \(step), then a power cut")
        }
    }

    @Test func aFailedAppendCanBeSentAgain() async throws {
        let files = MemoryFiles()
        let store = try TestSeriesStore(files).open()
        let labels = SeriesLabels.test("m")
        _ = try await store.append(.of(labels, [(TestClock.noon, 1)]))
        for code in [Int32(28), 5] {
            files.plan(MemoryFiles.Plan(from: 1, until: 2, code: code))
            await #expect(throws: SeriesWriteError.self) { try await store.append(.of(labels, [(TestClock.noon + Int64(code), 2)])) }
            #expect(try store.samples()[labels]?.contains { $0.time == TestClock.noon + Int64(code) } == false)
            #expect(try await store.append(.of(labels, [(TestClock.noon + Int64(code), 2)])).stored == 1)
        }
        #expect(try store.samples()[labels]?.count == 3)
    }

    @Test func damageInABlockCostsOnlyWhatItHits() async throws {
        let files = MemoryFiles()
        var test = TestSeriesStore(files)
        test.configuration.outOfOrderMinutes = 0
        let store = try test.open()
        var batch = SampleBatch()
        for series in 0..<20 { batch.append(.test("m", ["series": "\(series)"]), (0..<200).map { (TestClock.noon + $0 * 1_000, Double(($0 * 7_919 + Int64(series)) % 1_000)) }) }
        _ = try await store.append(batch)
        try await store.flush()
        await store.close()
        let name = try #require(files.names.first { $0.hasSuffix(".block") })
        let bytes = files.content(name)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<60 {
            var broken = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            broken[place] ^= UInt8.random(in: 1...255, using: &random)
            files.setContent(name, broken)
            let test = TestSeriesStore(files)
            let store = try test.open()
            let found = try store.samples()
            // Either all is there (the damage hit a byte that means nothing), or something is named.
            let whole = found.values.filter { $0.count == 200 }.count
            if whole < 20 { #expect(!test.events.damage.isEmpty, "byte \(place)") }
            if place > 16, place < bytes.count / 2 { #expect(whole >= 19, "byte \(place): \(whole)") }
            for (labels, samples) in found { for sample in samples { #expect(sample.bits == Double((((sample.time - TestClock.noon) / 1_000) * 7_919 + (Int64(labels["series"] ?? "") ?? 0)) % 1_000).bitPattern) } }
            await store.close()
        }
    }
}
