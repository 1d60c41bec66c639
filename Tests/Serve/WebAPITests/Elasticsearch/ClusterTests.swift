import ByteCoding
import HTTPTransport
import NIOHTTP1
import Testing

@testable import WebAPI

struct ClusterTests {
    @Test func infoIsWhatClientsCheck() async throws {
        let answer = try await TestServer().get("/")
        let json = try answer.json()
        #expect(json.at("tagline")?.string == "You Know, for Search")
        #expect(json.at("version", "number")?.string?.hasPrefix("8.") == true)
        #expect(json.at("version", "build_flavor")?.string == "default")
        #expect(answer.header("X-Elastic-Product") == "Elasticsearch")
        #expect(answer.header("Content-Type") == "application/json")
    }

    /// `wait_for_status` of a writable and of an unwritable store: status and health.
    static let healths: [NamedCase<(well: String, unwell: String)>] = [
        NamedCase("", ("200 green", "200 red")),
        NamedCase("?wait_for_status=red", ("200 green", "200 red")),
        NamedCase("?wait_for_status=yellow", ("200 green", "408 red")),
        NamedCase("?wait_for_status=green&timeout=1s", ("200 green", "408 red")),
        NamedCase("/logs?wait_for_status=green", ("200 green", "408 red")),
        NamedCase("?wait_for_nodes=1", ("200 green", "200 red")),
        NamedCase("?wait_for_nodes=%3E%3D1", ("200 green", "200 red")),
        NamedCase("?wait_for_nodes=ge(2)", ("408 green", "408 red")),
        NamedCase("?wait_for_nodes=%3C2", ("200 green", "200 red")),
    ]

    @Test(arguments: healths) func healthIsGreenWhileWritesAreAccepted(_ expected: NamedCase<(well: String, unwell: String)>) async throws {
        for (server, told) in [(try TestServer(), expected.value.well), (try TestServer(unwritable: "the disk is full"), expected.value.unwell)] {
            let answer = try await server.get("/_cluster/health" + expected.name)
            let json = try answer.json()
            #expect("\(answer.status) \(json.at("status")?.string ?? "")" == told)
            #expect(json.at("timed_out")?.bool == (answer.status == 408))
            #expect(json.names.count == 15)
        }
    }

    @Test(arguments: ["wait_for_status=blue", "wait_for_nodes=many", "wait_for_nodes=about(3)", "wait_for_active_shards=few"])
    func unknownConditionIsRefused(_ query: String) async throws {
        #expect(try await TestServer().get("/_cluster/health?" + query).elasticError() == "400 illegal_argument_exception")
    }

    @Test func licenceAndSecurityAreTold() async throws {
        let server = try TestServer()
        #expect(try await server.get("/_license").json().at("license", "status")?.string == "active")
        #expect(try await server.get("/_security/enabled").json().at("enabled")?.bool == false)
        #expect(try await server.get("/_security/_authenticate").json().at("username")?.string == "anonymous")
    }

    /// Routes that answer 2xx, as method and path.
    static let routes = [
        "GET /", "HEAD /", "GET /_cluster/health", "GET /_license", "GET /_security/enabled", "GET /_security/_authenticate", "GET /_ilm/policy", "GET /_index_template",
        "GET /_template", "GET /logs", "HEAD /logs", "GET /logs/_mapping", "GET /_mapping", "GET /_cat/indices", "GET /_cat/indices?format=json", "POST /_refresh", "GET /logs/_search",
        "GET /logs/_count", "GET /logs/_doc/1", "HEAD /logs/_doc/1", "GET /logs/_source/1", "HEAD /logs/_source/1", "PUT /new", "DELETE /never*",
    ]

    @Test(arguments: routes) func everySuccessCarriesTheProductAndTheCallersID(_ route: String) async throws {
        let server = try TestServer()
        try await server.store([Documents.call(at: 0)], index: "logs")
        let parts = route.split(separator: " ").map(String.init)
        let answer = try await server.send(parts[0], parts[1], headers: [("X-Opaque-Id", "trace-1")])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers["X-Elastic-Product"] == ["Elasticsearch"])
        #expect(answer.headers["X-Opaque-Id"] == ["trace-1"])
    }

    @Test func writesCarryTheProductToo() async throws {
        let server = try TestServer()
        let document = Documents.call(at: 0)
        #expect(try await server.send("POST", "/_bulk", "{\"index\":{\"_index\":\"a\"}}\n\(document)\n").header("X-Elastic-Product") == "Elasticsearch")
        #expect(try await server.send("POST", "/a/_doc", document).header("X-Elastic-Product") == "Elasticsearch")
        #expect(try await server.send("PUT", "/_ilm/policy/p", #"{"policy":{}}"#).header("X-Elastic-Product") == "Elasticsearch")
    }

    @Test func prettyIndents() async throws {
        #expect(try await TestServer().get("/_cluster/health?pretty").text.hasPrefix("{\n  \"cluster_name\": "))
        #expect(try await TestServer().get("/_cluster/health?pretty=false").text.hasPrefix("{\"cluster_name\":"))
    }

    /// What no route has.
    static let unknown: [NamedCase<Int>] = [
        NamedCase("POST /_nothing/at/all", 400), NamedCase("GET /a/b/c/d", 400), NamedCase("GET /_nodes/_all/http", 400), NamedCase("DELETE /_bulk", 405), NamedCase("PATCH /logs", 405),
    ]

    @Test(arguments: unknown) func whatNoRouteHasIsSaidAsElasticsearchSaysIt(_ expected: NamedCase<Int>) async throws {
        let parts = expected.name.split(separator: " ").map(String.init)
        let answer = try await TestServer().send(parts[0], parts[1], headers: [("X-Opaque-Id", "7")])
        #expect(answer.status == expected.value)
        let error = try answer.json().at("error")?.string ?? ""
        #expect(error.contains("uri [\(parts[1])] and method [\(parts[0])]"), "\(answer.text)")
        #expect(answer.header("X-Opaque-Id") == "7")
        #expect((answer.header("Allow") != nil) == (expected.value == 405))
    }

    /// A refusal of the transport and the type in which the door tells it.
    static let failures: [NamedCase<RejectionReason>] = [
        NamedCase("illegal_argument_exception", .bodyTooLarge), NamedCase("illegal_argument_exception", .badRequest), NamedCase("es_rejected_execution_exception", .bodyMemory),
    ]

    @Test(arguments: failures) func transportsRefusalsHaveTheShapeOfTheDoor(_ expected: NamedCase<RejectionReason>) throws {
        let failure = TransportFailure(reason: expected.value, sentence: "no", uri: "/_bulk")
        let answer = Answer(WebAPI.renderFailure(failure))
        #expect(try answer.elasticError() == "\(expected.value.status.code) \(expected.name)")
        let own = Answer(WebAPI.renderFailure(TransportFailure(reason: expected.value, sentence: "no", uri: "/ingest/apisix")))
        #expect(own.status == Int(expected.value.status.code))
        #expect(try own.apiError().isEmpty == false)
        #expect(try Answer(WebAPI.renderFailure(TransportFailure(reason: expected.value, sentence: "no", uri: nil))).elasticError().hasSuffix(expected.name))
    }
}

struct JSONIndenterTests {
    @Test func structureIsIndentedAndStringsAreLeftAlone() {
        let text = JSONIndenter.indent(Array(#"{"a":[1,{"b":"x,{}:\"[]"}],"c":{},"d":[],"e":"\\"}"#.utf8))
        #expect(
            String(decoding: text, as: UTF8.self) == """
                {
                  "a": [
                    1,
                    {
                      "b": "x,{}:\\"[]"
                    }
                  ],
                  "c": {},
                  "d": [],
                  "e": "\\\\"
                }

                """)
    }
}
