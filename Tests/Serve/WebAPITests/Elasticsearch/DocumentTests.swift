import ByteCoding
import GatewayModel
import Testing

@testable import WebAPI

private let good = Documents.call(at: 0)

struct DocumentTests {
    @Test func storedDocumentIsToldWithItsPlace() async throws {
        let server = try TestServer()
        let answer = try await server.send("PUT", "/logs/_doc/a%2Fb%20ä", good)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "/logs/_doc/a%2Fb%20%C3%A4")
        let json = try answer.json()
        #expect(json.names == ["_index", "_id", "_version", "result", "_shards", "_seq_no", "_primary_term"])
        #expect(json.at("_id")?.string == "a/b ä")
        #expect(json.at("result")?.string == "created")

        let read = try await server.get(try #require(answer.header("Location"))).json()
        #expect(read.names == ["_index", "_id", "_version", "_seq_no", "_primary_term", "found", "_source"])
        #expect(read.at("_seq_no") == json.at("_seq_no"))
        #expect(read.at("_source", "response", "status")?.integer == 200)
    }

    @Test func documentWithoutIDGetsOneThatFindsIt() async throws {
        let server = try TestServer()
        let id = try #require(try await server.send("POST", "/logs/_doc", good).json().at("_id")?.string)
        #expect(try await server.get("/logs/_doc/\(id)").json().at("found")?.bool == true)
        #expect(try await server.get("/logs/_source/\(id)").json().at("route_id")?.string == "chat")
        #expect(try await server.hits(#"{"query":{"ids":{"values":["\#(id)"]}}}"#, index: "logs") == [id])
        #expect(try await server.hits(#"{"query":{"term":{"_id":"\#(id)"}}}"#, index: "logs") == [id])
    }

    @Test func idNamesADocumentInItsOwnIndexOnly() async throws {
        let server = try TestServer()
        let made = try #require(try await server.send("POST", "/one/_doc", good).json().at("_id")?.string)
        try await server.store([good], index: "two")
        #expect(try await server.get("/two/_doc/\(made)").status == 404)
        #expect(try await server.get("/one/_doc/1").status == 404)
    }

    /// Method and path of a second write under an id that exists, and the error.
    static let seconds: [NamedCase<String>] = [
        NamedCase("PUT /logs/_create/1", "409 version_conflict_engine_exception"),
        NamedCase("POST /logs/_create/1", "409 version_conflict_engine_exception"),
        NamedCase("PUT /logs/_doc/1?op_type=create", "409 version_conflict_engine_exception"),
    ]

    @Test(arguments: seconds) func secondDocumentUnderAnIDIsRefused(_ expected: NamedCase<String>) async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/logs/_create/1", good).status == 201)
        let parts = expected.name.split(separator: " ").map(String.init)
        #expect(try await server.send(parts[0], parts[1], good).elasticError() == expected.value)
        #expect(try await server.records().count == 1)
    }

    @Test(arguments: ["PUT", "POST"]) func documentIsOverwritten(method: String) async throws {
        let server = try TestServer()
        for version in 1...3 {
            let answer = try await server.send(method, "/logs/_doc/1", Documents.call(at: version, tokens: version))
            #expect(answer.status == (version == 1 ? 201 : 200))
            let json = try answer.json()
            #expect(json.at("result")?.string == (version == 1 ? "created" : "updated") && json.at("_version")?.integer == Int64(version))
        }
        let document = try await server.get("/logs/_doc/1").json()
        #expect(document.at("_source", "llm_summary", "prompt_tokens")?.integer == 3 && document.at("_version")?.integer == 3)
        #expect(try await server.records().count == 1)
        #expect(try await server.get("/logs/_count").json().at("count")?.integer == 1)
    }

    @Test func documentIsDeletedByItsIDAndByTheRecordsOwn() async throws {
        let server = try TestServer()
        _ = try await server.send("PUT", "/logs/_doc/1", Documents.call(at: 0))
        let made = try #require(try await server.send("POST", "/logs/_doc", Documents.call(at: 1)).json().at("_id")?.string)
        let deleted = try await server.send("DELETE", "/logs/_doc/1")
        #expect(try deleted.status == 200 && deleted.json().at("result")?.string == "deleted" && deleted.json().at("_version")?.integer == 2)
        #expect(try await server.get("/logs/_doc/1").status == 404)
        #expect(try await server.send("DELETE", "/logs/_doc/\(made)").status == 200)
        let again = try await server.send("DELETE", "/logs/_doc/\(made)")
        #expect(again.status == 404)
        #expect(try await server.records().isEmpty)
        #expect(try await server.send("PUT", "/logs/_create/1", Documents.call(at: 0)).status == 201)
    }

    @Test func recordsThatAQueryFindsAreDeleted() async throws {
        let server = try TestServer()
        try await server.store((0..<10).map { Documents.call(at: $0, status: $0 < 4 ? 500 : 200) })
        let answer = try await server.send("POST", "/gateway/_delete_by_query", #"{"query":{"range":{"status":{"gte":500}}}}"#)
        #expect(try answer.status == 200 && answer.json().at("deleted")?.integer == 4)
        #expect(try await server.records().count == 6)
        #expect(try await server.send("POST", "/gateway/_delete_by_query", "{}").elasticError() == "400 action_request_validation_exception")
        #expect(try await server.send("POST", "/gateway/_update/1", #"{"doc":{}}"#).elasticError() == "400 illegal_argument_exception")
    }

    /// Requests for what is not there or cannot be stored.
    static let errors: [NamedCase<(body: String, error: String)>] = [
        NamedCase("GET /missing/_doc/1", ("", "404 index_not_found_exception")),
        NamedCase("GET /logs/_source/2", ("", "404 resource_not_found_exception")),
        NamedCase("GET /missing/_source/1", ("", "404 resource_not_found_exception")),
        NamedCase("POST /logs/_doc", ("", "400 parsing_exception")),
        NamedCase("POST /logs/_doc ", ("[]", "400 document_parsing_exception")),
        NamedCase("POST /logs/_doc  ", (good + good, "400 document_parsing_exception")),
        NamedCase("PUT /logs/_doc/2", (#"{"colour":"red"}"#, "400 document_parsing_exception")),
        NamedCase("PUT /Logs/_doc/2", (good, "400 invalid_index_name_exception")),
        NamedCase("PUT /_logs/_doc/2", (good, "400 invalid_index_name_exception")),
        NamedCase("PUT /lo%2Ags/_create/2", (good, "400 invalid_index_name_exception")),
    ]

    @Test(arguments: errors) func errorHasTheShapeOfElasticsearch(_ expected: NamedCase<(body: String, error: String)>) async throws {
        let server = try TestServer()
        try await server.store([good], index: "logs")
        let parts = expected.name.split(separator: " ").map(String.init)
        #expect(try await server.send(parts[0], parts[1], expected.value.body).elasticError() == expected.value.error)
        #expect(try await server.records().count == 1)
    }

    @Test func missingDocumentIsFoundFalse() async throws {
        let server = try TestServer()
        try await server.store([good], index: "logs")
        let answer = try await server.get("/logs/_doc/2")
        #expect(answer.status == 404)
        #expect(answer.text == #"{"_index":"logs","_id":"2","found":false}"#)
    }

    @Test func missingIndexIsNamedInItsError() async throws {
        let server = try TestServer()
        let error = try #require(try await server.get("/missing/_search").json().at("error"))
        #expect(error.at("reason")?.string == "no such index [missing]")
        for place in [error, try #require(error.at("root_cause", "0"))] {
            #expect(place.at("resource.type")?.string == "index_or_alias")
            #expect(place.at("resource.id")?.string == "missing")
            #expect(place.at("index")?.string == "missing")
            #expect(place.at("index_uuid")?.string == "_na_")
        }
    }

    @Test func rejectedDocumentIsToldWithLineAndColumn() async throws {
        let server = try TestServer()
        let answer = try await server.send("POST", "/logs/_doc", "{\n \"request\": tru }")
        #expect(try answer.json().at("error", "reason")?.string?.hasPrefix("[2:13]") == true, "\(answer.text)")
    }
}
