import Foundation
import GatewayModel
@testable import RequestQuery
import RequestStorage
import Testing

/// Questions over days whose records were dropped.
struct TrendAnswersTests {
    static let now = OracleTests.now

    struct Snapshots: Sendable {
        let before: StoreSnapshot
        let after: StoreSnapshot
    }

    /// Two days before and after their records were dropped; the third is kept.
    static let snapshots = Task {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trends-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = StoreConfiguration()
        configuration.tickSeconds = nil
        configuration.clock = { now }
        configuration.rollups.recordsMin = 1
        configuration.rollups.recordsPerRowMin = 1
        let store = try RequestStore.open(folder: folder, configuration: configuration)
        var batch = SampleRow.batch(RollupAnswersTests.coarse(RandomRecords.rows(30_000, seed: 12)))
        batch[.sequence] = nil
        _ = try await store.append(batch)
        try await store.flush()
        let before = store.snapshot(of: .all)
        await store.setRetention(days: 1)
        let after = store.snapshot(of: .all)
        await store.close()
        return Snapshots(before: before, after: after)
    }

    @Test(arguments: [
        #""from": "2026-03-27", "to": "now", "every": "1d", "measures": ["count", "sum(cost)", "avg(duration)"], "by": ["provider", "model"]"#,
        #""from": "2026-03-27", "to": "now", "every": "1d", "time_zone": "Asia/Kolkata", "measures": ["count", "ratio(provider: openai)"]"#,
        #""from": "2026-03-27", "to": "now", "every": "1h", "time_zone": "Australia/Lord_Howe", "measures": ["count"], "by": ["provider"]"#,
        #""from": "2026-03-27", "to": "now", "every": "1d", "measures": ["p99(duration)", "max(duration)"]"#,
        #""from": "2026-03-27", "to": "now", "every": "1d", "measures": ["distinct(client)", "count"]"#,
        #""from": "2026-03-28T06:30", "to": "2026-03-29T06:15", "measures": ["count", "sum(input_tokens)"]"#,
        #""from": "2026-03-27", "to": "now", "measures": ["sum(cost)"], "by": ["client"], "limit": 5, "where": "provider: openai""#,
    ])
    func answersAreThoseThatTheRecordsGave(_ question: String) async throws {
        let snapshots = try await Self.snapshots.value
        #expect(snapshots.after.trends.count == 1 && snapshots.after.segments.count < snapshots.before.segments.count)
        var query = try RequestQueryText.parse("{\(question)}")
        let after = try QueryEngine.run(query, over: snapshots.after, now: Self.now)
        query.usesRollups = false
        let before = try QueryEngine.run(query, over: snapshots.before, now: Self.now)
        #expect(after.values == before.values, "\(question)")
        #expect(after.statistics.recordsMatched == before.statistics.recordsMatched)
        #expect(after.completeness.notes.contains("where single records are no longer kept, the answer comes from trends"))
        #expect(!after.completeness.notes.contains { $0.contains("missing") })
    }

    @Test(arguments: [
        (#""from": "2026-03-27", "to": "now", "measures": ["count"], "where": "request_id: request-1*""#, "do not know request_id"),
        (#""from": "2026-03-27", "to": "now", "every": "10m", "measures": ["count"]"#, "do not hold this combination of fields, or not at these times"),
        (#""from": "2026-03-28T06:31", "to": "now", "measures": ["count"]"#, "do not hold this combination of fields, or not at these times"),
    ])
    func whatTrendsDoNotHoldIsSaid(_ question: String, _ reason: String) async throws {
        let snapshots = try await Self.snapshots.value
        let result = try QueryEngine.run(try RequestQueryText.parse("{\(question)}"), over: snapshots.after, now: Self.now)
        #expect(result.completeness.notes.contains("records from 2026-03-28 to 2026-03-28 are missing: their trends \(reason)"), "\(result.completeness.notes)")
    }

    @Test func rangesWithoutDroppedDaysSayNothing() async throws {
        let snapshots = try await Self.snapshots.value
        let result = try QueryEngine.run(try RequestQueryText.parse(#"{"from": "2026-03-29", "to": "now", "measures": ["count"]}"#), over: snapshots.after, now: Self.now)
        #expect(result.completeness.notes.isEmpty)
    }
}
