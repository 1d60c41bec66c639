import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// Settings under which everything is merged as soon as it can be.
private func eagerStore(_ files: any FileLayer = MemoryFiles()) -> TestStore {
    var test = TestStore(files)
    test.configuration.mergeSettleSeconds = 0
    test.configuration.mergeLateSeconds = 0
    test.configuration.mergeClosedSeconds = 0
    return test
}

/// Random batches, flushes, merges and restarts in any order: the store shows what a naive one would.
@Test(arguments: 1...8) func mergedAndUnmergedStoresShowTheSameRows(seed: Int) async throws {
    var random = SeededGenerator(seed: seed)
    var test = eagerStore()
    test.configuration.mergeRowsMax = [100, 1_000, 1 << 23][seed % 3]
    var batches = RandomBatches(seed: seed, now: test.clock.now, days: 4, hasDocuments: true, oneFieldIn: 6)
    var oracle = RecordOracle()
    var store = try test.open()
    for _ in 0..<25 {
        let batch = batches.next(rows: Int.random(in: 1...60, using: &random))
        oracle.append(batch, try await store.append(batch))
        if random.oneIn(2) { try await store.flush() }
        if random.oneIn(4) { await store.mergeParts(isWhole: random.oneIn(2)) }
        if random.oneIn(6) {
            await store.close()
            store = try test.open()
        }
        if random.oneIn(3) { #expect(try store.snapshot(of: .all).rows() == oracle.rows) }
    }
    try await store.flush()
    await store.mergeParts()
    await store.mergeParts(isWhole: true)
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    #expect(store.snapshot(of: .all).notes.isEmpty && store.statistics.unwritableReason == nil)
    if seed % 3 == 2 { #expect(store.statistics.parts <= 6) }
    // Nothing is on the disk that does not count.
    let names = (test.files as! MemoryFiles).names.filter { $0.hasSuffix(".part") || $0.hasSuffix(".tmp") }
    #expect(names.count == store.statistics.parts)
}

@Test func readersThatHoldOldPartsGoOn() async throws {
    let folder = try TemporaryFolder()
    var test = eagerStore(SystemFiles())
    test.folder = folder.path
    let store = try test.open()
    var batches = RandomBatches(seed: 4, now: test.clock.now, days: 1)
    var oracle = RecordOracle()
    for _ in 0..<8 {
        let batch = batches.next(rows: 500)
        oracle.append(batch, try await store.append(batch))
        try await store.flush()
    }
    let before = store.snapshot(of: .all)
    #expect(await store.mergeParts(isWhole: true) > 0)
    #expect(store.statistics.parts <= 2)
    #expect(try before.rows() == oracle.rows)
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    await store.close()
    let reopened = try test.open()
    #expect(try reopened.snapshot(of: .all).rows() == oracle.rows)
}

@Test func damagedPartIsNamedAndLeftWhileTheOthersAreMerged() async throws {
    let test = eagerStore()
    let files = test.files as! MemoryFiles
    var store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<4 {
        _ = try await store.append(.simple(times: (0..<50).map { now + Int64(index * 50 + $0) }))
        try await store.flush()
    }
    await store.close()
    let path = "/store/parts/2026-03-05/0000000002.part"
    var content = files.content(path)
    content[30] ^= 4
    files.setContent(path, content)
    store = try test.open()
    await store.mergeParts(isWhole: true)
    #expect(test.events.damage.count == 1 && test.events.damage[0].hasPrefix("parts/2026-03-05/0000000002.part"))
    #expect(files.names.contains(path) && files.content(path) == content)
    #expect(store.statistics.parts == 2 && store.statistics.records == 200)
    #expect(store.snapshot(of: .all).segments.map(\.rowCount).sorted() == [50, 150])
    // It is not tried again and again.
    let merges = store.statistics.merging.merges
    await store.mergeParts(isWhole: true)
    #expect(store.statistics.merging.merges == merges && test.events.damage.count == 1)
}

@Test func littleFreeSpaceKeepsPartsAsTheyAre() async throws {
    let test = eagerStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<3 {
        _ = try await store.append(.simple(times: [now + Int64(index)]))
        try await store.flush()
    }
    files.setFree(test.configuration.freeBytesMin * 2)
    #expect(await store.mergeParts(isWhole: true) == 0)
    #expect(store.statistics.merging.failure?.contains("free bytes") == true && store.statistics.unwritableReason == nil)
    files.setFree(1 << 40)
    #expect(await store.mergeParts(isWhole: true) == 1)
    #expect(store.statistics.merging.failure == nil)
}

@Test func whatMergesWroteIsCounted() async throws {
    let test = eagerStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<8 {
        _ = try await store.append(.simple(times: [now + Int64(index), now - Timestamp.microsecondsPerDay]))
        try await store.flush()
    }
    var merging = store.statistics.merging
    #expect(merging.partsPerDayMax == 8 && merging.days == 2 && merging.backlogParts == 16 && merging.backlogBytes > 0 && merging.writeAmplification == 1)
    #expect(await store.mergeParts() == 2)
    merging = store.statistics.merging
    #expect(merging.partsPerDayMax == 1 && merging.backlogParts == 0 && merging.merges == 2 && merging.bytesMerged == store.statistics.bytes - store.statistics.writeAheadLogBytes)
    #expect(merging.writeAmplification > 1 && merging.writeAmplification < Double(merging.writesMax))
}

@Test func partsMergeByThemselvesUnderTheClock() async throws {
    var test = eagerStore()
    test.configuration.mergeCoreShare = 1
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<3 {
        _ = try await store.append(.simple(times: [now - Timestamp.microsecondsPerDay + Int64(index)]))
        try await store.flush()
    }
    await store.maintain()
    await store.waitForMerges()
    #expect(store.statistics.parts == 1 && store.statistics.records == 3)
}

@Test func closingEndsAMergeAndLosesNothing() async throws {
    let test = eagerStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<3 {
        _ = try await store.append(.simple(times: [now + Int64(index)]))
        try await store.flush()
    }
    async let merged = store.mergeParts(isWhole: true)
    await store.close()
    let merges = await merged
    let reopened = try test.open()
    #expect(reopened.statistics.records == 3 && reopened.statistics.parts == (merges == 1 ? 1 : 3))
}

// MARK: Faults

/// Some parts, a merge of them with a retention drop in between, appends. Stops like a sender that finds the process dead.
private func live(_ test: TestStore, _ acknowledged: inout RecordOracle, prepared: MemoryFiles) async {
    guard let store = try? test.open() else { return }
    var batches = RandomBatches(seed: 12, now: test.clock.now, days: 1, oneFieldIn: 8)
    await store.mergeParts(isWhole: true)
    for _ in 0..<2 {
        let batch = batches.next(rows: 3)
        if let receipt = try? await store.append(batch) { acknowledged.append(batch, receipt) }
        try? await store.flush()
    }
    await store.mergeParts(isWhole: true)
    await store.setRetention(days: 1)
    await store.close()
}

/// A store of several parts in each of three days.
private func preparedStore() async throws -> (files: MemoryFiles, oracle: RecordOracle) {
    let test = eagerStore()
    let store = try test.open()
    var batches = RandomBatches(seed: 11, now: test.clock.now, days: 3, oneFieldIn: 8)
    var oracle = RecordOracle()
    for _ in 0..<3 {
        let batch = batches.next(rows: 12)
        oracle.append(batch, try await store.append(batch))
        try await store.flush()
    }
    await store.close()
    return ((test.files as! MemoryFiles).afterKill(), oracle)
}

private func check(_ files: MemoryFiles, _ acknowledged: RecordOracle, _ what: String) async throws {
    var test = eagerStore(files)
    test.configuration.retentionDays = 1
    let store = try test.open()
    await store.maintain()
    let now = test.clock.now
    var expected = acknowledged
    expected.drop { row in if case .integer(let time)? = row[.time] { Timestamp(microseconds: time).utcDay < now.utcDay - 1 } else { false } }
    func compare(_ when: String) throws {
        let rows = try store.snapshot(of: .all).rows()
        for (sequence, row) in expected.rows { #expect(rows[sequence] == row, "\(what), \(when): record \(sequence)") }
        let copies = rows.filter { expected.rows[$0.key] == nil && expected.rows.values.contains($0.value) }
        #expect(copies.isEmpty, "\(what), \(when): stored twice")
    }
    try compare("opened")
    #expect(store.snapshot(of: .all).notes.isEmpty, "\(what): \(store.snapshot(of: .all).notes)")
    await store.mergeParts(isWhole: true)
    try compare("merged")
    #expect(store.statistics.parts <= 3, "\(what)")
    await store.close()
    // What the fault left is gone.
    let names = files.names.filter { $0.hasSuffix(".part") || $0.hasSuffix(".tmp") }
    #expect(names.count == store.statistics.parts, "\(what): \(names)")
}

@Test func dyingAtAnyStepOfAMergeLosesAndDoublesNothing() async throws {
    let (prepared, oracle) = try await preparedStore()
    let whole = prepared.afterKill()
    var ignored = oracle
    await live(eagerStore(whole), &ignored, prepared: prepared)
    let steps = whole.steps
    #expect(steps > 40)
    for step in 1...steps {
        let files = prepared.afterKill()
        files.plan(MemoryFiles.Plan(from: step))
        var acknowledged = oracle
        await live(eagerStore(files), &acknowledged, prepared: prepared)
        try await check(files.afterKill(), acknowledged, "killed at step \(step)")
        try await check(files.afterPowerCut(), acknowledged, "power cut at step \(step)")
    }
}

@Test(arguments: [(28, 1), (5, 1), (5, 3)] as [(Int32, Int)]) func anErrorAtAnyStepOfAMergeLosesAndDoublesNothing(code: Int32, length: Int) async throws {
    let (prepared, oracle) = try await preparedStore()
    let whole = prepared.afterKill()
    var ignored = oracle
    await live(eagerStore(whole), &ignored, prepared: prepared)
    for step in 1...whole.steps {
        let files = prepared.afterKill()
        files.plan(MemoryFiles.Plan(from: step, until: step + length, code: code))
        var acknowledged = oracle
        await live(eagerStore(files), &acknowledged, prepared: prepared)
        files.plan(MemoryFiles.Plan())
        try await check(files.afterKill(), acknowledged, "error \(code) at step \(step)")
        try await check(files.afterPowerCut(), acknowledged, "error \(code) at step \(step), then a power cut")
    }
}

@Test func dayThatIsDroppedDuringItsMergeStaysDropped() async throws {
    let (prepared, _) = try await preparedStore()
    let files = prepared.afterKill()
    var test = eagerStore(files)
    test.configuration.retentionDays = 1
    // The manifest of the merge cannot be written; the drop's can.
    let store = try test.open()
    files.plan(MemoryFiles.Plan(from: 1, until: 2, code: 5, only: .rename))
    await store.mergeParts(isWhole: true)
    files.plan(MemoryFiles.Plan())
    await store.setRetention(days: 1)
    await store.mergeParts(isWhole: true)
    let today = test.clock.now.utcDay
    #expect(try store.snapshot(of: .all).rows().values.allSatisfy { row in
        if case .integer(let time)? = row[.time] { Timestamp(microseconds: time).utcDay >= today - 1 } else { false }
    })
    #expect(files.names.filter { $0.hasSuffix(".part") }.count == store.statistics.parts)
}
