import GatewayModel
import RequestQuery
import Testing

/// Random questions over random records, in several segments and over block edges, against the plain loops of ``Oracle``.
struct OracleTests {
    static let now = Timestamp(microseconds: RandomRecords.start + 50 * 3_600_000_000 - 1_234_567)

    /// Some small sets of many segments, and one that crosses the edges of blocks of 16,384 rows.
    static let sets: [(rows: [SampleRow], snapshot: StoreSnapshot)] = [(300, [50, 1, 100]), (2_000, [700, 700, 10, 300]), (18_000, [17_000])].enumerated().map { index, shape in
        let rows = RandomRecords.rows(shape.0, seed: UInt64(index + 1))
        return (rows, SampleRow.snapshot(rows, sizes: shape.1))
    }

    @Test(arguments: 0..<120)
    func answersAreThoseOfPlainLoops(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 7_919)
        let isLarge = seed % 10 == 9
        let (rows, snapshot) = Self.sets[isLarge ? 2 : seed % 2]
        let text = RandomQuestion.text(&random, ranksByPercentile: !isLarge)
        let query = try RequestQueryText.parse(text)
        let expected = try Oracle(query: query, rows: rows, now: Self.now).answer()
        var limits = QueryLimits()
        limits.workersMax = 1 + seed % 3
        limits.histogramCountsMax = 100_000_000
        let found = try QueryEngine.run(query, over: snapshot, now: Self.now, limits: limits)
        #expect(found.statistics.recordsMatched == expected.matched, "\(text)")
        #expect(found.groupsTotal == expected.groupsTotal, "\(text)")
        try #require(found.rowCount == expected.rows.count, "seed \(seed): \(text)")
        for (index, row) in expected.rows.enumerated() {
            // Percentiles are exact up to 4,096 values of a cell, which only the large set has more of.
            let same = zip(found.columns, zip(found.row(index), row)).allSatisfy { column, values in
                Oracle.same(values.0, values.1, tolerance: isLarge && column.name.hasPrefix("p") && column.kind == .measure ? 1e-3 : 1e-12)
            }
            try #require(same, "row \(index) of seed \(seed), \(text): found \(Array(found.row(index))), expected \(row)")
        }
    }
}

struct HistogramLimitTests {
    @Test func moreCountsThanAnAnswerMayHoldAreRefused() throws {
        var limits = QueryLimits()
        limits.histogramCountsMax = 3 * 24
        let text = #"{"from": "2026-03-28", "to": "2026-03-29", "every": "1h", "measures": ["count", "histogram(duration, 1, 2)"]}"#
        let (_, snapshot) = OracleTests.sets[0]
        #expect(try QueryEngine.run(RequestQueryText.parse(text), over: snapshot, now: OracleTests.now, limits: limits).rowCount == 24)
        limits.histogramCountsMax -= 1
        #expect { try QueryEngine.run(RequestQueryText.parse(text), over: snapshot, now: OracleTests.now, limits: limits) } throws: { error in
            (error as? QueryError)?.code == .queryLimit && (error as? QueryError)?.message.contains("histogramCountsMax") == true
        }
    }
}

/// Questions drawn over all measures, groups, filters, widths, zones and limits.
enum RandomQuestion {
    static let filters = [
        "provider: openai", "not provider: openai", "status >= 500", "status: 4xx or provider: (anthropic, groq)", "model: model-1*", "not model: *-1* and stream: true",
        "client: nobody", "not client: nobody", "duration > 1s", "not duration > 250ms", "error_type: *", "not error_type: *", "cost >= 2.5 and stream: false",
        "request_id: request-1*", "not request_id: *", "(status >= 400 or duration > 2s) and not (provider: groq or client: client-1*)", "input_tokens: [100 to 2000]",
        "time >= 2026-03-29", "sequence < 150", "provider: openai and provider: groq", "not (provider: * and model: *)",
    ]
    static let measures = [
        "count", "rate", "sum(input_tokens)", "sum(cost)", "avg(duration)", "min(duration)", "max(cost)", "p50(duration)", "p95(duration)", "p99.9(input_tokens)", "p0(cost)",
        "percentile(status, 100)", "ratio(status >= 500)", "count(stream: true)", "distinct(client)", "distinct(model)", "distinct(status)", "distinct(request_id)", "rate(output_tokens)",
        "rate(input_tokens)", "max(status)", "avg(ttft)", "histogram(duration)", "histogram(cost)", "histogram(input_tokens, 0, 7, 500)", "histogram(ttft, 0.2)",
    ]

    /// - Parameter ranksByPercentile: whether groups may be ordered by a percentile, which needs it to be exact.
    static func text(_ random: inout SeededGenerator, ranksByPercentile: Bool) -> String {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        var keys: [String] = []
        let froms = ["2026-03-28", "2026-03-28T13:45:10.5", "now-1d/d", "now-7h", "2026-03-20", "now-30h"]
        let tos = ["now", "2026-03-30T05:00", "now/d", "now-1h", "now+2h"]
        keys.append("\"from\": \"\(froms.randomElement(using: &random) ?? "")\", \"to\": \"\(tos.randomElement(using: &random) ?? "")\"")
        if keys[0].contains("now/d"), keys[0].contains("7h") { keys[0] = "\"from\": \"2026-03-28\"" }
        if chance(65) { keys.append("\"every\": \"\(["7m", "1h", "5h", "1d", "1w", "auto", "90s"].randomElement(using: &random) ?? "")\"") }
        let chosen = measures.shuffled(using: &random).prefix(Int.random(in: 1...5, using: &random))
        keys.append("\"measures\": [\(chosen.map { "\"\($0)\"" }.joined(separator: ","))]")
        let by = ["provider", "model", "client", "status", "stream", "error_type", "team", "tool_called"].shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
        if !by.isEmpty { keys.append("\"by\": [\(by.map { "\"\($0)\"" }.joined(separator: ","))]") }
        if chance(70) { keys.append("\"where\": \"\(filters.randomElement(using: &random) ?? "")\"") }
        if chance(60) { keys.append("\"time_zone\": \"\(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"].randomElement(using: &random) ?? "")\"") }
        if chance(60) || !ranksByPercentile {
            let names = (Array(chosen) + Array(by)).filter { ranksByPercentile || !$0.hasPrefix("p") || $0 == "provider" }
            let name = names.randomElement(using: &random) ?? chosen[0]
            keys.append("\"order\": \"\(chance(50) ? "-" : "")\(name)\"")
        }
        if chance(60) { keys.append("\"limit\": \(Int.random(in: 1...20, using: &random))") }
        if chance(20) { keys.append("\"offset\": \(Int.random(in: 0...6, using: &random))") }
        if chance(50) { keys.append("\"other\": true") }
        return "{\(keys.joined(separator: ", "))}"
    }
}
