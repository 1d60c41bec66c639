import GatewayModel
@testable import RequestQuery
import Testing

/// Findings that are kept change the time an answer takes, never the answer.
struct ScanCacheTests {
    /// Several segments of more than the least cached size, one of several tasks' worth of time.
    static let rows = RandomRecords.rows(40_000, seed: 5)
    static let snapshot = SampleRow.snapshot(rows, sizes: [9_000, 12_000, 8_500])

    @Test func answersAreTheSameWithAndWithout() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        var random = SeededGenerator(seed: 11)
        var limits = QueryLimits()
        limits.histogramCountsMax = 100_000_000
        let questions = try (0..<40).map { _ in try RequestQueryText.parse(RandomQuestion.text(&random, ranksByPercentile: false)) }
        // Asked twice and as time goes on, so that ranges move over the same stretches.
        for hours in [0, 0, 3] as [Int64] {
            let now = Timestamp(microseconds: OracleTests.now.microseconds + hours * 3_600_000_000)
            for query in questions {
                let plain = try QueryEngine.run(query, over: Self.snapshot, now: now, limits: limits)
                let cached = try QueryEngine.run(query, over: Self.snapshot, now: now, limits: limits, cache: cache)
                #expect(cached.values == plain.values)
                #expect(cached.statistics.recordsMatched == plain.statistics.recordsMatched)
            }
        }
        #expect(cache.statistics.hits > 0)
    }

    @Test func theSecondTimeNothingIsReadThatLiesWhollyInRange() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        let query = try RequestQueryText.parse(#"{"from": "2026-03-20", "to": "2026-04-20", "every": "1h", "by": ["model"], "measures": ["count", "p95(duration)"]}"#)
        _ = try QueryEngine.run(query, over: Self.snapshot, now: OracleTests.now, cache: cache)
        #expect(try QueryEngine.run(query, over: Self.snapshot, now: OracleTests.now, cache: cache).statistics.recordsRead == 0)
    }

    @Test func runsOfStretchesAreAddedUpOnce() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        func ask(_ to: String) throws -> (result: QueryResult, plain: QueryResult) {
            let text = #"{"from": "2026-03-20", "to": "\#(to)", "by": ["model"], "measures": ["count", "p95(duration)", "distinct(client)", "distinct(status)"]}"#
            let query = try RequestQueryText.parse(text)
            let plain = try QueryEngine.run(query, over: Self.snapshot, now: OracleTests.now)
            return (try QueryEngine.run(query, over: Self.snapshot, now: OracleTests.now, cache: cache), plain)
        }
        for to in ["2026-04-20", "2026-04-20", "2026-04-21"] {
            let before = cache.statistics.hits
            let (result, plain) = try ask(to)
            #expect(result.values == plain.values)
            #expect(result.statistics.recordsMatched == 40_000)
            // One look-up for the run of four.
            if before > 0 || cache.statistics.entries > 4 { #expect(cache.statistics.hits - before <= 1) }
        }
        #expect(cache.statistics.entries == 5)
        #expect(cache.statistics.hits == 2)
    }

    @Test func aBucketThatDoesNotCutAStretchSharesItsFinding() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        func ask(_ every: String) throws -> QueryResult {
            let text = #"{"from": "2026-01-01", "to": "2026-06-20", "every": "\#(every)", "measures": ["count"]}"#
            return try QueryEngine.run(try RequestQueryText.parse(text), over: Self.snapshot, now: OracleTests.now, cache: cache)
        }
        _ = try ask("1M")
        let read = try ask("1y").statistics.recordsRead
        #expect(read < 40_000)
        #expect(try ask("1y").values.last == .integer(40_000))
    }

    @Test func memoryStaysWithinItsLimit() throws {
        let cache = ScanCache(bytesMax: 300_000)
        for count in 1...40 {
            let text = #"{"from": "2026-03-20", "to": "2026-04-20", "by": ["model"], "measures": ["count"], "where": "duration > \#(count)ms"}"#
            _ = try QueryEngine.run(try RequestQueryText.parse(text), over: Self.snapshot, now: OracleTests.now, cache: cache)
            #expect(cache.statistics.bytes <= 300_000)
        }
        #expect(cache.statistics.entries > 0)
    }

    @Test func anEntryOfASegmentThatIsGoneIsNotFoundAgain() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        let query = try RequestQueryText.parse(#"{"from": "2026-03-20", "to": "2026-04-20", "measures": ["count"]}"#)
        for _ in 0..<20 {
            // A new segment may well get the address of the one before.
            let count = Int.random(in: 8_500..<9_500)
            let snapshot = SampleRow.snapshot(Array(Self.rows[..<count]))
            #expect(try QueryEngine.run(query, over: snapshot, now: OracleTests.now, cache: cache).values == [.integer(Int64(count))])
        }
    }

    @Test func whatCouldNotBeReadIsNotKept() throws {
        let cache = ScanCache(bytesMax: 64 << 20)
        let damaged = StoreSnapshot(segments: [DamagedSegment(SampleRow.batch(Self.rows), firstDamagedBlock: 1)], sequence: 40_000)
        let query = try RequestQueryText.parse(#"{"from": "2026-03-20", "to": "2026-04-20", "measures": ["sum(cost)"]}"#)
        for _ in 0..<2 {
            let answer = try QueryEngine.run(query, over: damaged, now: OracleTests.now, cache: cache)
            #expect(!answer.completeness.notes.isEmpty)
        }
        #expect(cache.statistics.entries == 0)
    }
}
