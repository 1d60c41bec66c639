import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// What is left of dropped days, and that no record is lost or counted twice on the way.
struct TrendTests {
    private static func filled(_ test: TestStore) async throws -> RequestStore {
        let store = try test.open()
        let now = test.clock.now.microseconds
        for back in [3, 2, 0] as [Int64] {
            _ = try await store.append(.simple(times: (0..<40).map { now - back * Timestamp.microsecondsPerDay + $0 * 60_000_000 }))
            try await store.flush()
        }
        return store
    }

    private static func total(_ store: RequestStore) -> Int {
        let snapshot = store.snapshot(of: .all)
        return snapshot.segments.reduce(0) { $0 + $1.rowCount } + snapshot.trends.reduce(0) { $0 + $1.records }
    }

    @Test func dropsLeaveTrendsThatSurviveARestart() async throws {
        let test = TestStore()
        let store = try await Self.filled(test)
        await store.setRetention(days: 1)
        #expect(store.snapshot(of: .all).trends.map(\.records) == [40, 40])
        #expect(Self.total(store) == 120)
        await store.close()
        var again = TestStore((test.files as! MemoryFiles).afterKill())
        again.configuration.retentionDays = 1
        let reopened = try again.open()
        #expect(reopened.snapshot(of: .all).trends.map(\.records) == [40, 40])
        #expect(again.events.damage.isEmpty)
    }

    @Test func oldTrendsAreDroppedToo() async throws {
        var test = TestStore()
        test.configuration.trendMonths = 1
        let store = try await Self.filled(test)
        await store.setRetention(days: 1)
        #expect(store.snapshot(of: .all).trends.count == 2)
        for _ in 0..<40 {
            test.clock.advance(days: 1)
            _ = try await store.append(.simple(times: [test.clock.now.microseconds]))
            await store.maintain()
        }
        #expect(store.snapshot(of: .all).trends.allSatisfy { $0.timeBounds.last.utcDay >= test.clock.now.utcDay - 31 })
    }

    @Test func noMonthsMeanNoTrends() async throws {
        var test = TestStore()
        test.configuration.trendMonths = 0
        let store = try await Self.filled(test)
        await store.setRetention(days: 1)
        #expect(store.snapshot(of: .all).trends.isEmpty)
        #expect(!(test.files as! MemoryFiles).names.contains { $0.hasSuffix(".trend") })
    }

    /// The process dies at every step of a drop; so does the power.
    @Test func aCrashDuringADropCountsEveryRecordOnce() async throws {
        let counting = TestStore()
        let first = try await Self.filled(counting)
        (counting.files as! MemoryFiles).plan(MemoryFiles.Plan())
        await first.setRetention(days: 1)
        let steps = (counting.files as! MemoryFiles).steps
        #expect(steps > 10)
        for step in 1...steps {
            let test = TestStore()
            let files = test.files as! MemoryFiles
            let store = try await Self.filled(test)
            files.plan(MemoryFiles.Plan(from: step))
            await store.setRetention(days: 1)
            for disk in [files.afterKill(), files.afterPowerCut()] {
                let again = TestStore(disk)
                let reopened = try again.open()
                #expect(Self.total(reopened) == 120, "step \(step)")
                #expect(reopened.snapshot(of: .all).notes.isEmpty, "step \(step)")
                await reopened.setRetention(days: 1)
                #expect(Self.total(reopened) == 120 && reopened.snapshot(of: .all).trends.count == 2, "step \(step)")
            }
        }
    }

    @Test func aFullDiskKeepsTheRecordsUntilTrendsCanBeWritten() async throws {
        let test = TestStore()
        let files = test.files as! MemoryFiles
        let store = try await Self.filled(test)
        files.plan(MemoryFiles.Plan(from: 1, code: 28, only: .create))
        await store.setRetention(days: 1)
        #expect(store.statistics.records == 120 && store.snapshot(of: .all).trends.isEmpty)
        files.plan(MemoryFiles.Plan())
        await store.maintain()
        #expect(store.statistics.records == 40 && Self.total(store) == 120)
    }
}
