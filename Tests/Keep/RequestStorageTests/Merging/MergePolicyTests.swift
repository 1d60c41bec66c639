import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

private let settings = MergePolicy.PolicySettings(
    rowsMax: 8_000_000, sourcesMax: 32, closedSeconds: 7_200, settleSeconds: 600, lateSeconds: 86_400, hiddenOneIn: 5)

/// 2026-03-05.
private let today: Int32 = 20_517
private let noon = TestClock.start

/// Parts of the given rows, one behind the other in time.
private func parts(_ rows: [Int], day: Int32 = today, written: Timestamp? = nil) -> [MergePolicy.Candidate] {
    rows.enumerated().map { index, rows in
        MergePolicy.Candidate(day: day, number: UInt64(index + 1), rows: rows, bytes: rows * 30, firstTime: Int64(index), written: written)
    }
}

private func due(_ parts: [MergePolicy.Candidate], now: Timestamp = noon, opened: Timestamp = noon) -> [[UInt64]] {
    MergePolicy.due(parts, now: now, opened: opened, settings).map { $0.parts.map(\.number) }
}

@Test(arguments: [
    ([10, 10, 10, 10, 10, 10, 10], []),
    ([10, 10, 10, 10, 10, 10, 10, 10], [[1, 2, 3, 4, 5, 6, 7, 8]]),
    // Smaller ones go along, larger ones stay.
    ([700_000, 10, 10, 10, 10, 10, 10, 10, 10, 1, 3_000], [[2, 3, 4, 5, 6, 7, 8, 9, 10]]),
    ([1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000], [[1, 2, 3, 4, 5, 6, 7, 8]]),
    // Nine would be too many rows.
    ([1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000], [[1, 2, 3, 4, 5, 6, 7, 8]]),
    // Full ones are left alone.
    ([8_000_000, 8_000_000, 8_000_000, 8_000_000, 8_000_000, 8_000_000, 8_000_000, 8_000_000], []),
    ([], []),
] as [([Int], [[UInt64]])]) func partsOfATierOfAGrowingDayBecomeOne(rows: [Int], merges: [[UInt64]]) {
    #expect(due(parts(rows)) == merges)
}

@Test func closedDayBecomesOnePart() {
    let yesterday = parts([500, 400, 300], day: today - 1)
    #expect(due(yesterday) == [[1, 2, 3]])
    // At one in the morning the day before is not closed yet.
    let night = Timestamp(microseconds: Int64(today) * Timestamp.microsecondsPerDay + 3_600_000_000)
    #expect(due(yesterday, now: night) == [])
    #expect(due(parts([500], day: today - 1)) == [])
}

@Test func closedDayBecomesAsFewPartsAsTheLimitAllowsOneBehindTheOtherInTime() {
    let merges = MergePolicy.due(parts([3_000_000, 4_000_000, 5_000_000, 2_000_000, 7_500_000], day: today - 1), now: noon, opened: noon, settings)
    #expect(Set(merges.map { $0.parts.map(\.number) }) == [[1, 2], [3, 4]])
}

@Test func importOfThePastIsLeftToSettle() {
    let recent = parts([500, 400], day: today - 1, written: Timestamp(microseconds: noon.microseconds - 599_000_000))
    #expect(due(recent) == [])
    let settled = parts([500, 400], day: today - 1, written: Timestamp(microseconds: noon.microseconds - 600_000_000))
    #expect(due(settled) == [[1, 2]])
    // A clock that was set back far does not stop merging.
    let future = parts([500, 400], day: today - 1, written: Timestamp(microseconds: noon.microseconds + 600_000_000))
    #expect(due(future) == [[1, 2]])
}

@Test func fewLateRecordsWaitForADay() {
    let late = Timestamp(microseconds: noon.microseconds - 86_399_000_000)
    var day = parts([1_000_000, 5], day: today - 3)
    day[1].written = late
    let opened = Timestamp(microseconds: noon.microseconds - 10 * Timestamp.microsecondsPerDay)
    #expect(due(day, opened: opened) == [])
    #expect(due(day, now: Timestamp(microseconds: noon.microseconds + 1_000_000), opened: opened) == [[1, 2]])
    // After a restart nobody knows when they came: they wait again.
    day[1].written = nil
    #expect(due(day) == [])
    #expect(due(day, now: Timestamp(microseconds: noon.microseconds + Timestamp.microsecondsPerDay)) == [[1, 2]])
    // Many late records are merged as soon as nothing comes any more.
    day[1].rows = 125_000
    #expect(due(day) == [[1, 2]])
}

@Test func manyHiddenRowsCauseAMerge() {
    var day = parts([100, 100])
    day[0].hiddenRows = 19
    #expect(due(day) == [])
    day[0].hiddenRows = 20
    #expect(due(day) == [[1]])
    // A closed day is put together anyway.
    #expect(due(day.map { var part = $0; part.day -= 1; return part }) == [[1, 2]])
}

@Test func partsOfDifferentDaysAreNeverMerged() {
    let mixed = (0..<8).map { MergePolicy.Candidate(day: today - Int32($0 % 2), number: UInt64($0), rows: 10, bytes: 300) }
    for merge in MergePolicy.due(mixed, now: Timestamp(microseconds: noon.microseconds - 12 * 3_600_000_000), opened: noon, settings, isWhole: true) {
        #expect(Set(merge.parts.map(\.day)).count == 1)
    }
}

/// Flushes through the plan alone, day after day: how many parts a day has, and how often bytes are written.
@Test(arguments: [1, 20_000, 1_000_000]) func writesAndPartsStayBounded(rowsPerFlush: Int) {
    var parts: [MergePolicy.Candidate] = []
    var number: UInt64 = 0
    var (flushed, merged, most) = (0, 0, 0)
    let flushesPerDay = 144
    for flush in 0..<(flushesPerDay * 5) {
        let now = Timestamp(microseconds: noon.microseconds + Int64(flush) * Timestamp.microsecondsPerDay / Int64(flushesPerDay))
        number += 1
        parts.append(.init(day: now.utcDay, number: number, rows: rowsPerFlush, bytes: rowsPerFlush, firstTime: now.microseconds, written: now))
        flushed += rowsPerFlush
        while let merge = MergePolicy.due(parts, now: now, opened: noon, settings).first {
            let numbers = Set(merge.parts.map(\.number))
            parts.removeAll { numbers.contains($0.number) }
            number += 1
            parts.append(.init(day: merge.parts[0].day, number: number, rows: merge.rows, bytes: merge.rows, firstTime: merge.parts[0].firstTime, written: now))
            merged += merge.rows
            #expect(merge.rows <= settings.rowsMax)
        }
        most = max(most, Dictionary(grouping: parts, by: \.day).values.map(\.count).max() ?? 0)
    }
    #expect(flushed + merged <= MergePolicy.writesMax(settings) * flushed)
    #expect(most <= 8 * 7 + 144 * rowsPerFlush / settings.rowsMax)
    let closed = Dictionary(grouping: parts.filter { $0.day < noon.utcDay + 4 }, by: \.day)
    for (_, parts) in closed { #expect(parts.count <= 2 * (parts.reduce(0) { $0 + $1.rows } / settings.rowsMax) + 1) }
}
