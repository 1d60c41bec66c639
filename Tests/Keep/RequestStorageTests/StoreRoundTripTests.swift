import DurableFiles
import GatewayModel
import KeepTestSupport
import RequestStorage
import Testing

/// Random batches against the oracle, with everything that may happen to a store in between.
@Test(arguments: 1...18) func whatWasAppendedIsReadBack(seed: Int) async throws {
    var test = TestStore()
    var batches = RandomBatches(seed: seed, now: test.clock.now, days: [1, 3, 40][seed % 3], hasDocuments: seed % 2 == 0)
    if seed % 4 == 0 { test.configuration.rowsPerFlush = 2_000 }
    var oracle = RecordOracle()
    var store = try test.open()
    for _ in 0..<Int.random(in: 3...25, using: &batches.random) {
        let batch = batches.next(rows: [1, 2, 7, 100, 400].randomElement(using: &batches.random) ?? 1)
        oracle.append(batch, try await store.append(batch))
        if batches.random.oneIn(6) { try await store.flush() }
        if batches.random.oneIn(6) {
            if batches.random.oneIn(2) { await store.close() }
            test.files = (test.files as! MemoryFiles).afterKill()
            store = try test.open()
        }
        if batches.random.oneIn(3) { #expect(try store.snapshot(of: .all).rows() == oracle.rows, "seed \(seed)") }
    }
    #expect(try store.snapshot(of: .all).rows() == oracle.rows, "seed \(seed)")
    #expect(store.statistics.records == Int64(oracle.rows.count))
    #expect(store.statistics.sequence == oracle.rows.keys.max())
    #expect(store.snapshot(of: .all).notes.isEmpty && test.events.damage.isEmpty)
    #expect(await store.verify().isEmpty)
}

@Test func severalBlocksAreReadBack() async throws {
    let test = TestStore()
    // All in one day, so that its part has two blocks.
    var batches = RandomBatches(seed: 99, now: Timestamp(microseconds: test.clock.now.microseconds + 43_199_000_000), days: 1, oneFieldIn: 8)
    var oracle = RecordOracle()
    let store = try test.open()
    for rows in [17_000, 1, 3_000] {
        let batch = batches.next(rows: rows)
        oracle.append(batch, try await store.append(batch))
    }
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    try await store.flush()
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    let parts = store.snapshot(of: .all).segments.compactMap { $0 as? Part }
    #expect(parts.contains { $0.blockCount > 1 })
}

@Test func theRealDiskKeepsRecordsToo() async throws {
    let folder = try TemporaryFolder()
    var test = TestStore(SystemFiles())
    test.folder = folder.path + "/made/on/the/way"
    var batches = RandomBatches(seed: 5, now: test.clock.now, hasDocuments: true)
    var oracle = RecordOracle()
    for round in 0..<4 {
        let store = try test.open()
        for _ in 0..<5 {
            let batch = batches.next(rows: 50)
            oracle.append(batch, try await store.append(batch))
        }
        if round % 2 == 0 { try await store.flush() }
        #expect(try store.snapshot(of: .all).rows() == oracle.rows)
        await store.close()
    }
    #expect(try test.open().snapshot(of: .all).rows() == oracle.rows)
}

@Test func rowsWithoutTimeGetTheTimeOfArrival() async throws {
    let test = TestStore()
    let store = try test.open()
    var batch = RecordBatch(count: 2)
    batch[.status] = .integers([200, 500])
    _ = try await store.append(batch)
    batch[.time] = .integers([absentInteger, test.clock.now.microseconds - 5])
    _ = try await store.append(batch)
    let times = try store.snapshot(of: .all).rows().sorted { $0.key < $1.key }.map { $0.value[.time] }
    let now = test.clock.now.microseconds
    #expect(times == [.integer(now), .integer(now), .integer(now), .integer(now - 5)])
}

@Test func emptyBatchStoresNothing() async throws {
    let store = try TestStore().open()
    let receipt = try await store.append(RecordBatch())
    #expect(receipt == AppendReceipt(firstSequence: 1))
    #expect(store.statistics.records == 0 && store.snapshot(of: .all).sequence == 0)
}

@Test func sequencesAreConsecutiveAndSurviveARestart() async throws {
    var test = TestStore()
    let now = test.clock.now.microseconds
    let store = try test.open()
    #expect(try await store.append(.simple(times: [now, now])).firstSequence == 1)
    #expect(try await store.append(.simple(times: [now])).firstSequence == 3)
    await store.close()
    test.files = (test.files as! MemoryFiles).afterKill()
    let again = try test.open()
    #expect(try await again.append(.simple(times: [now])).firstSequence == 4)
}

@Test func snapshotKeepsOnlyWhatMayLieInTheRange() async throws {
    let test = TestStore()
    let store = try test.open()
    let day = Timestamp.microsecondsPerDay
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now - 3 * day, now - 2 * day, now]))
    for isFlushed in [false, true] {
        if isFlushed { try await store.flush() }
        let range = TimeRange(from: Timestamp(microseconds: now - 2 * day), to: Timestamp(microseconds: now))
        #expect(store.snapshot(of: range).segments.map(\.rowCount) == [1])
        #expect(store.snapshot(of: .all).segments.map { $0.timeBounds.first.microseconds } == [now - 3 * day, now - 2 * day, now])
    }
}

@Test func latePartsStandInTheirOwnDay() async throws {
    let test = TestStore()
    let store = try test.open()
    let day = Timestamp.microsecondsPerDay
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now]))
    try await store.flush()
    _ = try await store.append(.simple(times: [now + 1, now - day]))
    try await store.flush()
    let files = (test.files as! MemoryFiles).names.filter { $0.hasSuffix(".part") }
    #expect(files == ["/store/parts/2026-03-04/0000000002.part", "/store/parts/2026-03-05/0000000001.part", "/store/parts/2026-03-05/0000000003.part"])
}

@Test func timesOutOfReasonMakeNoFurtherPartitions() async throws {
    let test = TestStore()
    let store = try test.open()
    let wild = [Int64.min + 1, -1, 0, 4_000_000_000_000_000, .max] + (0..<500).map { $0 * Timestamp.microsecondsPerDay }
    let receipt = try await store.append(.simple(times: wild))
    try await store.flush()
    var oracle = RecordOracle()
    oracle.append(.simple(times: wild), receipt)
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    #expect(store.statistics.parts == 2)
}
