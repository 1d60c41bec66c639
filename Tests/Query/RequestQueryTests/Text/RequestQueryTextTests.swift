import GatewayModel
import RequestQuery
import Testing

struct RequestQueryTextTests {
    static let questions = [
        "{}", #"{"measures": ["count"]}"#, #"{"from": 1741186980, "to": 1741190580000}"#,
        #"{"from":"now-1h","to":"now","every":"1m","measures":["count","p95(duration)","ratio(status >= 500) as failures"],"by":["provider"],"where":"operation: chat and not client: batch-*","order":"-count","limit":10,"offset":20,"other":true,"time_zone":"Europe/Berlin"}"#,
        #"{"from": "2026-03-05", "to": "now/d", "every": "1M", "by": ["status", "gen_ai.request.model"], "order": "status"}"#,
        #"{"every": "auto", "measures": ["sum(cost) as \"total \\\"cost\\\"\"", "avg(cost)"], "order": "avg(cost)"}"#,
        #"{"every": "1d", "order": "time", "where": "error_message: \"a \\\"b\\\"\" or model: x"}"#, #"{"measures": "count", "every": null, "limit": null}"#,
    ]

    @Test(arguments: questions)
    func questionsAreWrittenBackAsTheyWereAsked(_ text: String) throws {
        let query = try RequestQueryText.parse(text)
        #expect(try RequestQueryText.parse(RequestQueryText.json(query)) == query)
    }

    @Test func absentKeysHaveTheirDefaults() throws {
        #expect(try RequestQueryText.parse("{}") == RequestQuery())
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let body: String
        let code: QueryError.Code
        let field: String?
        var column: Int?
        var testDescription: String { body }

        init(_ body: String, _ code: QueryError.Code, _ field: String?, _ column: Int? = nil) {
            self.body = body
            self.code = code
            self.field = field
            self.column = column
        }
    }

    static let refused: [Refusal] = [
        Refusal("", .invalidRequest, nil), Refusal("[]", .invalidRequest, nil), Refusal("{", .invalidRequest, nil), Refusal("{} x", .invalidRequest, nil), Refusal("{\"by\": [1]}", .invalidRequest, "by"),
        Refusal("{\"mesures\": []}", .invalidRequest, "mesures"), Refusal("{\"measures\": []}", .invalidRequest, "measures"), Refusal("{\"measures\": [\"count\", \"p95\"]}", .invalidMeasure, "measures[1]", 1),
        Refusal("{\"measures\": [\"count\", \"count\"]}", .invalidMeasure, "measures[1]"), Refusal("{\"by\": [\"nope\"]}", .unknownField, "by[0]"), Refusal("{\"by\": [\"duration\"]}", .invalidRequest, "by[0]"),
        Refusal("{\"by\": [\"trace_id\"]}", .invalidRequest, "by[0]"), Refusal("{\"by\": [\"model\", \"model\"]}", .invalidRequest, "by[1]"),
        Refusal("{\"by\": [\"model\", \"client\", \"team\", \"user\", \"route\"]}", .invalidRequest, "by"), Refusal("{\"where\": \"status >= \"}", .invalidFilter, "where", 11),
        Refusal("{\"where\": 5}", .invalidRequest, "where"), Refusal("{\"every\": \"5\"}", .invalidTime, "every"), Refusal("{\"from\": true}", .invalidRequest, "from"),
        Refusal("{\"time_zone\": \"Mars\"}", .invalidTime, "time_zone"), Refusal("{\"order\": \"-cost\"}", .invalidRequest, "order"), Refusal("{\"limit\": 0}", .invalidRequest, "limit"),
        Refusal("{\"offset\": -1}", .invalidRequest, "offset"), Refusal("{\"offset\": 100001}", .invalidRequest, "offset"),
        Refusal("{\"limit\": 10001}", .invalidRequest, "limit"), Refusal("{\"limit\": 1.5}", .invalidRequest, "limit"), Refusal("{\"other\": 1}", .invalidRequest, "other"),
        Refusal("{\"order\": \"time\"}", .invalidRequest, "order"), Refusal("{\"queries\": 1}", .invalidRequest, nil), Refusal("{\"queries\": [], \"where\": \"x\"}", .invalidFilter, "where", 1),
        Refusal(String(repeating: "{\"from\":", count: 10_000), .invalidRequest, "from"),
    ]

    @Test(arguments: refused)
    func wrongQuestionsNameTheirKey(_ refusal: Refusal) {
        #expect { try RequestQueryText.parse(Array(refusal.body.utf8)) } throws: { error in
            guard let error = error as? QueryError else { return false }
            return error.code == refusal.code && error.field == refusal.field && error.position?.column == refusal.column
        }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: QueryError.self) { try RequestQueryText.parse([UInt8(ascii: "{"), 0xff, UInt8(ascii: "}")]) }
    }

    @Test func aBatchSharesItsDefaultsAndJoinsItsFilters() throws {
        let body = #"{"queries": [{"measures": ["rate"], "where": "status >= 500"}, {"from": "now-2d", "every": null}, {"by": ["nope"]}], "from": "now-6h", "every": "5m", "where": "provider: openai", "time_zone": "Europe/Berlin"}"#
        guard case .batch(let queries) = try RequestQueryText.parse(Array(body.utf8)) else {
            Issue.record("a batch is read as one")
            return
        }
        try #require(queries.count == 3)
        let first = try queries[0].get()
        #expect(first.filter.text == "(provider: openai) and (status >= 500)")
        #expect(first.filter.filter == .and([.matches(.provider, [TextPattern(exactly: "openai")]), .range(.status, 500...Int64.max)]))
        #expect(first.every == .every(5, .minute))
        #expect(first.timeZone.identifier == "Europe/Berlin")
        let second = try queries[1].get()
        #expect(second.every == nil)
        #expect(second.from == .relative([.shift(-2, .day)]))
        #expect(second.filter.text == "provider: openai")
        #expect(throws: QueryError.self) { try queries[2].get() }
    }

    @Test func aBatchHasALimit() {
        let body = "{\"queries\": [\(Array(repeating: "{}", count: 51).joined(separator: ","))]}"
        #expect { try RequestQueryText.parse(Array(body.utf8)) } throws: { ($0 as? QueryError)?.field == "queries" }
    }

    @Test func theAskersOwnFilterIsJoined() throws {
        let outer = try QueryFilter("client: me")
        guard case .single(let query) = try RequestQueryText.parse(Array(#"{"where": "a: 1"}"#.replacing("a:", with: "status:").utf8), outer: outer) else { return }
        #expect(query.filter.text == "(client: me) and (status: 1)")
    }

    @Test func randomBytesNeverCrash() {
        var random = SeededGenerator(seed: 42)
        let seeds = Self.questions.map { Array($0.utf8) }
        for _ in 0..<3_000 {
            var body = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) where !body.isEmpty {
                let place = Int.random(in: 0..<body.count, using: &random)
                if Bool.random(using: &random) { body[place] = UInt8.random(in: 0...255, using: &random) } else { body.remove(at: place) }
            }
            _ = try? RequestQueryText.parse(body)
        }
    }
}
