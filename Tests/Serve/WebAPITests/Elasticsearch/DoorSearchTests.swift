import ByteCoding
import GatewayModel
import Testing

@testable import WebAPI

/// Calls `1` to `6`, completing at 12:00:01 to 12:00:06, every second one failed, slower one after the other.
private func filledServer() async throws -> TestServer {
    let server = try TestServer()
    try await server.store(
        (1...6).map { Documents.call(at: $0, status: $0 % 2 == 0 ? 500 : 200, model: $0 < 4 ? "gpt-4o" : "gpt-4o-mini", client: "c\($0 % 3)", latency: $0 * 100) })
    return server
}

struct DoorSearchTests {
    static let searches: [NamedCase<[String]>] = [
        NamedCase("{}", ["1", "2", "3", "4", "5", "6"]),
        NamedCase(#"{"query":{"term":{"response.status":500}}}"#, ["2", "4", "6"]),
        NamedCase(#"{"query":{"range":{"latency":{"gte":400}}}}"#, ["4", "5", "6"]),
        NamedCase(#"{"query":{"range":{"duration":{"gte":0.4}}}}"#, ["4", "5", "6"]),
        NamedCase(#"{"query":{"prefix":{"llm_summary.model.keyword":"gpt-4o-"}}}"#, ["4", "5", "6"]),
        NamedCase(#"{"query":{"wildcard":{"model":"*mini"}}}"#, ["4", "5", "6"]),
        NamedCase(#"{"query":{"bool":{"filter":{"term":{"status":200}},"must_not":{"term":{"consumer.username":"c1"}}}}}"#, ["3", "5"]),
        NamedCase(#"{"query":{"range":{"@timestamp":{"gt":"2026-03-05T12:00:02","lte":"2026-03-05T12:00:04"}}}}"#, ["3", "4"]),
        NamedCase(#"{"query":{"range":{"@timestamp":{"gte":"2026-03-05||/d","lte":"2026-03-05||/d"}}},"size":2}"#, ["1", "2"]),
        NamedCase(#"{"query":{"ids":{"values":["5","2","9"]}}}"#, ["2", "5"]),
        NamedCase(#"{"query":{"match_none":{}}}"#, []),
        NamedCase(#"{"query":{"exists":{"field":"error_type"}}}"#, ["2", "4", "6"]),
        NamedCase(#"{"query":{"term":{"no.such.field":1}}}"#, []),
        NamedCase(#"{"sort":[{"latency":"desc"}],"size":3}"#, ["6", "5", "4"]),
        NamedCase(#"{"sort":[{"latency":"desc"}],"from":4,"size":3}"#, ["2", "1"]),
        NamedCase(#"{"sort":["status"]}"#, ["1", "3", "5", "2", "4", "6"]),
        NamedCase(#"{"from":6}"#, []),
        NamedCase(#"{"size":0}"#, []),
    ]

    @Test(arguments: searches) func searchFindsWhatItAsksFor(_ expected: NamedCase<[String]>) async throws {
        #expect(try await filledServer().hits(expected.name) == expected.value)
    }

    @Test func answerHasElasticsearchsMembers() async throws {
        let server = try await filledServer()
        let json = try await server.send("POST", "/gateway/_search", #"{"size":1,"sort":[{"timestamp":"desc"}],"_source":["response.status"]}"#).json()
        #expect(json.names == ["took", "timed_out", "_shards", "hits"])
        #expect(json.at("timed_out")?.bool == false)
        #expect(try json.at("_shards") == .parsed(#"{"total":1,"successful":1,"skipped":0,"failed":0}"#))
        #expect(try json.at("hits", "total") == .parsed(#"{"value":6,"relation":"eq"}"#))
        #expect(json.at("hits", "max_score") == .null)
        let hit = try #require(json.at("hits", "hits", "0"))
        #expect(hit.names == ["_index", "_id", "_score", "_source", "sort"])
        #expect(hit.at("_index")?.string == "gateway")
        #expect(try hit.at("_source") == .parsed(#"{"response":{"status":500}}"#))
        #expect(hit.at("sort", "0")?.integer == 1_772_712_006_000)
    }

    @Test func unsortedHitsHaveAScoreAndNoSort() async throws {
        let server = try await filledServer()
        let json = try await server.send("POST", "/gateway/_search", #"{"size":1,"_source":false}"#).json()
        #expect(json.at("hits", "max_score")?.double == 1)
        #expect(json.at("hits", "hits", "0")?.names == ["_index", "_id", "_score"])
    }

    /// The sort and the first hit's sort value.
    static let sortValues: [NamedCase<String>] = [
        NamedCase(#"{"latency":"desc"}"#, "[600]"), NamedCase(#"{"duration":"desc"}"#, "[0.6]"), NamedCase(#"{"status":"desc"}"#, "[500]"),
        NamedCase(#"{"model":"desc"}"#, #"["gpt-4o-mini"]"#), NamedCase(#"{"error_message":"asc"}"#, "[null]"), NamedCase(#"{"start_time":"asc"}"#, "[1772712000900]"),
    ]

    @Test(arguments: sortValues) func sortValuesAreInTheUnitsOfTheirName(_ expected: NamedCase<String>) async throws {
        let json = try await filledServer().send("POST", "/gateway/_search", #"{"sort":[\#(expected.name)]}"#).json()
        #expect(try json.at("hits", "hits", "0", "sort") == .parsed(expected.value))
    }

    @Test func totalsMayBeIntegersOrAbsent() async throws {
        let server = try await filledServer()
        #expect(try await server.get("/gateway/_search?rest_total_hits_as_int=true").json().at("hits", "total")?.integer == 6)
        #expect(try await server.send("POST", "/gateway/_search", #"{"track_total_hits":false}"#).json().at("hits", "total") == nil)
    }

    @Test func indicesInThePathNarrowTheSearch() async throws {
        let server = try TestServer()
        for (index, count) in [("logs-a", 1), ("logs-b", 2), ("audit", 3)] { try await server.store((0..<count).map { Documents.call(at: $0) }, index: index) }
        for (path, count) in [
            ("/logs-a", 1), ("/logs-*", 3), ("/logs-*,-logs-a", 2), ("/_all", 6), ("", 6), ("/nothing*", 0), ("/missing,audit", nil as Int?), ("/missing", nil),
            ("/*,-*", 0),
        ] {
            let answer = try await server.get(path + "/_count")
            #expect(try answer.json().at("count")?.integer == count.map { Int64($0) }, "\(path): \(answer.text)")
            let found = try await server.get(path + "/_search?size=0").json()
            #expect(found.at("hits", "total", "value")?.integer == count.map { Int64($0) }, "\(path)")
        }
        #expect(try await server.get("/missing,audit/_count?ignore_unavailable=true").json().at("count")?.integer == 3)
        #expect(try await server.get("/nothing*/_count?allow_no_indices=false").elasticError() == "404 index_not_found_exception")
    }

    @Test func countTakesAQueryAndNothingElse() async throws {
        let server = try await filledServer()
        let json = try await server.send("POST", "/gateway/_count", #"{"query":{"term":{"status":500}}}"#).json()
        #expect(try json == .parsed(#"{"count":3,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}"#))
        #expect(try await server.send("POST", "/gateway/_count", #"{"size":1}"#).elasticError() == "400 parsing_exception")
        #expect(try await server.send("POST", "/gateway/_count", "[]").elasticError() == "400 parsing_exception")
        #expect(try await server.get("/gateway/_count?q=status:500").elasticError() == "400 illegal_argument_exception")
    }

    @Test func emptyStoreHasNoHits() async throws {
        let json = try await TestServer().get("/_search").json()
        #expect(try json.at("hits") == .parsed(#"{"total":{"value":0,"relation":"eq"},"max_score":null,"hits":[]}"#))
    }

    @Test func windowEndsAtTenThousand() async throws {
        let server = try await filledServer()
        #expect(try await server.send("POST", "/gateway/_search", #"{"from":9995,"size":6}"#).elasticError() == "400 illegal_argument_exception")
        #expect(try await server.send("POST", "/gateway/_search", #"{"from":9995,"size":5}"#).status == 200)
    }

    @Test func pagesBeyondAThousandAreWhole() async throws {
        let server = try TestServer()
        try await server.store((1...1_205).map { Documents.call(at: $0) })
        let ids = try await server.hits(#"{"size":1100,"from":100}"#)
        #expect(ids == (101...1_200).map(String.init))
    }

    @Test func noveumsOwnReadBackQueryFindsTheCall() async throws {
        let server = try TestServer()
        try await server.store([Documents.noveum], index: "ai-gateway-metrics")
        let query = #"{"query":{"term":{"attributes.metadata.provider_request_id.keyword":"req_abc"}}}"#
        #expect(try await server.hits(query, index: "ai-gateway-metrics") == ["1"])
    }
}
