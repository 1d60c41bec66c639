import DemoTraffic
import GatewayModel
import Testing

private let morning = Demo.time("2026-03-18T09:00Z")
private func later(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: morning.microseconds + microseconds) }

@Test func equalSeedsGiveEqualRecords() {
    let again = Demo.traffic(perDay: 150_000)
    #expect(Demo.records(Demo.traffic, morning, minutes: 20).hasSameRows(as: Demo.records(again, morning, minutes: 20)))
}

@Test func anotherSeedGivesOtherRecords() {
    let other = Demo.traffic(perDay: 150_000, seed: 8)
    #expect(Demo.records(Demo.traffic, morning, minutes: 5).texts(.requestID) != Demo.records(other, morning, minutes: 5).texts(.requestID))
}

/// Lengths of pieces in microseconds: an odd one under a minute, one over a minute, and one of less than the gaps between records.
@Test(arguments: [7_300_001, 433_000_000, 200_000] as [Int64])
func cuttingTheRangeDoesNotChangeTheRecords(piece: Int64) {
    let whole: Int64 = piece < 1_000_000 ? 60_000_000 : 1_200_000_000
    var batches: [RecordBatch] = []
    var from: Int64 = 0
    while from < whole {
        let to = min(from + piece, whole)
        batches += Demo.traffic.batches(from: later(from), to: later(to))
        from = to
    }
    let atOnce = DemoRecords(Demo.traffic.batches(from: morning, to: later(whole)))
    #expect(atOnce.count > 50)
    #expect(DemoRecords(batches).hasSameRows(as: atOnce))
}

@Test func batchesHaveTheRowsThatWereAskedFor() {
    let batches = Array(Demo.traffic.batches(from: morning, to: later(1_200_000_000), batchRows: 500))
    #expect(batches.dropLast().allSatisfy { $0.count == 500 })
    #expect((1...500).contains(batches.last?.count ?? 0))
    #expect(DemoRecords(batches).hasSameRows(as: Demo.records(Demo.traffic, morning, minutes: 20)))
}

@Test func recordsOfLongCallsComeAtTheirCompletion() {
    // The slot in which a call started lies before the range; the record is there all the same.
    let records = Demo.records(Demo.traffic, morning, minutes: 20)
    let early = records.integers(.start).count { $0 < morning.microseconds }
    #expect(early > 0)
    #expect(records.integers(.time).allSatisfy { $0 >= morning.microseconds && $0 < later(1_200_000_000).microseconds })
}

@Test func emptyAndReversedRangesHoldNothing() {
    #expect(DemoRecords(Demo.traffic.batches(from: morning, to: morning)).count == 0)
    #expect(DemoRecords(Demo.traffic.batches(from: later(1_000_000), to: morning)).count == 0)
    #expect(DemoRecords(Demo.traffic.batches(from: TimeRange.all.to, to: TimeRange.all.from)).count == 0)
}

@Test func noTrafficIsAsked() {
    #expect(Demo.records(Demo.traffic(perDay: 0), morning, minutes: 60).count == 0)
    #expect(Demo.records(Demo.traffic(perDay: -5), morning, minutes: 60).count == 0)
}

// MARK: Live

@Test func liveFeedHandsOverEveryRecordOnce() {
    var feed = Demo.traffic.live(from: morning)
    var batches: [RecordBatch] = []
    for tick in 1...900 { batches += feed.next(until: later(Int64(tick) * 200_000)) }
    let handed = DemoRecords(batches)
    let history = DemoRecords(Demo.traffic.batches(from: morning, to: later(180_000_000)))
    let arrived = zip(history.texts(.requestID), history.integers(.receivedAt)).filter { $1 < later(180_000_000).microseconds }.map(\.0)
    #expect(arrived.count > 200)
    #expect(handed.texts(.requestID).sorted() == arrived.sorted())
}

@Test func liveRecordsAreHandedOverWhenTheyArrive() {
    var feed = Demo.traffic.live(from: morning)
    var previous = morning.microseconds
    for tick in 1...300 {
        let until = later(Int64(tick) * 200_000)
        for batch in feed.next(until: until) {
            #expect(batch.integers(.receivedAt)?.allSatisfy { $0 >= previous && $0 < until.microseconds } == true)
            #expect(batch.integers(.time)?.allSatisfy { $0 < until.microseconds } == true)
        }
        previous = until.microseconds
    }
    #expect(feed.next(until: morning).isEmpty, "time does not run backwards")
}

@Test func liveFeedMakesUpForAtMostADay() {
    let slow = Demo.traffic(perDay: 2_000)
    var feed = slow.live(from: Demo.time("2026-03-01T00:00Z"))
    let records = DemoRecords(feed.next(until: Demo.time("2026-03-18T00:00Z")))
    #expect(records.count > 1_000)
    #expect(records.integers(.time).allSatisfy { $0 >= Demo.time("2026-03-17T00:00Z").microseconds })
}
