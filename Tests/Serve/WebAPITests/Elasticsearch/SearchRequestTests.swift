import ByteCoding
import GatewayModel
import HTTPTransport
import NIOCore
import NIOHTTP1
import Testing

@testable import WebAPI

private func search(_ body: String, _ query: String = "") throws -> SearchRequest {
    try SearchRequest(try ServerRequest(method: "POST", uri: "/logs/_search" + query, body: ByteBuffer(string: body)))
}

struct SearchRequestTests {
    @Test func withoutABodyTheFirstTenOfAllAreAsked() throws {
        let request = try search("")
        #expect(request.query == nil)
        #expect(request.size == 10)
        #expect(request.from == 0)
        #expect(request.sort == nil)
        #expect(request.tracksTotal)
        #expect(!request.hasIntegerTotal)
    }

    @Test func parametersOfTheURLWinOverTheBody() throws {
        let request = try search(#"{"size":5,"from":1,"sort":"status"}"#, "?size=7&from=2&sort=timestamp:desc&rest_total_hits_as_int=true")
        #expect(request.size == 7)
        #expect(request.from == 2)
        #expect(request.sort?.field.field == .time)
        #expect(request.sort?.isDescending == true)
        #expect(request.hasIntegerTotal)
    }

    /// The sort of a body, as `name order`; empty for the order of arrival.
    static let sorts: [NamedCase<String>] = [
        NamedCase(#""timestamp""#, "timestamp asc"),
        NamedCase(#"["timestamp"]"#, "timestamp asc"),
        NamedCase(#"[{"timestamp":"desc"}]"#, "timestamp desc"),
        NamedCase(#"[{"@timestamp":{"order":"desc","unmapped_type":"boolean"}},{"_doc":"desc"}]"#, "@timestamp desc"),
        NamedCase(#"{"attributes.metadata.latency":{"order":"desc"}}"#, "attributes.metadata.latency desc"),
        NamedCase(#"["_score",{"status":"asc"}]"#, "status asc"),
        NamedCase(#"["_doc"]"#, ""),
        NamedCase("[]", ""),
        NamedCase(#"[{"model.keyword":{}}]"#, "model.keyword asc"),
    ]

    @Test(arguments: sorts) func sortIsReadInEverySpelling(_ expected: NamedCase<String>) throws {
        let sort = try search(#"{"sort":\#(expected.name)}"#).sort
        #expect(sort.map { "\($0.name) \($0.isDescending ? "desc" : "asc")" } ?? "" == expected.value)
    }

    static let accepted = [
        #"{"size":10000}"#, #"{"from":9990}"#, #"{"size":"20"}"#, #"{"size":0,"from":10000}"#, #"{"track_total_hits":1000}"#, #"{"timeout":"1s","highlight":{},"script_fields":{}}"#,
    ]

    @Test(arguments: accepted) func withinTheLimitsASearchIsAccepted(_ body: String) throws { _ = try search(body) }

    /// Body, query string and the error's type.
    static let refused: [NamedCase<(body: String, query: String, type: String)>] = [
        NamedCase("window", (#"{"from":9991}"#, "", "illegal_argument_exception")),
        NamedCase("window in the URL", ("", "?size=10001", "illegal_argument_exception")),
        NamedCase("window of huge numbers", (#"{"from":9223372036854775807,"size":9223372036854775807}"#, "", "illegal_argument_exception")),
        NamedCase("negative size", (#"{"size":-1}"#, "", "illegal_argument_exception")),
        NamedCase("negative from in the URL", ("", "?from=-1", "illegal_argument_exception")),
        NamedCase("size that is no number", (#"{"size":"many"}"#, "", "parsing_exception")),
        NamedCase("size in the URL that is no number", ("", "?size=many", "illegal_argument_exception")),
        NamedCase("size that is null", (#"{"size":null}"#, "", "parsing_exception")),
        NamedCase("unknown key", (#"{"sise":1}"#, "", "parsing_exception")),
        NamedCase("aggregations", (#"{"size":0,"aggs":{"a":{"avg":{"field":"latency"}}}}"#, "", "illegal_argument_exception")),
        NamedCase("aggregations in full", (#"{"aggregations":{}}"#, "", "illegal_argument_exception")),
        NamedCase("search_after", (#"{"search_after":[1]}"#, "", "illegal_argument_exception")),
        NamedCase("an array", ("[]", "", "parsing_exception")),
        NamedCase("no JSON", (#"{"size":}"#, "", "x_content_parse_exception")),
        NamedCase("sort of an unknown field", (#"{"sort":["nobody.knows"]}"#, "", "query_shard_exception")),
        NamedCase("sort order", (#"{"sort":[{"status":"up"}]}"#, "", "illegal_argument_exception")),
        NamedCase("sort of a number", (#"{"sort":7}"#, "", "parsing_exception")),
        NamedCase("sort of nothing", ("", "?sort=:", "illegal_argument_exception")),
        NamedCase("sort order in the URL", ("", "?sort=status:up", "illegal_argument_exception")),
        NamedCase("query string", ("", "?q=status:200", "illegal_argument_exception")),
        NamedCase("_source", (#"{"_source":7}"#, "", "parsing_exception")),
    ]

    @Test(arguments: refused) func whatIsNotServedIsRefused(_ expected: NamedCase<(body: String, query: String, type: String)>) throws {
        let error = try #require(throws: ElasticError.self) { try search(expected.value.body, expected.value.query) }
        #expect(error.status == .badRequest)
        #expect(error.type == expected.value.type, "\(error.reason)")
    }

    @Test func brokenJSONIsToldWithItsPlace() throws {
        let error = try #require(throws: ElasticError.self) { try search("{\n  \"size\": ,\n}") }
        #expect(error.reason.hasPrefix("[2:11]"), "\(error.reason)")
    }
}

struct SourceFilterTests {
    private static let document = #"{"a":1,"b":{"c":2,"d":{"e":3}},"service.name":"x","list":[1,{"c":4}]}"#

    /// `_source` of a search and what is left of the document; nil for nothing at all.
    static let filters: [NamedCase<String?>] = [
        NamedCase("true", document),
        NamedCase("false", nil),
        NamedCase(#""a""#, #"{"a":1}"#),
        NamedCase(#"["a","b.c"]"#, #"{"a":1,"b":{"c":2}}"#),
        NamedCase(#""b""#, #"{"b":{"c":2,"d":{"e":3}}}"#),
        NamedCase(#""b.*""#, #"{"b":{"c":2,"d":{"e":3}}}"#),
        NamedCase(#""*.e""#, #"{"b":{"d":{"e":3}}}"#),
        NamedCase(#""service.name""#, #"{"service.name":"x"}"#),
        NamedCase(#""list""#, #"{"list":[1,{"c":4}]}"#),
        NamedCase(#""none""#, "{}"),
        NamedCase(#"{"includes":["b"],"excludes":["b.d"]}"#, #"{"b":{"c":2}}"#),
        NamedCase(#"{"include":"b","exclude":"b.c"}"#, #"{"b":{"d":{"e":3}}}"#),
        NamedCase(#"{"excludes":["b","list"]}"#, #"{"a":1,"service.name":"x"}"#),
        NamedCase("{}", document),
    ]

    @Test(arguments: filters) func filterLeavesTheChosenPaths(_ expected: NamedCase<String?>) throws {
        let left = try SourceFilter(try .parsed(expected.name)).apply(to: try .parsed(Self.document))
        #expect(try left == expected.value.map { try .parsed($0) })
    }

    @Test(arguments: ["null", "1"]) func otherValuesAreRefused(_ value: String) {
        #expect(throws: ElasticError.self) { try SourceFilter(try .parsed(value)) }
    }
}
