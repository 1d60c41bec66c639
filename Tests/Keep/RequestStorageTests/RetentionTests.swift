import DurableFiles
import GatewayModel
import KeepTestSupport
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
    let dropped = StoreEvent.dropped(before: Timestamp(microseconds: 20_515 * day), parts: 1, records: 2, cause: .retention)
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

@Test(arguments: [(599, 0), (600, 1)]) func rowsThatNeverPauseAreFlushedByAge(seconds: Int64, flushes: Int64) async throws {
    let test = TestStore()
    let store = try test.open()
    _ = try await store.append(.simple(times: (0..<16_384).map { test.clock.now.microseconds - Int64($0) }))
    for step in stride(from: Int64(10), through: seconds, by: 10) {
        test.clock.advance(seconds: min(10, seconds - step + 10))
        _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
        await store.maintain()
    }
    test.clock.advance(seconds: seconds % 10)
    await store.maintain()
    #expect(store.statistics.flushes == flushes)
}

@Test(arguments: [(14, 16_384, 0), (15, 16_384, 1), (3_599, 16_383, 0), (3_600, 1, 1)])
func rowsThatNobodyAddsToAreFlushed(seconds: Int64, rows: Int, flushes: Int64) async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    _ = try await store.append(.simple(times: (0..<rows).map { now - Int64($0) }))
    test.clock.advance(seconds: seconds)
    await store.maintain()
    #expect(store.statistics.flushes == flushes)
}

@Test func clockThatLeapsFarAheadDropsNothingForADay() async throws {
    let test = TestStore()
    let store = try test.open()
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    try await store.flush()
    test.clock.leap(days: 400)
    await store.maintain()
    await store.setRetention(days: 1)
    #expect(store.statistics.records == 1 && store.statistics.isClockDoubted)
    #expect(test.events.all.count { if case .clockDoubted = $0 { true } else { false } } == 1)
    test.clock.advance(seconds: 86_399)
    await store.maintain()
    #expect(store.statistics.records == 1)
    // Somebody set it right: as if nothing had been.
    test.clock.leap(days: -401)
    await store.setRetention(days: 1)
    #expect(store.statistics.records == 1 && !store.statistics.isClockDoubted)
    // Nobody did: it is believed after a day.
    test.clock.leap(days: 400)
    await store.setRetention(days: 1)
    test.clock.advance(seconds: 86_400)
    await store.setRetention(days: 1)
    #expect(store.statistics.records == 0)
}

@Test func storeThatWasClosedForLongDoubtsTheClockAtItsStart() async throws {
    let test = TestStore()
    var store = try test.open()
    _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
    await store.close()
    test.clock.advance(days: 400)
    store = try test.open()
    #expect(store.statistics.records == 1 && store.statistics.isClockDoubted)
    test.clock.advance(days: 1)
    await store.maintain()
    #expect(store.statistics.records == 0 && !store.statistics.isClockDoubted)
}

@Test(arguments: [([0: 10, 1: 10, 2: 10], 30, nil), ([0: 10, 1: 10, 2: 10], 29, 1), ([0: 10, 1: 10, 2: 10], 19, 2), ([0: 10, 1: 10, 2: 10], 1, 2), ([2: 10], 1, nil),
    ([0: 10, 1: 10, 2: 10, 3: 10], 0, nil), ([:], 1, nil)] as [([Int32: Int64], Int64, Int32?)])
func oldestDaysGoUntilTheRestFitsAndTodayStays(bytes: [Int32: Int64], budget: Int64, first: Int32?) {
    #expect(DiskBudget.firstKeptDay(bytes, fixedBytes: 0, bytesMax: budget, today: 2) == first)
}

@Test func diskBudgetDropsTheOldestDaysAndSaysSo() async throws {
    var test = TestStore()
    test.configuration.diskBytesMax = 3_000
    let store = try test.open()
    let now = test.clock.now.microseconds
    for back in stride(from: Int64(6), through: 0, by: -1) {
        _ = try await store.append(.simple(times: (0..<20).map { now - back * Timestamp.microsecondsPerDay + $0 }))
        try await store.flush()
    }
    let before = store.statistics
    #expect(before.bytes > 3_000)
    await store.maintain()
    let after = store.statistics
    #expect(after.bytes <= 3_000 && after.records < 140 && after.records >= 20)
    #expect(after.droppedByBudget == 140 - after.records)
    let first = try #require(store.snapshot(of: .all).retainedFrom)
    #expect(store.snapshot(of: .all).notes == ["the disk budget of 3000 bytes dropped the days before \(first.iso8601.prefix(10))"])
    #expect(store.snapshot(of: TimeRange(from: first, to: Timestamp(microseconds: now))).notes.isEmpty)
    #expect(store.acceptableTimes().lowerBound == first)
    #expect(test.events.all.contains { if case .dropped(first, _, 140 - after.records, .diskBudget) = $0 { true } else { false } })
    // Today stays however little may stay.
    test.configuration.diskBytesMax = 1
    await store.close()
    let small = try test.open()
    #expect(small.statistics.records == 20)
}

@Test func daysAreDroppedOnRequest() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    let day = Timestamp.microsecondsPerDay
    let today = test.clock.now.utcDay
    _ = try await store.append(.simple(times: [now - 3 * day, now - 2 * day, now - day, now]))
    #expect(try await store.drop(day: today - 2) == 1)
    #expect(try await store.drop(day: today - 2) == 0)
    #expect(store.snapshot(of: .all).retainedFrom == nil)
    #expect(try await store.drop(before: today) == 2)
    #expect(store.snapshot(of: .all).retainedFrom == Timestamp(utcDay: today))
    await store.close()
    #expect(try test.open().statistics.records == 1)
}
