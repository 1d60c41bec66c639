import ByteCoding
import GatewayModel
import Testing

@testable import WebAPI

struct ElasticSourceTests {
    /// Paths of a source document and what must stand there.
    private func check(_ source: JSONValue?, _ expected: String) throws {
        let source = try #require(source)
        for member in try JSONValue.parsed(expected).members ?? [] {
            let value = member.name.split(separator: "/").reduce(Optional(source)) { $0?[String($1)] }
            #expect(value == member.value, "\(member.name): \(value.debugDescription)")
        }
    }

    private func sources(of document: String) async throws -> (get: JSONValue?, hit: JSONValue?, server: TestServer) {
        let server = try TestServer()
        try await server.store([document])
        let get = try await server.get("/gateway/_doc/1").json().at("_source")
        let hit = try await server.get("/gateway/_search").json().at("hits", "hits", "0", "_source")
        return (get, hit, server)
    }

    @Test func apisixEntryKeepsItsShape() async throws {
        let (get, hit, _) = try await sources(of: Documents.apisixChat)
        #expect(get == hit)
        try check(
            get,
            #"""
            {"@timestamp":"2025-12-25T08:06:42.985000Z","start_time":1766650000123,"latency":2862,"upstream_latency":2858,"apisix_latency":4,
             "request/uri":"/v1/chat/completions","request/method":"POST","request/size":512,"response/status":200,"response/size":1034,
             "server/hostname":"apisix-0","server/version":"3.18.0","route_id":"chat","service_id":"genai","consumer/username":"team-search",
             "llm_summary/request_model":"gpt-4o","llm_summary/model":"gpt-4o","llm_summary/prompt_tokens":23,"llm_summary/completion_tokens":8,
             "llm_summary/total_tokens":31,"llm_summary/stream":false}
            """#)
        // The first token's time belongs to streams, and what is not kept is not there.
        #expect(get?.at("llm_summary", "duration") == nil)
        #expect(get?.at("request", "headers") == nil)
        #expect(get?.at("llm_request") == nil)
    }

    @Test func apisixStreamKeepsTheTimeOfItsFirstToken() async throws {
        let (get, _, _) = try await sources(of: Documents.apisixStream)
        try check(
            get,
            #"""
            {"latency":7934,"llm_summary/duration":412,"llm_summary/stream":true,"llm_summary/cache_read_input_tokens":1536,"llm_summary/reasoning_tokens":204,
             "llm_summary/tool_count":3,"llm_summary/has_tool_calls":true,"request/uri":"/v1/chat/completions"}
            """#)
        // People stay behind their pseudonyms.
        #expect(get?.at("llm_summary", "end_user_id")?.string?.hasPrefix("u-") == true)
        #expect(get?.at("llm_summary", "end_user_id")?.string != "u-7781")
    }

    @Test func noveumDocumentKeepsItsShape() async throws {
        let (get, hit, _) = try await sources(of: Documents.noveum)
        #expect(get == hit)
        try check(
            get,
            #"""
            {"timestamp":"2025-03-05T16:03:26.373512Z","resource/service.version":"1.0.1","resource/deployment.environment":"production","name":"ai_gateway_request_log",
             "attributes/id":"msg_5e3c9a10","attributes/org_id":"org_123","attributes/project_id":"proj_design","attributes/experiment_id":null,
             "attributes/provider":"openai","attributes/model":"gpt-4o-2024-08-06","attributes/request/model":"gpt-4o","attributes/response/id":"chatcmpl-1",
             "attributes/metadata/latency":640,"attributes/metadata/ttfb":631,"attributes/metadata/tokens/input":8,"attributes/metadata/tokens/output":2,
             "attributes/metadata/tokens/total":10,"attributes/metadata/cost":0.0003,"attributes/metadata/status":"success","attributes/metadata/status_code":200,
             "attributes/metadata/path":"/v1/chat/completions","attributes/metadata/method":"POST","attributes/metadata/request_size":94,
             "attributes/metadata/response_size":412,"attributes/metadata/error_type":null,"attributes/metadata/provider_request_id":"req_abc"}
            """#)
        #expect(get?.at("attributes", "request", "messages") == nil)
    }

    @Test func failedNoveumCallSaysSo() async throws {
        let failed = Documents.noveum.replacing(#""status_code":200"#, with: #""status_code":429"#)
        let (get, _, _) = try await sources(of: failed)
        try check(get, #"{"attributes/metadata/status":"error","attributes/metadata/status_code":429}"#)
        #expect(get?.at("attributes", "metadata", "error_type")?.string?.isEmpty == false)
    }

    static let documents = [
        NamedCase("APISIX", Documents.apisixChat), NamedCase("APISIX stream", Documents.apisixStream), NamedCase("APISIX 429", Documents.apisixRateLimited),
        NamedCase("Noveum", Documents.noveum),
    ]

    @Test(arguments: documents) func sourceStoredAgainIsTheSameRecord(_ document: NamedCase<String>) async throws {
        let (source, _, server) = try await sources(of: document.value)
        var writer = JSONWriter()
        try #require(source).write(to: &writer)
        #expect(try await server.send("PUT", "/copy/_doc/1", writer.string).status == 201)
        let records = try await server.records()
        #expect(records.count == 2)
        // Who and where from are pseudonyms and networks after the first time, and are so again; the rest is about this record alone.
        let own: Set<String> = ["id", "sequence", "index", "received_at", "user", "client_address", "document_id"]
        // Read from what is not kept.
        let unkept: Set<String> = ["finish_reason", "user_agent", "error_code"]
        for member in records[0].members ?? [] where !own.contains(member.name) && !unkept.contains(member.name) {
            #expect(records[1][member.name] == member.value, "\(member.name)")
        }
        #expect(Set(records[1].names).subtracting(records[0].names) == [])
    }

    @Test func otherRecordsAreToldByAttributeNames() async throws {
        let server = try TestServer()
        let payload = #"{"startTime":1766650000.5,"endTime":1766650001.5,"call_type":"acompletion","status":"success","custom_llm_provider":"openai","model":"gpt-4o","prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"response_cost":0.25,"stream":false,"litellm_call_id":"c-1"}"#
        try await server.store([payload])
        let source = try await server.get("/gateway/_doc/1").json().at("_source")
        try check(
            source,
            #"""
            {"gatewatch.start":"2025-12-25T08:06:40.500000Z","gatewatch.duration":1,"gen_ai.provider.name":"openai","gen_ai.usage.input_tokens":12,"cost.reported_usd":0.25,
             "gateway.kind":"litellm"}
            """#)
    }
}
