import ByteCoding
import GatewayModel
@testable import RequestQuery
import Testing

struct RecordExportTests {
    static let rows = RandomRecords.rows(30_000, seed: 23)
    static let now = Timestamp(microseconds: RandomRecords.start + 50 * 3_600_000_000)
    static let snapshot = SampleRow.snapshot(rows, sizes: [100, 20_000, 5, 3_000])

    private func query(_ filter: String, limit: Int? = nil) throws -> RecordQuery {
        var query = RecordQuery()
        query.from = .absolute(Timestamp(microseconds: RandomRecords.start + 3_600_000_000))
        query.filter = try QueryFilter(filter)
        query.limit = limit
        return query
    }

    private func sequences(_ export: inout RecordExport) throws -> [Int64] {
        var found: [Int64] = []
        while let chunk = try export.next() {
            #expect(chunk.count > 0 && chunk.count <= RecordExport.chunkRecords)
            found += chunk.integers(.sequence) ?? []
        }
        return found
    }

    private func expected(_ filter: Filter) -> [Int64] {
        Self.rows.filter { $0.time >= RandomRecords.start + 3_600_000_000 && $0.time < Self.now.microseconds && Oracle.passes(filter, $0) }
            .sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }.map(\.sequence)
    }

    @Test(arguments: ["", "provider: openai", "status >= 500 and client: client-1*", "team: nobody"])
    func recordsComeOldestFirstAndOnce(_ filter: String) throws {
        let query = try query(filter)
        var export = try RecordExport(query, over: Self.snapshot, now: Self.now)
        #expect(try sequences(&export) == expected(query.filter.filter))
        #expect(export.unreadable.isEmpty)
    }

    @Test func theLimitEndsTheExport() throws {
        var export = try RecordExport(try query("", limit: 8_200), over: Self.snapshot, now: Self.now)
        #expect(try sequences(&export) == Array(expected(.all).prefix(8_200)))
    }

    @Test func damageCostsOnlyItsBlocks() throws {
        let damaged = DamagedSegment(SampleRow.batch(Self.rows), firstDamagedBlock: 1)
        var export = try RecordExport(try query(""), over: StoreSnapshot(segments: [damaged], sequence: 1), now: Self.now)
        let readable = Set(Self.rows.prefix(RecordSegmentLayout.blockRows).map(\.sequence))
        #expect(try Set(sequences(&export)) == readable.intersection(expected(.all)))
        #expect(export.unreadable.count == 1)
    }

    @Test func recordsInNoOrderAreRefusedBeyondTheMemoryLimit() throws {
        var limits = QueryLimits()
        limits.memoryBytesMax = 100_000
        var export = try RecordExport(try query(""), over: SampleRow.snapshot(Self.rows.shuffled()), now: Self.now, limits: limits)
        #expect { try export.next() } throws: { ($0 as? QueryError)?.code == .queryLimit }
    }

    @Test func allFormatsHoldTheSameRecords() async throws {
        let fields: [RequestField] = [.time, .model, .duration, .cost, .stream]
        var query = try query("model: model-1*", limit: 9_000)
        query.fields = fields
        var texts: [RecordStreamWriter.Format: String] = [:]
        for format in RecordStreamWriter.Format.allCases {
            let exporter = RecordExporter(try RecordExport(query, over: Self.snapshot, now: Self.now), runner: QueryRunner())
            var writer = RecordStreamWriter(format, fields: fields)
            var bytes = writer.begin()
            while let chunk = try await exporter.next() { bytes += writer.write(chunk) }
            texts[format] = String(decoding: bytes + writer.end(), as: UTF8.self)
        }
        let lines = try #require(texts[.ndjson]).split(separator: "\n")
        #expect(lines.count == 9_000)
        #expect(texts[.json] == "[" + lines.joined(separator: ",") + "]\n")
        #expect(try #require(texts[.csv]).split(separator: "\r\n").count == 9_001)
    }

    @Test func anEmptyJSONExportIsAnEmptyArray() {
        let writer = RecordStreamWriter(.json, fields: [])
        #expect(writer.begin() + writer.end() == Array("[]\n".utf8))
    }
}
