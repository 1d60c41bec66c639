import ByteCoding
import Foundation
import GatewayModel
@testable import RequestQuery
import RequestStorage
import Testing

/// The same question from tables and from records, over parts that the real store wrote with tables at every level.
struct RollupAnswersTests {
    static let now = OracleTests.now

    /// The snapshots of stores: several parts a day, one part a day over the change of clocks, few values, and many records a minute.
    static let stores = Task {
        [
            try await written(RandomRecords.rows(6_000, seed: 5), flushes: 3), try await written(RandomRecords.rows(20_000, seed: 6), flushes: 1),
            try await written(coarse(RandomRecords.rows(9_000, seed: 7)), flushes: 1), try await written(coarse(RandomRecords.rows(40_000, seed: 8, hours: 3)), flushes: 2),
        ]
    }

    /// Rows with so few values and times that tables of all levels stay small.
    static func coarse(_ rows: [SampleRow]) -> [SampleRow] {
        rows.map { row in
            var row = row
            row.texts[.client] = row.texts[.client].map { "client-\($0.utf8.last ?? 48)" }
            row.texts[.model] = row.texts[.model].map { "model-\(($0.utf8.last ?? 48) % 2)" }
            row.integers[.status] = row.integers[.status].map { $0 / 100 * 100 }
            return row
        }
    }

    private static func written(_ rows: [SampleRow], flushes: Int) async throws -> StoreSnapshot {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rollups-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = StoreConfiguration()
        configuration.tickSeconds = nil
        configuration.clock = { now }
        configuration.rollups.recordsMin = 1
        configuration.rollups.recordsPerRowMin = 1
        let store = try RequestStore.open(folder: folder, configuration: configuration)
        for index in 0..<flushes {
            var batch = SampleRow.batch(Array(rows[(index * rows.count / flushes)..<((index + 1) * rows.count / flushes)]))
            batch[.sequence] = nil
            _ = try await store.append(batch)
            try await store.flush()
        }
        let snapshot = store.snapshot(of: .all)
        await store.close()
        return snapshot
    }

    @Test(arguments: 0..<400)
    func answersAreThoseOfTheRecords(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 6_364_136_223)
        let snapshots = try await Self.stores.value
        let snapshot = snapshots[seed % snapshots.count]
        let text = RollupQuestion.text(&random)
        var query = try RequestQueryText.parse(text)
        let rolled = try QueryEngine.run(query, over: snapshot, now: Self.now)
        query.usesRollups = false
        let plain = try QueryEngine.run(query, over: snapshot, now: Self.now)
        #expect(plain.statistics.source == "records")
        #expect(rolled.statistics.recordsMatched == plain.statistics.recordsMatched, "\(text)")
        #expect(rolled.groupsTotal == plain.groupsTotal, "\(text)")
        try #require(rolled.rowCount == plain.rowCount, "\(text)")
        for index in 0..<plain.rowCount {
            try #require(rolled.row(index) == plain.row(index), "row \(index) from \(rolled.statistics.source), seed \(seed): \(text)")
        }
    }

    /// So that the test above cannot pass by never using a table.
    @Test func mostQuestionsAreAnsweredFromTables() async throws {
        let snapshots = try await Self.stores.value
        var sources: [String: Int] = [:]
        for seed in 0..<400 {
            var random = SeededGenerator(seed: UInt64(seed) &* 6_364_136_223)
            let query = try RequestQueryText.parse(RollupQuestion.text(&random))
            sources[try QueryEngine.run(query, over: snapshots[seed % snapshots.count], now: Self.now).statistics.source, default: 0] += 1
        }
        #expect(sources["rollup", default: 0] >= 40 && sources["rollup and records", default: 0] >= 40, "\(sources)")
    }

    @Test(arguments: [
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["count", "sum(cost)"], "by": ["model"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-30", "every": "1d", "measures": ["count"], "by": ["model"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-30", "every": "1d", "time_zone": "Asia/Kolkata", "measures": ["count"]"#, "rollup"),
        (#""from": "2026-03-28T02:07", "to": "2026-03-29", "measures": ["count"]"#, "rollup and records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "every": "30m", "measures": ["count"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-29", "every": "90s", "measures": ["count"]"#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["count"], "where": "duration > 1s""#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["count"], "where": "sequence > 100""#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["distinct(request_id)"]"#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["distinct(client)", "count"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["p99(duration)", "max(duration)", "avg(duration)"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["p99(cost)"]"#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["sum(status)"]"#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["sum(ttft)"], "by": ["team"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["histogram(duration, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)"]"#, "rollup"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["histogram(duration, 0.05, 0.11)"]"#, "records"),
        (#""from": "2026-03-28", "to": "2026-03-29", "measures": ["histogram(duration)"]"#, "records"),
    ])
    func tablesAnswerWhatTheyHold(_ question: String, _ source: String) async throws {
        let query = try RequestQueryText.parse("{\(question)}")
        let snapshot = try await Self.stores.value[2]
        #expect(try QueryEngine.run(query, over: snapshot, now: Self.now).statistics.source == source)
    }

    @Test func tablesByTheMinuteServeWidthsOfMinutes() async throws {
        let snapshot = try await Self.stores.value[3]
        let query = try RequestQueryText.parse(#"{"from": "2026-03-28T00:15", "to": "2026-03-28T02:03", "every": "7m", "measures": ["count"]}"#)
        #expect(try QueryEngine.run(query, over: snapshot, now: Self.now).statistics.source == "rollup")
    }

    @Test func aQuestionMayAskForTheRecords() async throws {
        let query = try RequestQueryText.parse(#"{"from": "2026-03-28", "to": "2026-03-29", "measures": ["count"], "rollups": "off"}"#)
        let snapshot = try await Self.stores.value[2]
        #expect(try QueryEngine.run(query, over: snapshot, now: Self.now).statistics.source == "records")
        #expect(try RequestQueryText.parse(RequestQueryText.json(query)) == query)
        #expect(throws: QueryError.self) { try RequestQueryText.parse(#"{"measures": ["count"], "rollups": "yes"}"#) }
    }
}

/// Questions that tables may answer: dimensions and sums, zones with half hours, clock changes, and ranges that cut parts.
enum RollupQuestion {
    static let filters = [
        "provider: openai", "not provider: openai", "status >= 500", "status: 4xx or provider: (anthropic, groq)", "model: model-1*", "not model: *-1* and stream: true",
        "error_type: *", "not error_type: *", "client: client-1*", "not client: *", "provider: openai and provider: groq", "not (provider: * and model: *)", "team: a",
    ]
    static let measures = [
        "count", "rate", "sum(input_tokens)", "sum(cost)", "avg(duration)", "rate(input_tokens)", "avg(ttft)", "rate(output_tokens)", "ratio(status >= 500)", "count(stream: true)",
        "distinct(client)", "distinct(model)", "distinct(status)", "ratio(provider: openai and not error_type: *)", "min(duration)", "max(input_tokens)", "p50(duration)", "p95(duration)",
        "p99.9(input_tokens)", "histogram(duration, 0.1, 0.5, 1, 2.5, 5, 10)", "histogram(input_tokens, 4, 256, 1024)", "histogram(duration)",
    ]
    static let zones = ["UTC", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin", "Asia/Kathmandu"]
    static let froms = ["2026-03-28", "2026-03-28T13:45:10.5", "2026-03-28T13:45", "now-1d/d", "2026-03-28T07:30", "2026-03-20", "2026-03-29T00:00"]
    static let tos = ["now", "2026-03-30T05:00", "now+2h", "2026-03-29T21:07:03", "2026-03-29T22:15"]

    static func text(_ random: inout SeededGenerator) -> String {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        var keys = ["\"from\": \"\(froms.randomElement(using: &random) ?? "")\", \"to\": \"\(tos.randomElement(using: &random) ?? "")\""]
        if chance(65) { keys.append("\"every\": \"\(["2m", "5m", "15m", "1h", "7m", "1d", "1d", "1w"].randomElement(using: &random) ?? "")\"") }
        let chosen = measures.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)).filter { !$0.hasPrefix("p") || chance(50) }
        keys.append("\"measures\": [\((chosen.isEmpty ? ["count"] : chosen).map { "\"\($0)\"" }.joined(separator: ","))]")
        let by = ["provider", "model", "client", "status", "stream", "error_type", "team"].shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        if !by.isEmpty { keys.append("\"by\": [\(by.map { "\"\($0)\"" }.joined(separator: ","))]") }
        if chance(50) { keys.append("\"where\": \"\(filters.randomElement(using: &random) ?? "")\"") }
        keys.append("\"time_zone\": \"\(zones.randomElement(using: &random) ?? "")\"")
        if chance(50) { keys.append("\"limit\": \(Int.random(in: 1...20, using: &random)), \"other\": true") }
        return "{\(keys.joined(separator: ", "))}"
    }
}
