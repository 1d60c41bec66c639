import Foundation
import GatewayModel
import Synchronization
import Testing

@testable import Ingest

/// A clock that stands where a test puts it.
final class LedgerClock: Sendable {
    private let time: Mutex<Timestamp>
    init(_ time: Timestamp = Reading.now) { self.time = Mutex(time) }
    var now: Timestamp { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = Timestamp(microseconds: $0.microseconds + seconds * 1_000_000) } }
}

/// What the tests do to ledgers.
enum Ledgers {
    static let source = LedgerSource(.apisix, kind: nil)

    /// A body of records that completed so many seconds before now, and what was refused beside them.
    static func result(ages: [Double], rejected: Int = 0, now: Timestamp) -> IngestResult {
        var batch = RecordBatch(count: ages.count)
        if !ages.isEmpty { batch[.time] = .integers(ages.map { now.microseconds - Int64($0 * 1e6) }) }
        var counters = IngestCounters()
        counters.received = ages.count + rejected
        counters.bytes = 100 * (ages.count + rejected)
        counters.rejected[Int(RejectionCode.brokenJSON.rawValue)] = rejected
        counters.newest = ages.min().map { Timestamp(microseconds: now.microseconds - Int64($0 * 1e6)) }
        return IngestResult(batch: batch, itemOfRow: [], rejected: [], counters: counters)
    }

    static func record(_ ledger: CompletenessLedger, ages: [Double], rejected: Int = 0, conflicts: [Int] = [], _ clock: LedgerClock, door: IngestDoor = .apisix) {
        let receipt = ages.isEmpty ? nil : AppendReceipt(firstSequence: 1, conflicts: conflicts)
        ledger.record(result(ages: ages, rejected: rejected, now: clock.now), receipt, Reading.context(door, now: clock.now))
    }

    static func range(_ clock: LedgerClock, secondsBack: Int64) -> TimeRange {
        TimeRange(from: Timestamp(microseconds: clock.now.microseconds - secondsBack * 1_000_000), to: Timestamp(microseconds: clock.now.microseconds + 1_000_000))
    }
}

@Suite struct CompletenessLedgerTests {
    private func figures(_ ledger: CompletenessLedger, _ clock: LedgerClock, back: Int64 = 3_600) throws -> CompletenessReport.Figures {
        try #require(ledger.report(Ledgers.range(clock, secondsBack: back)).sources.first { $0.source == Ledgers.source }).total
    }

    @Test func everyDocumentIsInExactlyOneCount() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        Ledgers.record(ledger, ages: [1, 2, 3, 400], rejected: 2, conflicts: [1], clock)
        Ledgers.record(ledger, ages: [], rejected: 1, clock)
        let cell = try figures(ledger, clock).cell
        #expect(cell.requests == 2 && cell.received == 7 && cell.bytes == 700)
        #expect(cell.stored == 3 && cell.conflicts == 1 && cell.rejectedTotal == 3)
        #expect(cell.received == cell.accounted + cell.rejectedTotal)
        #expect(cell.late == 1 && cell.lag.total == 3 && cell.lag.least == 1_000_000 && cell.lag.most == 400_000_000)
        #expect(cell.newest == Timestamp(microseconds: clock.now.microseconds - 1_000_000))
    }

    @Test func whatIsSentAgainIsNoNewRecordAndHasNoLag() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        let result = Ledgers.result(ages: [600, 601, 602, 603, 604], now: clock.now)
        let receipt = AppendReceipt(firstSequence: 1, conflicts: [0], duplicates: [1, 2], replaced: [4])
        ledger.record(result, receipt, Reading.context(.apisix, now: clock.now))
        let from = Timestamp(microseconds: clock.now.microseconds - 660_000_000)
        try ledger.expect(4, source: Ledgers.source, from: from, to: clock.now, reporter: "")
        let total = try figures(ledger, clock)
        #expect(total.cell.stored == 2 && total.cell.duplicates == 2 && total.cell.conflicts == 1 && total.cell.replaced == 1)
        #expect(total.cell.accounted == 5 && total.cell.lag.total == 2)
        // Only the record at position 3 is one that was not here before.
        #expect(total.cell.completed == 1)
    }

    @Test func withoutTheGatewaysCountReceivedDocumentsAreTheMeasure() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        Ledgers.record(ledger, ages: [1, 1, 1], rejected: 1, clock)
        #expect(try figures(ledger, clock).completeness == 0.75)
        #expect(ledger.report(Ledgers.range(clock, secondsBack: 60)).total.completeness == 0.75)
    }

    @Test func importedRecordsHaveNoLagAndAreNotLate() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        Ledgers.record(ledger, ages: [86_400, 1_000_000], clock, door: .file)
        let source = try #require(ledger.report(Ledgers.range(clock, secondsBack: 60)).sources.first)
        #expect(source.source.name == "import" && source.total.cell.stored == 2)
        #expect(source.total.cell.late == 0 && source.total.cell.lag.total == 0 && source.newest == nil)
    }

    @Test func expectedCallsAreComparedByTheMinuteOfCompletionOnceItHasSettled() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        let minute = Timestamp(microseconds: clock.now.microseconds - 600_000_000)
        try ledger.expect(10, source: Ledgers.source, from: minute, to: Timestamp(microseconds: minute.microseconds + 60_000_000), reporter: "")
        // Nine of them come ten minutes later, with one of another minute.
        Ledgers.record(ledger, ages: Array(repeating: 599, count: 9) + [3], clock)
        let total = try figures(ledger, clock)
        #expect(total.expected == 10 && total.arrived == 9 && total.completeness == 0.9)
        // A minute that late records may still reach is not judged.
        try ledger.expect(1_000, source: Ledgers.source, from: Timestamp(microseconds: clock.now.microseconds - 60_000_000), to: clock.now, reporter: "")
        #expect(try figures(ledger, clock).expected == 10)
        clock.advance(seconds: 600)
        #expect(try figures(ledger, clock).expected == 1_010)
    }

    @Test func aReportersLaterWordReplacesItsEarlierOneAndCountersAddUp() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        let from = Timestamp(microseconds: clock.now.microseconds - 1_200_000_000)
        let to = Timestamp(microseconds: from.microseconds + 60_000_000)
        for count in [5, 7, 6] as [Int64] { try ledger.expect(count, source: Ledgers.source, from: from, to: to, reporter: "a") }
        try ledger.expect(3, source: Ledgers.source, from: from, to: to, reporter: "b")
        for _ in 0..<2 { try ledger.expect(20, source: Ledgers.source, from: from, to: to, reporter: nil) }
        #expect(try figures(ledger, clock).expected == 6 + 3 + 40)
    }

    @Test(arguments: [(60, 0), (61, 30), (3_599, 1), (59, 59), (1, 0)] as [(Int64, Int64)]) func aSpreadCountLosesNothing(seconds: Int64, offset: Int64) throws {
        let now = Reading.now
        let from = Timestamp(microseconds: now.microseconds - 7_200_000_000 + offset * 1_000_000)
        for count in [0, 1, 7, 1_000, 123_457] as [Int64] {
            let shares = try CompletenessLedger.spread(count, from: from, to: Timestamp(microseconds: from.microseconds + seconds * 1_000_000), now: now)
            #expect(shares.reduce(0) { $0 + $1.count } == count && shares.allSatisfy { $0.count >= 0 })
            #expect(zip(shares, shares.dropFirst()).allSatisfy { $1.minute == $0.minute + 1 })
        }
    }

    @Test func reportsOfRangesThatCannotBeAreRefused() {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: clock.now.microseconds + seconds * 1_000_000) }
        for (from, to) in [(at(-60), at(-60)), (at(0), at(-60)), (at(0), at(600)), (at(-100_000), at(0)), (Timestamp(microseconds: .min + 1), Timestamp(microseconds: 0))] {
            #expect(throws: CompletenessLedger.ExpectationError.invalidRange) { try ledger.expect(1, source: Ledgers.source, from: from, to: to, reporter: "") }
        }
        #expect(throws: CompletenessLedger.ExpectationError.negativeCount) { try ledger.expect(-1, source: Ledgers.source, from: at(-60), to: at(0), reporter: "") }
        #expect(throws: CompletenessLedger.ExpectationError.self) { try ledger.expect(1, source: Ledgers.source, from: at(-86_400 * 9), to: at(-86_400 * 9 + 60), reporter: "") }
    }

    @Test func reportersOfAMinuteAreBounded() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        let from = Timestamp(microseconds: clock.now.microseconds - 120_000_000)
        let to = Timestamp(microseconds: from.microseconds + 60_000_000)
        for node in 0..<LedgerCell.reportersMax { try ledger.expect(1, source: Ledgers.source, from: from, to: to, reporter: "node-\(node)") }
        #expect(throws: CompletenessLedger.ExpectationError.tooManyReporters) { try ledger.expect(1, source: Ledgers.source, from: from, to: to, reporter: "one more") }
        try ledger.expect(2, source: Ledgers.source, from: from, to: to, reporter: "node-0")
    }

    @Test func refusedRequestsAreCountedWithTheirReason() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        ledger.refuse(.tooLarge, source: Ledgers.source, bytes: 500)
        ledger.refuse(.overloaded, source: Ledgers.source)
        ledger.refuse(.overloaded, source: Ledgers.source)
        let cell = try figures(ledger, clock).cell
        #expect(cell.refused == [1, 2, 0, 0, 0] && cell.refusedBytes == 500 && cell.received == 0)
        #expect(try figures(ledger, clock).completeness == nil)
    }

    @Test func sourcesAreBounded() {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        for index in 0..<200 { ledger.refuse(.overloaded, source: LedgerSource(.elasticsearch, kind: "kind\(index)")) }
        let report = ledger.report(Ledgers.range(clock, secondsBack: 60))
        #expect(report.sources.count == LedgerState.sourcesMax + 1)
        #expect(report.sources.first { $0.source.name == "_other" }?.total.cell.refusedTotal == Int64(200 - LedgerState.sourcesMax))
        #expect(report.total.cell.refusedTotal == 200)
    }

    @Test func memoryIsBoundedAndTheOldestMinutesGoFirst() {
        let state = Mutex(LedgerState(firstMinute: 0))
        state.withLock { state in
            for minute in 0..<(LedgerState.cellsMax + 20_000) {
                var tally = LedgerTally()
                tally.cell.received = 1
                state.add(tally, minute: Int32(minute), source: Ledgers.source)
                #expect(state.cells.count <= LedgerState.cellsMax * 5 / 4 + 1)
            }
            state.forget(before: 0)
            #expect(state.cells.count <= LedgerState.cellsMax && state.firstMinute >= 20_000)
            #expect(state.cells[LedgerState.Key(minute: Int32(LedgerState.cellsMax + 19_999), source: Ledgers.source)] != nil)
            #expect(state.totals[Ledgers.source]?.received == Int64(LedgerState.cellsMax + 20_000))
        }
    }

    @Test func bucketsHoldWhatTheWholeHolds() throws {
        let clock = LedgerClock()
        let ledger = CompletenessLedger(path: nil, clock: { clock.now })
        for minute in 0..<30 {
            Ledgers.record(ledger, ages: Array(repeating: 1, count: minute), clock)
            clock.advance(seconds: 60)
        }
        let edges = (0...6).map { Timestamp(microseconds: Reading.now.microseconds + Int64($0) * 300_000_000) }
        let report = ledger.report(TimeRange(from: Reading.now, to: edges[6]), edges: edges)
        let source = try #require(report.sources.first)
        #expect(source.buckets.map(\.cell.stored) == [10, 35, 60, 85, 110, 135])
        #expect(source.total.cell.stored == 435)
    }
}
