import GatewayModel
@testable import RequestStorage
import Testing

@Test func oneRowAppendsStayInFewSegments() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    for index in 0..<10_000 { _ = try await store.append(.simple(times: [now + Int64(index)])) }
    var segments = store.snapshot(of: .all).segments
    // Merging follows in the background; it is under way, so that a few rounds are enough.
    for _ in 0..<10_000 where segments.count > 60 {
        await Task.yield()
        segments = store.snapshot(of: .all).segments
    }
    #expect(segments.count <= 60)
    #expect(segments.reduce(0) { $0 + $1.rowCount } == 10_000)
}

@Test(arguments: [([1, 1, 1, 1, 1, 1, 1], nil), ([1, 1, 1, 1, 1, 1, 1, 1], 0..<8), ([64, 8, 1, 1, 1, 1, 1, 1, 1, 1], 2..<10),
    ([8, 8, 8, 8, 8, 8, 8, 8, 3], 0..<9), ([40_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000], 1..<9),
    ([40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000], nil), ([], nil)] as [([Int], Range<Int>?)])
func segmentsOfATierAreMergedTogether(rows: [Int], run: Range<Int>?) {
    #expect(MergePlan.next(rows) == run)
}

@Test func tiersAreCopiedOnceAndStayFew() {
    // One-row batches through the plan alone: how many segments there are, and how often rows are copied.
    var segments: [Int] = []
    var copied = 0
    var most = 0
    for _ in 0..<40_000 {
        segments.append(1)
        while let run = MergePlan.next(segments) {
            let rows = segments[run].reduce(0, +)
            copied += rows
            segments.replaceSubrange(run, with: [rows])
        }
        most = max(most, segments.count)
    }
    #expect(segments.reduce(0, +) == 40_000)
    #expect(most <= 45)
    #expect(copied <= 40_000 * 8)
}

@Test func snapshotIsNotChangedByLaterAppendsFlushesAndDrops() async throws {
    let test = TestStore()
    let store = try test.open()
    let day = Timestamp.microsecondsPerDay
    let now = test.clock.now.microseconds
    var oracle = RecordOracle()
    for index in 0..<20 {
        let batch = RecordBatch.simple(times: [now - Int64(index % 3) * day, now])
        oracle.append(batch, try await store.append(batch))
    }
    let inMemory = store.snapshot(of: .all)
    try await store.flush()
    let inParts = store.snapshot(of: .all)
    _ = try await store.append(.simple(times: [now]))
    test.clock.advance(days: 2)
    await store.setRetention(days: 1)
    #expect(try inMemory.rows() == oracle.rows)
    #expect(try inParts.rows() == oracle.rows)
    #expect(store.snapshot(of: .all).segments.isEmpty)
}

@Test func appendersThatNeverPauseDoNotKeepRowsFromParts() async throws {
    var test = TestStore()
    test.configuration.rowsPerFlush = 100
    let store = try test.open()
    let now = test.clock.now.microseconds
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<16 { group.addTask { for _ in 0..<200 { _ = try? await store.append(.simple(times: [now, now])) } } }
    }
    #expect(store.statistics.records == 6_400)
    #expect(store.statistics.recordsInMemory <= 300)
}

@Test func concurrentAppendersAndReadersSeeWholeBatches() async throws {
    var test = TestStore()
    test.configuration.rowsPerFlush = 500
    let store = try test.open()
    let now = test.clock.now.microseconds
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<8 {
            group.addTask {
                for index in 0..<60 {
                    let receipt = try await store.append(.simple(times: (0..<5).map { now + Int64(task * 1_000 + index * 5 + $0) }))
                    // Acknowledged is visible.
                    #expect(store.snapshot(of: .all).sequence >= receipt.firstSequence + 4)
                }
                return 300
            }
        }
        group.addTask {
            for _ in 0..<200 {
                let snapshot = store.snapshot(of: .all)
                let rows = snapshot.segments.reduce(0) { $0 + $1.rowCount }
                #expect(rows % 5 == 0 && rows == Int(snapshot.sequence))
                await Task.yield()
            }
            return 0
        }
        return try await group.reduce(0, +)
    }
    #expect(store.statistics.records == Int64(total))
    #expect(Set(try store.snapshot(of: .all).rows().keys) == Set(1...Int64(total)))
    #expect(store.statistics.syncs <= store.statistics.batches)
}
