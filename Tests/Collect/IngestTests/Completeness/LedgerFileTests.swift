import Foundation
import GatewayModel
import Testing

@testable import Ingest

@Suite struct LedgerFileTests {
    private typealias Folder = DeadLetterTests.Folder

    private func ledger(_ folder: Folder, _ clock: LedgerClock, retentionDays: Int = 400) -> CompletenessLedger {
        CompletenessLedger(path: folder.url.path, settings: CompletenessLedger.Settings(retentionDays: retentionDays), clock: { clock.now })
    }

    private func total(_ ledger: CompletenessLedger, _ clock: LedgerClock, days: Int64 = 1) -> LedgerCell {
        ledger.report(Ledgers.range(clock, secondsBack: days * 86_400)).total.cell
    }

    private func file(_ folder: Folder, _ clock: LedgerClock) -> URL {
        folder.url.appendingPathComponent(clock.now.iso8601.prefix(10) + ".ledger")
    }

    @Test func aRestartInTheMiddleOfAMinuteCountsOn() throws {
        let folder = try Folder()
        let clock = LedgerClock()
        var expected = LedgerCell()
        for run in 1...3 {
            let ledger = ledger(folder, clock)
            for _ in 0..<run {
                Ledgers.record(ledger, ages: [1, 2, 90], rejected: 1, conflicts: [0], clock)
                ledger.refuse(.overloaded, source: Ledgers.source, bytes: 3)
                ledger.flush()
            }
            try ledger.expect(4, source: Ledgers.source, from: Timestamp(microseconds: clock.now.microseconds - 60_000_000), to: clock.now, reporter: nil)
            try ledger.expect(9, source: Ledgers.source, from: Timestamp(microseconds: clock.now.microseconds - 60_000_000), to: clock.now, reporter: "node")
            ledger.flush()
            expected = total(ledger, clock)
        }
        #expect(expected.received == 6 * 4 && expected.stored == 6 * 2 && expected.refusedTotal == 6 && expected.refusedBytes == 18)
        #expect(expected.expectedByCounters == 12 && expected.expectedByReporter == ["node": 9] && expected.lag.total == 12)
        let again = ledger(folder, clock)
        again.flush()
        #expect(total(again, clock) == expected)
        #expect(again.report(Ledgers.range(clock, secondsBack: 60)).sources.first?.newest == Timestamp(microseconds: clock.now.microseconds - 1_000_000))
    }

    @Test func aLineThatACrashToreCostsItselfOnly() throws {
        let folder = try Folder()
        let clock = LedgerClock()
        do {
            let ledger = ledger(folder, clock)
            Ledgers.record(ledger, ages: [1], clock)
            ledger.flush()
            clock.advance(seconds: 60)
            Ledgers.record(ledger, ages: [1, 1], clock)
            ledger.flush()
        }
        let whole = try Data(contentsOf: file(folder, clock))
        try whole.dropLast(20).write(to: file(folder, clock))
        let ledger = ledger(folder, clock)
        ledger.flush()
        #expect(total(ledger, clock).stored == 1)
        #expect(ledger.notes.count == 1 && ledger.notes[0].contains("1 lines"))
        // What is written behind the torn line is whole.
        Ledgers.record(ledger, ages: [1, 1, 1], clock)
        ledger.flush()
        let again = self.ledger(folder, clock)
        again.flush()
        #expect(total(again, clock).stored == 4)
    }

    @Test func aDiskThatTakesNothingLeavesTheCountsInMemoryAndIsToldUntilItTakesThemAgain() throws {
        let folder = try Folder()
        let clock = LedgerClock()
        // Every write to this device fails as on a full disk.
        try FileManager.default.createSymbolicLink(at: file(folder, clock), withDestinationURL: URL(fileURLWithPath: "/dev/full"))
        let ledger = ledger(folder, clock)
        Ledgers.record(ledger, ages: [1, 1], clock)
        ledger.flush()
        #expect(!ledger.isWritable && ledger.failedWrites >= 1)
        #expect(ledger.notes.contains { $0.contains("has not been written since \(clock.now.iso8601)") && $0.contains("No space left") })
        #expect(total(ledger, clock).stored == 2)
        try FileManager.default.removeItem(at: file(folder, clock))
        ledger.flush()
        #expect(ledger.isWritable && ledger.notes.isEmpty)
        let again = self.ledger(folder, clock)
        again.flush()
        #expect(total(again, clock).stored == 2)
    }

    @Test func olderDaysAreQuarterHoursWithTheSameSums() throws {
        let folder = try Folder()
        let clock = LedgerClock(Timestamp(microseconds: Reading.now.microseconds - Reading.now.microseconds % 86_400_000_000))
        let from = clock.now
        let ledger = ledger(folder, clock)
        for minute in 0..<200 {
            Ledgers.record(ledger, ages: Array(repeating: 2, count: 1 + minute % 3), rejected: minute % 2, clock)
            clock.advance(seconds: 60)
        }
        ledger.flush()
        let range = TimeRange(from: from, to: Timestamp(microseconds: from.microseconds + 86_400_000_000))
        let before = ledger.report(range).total.cell
        #expect(before.received == Self.received(0..<200))
        clock.advance(seconds: 4 * 86_400)
        ledger.keepUp()
        let after = ledger.report(range)
        #expect(after.total.cell == before)
        let lines = try folder.lines(String(from.iso8601.prefix(10)) + ".ledger")
        // The first record completed two seconds before midnight and stands in the file of the day before.
        #expect(lines.count == 1 + 14, "\(lines.count) lines")
        // The second answer comes from memory; a part of the day has a part of the counts, by whole quarter hours.
        #expect(ledger.report(range).total.cell == before)
        let part = TimeRange(from: Timestamp(microseconds: from.microseconds + 20 * 60_000_000), to: Timestamp(microseconds: from.microseconds + 40 * 60_000_000))
        #expect(ledger.report(part).total.cell.received == Self.received(15..<45))
        let again = self.ledger(folder, clock)
        again.flush()
        #expect(again.report(range).total.cell == before)
    }

    /// What the test above receives in these minutes.
    private static func received(_ minutes: Range<Int>) -> Int64 {
        var sum: Int64 = 0
        for minute in minutes { sum += Int64(1 + minute % 3 + minute % 2) }
        return sum
    }

    @Test func expectedMinutesStayComparableWhenTheyAreAddedUp() throws {
        let source = Ledgers.source
        var known = LedgerCell()
        (known.completed, known.expectedByCounters) = (9, 10)
        var unknown = LedgerCell()
        unknown.completed = 500
        let sums = LedgerState.coarsened(
            [LedgerLine.Entry(minute: 30, source: source, cell: known), LedgerLine.Entry(minute: 31, source: source, cell: unknown),
             LedgerLine.Entry(minute: 45, source: source, cell: unknown)], minutes: 15)
        #expect(sums.map(\.minute) == [30, 45] && sums[0].cell.completed == 9 && sums[0].cell.expected == 10 && sums[1].cell.completed == 500)
    }

    @Test func daysPastTheRetentionAreRemoved() throws {
        let folder = try Folder()
        let clock = LedgerClock()
        let ledger = ledger(folder, clock, retentionDays: 10)
        Ledgers.record(ledger, ages: [1], clock)
        ledger.flush()
        let old = file(folder, clock).path
        clock.advance(seconds: 10 * 86_400)
        ledger.keepUp()
        #expect(FileManager.default.fileExists(atPath: old) && total(ledger, clock, days: 20).stored == 1)
        clock.advance(seconds: 86_400)
        ledger.keepUp()
        #expect(!FileManager.default.fileExists(atPath: old) && total(ledger, clock, days: 20).stored == 0)
    }

    @Test func filesOfANewerVersionAreLeftAlone() throws {
        let folder = try Folder()
        let clock = LedgerClock()
        let foreign = Data(LedgerLine.header(minutes: 1).replacing(Array("\"version\":1".utf8), with: Array("\"version\":2".utf8)))
        // With the right checksum: the line is whole, only of another version.
        let payload = Array(foreign.dropFirst(9).dropLast())
        let line = String(LedgerFileTests.checksum(payload)) + " " + String(decoding: payload, as: UTF8.self) + "\nfuture content\n"
        try Data(line.utf8).write(to: file(folder, clock))
        let ledger = ledger(folder, clock)
        Ledgers.record(ledger, ages: [1], clock)
        ledger.flush()
        #expect(try String(contentsOf: file(folder, clock), encoding: .utf8) == line)
        #expect(ledger.notes.contains { $0.contains("newer Gatewatch") } && total(ledger, clock).stored == 1)
    }

    @Test func aSampleOfTheFirstFormatIsRead() throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Samples/2025-12-25.ledger")
        let folder = try Folder()
        try FileManager.default.copyItem(at: url, to: folder.url.appendingPathComponent("2025-12-25.ledger"))
        let clock = LedgerClock()
        let ledger = ledger(folder, clock)
        ledger.flush()
        let report = ledger.report(Ledgers.range(clock, secondsBack: 3_600))
        #expect(ledger.notes.isEmpty && report.sources.map(\.source.name) == ["apisix", "elasticsearch/apisix"])
        let cell = try #require(report.sources.last).total.cell
        #expect(cell.received == 7 && cell.stored == 3 && cell.duplicates == 1 && cell.conflicts == 1 && cell.rejectedTotal == 2 && cell.late == 1)
        #expect(cell.refusedTotal == 1 && cell.refusedBytes == 1_048_576 && cell.expected == 12 && cell.completed == 3 && cell.lag.most == 400_000_000)
    }

    private static func checksum(_ payload: [UInt8]) -> String {
        let line = String(Checksums.crc32(payload), radix: 16)
        return String(repeating: "0", count: 8 - line.count) + line
    }
}
