import ByteCoding
import GatewayModel
@testable import RequestQuery
import Testing

struct WriterTests {
    static let now = Timestamp(microseconds: RandomRecords.start + 7_200_000_000)

    private static let shapes: [(provider: String?, duration: Int64, cost: Int64?)] = [
        ("openai", 2_862_000, 137_500), ("=cmd|' /C calc'!A0", 1, nil), ("a,\"b\"", 60_000_000, -1), (nil, 0, 2_000_000_000),
    ]

    static let rows: [SampleRow] = shapes.enumerated().map { index, shape in
        var sample = SampleRow(integers: [.time: RandomRecords.start + Int64(index), .sequence: Int64(index + 1), .stream: Int64(index % 2), .duration: shape.duration])
        sample.texts[.provider] = shape.provider
        sample.integers[.cost] = shape.cost
        return sample
    }

    private func run(_ text: String) throws -> QueryResult {
        try QueryEngine.run(try RequestQueryText.parse(text), over: SampleRow.snapshot(Self.rows), now: Self.now)
    }

    private static let decimals: [(Int64, Int, String)] = [
        (0, 6, "0"), (2_862_000, 6, "2.862"), (1, 9, "0.000000001"), (-137_500, 9, "-0.0001375"), (1_000_000, 6, "1"), (12, 0, "12"), (Int64.min, 6, "-9223372036854.775808"), (10, 6, "0.00001"),
    ]

    @Test(arguments: decimals)
    func decimalsAreExact(_ value: Int64, _ places: Int, _ expected: String) {
        #expect(DecimalText.text(value, places: places) == expected)
    }

    @Test func anAnswerIsWrittenAsDocumented() throws {
        var result = try run(#"{"from": "2026-03-28", "to": "2026-03-28T02:00:00Z", "every": "1h", "measures": ["count", "max(cost) as dear"], "by": ["stream"], "order": "stream"}"#)
        result.statistics.elapsedSeconds = 0.25
        #expect(String(decoding: result.json, as: UTF8.self) == #"{"from":"2026-03-28T00:00:00.000000Z","to":"2026-03-28T02:00:00.000000Z","every_seconds":3600,"time_zone":"UTC","columns":[{"name":"time","kind":"time","unit":"ms"},{"name":"stream","kind":"dimension","unit":""},{"name":"count","kind":"measure","unit":"1"},{"name":"dear","kind":"measure","unit":"USD"}],"rows":[[1774656000000,false,2,0.0001375],[1774656000000,true,2,2],[1774659600000,false,0,null],[1774659600000,true,0,null]],"groups_total":2,"stats":{"records_read":4,"records_matched":4,"records_cached":0,"blocks_read":1,"blocks_skipped":0,"elapsed_seconds":0.25,"source":"records"},"completeness":{"newest":"2026-03-28T00:00:00.000003Z","open_from":"2026-03-28T01:00:00.000000Z","retained_from":null,"complete":true,"notes":[]}}"#)
    }

    @Test func csvIsQuotedAndHarmless() throws {
        let result = try run(#"{"from": "2026-03-28", "every": "1d", "to": "2026-03-29T02:00:00+01:00", "time_zone": "Europe/Berlin", "by": ["provider"], "measures": ["sum(cost)"], "order": "provider"}"#)
        #expect(String(decoding: result.csv, as: UTF8.self).split(separator: "\r\n").prefix(5) == [
            "time,provider,sum(cost)", "2026-03-28T00:00:00+01:00,'=cmd|' /C calc'!A0,", "2026-03-28T00:00:00+01:00,\"a,\"\"b\"\"\",-1e-09", "2026-03-28T00:00:00+01:00,openai,0.0001375",
            "2026-03-28T00:00:00+01:00,,2.0",
        ])
    }

    @Test func histogramsAreWrittenWithTheirBounds() throws {
        let result = try run(#"{"from": "2026-03-28", "to": "2026-03-28T02:00:00Z", "measures": ["histogram(duration, 0, 0.000001, 2.5, 10) as sizes"]}"#)
        let json = String(decoding: result.json, as: UTF8.self)
        #expect(json.contains(#"{"name":"sizes","kind":"measure","unit":"1","bounds":[0,1e-06,2.5,10],"bounds_unit":"s"}"#), "\(json)")
        #expect(json.contains(#""rows":[[[1,1,0,1,1]]]"#), "\(json)")
        #expect(String(decoding: result.csv, as: UTF8.self).split(separator: "\r\n").last == "0.0:1 1e-06:1 10.0:1 inf:1")
        #expect(result.table.contains("0.0:1 1e-06:1 10.0:1 inf:1"))
    }

    @Test func stepsOfEveryFieldAreReadBackAsTheyAreWritten() throws {
        for field in RequestSchema.definitions.map(\.field) where RequestQuery.canMeasure(field) {
            let steps = ValueLimits.steps(field)
            #expect(ValueLimits(steps.values(in: field.unit), in: field.unit) == steps, "\(field.name)")
            #expect(ValueLimits(steps.texts(in: field.unit).compactMap { Double($0) }, in: field.unit) == steps, "\(field.name)")
            #expect(zip(steps.limits, steps.limits.dropFirst()).allSatisfy { $1 <= max($0 + 1, $0 * 13 / 10) || $0 < 10 }, "no step is more than three tenths wide: \(field.name)")
        }
        #expect(ValueLimits.steps(.duration).limits.contains(2_000_000) && ValueLimits.steps(.duration).limits.contains(5_000_000))
    }

    @Test(arguments: ["=1", "+1", "-1", "@x", "\tx", "\rx"])
    func formulasAreDisarmed(_ text: String) {
        var bytes: [UInt8] = []
        CSVText.append(text: text, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains("'" + text))
    }

    @Test func recordsAreWrittenAsDocumented() throws {
        var writer = JSONWriter()
        SampleRow.batch(Self.rows).writeRecord(0, fields: RecordQuery.allFields, to: &writer)
        #expect(writer.string == #"{"id":"GW000000000000000001","time":"2026-03-28T00:00:00.000000Z","duration":2.862,"provider":"openai","stream":false,"cost":0.0001375,"sequence":1}"#)
        var csv = RecordStreamWriter(.csv, fields: [.provider, .duration, .stream])
        let text = String(decoding: csv.begin() + csv.write(SampleRow.batch(Self.rows)), as: UTF8.self)
        #expect(text.split(separator: "\r\n").dropFirst(2).first == "GW000000000000000002,'=cmd|' /C calc'!A0,0.000001,true")
    }

    @Test func aPageIsWrittenAsDocumented() throws {
        var query = RecordQuery()
        query.from = .absolute(Timestamp(microseconds: RandomRecords.start))
        query.fields = [.provider]
        query.limit = 1
        let page = try RecordSearch.page(query, over: SampleRow.snapshot(Self.rows), now: Self.now)
        var writer = JSONWriter()
        page.writeJSON(to: &writer)
        #expect(writer.string.hasPrefix(#"{"records":[{"id":"GW000000000000000004"}],"next_cursor":"01"#))
        #expect(writer.string.contains(#""matched":null,"stats":{"#))
    }

    @Test func anErrorIsWrittenAsDocumented() {
        var writer = JSONWriter()
        QueryError(.invalidFilter, "expected a value", field: "where", hint: "write it", position: .init(line: 1, column: 11)).writeJSON(to: &writer)
        #expect(writer.string == #"{"error":{"code":"invalid_filter","message":"expected a value","field":"where","position":{"line":1,"column":11},"hint":"write it"}}"#)
    }
}
