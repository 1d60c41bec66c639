import ByteCoding
import Testing

@testable import WebAPI

private let acknowledged = #"{"acknowledged":true}"#
private let policy = #"{"policy":{"phases":{"hot":{"actions":{"rollover":{"max_age":"1d"}}},"delete":{"min_age":"30d","actions":{"delete":{}}}}}}"#

struct LifecyclePolicyTests {
    @Test func policyIsKeptAndTold() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/_ilm/policy/p", policy).text == acknowledged)
        let json = try await server.get("/_ilm/policy/p").json()
        #expect(json.names == ["p"])
        #expect(json.at("p", "version")?.integer == 1)
        #expect(json.at("p", "modified_date")?.string?.hasSuffix("Z") == true)
        #expect(try json.at("p", "policy") == JSONValue.parsed(policy).at("policy"))
        #expect(try json.at("p", "in_use_by") == .parsed(#"{"indices":[],"data_streams":[],"composable_templates":[]}"#))
        #expect(try await server.send("PUT", "/_ilm/policy/p", policy).status == 200)
        #expect(try await server.get("/_ilm/policy").json().at("p", "version")?.integer == 2)
        #expect(try await server.send("DELETE", "/_ilm/policy/p").text == acknowledged)
        #expect(try await server.get("/_ilm/policy/p").elasticError() == "404 resource_not_found_exception")
        #expect(try await server.get("/_ilm/policy/p*").text == "{}")
    }

    @Test func policyInUseByATemplateSetsTheRetention() async throws {
        let server = try TestServer()
        _ = try await server.send("PUT", "/_ilm/policy/p", policy)
        #expect(server.services.registry.retentionDays == nil)
        let template = #"{"index_patterns":["ai-*"],"template":{"settings":{"index.lifecycle.name":"p","index.lifecycle.rollover_alias":"a"}}}"#
        #expect(try await server.send("PUT", "/_index_template/t", template).text == acknowledged)
        #expect(server.services.registry.retentionDays == 30)
        #expect(server.retentionCalls.value == 2)
        _ = try await server.send("DELETE", "/_index_template/t")
        #expect(server.services.registry.retentionDays == nil)
        #expect(server.retentionCalls.value == 3)
    }

    @Test func declarationsAreThereAfterARestart() async throws {
        let folder = try TemporaryFolder()
        let first = try TestServer(folder: folder)
        _ = try await first.send("PUT", "/_ilm/policy/p", policy)
        _ = try await first.send("PUT", "/logs", #"{"settings":{"index.lifecycle.name":"p"},"mappings":{"properties":{"x":{"type":"keyword"}}}}"#)
        await first.store.close()
        let second = try TestServer(folder: folder)
        #expect(try await second.send("HEAD", "/logs").status == 200)
        #expect(try await second.get("/logs/_mapping").json().at("logs", "mappings", "properties", "x", "type")?.string == "keyword")
        #expect(second.services.registry.retentionDays == 30)
    }

    static let refused: [NamedCase<(body: String, error: String)>] = [
        NamedCase("no body", ("", "400 parsing_exception")),
        NamedCase("no policy", (#"{"phases":{}}"#, "400 parsing_exception")),
        NamedCase("policy that is no object", (#"{"policy":[]}"#, "400 parsing_exception")),
        NamedCase("unknown phase", (#"{"policy":{"phases":{"lukewarm":{}}}}"#, "400 illegal_argument_exception")),
        NamedCase("age without unit", (#"{"policy":{"phases":{"delete":{"min_age":"30"}}}}"#, "400 illegal_argument_exception")),
        NamedCase("age that is a number", (#"{"policy":{"phases":{"delete":{"min_age":30}}}}"#, "400 illegal_argument_exception")),
        NamedCase("no JSON", (#"{"policy":"#, "400 x_content_parse_exception")),
        NamedCase("too large", (#"{"policy":{"x":""# + String(repeating: "x", count: 1 << 20) + #""}}"#, "413 illegal_argument_exception")),
        NamedCase("too deep", (String(repeating: "[", count: 100_000), "400 x_content_parse_exception")),
    ]

    @Test(arguments: refused) func malformedPolicyIsRefused(_ expected: NamedCase<(body: String, error: String)>) async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/_ilm/policy/p", expected.value.body).elasticError() == expected.value.error)
        #expect(try await server.get("/_ilm/policy").text == "{}")
        #expect(server.retentionCalls.value == 0)
    }

    @Test(arguments: ["a%2Cb", "a%20b", String(repeating: "x", count: 256)]) func nameOutsideTheRulesIsRefused(_ name: String) async throws {
        #expect(try await TestServer().send("PUT", "/_ilm/policy/\(name)", policy).elasticError() == "400 illegal_argument_exception")
    }
}

struct IndexTemplateTests {
    private static let template = #"{"index_patterns":["ai-*"],"priority":500,"template":{"settings":{"number_of_shards":1}}}"#

    @Test func templateIsToldInItsList() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/_index_template/t", Self.template).text == acknowledged)
        let json = try await server.get("/_index_template/t").json()
        #expect(json.at("index_templates", "0", "name")?.string == "t")
        let template = try #require(json.at("index_templates", "0", "index_template"))
        #expect(template.names == ["index_patterns", "priority", "template", "composed_of"])
        #expect(try await server.send("HEAD", "/_index_template/t").status == 200)
        #expect(try await server.send("HEAD", "/_index_template/other").status == 404)
        #expect(try await server.get("/_index_template/other").elasticError() == "404 resource_not_found_exception")
        #expect(try await server.send("DELETE", "/_index_template/other").elasticError() == "404 resource_not_found_exception")
        #expect(try await server.get("/_index_template").json().at("index_templates")?.elements?.count == 1)
    }

    @Test func legacyTemplateIsToldByName() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/_template/t", #"{"index_patterns":"ai-*","settings":{}}"#).text == acknowledged)
        #expect(try await server.get("/_template/t").json() == .parsed(#"{"t":{"index_patterns":["ai-*"],"settings":{}}}"#))
        #expect(try await server.send("HEAD", "/_template/t").status == 200)
        #expect(try await server.get("/_index_template").text == #"{"index_templates":[]}"#)
    }

    @Test func createDoesNotReplace() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/_index_template/t?create=true", Self.template).status == 200)
        #expect(try await server.send("PUT", "/_index_template/t?create=true", Self.template).elasticError() == "400 illegal_argument_exception")
        #expect(try await server.send("PUT", "/_index_template/t", Self.template).status == 200)
    }

    @Test(arguments: [#"{"template":{}}"#, #"{"index_patterns":7}"#, "{}"]) func templateWithoutPatternsIsRefused(_ body: String) async throws {
        #expect(try await TestServer().send("PUT", "/_index_template/t", body).elasticError() == "400 action_request_validation_exception")
    }
}

struct IndexTests {
    @Test func indexIsCreatedOnce() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/logs").json() == .parsed(#"{"acknowledged":true,"shards_acknowledged":true,"index":"logs"}"#))
        #expect(try await server.send("PUT", "/logs").elasticError() == "400 resource_already_exists_exception")
        #expect(try await server.get("/logs/_count").json().at("count")?.integer == 0)
    }

    @Test func indexOfRecordsExistsWithoutBeingCreated() async throws {
        let server = try TestServer()
        try await server.store([Documents.call(at: 0)], index: "logs")
        #expect(try await server.send("HEAD", "/logs").status == 200)
        #expect(try await server.send("PUT", "/logs").elasticError() == "400 resource_already_exists_exception")
    }

    @Test func headOfAMissingIndexIs404WithoutBody() async throws {
        let answer = try await TestServer().send("HEAD", "/missing")
        #expect(answer.status == 404)
        #expect(answer.bytes.isEmpty)
    }

    @Test func mappingShowsWhatWasDeclaredThenTheSchema() async throws {
        let server = try TestServer()
        let body = #"{"mappings":{"dynamic":false,"properties":{"total_latency_ms":{"type":"float"},"status":{"type":"keyword"}}}}"#
        _ = try await server.send("PUT", "/logs", body)
        let mappings = try #require(try await server.get("/logs/_mapping").json().at("logs", "mappings"))
        #expect(mappings.at("dynamic")?.bool == false)
        let properties = try #require(mappings.at("properties"))
        #expect(properties.names.prefix(2) == ["total_latency_ms", "status"])
        #expect(properties.at("status", "type")?.string == "keyword")
        for (name, type) in [("@timestamp", "date"), ("duration", "double"), ("cost", "double"), ("input_tokens", "long"), ("stream", "boolean"), ("model", "keyword"), ("gen_ai.provider.name", "keyword")] {
            #expect(properties[name]?["type"]?.string == type, "\(name)")
        }
        #expect(Set(properties.names).count == properties.names.count)
        let index = try await server.get("/logs").json()
        #expect(index.at("logs")?.names == ["aliases", "mappings", "settings"])
        #expect(index.at("logs", "mappings") == mappings)
        #expect(index.at("logs", "settings", "index", "provided_name")?.string == "logs")
    }

    @Test func indexIsDeletedWithItsRecords() async throws {
        let server = try TestServer()
        _ = try await server.send("PUT", "/empty")
        try await server.store([Documents.call(at: 0)], index: "full")
        try await server.store([Documents.call(at: 1)], index: "other")
        #expect(try await server.send("DELETE", "/full").text == acknowledged)
        #expect(try await server.send("HEAD", "/full").status == 404)
        #expect(try await server.records().count == 1)
        #expect(try await server.send("HEAD", "/empty").status == 200)
        #expect(try await server.send("DELETE", "/empty").text == acknowledged)
        #expect(try await server.send("HEAD", "/empty").status == 404)
        #expect(try await server.send("DELETE", "/empty").elasticError() == "404 index_not_found_exception")
    }

    static let refused: [NamedCase<String>] = [
        NamedCase("PUT /Logs", "400 invalid_index_name_exception"), NamedCase("PUT /_logs", "400 invalid_index_name_exception"),
        NamedCase("PUT /a%2Cb", "400 invalid_index_name_exception"), NamedCase("GET /missing", "404 index_not_found_exception"),
        NamedCase("GET /missing/_mapping", "404 index_not_found_exception"), NamedCase("POST /missing/_refresh", "404 index_not_found_exception"),
    ]

    @Test(arguments: refused) func nameOutsideTheRulesOrMissingIsRefused(_ expected: NamedCase<String>) async throws {
        let parts = expected.name.split(separator: " ").map(String.init)
        #expect(try await TestServer().send(parts[0], parts[1]).elasticError() == expected.value)
    }

    @Test(arguments: ["[]", #"{"mapping":{}}"#]) func bodyWithOtherKeysIsRefused(_ body: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/logs", body).elasticError() == "400 parsing_exception")
        #expect(try await server.send("HEAD", "/logs").status == 404)
    }

    @Test func refreshAndFlushAreAnsweredAtOnce() async throws {
        let server = try TestServer()
        _ = try await server.send("PUT", "/logs")
        for path in ["/_refresh", "/_flush", "/logs/_refresh", "/logs/_flush", "/*/_refresh"] {
            #expect(try await server.send("POST", path).text == #"{"_shards":{"total":1,"successful":1,"failed":0}}"#)
        }
    }
}
