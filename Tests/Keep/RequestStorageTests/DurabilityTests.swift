import DurableFiles
import GatewayModel
import KeepTestSupport
import RequestStorage
import Testing

/// A short life of a store: appends, a flush, appends, a drop of old days, a close. Returns what was acknowledged; stops at the first error
/// of an append, as a sender would that found the process dead.
private func live(_ test: TestStore, _ acknowledged: inout RecordOracle, seed: Int) async {
    var batches = RandomBatches(seed: seed, now: test.clock.now, days: 3, oneFieldIn: 8)
    guard let store = try? test.open() else { return }
    for step in 0..<6 {
        let batch = batches.next(rows: [3, 40, 1][step % 3])
        guard let receipt = try? await store.append(batch) else { continue }
        acknowledged.append(batch, receipt)
        if step == 2 || step == 4 { try? await store.flush() }
        if step == 3 { await store.setRetention(days: 2) }
    }
    await store.close()
}

/// What a life with that retention may have dropped.
private func isDropped(_ row: Row, _ now: Timestamp) -> Bool {
    guard case .integer(let time)? = row[.time] else { return false }
    return Timestamp(microseconds: time).utcDay < now.utcDay - 2
}

/// Checks a store that was opened after the fault: all that was acknowledged is there, once, with nothing in it that was never sent.
private func check(_ files: MemoryFiles, _ acknowledged: RecordOracle, _ clock: TestClock, _ what: String) async throws {
    var test = TestStore(files)
    test.configuration.retentionDays = 2
    let store = try test.open()
    await store.maintain()
    let rows = try store.snapshot(of: .all).rows()
    var expected = acknowledged
    expected.drop { isDropped($0, clock.now) }
    for (sequence, row) in expected.rows { #expect(rows[sequence] == row, "\(what): record \(sequence)") }
    // Unacknowledged batches may have survived, whole; but no acknowledged record stands under a second number.
    let copies = rows.filter { expected.rows[$0.key] == nil && expected.rows.values.contains($0.value) }
    #expect(copies.isEmpty, "\(what): stored twice")
    #expect(store.snapshot(of: .all).notes.isEmpty, "\(what): \(store.snapshot(of: .all).notes)")
    let now = test.clock.now.microseconds
    let receipt = try await store.append(.simple(times: [now]))
    #expect(rows[receipt.firstSequence] == nil, "\(what): a number was given twice")
    await store.close()
    let reopened = try TestStore(files).open()
    #expect(try reopened.snapshot(of: .all).rows().count == rows.count + 1, "\(what): after another restart")
}

private func stepsOfALife(seed: Int) async -> Int {
    let test = TestStore()
    var oracle = RecordOracle()
    await live(test, &oracle, seed: seed)
    return (test.files as! MemoryFiles).steps
}

@Test func dyingAtAnyStepLosesAndDoublesNothing() async throws {
    let steps = await stepsOfALife(seed: 1)
    #expect(steps > 60)
    for step in 1...steps {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        files.plan(MemoryFiles.Plan(from: step))
        var acknowledged = RecordOracle()
        await live(test, &acknowledged, seed: 1)
        try await check(files.afterKill(), acknowledged, test.clock, "killed at step \(step)")
        try await check(files.afterPowerCut(), acknowledged, test.clock, "power cut at step \(step)")
    }
}

@Test(arguments: [(28, 1), (5, 1), (5, 4)] as [(Int32, Int)]) func anErrorAtAnyStepLosesAndDoublesNothing(code: Int32, length: Int) async throws {
    let steps = await stepsOfALife(seed: 2)
    for step in 1...steps {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        files.plan(MemoryFiles.Plan(from: step, until: step + length, code: code))
        var acknowledged = RecordOracle()
        await live(test, &acknowledged, seed: 2)
        files.plan(MemoryFiles.Plan())
        try await check(files.afterKill(), acknowledged, test.clock, "error \(code) at step \(step)")
        try await check(files.afterPowerCut(), acknowledged, test.clock, "error \(code) at step \(step), then a power cut")
    }
}

@Test func writesInSmallPiecesAreWhole() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    files.plan(MemoryFiles.Plan(writeBytesMax: 7))
    var acknowledged = RecordOracle()
    await live(test, &acknowledged, seed: 3)
    #expect(acknowledged.rows.count == 88)
    try await check(files.afterKill(), acknowledged, test.clock, "short writes")
}

@Test func fullDiskRefusesAppendsKeepsReadsAndRecoversByItself() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    let first = RecordBatch.simple(times: [now])
    var oracle = RecordOracle()
    oracle.append(first, try await store.append(first))
    files.plan(MemoryFiles.Plan(from: 1, code: 28, only: .write))
    for _ in 0..<3 {
        await #expect { try await store.append(.simple(times: [now + 1])) } throws: { error in
            if case .full = error as? StorageError { true } else { false }
        }
    }
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    files.plan(MemoryFiles.Plan())
    let second = RecordBatch.simple(times: [now + 2])
    oracle.append(second, try await store.append(second))
    #expect(try store.snapshot(of: .all).rows() == oracle.rows)
    #expect(test.events.all.filter { $0 == .accepting }.count == 1)
    var again = TestStore(files.afterKill())
    again.folder = test.folder
    #expect(try again.open().snapshot(of: .all).rows() == oracle.rows)
}

@Test func littleFreeSpaceRefusesAppendsBeforeTheDiskIsFull() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    files.setFree(test.configuration.freeBytesMin - 1)
    await #expect(throws: StorageError.self) { try await store.append(.simple(times: [now])) }
    #expect(store.statistics.unwritableReason != nil)
    files.setFree(test.configuration.freeBytesMin)
    #expect(store.statistics.unwritableReason == nil, "readiness does not wait for an append")
    _ = try await store.append(.simple(times: [now]))
}

@Test func logThatCannotBeSynchronisedIsNeverWrittenAgain() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    var oracle = RecordOracle()
    let first = RecordBatch.simple(times: [now])
    oracle.append(first, try await store.append(first))
    files.plan(MemoryFiles.Plan(from: 1, until: 2, code: 5, only: .synchronize))
    await #expect(throws: StorageError.system(operation: "synchronize", file: "/store/wal/0000000001.wal", code: 5)) {
        try await store.append(.simple(times: [now + 1]))
    }
    #expect(store.statistics.unwritableReason != nil)
    let size = files.content("/store/wal/0000000001.wal").count
    await store.maintain()
    #expect(store.statistics.unwritableReason == nil)
    let second = RecordBatch.simple(times: [now + 2])
    oracle.append(second, try await store.append(second))
    #expect(files.content("/store/wal/0000000001.wal").count == size)
    #expect(files.names.contains("/store/wal/0000000002.wal"))
    // The batch that failed stands behind the end of the first log and does not come back.
    #expect(try TestStore(files.afterKill()).open().snapshot(of: .all).rows() == oracle.rows)
}

/// Parts cannot be named, or not even a new log be made.
@Test(arguments: [MemoryFiles.Step.rename, .create]) func memoryStaysBoundedWhilePartsCannotBeWritten(failing: MemoryFiles.Step) async throws {
    var test = TestStore()
    test.configuration.rowsPerFlush = 100
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    files.plan(MemoryFiles.Plan(from: 1, code: 5, only: failing))
    var stored = 0
    var refusals = 0
    for index in 0..<100 {
        do {
            _ = try await store.append(.simple(times: (0..<10).map { now + Int64(index * 10 + $0) }))
            stored += 10
        } catch {
            refusals += 1
            #expect(error.isRetryable)
        }
        if index == 30 { try? await store.flush() }
    }
    #expect(refusals > 0 && stored <= 500)
    files.plan(MemoryFiles.Plan())
    test.clock.advance(seconds: 60)
    await store.maintain()
    _ = try await store.append(.simple(times: [now]))
    #expect(store.statistics.records == Int64(stored + 1))
    #expect(store.statistics.recordsInMemory <= 101)
}

@Test func closedStoreRefusesAndKeepsReading() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now]))
    await store.close()
    await #expect(throws: StorageError.closed) { try await store.append(.simple(times: [now])) }
    #expect(store.statistics.records == 1 && store.statistics.recordsInMemory == 0)
    // The folder is free again although the old object lives.
    #expect(try test.open().statistics.records == 1)
}
