import GatewayModel
@testable import RequestQuery
import Testing

struct RecordSearchTests {
    static let rows = RandomRecords.rows(2_500, seed: 17)
    static let now = Timestamp(microseconds: RandomRecords.start + 50 * 3_600_000_000)
    static let snapshot = SampleRow.snapshot(rows, sizes: [400, 900, 3])

    private func query(_ change: (inout RecordQueryParameters) -> Void) throws -> RecordQuery {
        var parameters = RecordQueryParameters()
        parameters.from = "2026-03-28"
        change(&parameters)
        return try parameters.query()
    }

    /// All pages' sequence numbers, in order.
    private func pages(_ query: RecordQuery) throws -> [Int64] {
        var query = query
        var sequences: [Int64] = []
        for _ in 0..<2_600 {
            let page = try RecordSearch.page(query, over: Self.snapshot, now: Self.now)
            sequences += (0..<page.records.count).compactMap { page.records.integer(.sequence, row: $0) }
            guard let cursor = page.nextCursor else { break }
            query.cursor = try RecordCursor(cursor.text)
        }
        return sequences
    }

    /// The order by plain sorting: absent last, ties by sequence number in the same direction.
    private func expected(_ sort: RecordSort, _ filter: Filter) -> [Int64] {
        let down = sort.isDescending
        return Self.rows.filter { Oracle.passes(filter, $0) && $0.time < Self.now.microseconds }.sorted { left, right in
            let tie = down ? left.sequence > right.sequence : left.sequence < right.sequence
            if sort.field.kind == .integer {
                guard let a = left.integers[sort.field] else { return right.integers[sort.field] == nil && tie }
                guard let b = right.integers[sort.field] else { return true }
                return a == b ? tie : (a < b) != down
            }
            guard let a = left.texts[sort.field] else { return right.texts[sort.field] == nil && tie }
            guard let b = right.texts[sort.field] else { return true }
            return a == b ? tie : (a < b) != down
        }.map(\.sequence)
    }

    static let sorts = ["-time", "time", "duration", "-duration", "-status", "status", "provider", "-client", "error_type", "-request_id", "request_id", "-sequence", "stream", "-cost", "team"]

    @Test(arguments: sorts)
    func pagesGiveEachRecordOnceInOrder(_ sort: String) throws {
        let query = try query { parameters in
            parameters.sort = sort
            parameters.limit = "97"
        }
        #expect(try pages(query) == expected(query.sort, .all))
    }

    @Test(arguments: ["-time", "duration", "-provider"])
    func pagesOfAFilterHoldItsRecordsOnly(_ sort: String) throws {
        let query = try query { parameters in
            parameters.sort = sort
            parameters.limit = "10"
            parameters.where = "status >= 500 and not provider: groq"
        }
        #expect(try pages(query) == expected(query.sort, query.filter.filter))
    }

    @Test func theNewestRecordsAreFoundWithoutReadingTheRest() throws {
        let rows = (0..<100_000).map { SampleRow(integers: [.time: RandomRecords.start + Int64($0) * 1_000_000, .sequence: Int64($0 + 1)]) }
        let snapshot = SampleRow.snapshot(rows, sizes: [50_000])
        var query = RecordQuery()
        query.from = .absolute(Timestamp(microseconds: RandomRecords.start))
        let page = try RecordSearch.page(query, over: snapshot, now: Timestamp(microseconds: RandomRecords.start + 200_000_000_000))
        #expect(page.statistics.blocksRead <= 1)
        #expect(page.records.integers(.sequence) == (0..<50).map { Int64(100_000 - $0) })
    }

    @Test func recordsHoldTheFieldsAskedFor() throws {
        let query = try query { parameters in
            parameters.fields = "time,model,duration, cost"
            parameters.limit = "3"
        }
        let page = try RecordSearch.page(query, over: Self.snapshot, now: Self.now)
        #expect(page.fields == [.time, .model, .duration, .cost])
        for row in 0..<3 {
            let sequence = try #require(page.records.integer(.sequence, row: row))
            let original = try #require(Self.rows.first { $0.sequence == sequence })
            #expect(page.records.text(.model, row: row) == original.texts[.model])
            #expect(page.records.integer(.cost, row: row) == original.integers[.cost])
            #expect(page.records.text(.provider, row: row) == nil)
        }
    }

    @Test func aRecordIsFoundByItsNumber() throws {
        for row in Self.rows.filter({ $0.sequence % 211 == 1 }) {
            let record = try #require(try RecordSearch.record(sequence: row.sequence, over: Self.snapshot))
            #expect(record.integer(.time, row: 0) == row.time)
            #expect(record.text(.requestID, row: 0) == row.texts[.requestID])
        }
        #expect(try RecordSearch.record(sequence: 999_999, over: Self.snapshot) == nil)
        let row = try #require(Self.rows.first { $0.texts[.provider] == "groq" })
        #expect(try RecordSearch.record(sequence: row.sequence, over: Self.snapshot, filter: .matches(.provider, [TextPattern(exactly: "openai")])) == nil)
    }

    @Test func damageIsSaidWhenARecordCannotBeFound() throws {
        let damaged = StoreSnapshot(segments: [DamagedSegment(SampleRow.batch(Self.rows), firstDamagedBlock: 0)], sequence: 1)
        #expect { try RecordSearch.record(sequence: 5, over: damaged) } throws: { ($0 as? QueryError)?.code == .internal }
        let page = try RecordSearch.page(try query { _ in }, over: damaged, now: Self.now)
        #expect(page.records.count == 0 && !page.completeness.isComplete)
    }

    @Test func aCursorBelongsToItsQuestion() throws {
        let first = try query { $0.sort = "duration" }
        let cursor = try #require(try RecordSearch.page(first, over: Self.snapshot, now: Self.now).nextCursor)
        for (sort, filter) in [("-duration", ""), ("duration", "status: 200")] {
            #expect { try query { $0.sort = sort; $0.where = filter; $0.cursor = cursor.text } } throws: { ($0 as? QueryError)?.field == "cursor" }
        }
    }

    @Test(arguments: ["x", "00", "zz", "0101", String(repeating: "0", count: 5_000), "01aabbccdd"])
    func textsThatAreNotCursorsAreRefused(_ text: String) {
        #expect { try RecordCursor(text) } throws: { ($0 as? QueryError)?.code == .invalidRequest }
    }

    @Test func wrongParametersNameTheirKey() {
        let wrong: [(String, (inout RecordQueryParameters) -> Void)] = [
            ("limit", { $0.limit = "0" }), ("limit", { $0.limit = "1001" }), ("limit", { $0.limit = "many" }), ("sort", { $0.sort = "-nope" }), ("fields", { $0.fields = "time,nope" }),
            ("where", { $0.where = "nope: 1" }), ("from", { $0.from = "x" }), ("time_zone", { $0.timeZone = "x" }),
        ]
        for (field, change) in wrong {
            #expect { try query(change) } throws: { ($0 as? QueryError)?.field == field }
        }
    }

    @Test func idsAreShortTextsInTheOrderOfArrival() {
        let numbers: [Int64] = [0, 1, 31, 32, 1_000, 1_048_575, 1 << 40, .max]
        let ids = numbers.map { RecordID.text($0) }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.utf8.count == 20 && $0.allSatisfy { $0.isLetter || $0.isNumber } })
        #expect(ids.map { RecordID.parse($0) } == numbers)
        #expect(RecordID.text(812_345) == "GW00000000000000OP9P")
        for wrong in ["", "GW", "GW0000000000000000ZZ", "gw000000000000000001", "GWVVVVVVVVVVVVVVVVVV", "GW0000000000000000011"] { #expect(RecordID.parse(wrong) == nil) }
    }
}
