import ByteCoding
import GatewayModel
import Testing

@testable import WebAPI

private let good = Documents.call(at: 0)

struct IngestRoutesTests {
    /// Body and `received stored rejected` with the status.
    static let bodies: [NamedCase<(body: String, told: String)>] = [
        NamedCase("object", (good, "200 1 1 0")),
        NamedCase("array", ("[\(good),\n\(good)]", "200 2 2 0")),
        NamedCase("NDJSON", ("\(good)\n\(good)\n\(good)", "200 3 3 0")),
        NamedCase("NDJSON with CRLF and blank lines", ("\(good)\r\n\r\n\(good)\r\n", "200 2 2 0")),
        NamedCase("objects over several lines", ("{\n" + good.dropFirst() + "\n\n{\n" + good.dropFirst(), "200 2 2 0")),
        NamedCase("partly good", ("\(good)\n{\"colour\":\"red\"}\n\(good)", "200 3 2 1")),
        NamedCase("partly broken", ("\(good)\n{\"request\":\n\(good)\n", "200 3 2 1")),
        NamedCase("all of no shape", (#"[{"a":1},{"b":2}]"#, "400 2 0 2")),
        NamedCase("all broken", ("nonsense", "400 1 0 1")),
        NamedCase("items that are no objects", ("[1,\"x\",null]", "400 3 0 3")),
    ]

    @Test(arguments: bodies, ["apisix", "noveum", "litellm"])
    func bodyIsReadInEveryFraming(_ expected: NamedCase<(body: String, told: String)>, _ door: String) async throws {
        let server = try TestServer()
        let answer = try await server.send("POST", "/ingest/\(door)", expected.value.body)
        let json = try answer.json()
        let told = "\(answer.status) " + ["received", "stored", "rejected"].map { "\(json[$0]?.integer ?? -1)" }.joined(separator: " ")
        #expect(told == expected.value.told, "\(answer.text)")
        #expect(json.at("errors")?.elements?.count == json.at("rejected")?.integer.map { Int($0) })
        #expect(try await server.records().count == json.at("stored")?.integer.map { Int($0) })
    }

    @Test func errorNamesItemLineColumnAndReason() async throws {
        let json = try await TestServer().send("POST", "/ingest/apisix", "\(good)\n{\"colour\":\"red\"}\n{\"request\": tru}\n").json()
        let errors = try #require(json.at("errors")?.elements)
        #expect(errors.map { "\($0.at("item")?.integer ?? -1) \($0.at("line")?.integer ?? -1) \($0.at("code")?.string ?? "")" } == ["1 2 unknown_shape", "2 3 broken_json"])
        #expect(errors[1].at("column")?.integer == 13)
        #expect(errors.allSatisfy { $0.at("reason")?.string?.isEmpty == false })
    }

    @Test(arguments: ["", " ", "\n\n", "\r\n \t", "[]", " [ ] "]) func blankBodyIsRefused(_ body: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/ingest/apisix", body).apiError() == "400 invalid_request")
    }

    @Test func errorsAreListedUpToALimitAndAllCounted() async throws {
        let server = try TestServer()
        let json = try await server.send("POST", "/ingest/apisix", String(repeating: "{\"a\":1}\n", count: 250)).json()
        #expect(json.at("rejected")?.integer == 250)
        #expect(json.at("errors")?.elements?.count == IngestRoutes.errorsListedMax)
        let page = PrometheusChecker(try await server.get("/metrics").text)
        #expect(page.values[#"gatewatch_ingest_rejected_total{source="apisix",reason="unknown_shape"}"#] == 250)
    }

    @Test func shapeDecidesWhateverThePath() async throws {
        let server = try TestServer()
        _ = try await server.send("POST", "/ingest/litellm", Documents.noveum)
        _ = try await server.send("PUT", "/ingest/noveum", Documents.apisixChat)
        let records = try await server.records()
        #expect(records.map { $0.at("gateway")?.string } == ["noveum", "apisix"])
        #expect(records.map { $0.at("source")?.string } == ["litellm", "noveum"])
        #expect(records.allSatisfy { $0.at("index") == nil })
    }

    @Test func oldRecordsAreRefusedOneByOne() async throws {
        let server = try TestServer()
        let ancient = good.replacing(#""start_time":1772711999900"#, with: #""start_time":1000000"#)
        let json = try await server.send("POST", "/ingest/apisix", "[\(ancient),\(good)]").json()
        #expect(json.at("stored")?.integer == 1)
        #expect(json.at("errors", "0", "code")?.string == "too_old")
        #expect(json.at("errors", "0", "field")?.string == "time")
    }
}

struct MediaTypeTests {
    static let accepted = [
        "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/x-ndjson", "application/x-ndjson;compatible-with=7",
        "application/vnd.elasticsearch+json; compatible-with=8", "application/vnd.elasticsearch+x-ndjson; compatible-with=9", "text/plain", "text/plain; charset=UTF-8",
        "application/x-www-form-urlencoded",
    ]

    @Test(arguments: accepted) func whatClientsSendJSONUnderIsTaken(_ type: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/ingest/apisix", good, headers: [("Content-Type", type)]).status == 200)
        #expect(try await server.send("POST", "/a/_doc", good, headers: [("Content-Type", type)]).status == 201)
    }

    @Test(arguments: ["text/html", "multipart/form-data; boundary=x", "application/cbor", "application/vnd.elasticsearch+cbor", "image/png", "json"])
    func otherTypesAreRefused(_ type: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/ingest/apisix", good, headers: [("Content-Type", type)]).apiError() == "415 unsupported_media_type")
        #expect(try await server.send("POST", "/api/v1/requests/query", "{}", headers: [("Content-Type", type)]).apiError() == "415 unsupported_media_type")
        let answer = try await server.send("POST", "/a/_doc", good, headers: [("Content-Type", type)])
        #expect(try answer.elasticError() == "406 media_type_header_exception")
        #expect(answer.text.contains("Content-Type header ["))
        #expect(try await server.records().isEmpty)
    }

    @Test func typeOfAnAbsentBodyDoesNotMatter() async throws {
        #expect(try await TestServer().get("/_search", headers: [("Content-Type", "text/html")]).status == 200)
    }
}

struct FullStoreTests {
    private static let document = "{\"index\":{\"_index\":\"a\"}}\n\(good)\n"

    /// What the store says, and what the own API and the door answer.
    static let refusals: [NamedCase<(error: StorageError, api: String, door: String)>] = [
        NamedCase("full", (.full(reason: "less than 64 MiB are free"), "507 storage_full", "429 es_rejected_execution_exception")),
        NamedCase("a failing disk", (.system(operation: "write", file: "wal", code: 5), "507 storage_full", "429 es_rejected_execution_exception")),
        NamedCase("closing", (.closed, "429 overloaded", "503 node_closed_exception")),
        NamedCase("damaged", (.damaged(file: "wal", what: "length", offset: 3), "500 internal", "500 exception")),
    ]

    @Test(arguments: refusals) func nothingIsStoredAndTheSenderIsToldWhen(_ expected: NamedCase<(error: StorageError, api: String, door: String)>) async throws {
        let server = try TestServer(writer: RefusingWriter(error: expected.value.error))
        let own = try await server.send("POST", "/ingest/apisix", good)
        #expect(try own.apiError() == expected.value.api)
        let answers = [
            try await server.send("POST", "/_bulk", Self.document), try await server.send("POST", "/a/_doc", good), try await server.send("PUT", "/a/_create/1", good),
        ]
        for answer in answers {
            #expect(try answer.elasticError() == expected.value.door)
            #expect((answer.header("Retry-After") != nil) == (answer.status == 429))
            #expect(answer.text.contains("nothing was stored"))
        }
        #expect(try await server.records().isEmpty)
        let page = PrometheusChecker(try await server.get("/metrics").text)
        for source in ["apisix", "elasticsearch"] {
            #expect(page.values[#"gatewatch_ingest_stored_total{source="\#(source)"}"#] == 0)
            #expect(page.values[#"gatewatch_ingest_events_total{source="\#(source)"}"#] == 0)
        }
    }

    @Test func readsGoOnWhileWritesAreRefused() async throws {
        let folder = try TemporaryFolder()
        let before = try TestServer(folder: folder)
        try await before.store([good], index: "a")
        await before.store.close()
        let server = try TestServer(writer: RefusingWriter(error: .full(reason: "full")), unwritable: "full", folder: folder)
        #expect(try await server.send("POST", "/a/_doc", good).status == 429)
        #expect(try await server.get("/a/_count").json().at("count")?.integer == 1)
        #expect(try await server.get("/ready").status == 503)
        #expect(try await server.get("/health").status == 200)
        let store = try await server.get("/api/v1/status").json().at("store")
        #expect(store?.at("writable")?.bool == false)
        #expect(store?.at("reason")?.string == "full")
        #expect(PrometheusChecker(try await server.get("/metrics").text).values["gatewatch_store_writable"] == 0)
    }

    @Test func declarationsGoOnWhileRecordsAreRefused() async throws {
        let server = try TestServer(writer: RefusingWriter(error: .full(reason: "full")))
        #expect(try await server.send("PUT", "/a").status == 200)
    }
}
