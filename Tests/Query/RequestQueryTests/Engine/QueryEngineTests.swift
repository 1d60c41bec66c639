import ByteCoding
import GatewayModel
@testable import RequestQuery
import Testing

struct QueryEngineTests {
    static let rows = RandomRecords.rows(2_000, seed: 99)
    static let now = Timestamp(microseconds: RandomRecords.start + 50 * 3_600_000_000)

    private func run(_ text: String, _ snapshot: StoreSnapshot = SampleRow.snapshot(rows, sizes: [500]), limits: QueryLimits = .standard) throws -> QueryResult {
        try QueryEngine.run(try RequestQueryText.parse(text), over: snapshot, now: Self.now, limits: limits)
    }

    private func constant(_ count: Int, _ field: RequestField, _ value: (Int) -> Int64) -> [SampleRow] {
        (0..<count).map { SampleRow(integers: [.time: RandomRecords.start + Int64($0), .sequence: Int64($0 + 1), field: value($0)]) }
    }

    // MARK: Empty

    @Test func anEmptyStoreAnswersZeroAndNull() throws {
        let empty = StoreSnapshot(segments: [], sequence: 0)
        let result = try run(#"{"from": "2026-03-28", "measures": ["count", "rate", "sum(cost)", "avg(cost)", "min(cost)", "max(cost)", "p50(cost)", "ratio(stream: true)", "distinct(client)", "count(stream: true)", "rate(cost)"]}"#, empty)
        #expect(Array(result.row(0)) == [.integer(0), .number(0), .null, .null, .null, .null, .null, .null, .integer(0), .integer(0), .null])
        #expect(result.completeness.newest == nil)
        #expect(try run(#"{"from": "2026-03-28", "by": ["model"]}"#, empty).rowCount == 0)
        #expect(try run(#"{"from": "2026-03-28", "to": "2026-03-29", "every": "6h"}"#, empty).values.count == 8)
    }

    @Test func everyGroupHasEveryBucket() throws {
        let result = try run(#"{"from": "2026-03-28", "to": "2026-03-29", "every": "1h", "by": ["provider"], "measures": ["count", "avg(cost)"], "where": "sequence <= 3"}"#)
        let groups = Set(result.values.compactMap { if case .text(let text) = $0 { text } else { nil } })
        #expect(result.rowCount == 24 * result.groupsTotal && groups.count <= result.groupsTotal)
    }

    // MARK: Exactness

    @Test func sumsBeyond64BitsAreExact() throws {
        let rows = constant(40_000, .cost) { $0 % 2 == 0 ? Int64.max / 3 : -7 }
        let result = try run(#"{"from": "2026-03-28", "measures": ["sum(cost)", "avg(cost)"]}"#, SampleRow.snapshot(rows, sizes: [25_000]))
        let sum = Double(Int128(Int64.max / 3) * 20_000 - 140_000) / 1e9
        #expect(result.row(0).first == .number(sum))
        let many = constant(40_000, .inputTokens) { $0 % 3 == 0 ? Int64.max / 40_001 : Int64.min / 50_000 }
        let exact = many.reduce(Int128(0)) { $0 + Int128($1.integers[.inputTokens] ?? 0) }
        let found = try run(#"{"from": "2026-03-28", "measures": ["sum(input_tokens)"], "by": ["status"]}"#, SampleRow.snapshot(many))
        #expect(Int64(exactly: exact).map { found.row(0).last == .integer($0) } ?? (found.row(0).last == .number(Double(exact))))
    }

    @Test func extremesOfTheIntegersSurvive() throws {
        let rows = constant(10, .duration) { [Int64.max, Int64.min + 1, 0, -1, 1][$0 % 5] }
        let result = try run(#"{"from": "2026-03-28", "measures": ["min(duration)", "max(duration)", "p0(duration)", "p100(duration)", "sum(duration)"]}"#, SampleRow.snapshot(rows))
        #expect(Array(result.row(0)) == [.number(Double(Int64.min + 1) / 1e6), .number(Double(Int64.max) / 1e6), .number(Double(Int64.min + 1) / 1e6), .number(Double(Int64.max) / 1e6), .number(0)])
    }

    @Test func manyDistinctStatusValuesAreGroupedApart() throws {
        // A spread of values far beyond what a table could be indexed by.
        let rows = constant(3_000, .status) { Int64($0 % 100) * 1_000_000_007 - 50 }
        let result = try run(#"{"from": "2026-03-28", "by": ["status"], "measures": ["count", "distinct(status)"]}"#, SampleRow.snapshot(rows, sizes: [1_000]))
        #expect(result.rowCount == 100)
        #expect((0..<100).allSatisfy { result.row($0).suffix(2) == [.integer(30), .integer(1)] })
    }

    @Test func manyGroupsTimesManyBucketsAreCountedExactly() throws {
        // 2,000 clients x 1,440 buckets exceed the tables that need no hashing.
        var rows = constant(30_000, .duration) { Int64($0) }
        for index in rows.indices {
            rows[index].integers[.time] = RandomRecords.start + Int64(index) * 2_880_000
            rows[index].texts[.client] = "client-\(index % 2_000)"
            rows[index].texts[.model] = "model-\(index % 7)"
        }
        let result = try run(#"{"from": "2026-03-28", "to": "2026-03-29", "every": "1m", "by": ["client"], "measures": ["count", "sum(duration)"], "limit": 200, "other": true}"#, SampleRow.snapshot(rows, sizes: [29_000]))
        let total = result.values.indices.filter { $0 % 4 == 2 }.reduce(0.0) { $0 + (result.values[$1].double ?? 0) }
        #expect(total == 30_000)
        let pairs = try run(#"{"from": "2026-03-28", "to": "2026-03-29", "by": ["client", "model"], "measures": ["count", "distinct(client)"], "limit": 10000}"#, SampleRow.snapshot(rows, sizes: [100]))
        #expect(pairs.groupsTotal == 14_000)
    }

    // MARK: Open buckets and completeness

    @Test func theOpenBucketCountsElapsedTimeOnly() throws {
        let rows = constant(60, .duration) { Int64($0) }
        let snapshot = SampleRow.snapshot(rows)
        let query = try RequestQueryText.parse(#"{"from": "2026-03-28", "to": "2026-03-28T02:00:00Z", "every": "1h", "measures": ["rate"]}"#)
        let result = try QueryEngine.run(query, over: snapshot, now: Timestamp(microseconds: RandomRecords.start + 30_000_000))
        #expect(result.row(0).last == .number(2))
        #expect(result.row(1).last == .null, "a bucket in the future has no rate")
        #expect(result.completeness.openFrom?.iso8601 == "2026-03-28T00:00:00.000000Z")
        let later = try QueryEngine.run(query, over: snapshot, now: Timestamp(microseconds: RandomRecords.start + 8_000_000_000))
        #expect(later.completeness.openFrom == nil)
        #expect(later.row(1).last == .number(0))
    }

    @Test func missingPastIsSaid() throws {
        let snapshot = StoreSnapshot(
            segments: SampleRow.snapshot(Self.rows).segments, sequence: 2_000, retainedFrom: Timestamp(iso8601: "2026-03-28T12:00:00Z"), notes: ["part 7 is damaged"])
        let completeness = try run(#"{"from": "2026-03-28"}"#, snapshot).completeness
        #expect(!completeness.isComplete)
        #expect(completeness.notes.count == 2)
        #expect(try run(#"{"from": "2026-03-28T12:00:00Z"}"#, StoreSnapshot(segments: [], sequence: 0, retainedFrom: Timestamp(iso8601: "2026-03-28T12:00:00Z"))).completeness.isComplete)
    }

    @Test func damageCostsOnlyItsBlocks() throws {
        let good = constant(20_000, .duration) { Int64($0) }
        let damaged = DamagedSegment(SampleRow.batch(good), firstDamagedBlock: 1)
        let snapshot = StoreSnapshot(segments: [damaged, BatchSegment(SampleRow.batch(Self.rows))], sequence: 1)
        let result = try run(#"{"from": "2026-03-28", "measures": ["count", "sum(duration)"], "where": "duration >= 0 or status: *"}"#, snapshot)
        let readable = Self.rows.count { $0.integers[.duration] != nil || $0.integers[.status] != nil }
        #expect(result.row(0).first == .integer(Int64(RecordSegmentLayout.blockRows + readable)))
        #expect(result.completeness.notes == ["a part of the store could not be read: 0001.part is damaged at byte 4711 (checksum)"])
    }

    // MARK: Skipping

    @Test func segmentsAndBlocksThatCannotMatchAreNotRead() throws {
        let rows = constant(50_000, .status) { $0 < 40_000 ? 200 : 503 }
        let snapshot = SampleRow.snapshot(rows)
        let errors = try run(#"{"from": "2026-03-28", "where": "status >= 500"}"#, snapshot)
        #expect(errors.statistics.blocksSkipped == 2 && errors.statistics.blocksRead == 2)
        #expect(errors.row(0).first == .integer(10_000))
        let none = try run(#"{"from": "2026-03-28", "where": "provider: openai and status >= 200"}"#, snapshot)
        #expect(none.statistics.recordsRead == 0 && none.statistics.blocksSkipped == 4)
        let before = try run(#"{"from": "2026-03-20", "to": "2026-03-27"}"#, snapshot)
        #expect(before.statistics.blocksRead == 0)
    }

    // MARK: Questions made by the program

    @Test func wrongQuestionsOfTheProgramAreRefused() {
        let wrong: [(inout RequestQuery) -> Void] = [
            { $0.measures = [] }, { $0.by = [.provider, .model, .client, .team, .user] }, { $0.by = [.duration] }, { $0.measures = [QueryMeasure(.sum(.model))] },
            { $0.measures = [QueryMeasure(.percentile(.traceID, 50))] }, { $0.order = QueryOrder(.measure(1), descending: true) }, { $0.order = QueryOrder(.group(0), descending: true) },
        ]
        for change in wrong {
            var query = RequestQuery()
            change(&query)
            #expect(throws: QueryError.self) { try QueryEngine.run(query, over: SampleRow.snapshot(Self.rows), now: Self.now) }
        }
    }

    // MARK: Limits

    static let limited: [(String, String, @Sendable (inout QueryLimits) -> Void)] = [
        ("groupsMax", #"{"from": "2026-03-28", "by": ["client"]}"#, { $0.groupsMax = 20 }),
        ("cellsMax", #"{"from": "2026-03-28", "by": ["model"], "every": "1h"}"#, { $0.cellsMax = 100 }),
        ("memoryBytesMax", #"{"from": "2026-03-28", "by": ["client"], "measures": ["p50(duration)"]}"#, { $0.memoryBytesMax = 10_000 }),
        ("rowsMax", #"{"from": "2026-03-28", "every": "1m"}"#, { $0.rowsMax = 1_000 }),
        ("bucketsMax", #"{"from": "2026-03-28", "every": "1m"}"#, { $0.bucketsMax = 60 }),
        ("recordsMax", #"{"from": "2026-03-28"}"#, { $0.recordsMax = 1_999 }),
        ("timeoutSeconds", #"{"from": "2026-03-28"}"#, { $0.timeoutSeconds = 0 }),
    ]

    @Test(arguments: limited.indices)
    func limitsAreNamed(_ index: Int) throws {
        let (name, text, change) = Self.limited[index]
        var limits = QueryLimits()
        change(&limits)
        #expect { try run(text, limits: limits) } throws: { error in
            guard let error = error as? QueryError else { return false }
            return error.message.contains(name) && error.code == (name == "timeoutSeconds" ? .queryTimeout : .queryLimit)
        }
    }

    @Test func aCancelledQueryEnds() throws {
        let cancellation = QueryCancellation()
        cancellation.cancel()
        let query = try RequestQueryText.parse(#"{"from": "2026-03-28"}"#)
        #expect { try QueryEngine.run(query, over: SampleRow.snapshot(Self.rows), now: Self.now, cancellation: cancellation) } throws: { error in
            (error as? QueryError)?.code == .cancelled
        }
    }

    @Test func workersDoNotChangeTheAnswer() throws {
        let rows = RandomRecords.rows(60_000, seed: 5)
        let snapshot = SampleRow.snapshot(rows, sizes: [20_000, 3, 30_000])
        let text = #"{"from": "2026-03-28", "every": "6h", "by": ["provider"], "measures": ["count", "p50(duration)", "p99(duration)", "sum(cost)", "distinct(client)", "distinct(request_id)", "min(cost)"], "limit": 3, "other": true}"#
        var limits = QueryLimits()
        limits.workersMax = 1
        let single = try run(text, snapshot, limits: limits)
        for _ in 0..<5 { #expect(try run(text, snapshot).values == single.values) }
    }
}
