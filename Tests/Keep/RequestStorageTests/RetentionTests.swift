import GatewayModel
@testable import RequestStorage
import Testing

@Test func wholeDaysAreDroppedOnceTheyAreOlder() async throws {
    let test = TestStore()
    let day = Timestamp.microsecondsPerDay
    let now = test.clock.now.microseconds
    let store = try test.open()
    // Two days in parts, two in memory.
    _ = try await store.append(.simple(times: [now - 3 * day, now - 2 * day]))
    try await store.flush()
    _ = try await store.append(.simple(times: [now - 3 * day + 1, now]))
    await store.setRetention(days: 2)
    let snapshot = store.snapshot(of: .all)
    #expect(try snapshot.rows().count == 2)
    #expect(snapshot.retainedFrom?.iso8601 == "2026-03-03T00:00:00.000000Z")
    #expect(store.statistics.retentionDays == 2)
    let dropped = StoreEvent.dropped(before: Timestamp(microseconds: 20_515 * day), parts: 1, records: 2)
    #expect(test.events.all.contains(dropped))
    #expect((test.files as! MemoryFiles).names.filter { $0.hasSuffix(".part") } == ["/store/parts/2026-03-03/0000000002.part"])
    // The next process knows too; rows that still stand in the log go again.
    var again = TestStore((test.files as! MemoryFiles).afterKill())
    again.configuration.retentionDays = 2
    let reopened = try again.open()
    #expect(try reopened.snapshot(of: .all).rows().count == 2)
    #expect(reopened.snapshot(of: .all).retainedFrom?.iso8601 == "2026-03-03T00:00:00.000000Z")
}

@Test func theSweepComesByItselfAndNotTooOften() async throws {
    let test = TestStore()
    let store = try test.open()
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    try await store.flush()
    test.clock.advance(days: 90)
    await store.maintain()
    #expect(store.statistics.records == 1 && store.snapshot(of: .all).retainedFrom == nil)
    test.clock.advance(days: 1)
    await store.maintain()
    #expect(store.statistics.records == 0 && store.statistics.parts == 0)
}

@Test func clockThatIsSetBackDropsNothing() async throws {
    let test = TestStore()
    let store = try test.open()
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    test.clock.advance(days: -400)
    await store.maintain()
    await store.setRetention(days: 1)
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    try await store.flush()
    #expect(store.statistics.records == 2)
}

@Test func acceptableTimesReachFromTheFirstKeptDayToTheEndOfTomorrow() async throws {
    let test = TestStore()
    let store = try test.open()
    #expect(store.acceptableTimes().lowerBound.iso8601 == "2025-12-05T00:00:00.000000Z")
    #expect(store.acceptableTimes().upperBound.iso8601 == "2026-03-06T23:59:59.999999Z")
    let edges = store.acceptableTimes()
    _ = try await store.append(.simple(times: [edges.lowerBound.microseconds, edges.upperBound.microseconds, edges.lowerBound.microseconds - 1]))
    await store.setRetention(days: 90)
    #expect(store.statistics.records == 2)
}

@Test func failedDropChangesNothingAndIsTriedAgain() async throws {
    let test = TestStore()
    let files = test.files as! MemoryFiles
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: [now - 5 * Timestamp.microsecondsPerDay, now]))
    try await store.flush()
    files.plan(MemoryFiles.Plan(from: 1, code: 5, only: .synchronize))
    await store.setRetention(days: 1)
    #expect(store.statistics.records == 2 && store.snapshot(of: .all).retainedFrom == nil)
    files.plan(MemoryFiles.Plan())
    await store.maintain()
    #expect(store.statistics.records == 1)
}

@Test(arguments: [(599, 16_384, 0), (600, 16_384, 1), (3_599, 16_383, 0), (3_600, 1, 1)])
func rowsAreFlushedByAge(seconds: Int64, rows: Int, flushes: Int64) async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: (0..<rows).map { now - Int64($0) }))
    test.clock.advance(seconds: seconds)
    await store.maintain()
    #expect(store.statistics.flushes == flushes)
}
