import ByteCoding
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

private let good = Documents.call(at: 0)

struct BulkTests {
    @Test func answersStandInTheOrderOfTheActions() async throws {
        let server = try TestServer()
        let body = """
            {"index":{"_index":"a","_id":"1"}}
            \(good)
            {"create":{"_index":"b"}}
            \(good)
            {"index":{"_index":"a"}}
            {"status":"of no known shape"}
            {"delete":{"_index":"a","_id":"1"}}
            {"update":{"_index":"a","_id":"1"}}
            {"doc":{}}
            {"index":{"_index":"NotLower"}}
            \(good)
            {"index":{"_index":"a"}}
            {"broken":
            {"create":{"_index":"b","_id":"ä\\""}}
            \(good)

            """
        let answer = try await server.send("POST", "/_bulk", body, headers: [("Content-Type", "application/x-ndjson")])
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json.at("errors")?.bool == true)
        #expect(json.at("took")?.integer != nil)
        let items = try #require(json.at("items")?.elements)
        let told = items.map { item in
            let name = item.names.joined()
            return "\(name) \(item.at(name, "_index")?.string ?? "-") \(item.at(name, "status")?.integer ?? 0) \(item.at(name, "error", "type")?.string ?? item.at(name, "result")?.string ?? "-")"
        }
        #expect(
            told == [
                "index a 201 created", "create b 201 created", "index a 400 document_parsing_exception", "delete a 200 deleted",
                "update a 400 illegal_argument_exception", "index NotLower 400 invalid_index_name_exception", "index a 400 document_parsing_exception", "create b 201 created",
            ])
        #expect(items[7].at("create", "_id")?.string == "ä\"")
        #expect(items[0].at("index", "_shards", "successful")?.integer == 1)
        #expect(items[0].at("index", "_version")?.integer == 1)
        #expect(items[0].at("index", "_primary_term")?.integer == 1)
        #expect(try await server.records().count == 2, "the first was deleted again")
    }

    @Test func sequenceNumbersPassOverRefusedRows() async throws {
        let server = try TestServer()
        try await server.store([good], index: "a")
        let body = ["2", "1", "3", "1", "4"].map { #"{"create":{"_index":"a","_id":"\#($0)"}}"# + "\n" + good + "\n" }.joined()
        let items = try #require(try await server.send("POST", "/_bulk", body).json().at("items")?.elements)
        let numbers = items.map { $0.at("create", "_seq_no")?.integer }
        let first = try #require(numbers[0])
        #expect(numbers == [first, nil, first + 1, nil, first + 2])
        // What was told is where the records are.
        for (item, number) in zip(items, numbers) {
            guard let number, let id = item.at("create", "_id")?.string else { continue }
            #expect(try await server.get("/a/_doc/\(id)").json().at("_seq_no")?.integer == number)
            #expect(try await server.get("/api/v1/requests/\(RecordID.text(number))").json().at("document_id")?.string == id)
        }
    }

    @Test func madeIDsFindTheirRecords() async throws {
        let server = try TestServer()
        let body = (0..<3).map { "{\"index\":{}}\n" + Documents.call(at: $0, tokens: 100 + $0) + "\n" }.joined()
        let items = try #require(try await server.send("PUT", "/a/_bulk", body).json().at("items")?.elements)
        for (position, item) in items.enumerated() {
            let id = try #require(item.at("index", "_id")?.string)
            let source = try await server.get("/a/_source/\(id)").json()
            #expect(source.at("llm_summary", "prompt_tokens")?.integer == Int64(100 + position))
        }
    }

    @Test func existingIDIsAConflictForCreateAndReplacedByIndex() async throws {
        let server = try TestServer()
        try await server.store([good], index: "a")
        let body = "{\"create\":{\"_index\":\"a\",\"_id\":\"1\"}}\n\(good)\n{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n\(good)\n{\"create\":{\"_index\":\"other\",\"_id\":\"1\"}}\n\(good)\n"
        let json = try await server.send("POST", "/_bulk", body).json()
        #expect(json.at("errors")?.bool == true)
        #expect(json.at("items", "0", "create", "status")?.integer == 409)
        #expect(json.at("items", "0", "create", "error", "type")?.string == "version_conflict_engine_exception")
        #expect(json.at("items", "1", "index", "status")?.integer == 200)
        #expect(json.at("items", "1", "index", "result")?.string == "updated")
        #expect(json.at("items", "1", "index", "_version")?.integer == 2)
        #expect(json.at("items", "2", "create", "status")?.integer == 201)
        #expect(try await server.records().count == 2)
    }

    @Test func actionsOnOneDocumentCountInTheirOrder() async throws {
        let server = try TestServer()
        let body = """
            {"index":{"_index":"a","_id":"1"}}
            \(Documents.call(at: 0, tokens: 1))
            {"index":{"_index":"a","_id":"1"}}
            \(Documents.call(at: 1, tokens: 2))
            {"delete":{"_index":"a","_id":"1"}}
            {"delete":{"_index":"a","_id":"1"}}
            {"create":{"_index":"a","_id":"1"}}
            \(Documents.call(at: 2, tokens: 3))
            {"create":{"_index":"a","_id":"1"}}
            \(Documents.call(at: 3, tokens: 4))

            """
        let json = try await server.send("POST", "/_bulk", body).json()
        let told = (json.at("items")?.elements ?? []).map { item in
            let name = item.names.joined()
            return "\(name) \(item.at(name, "status")?.integer ?? 0) \(item.at(name, "result")?.string ?? "-") \(item.at(name, "_version")?.integer ?? 0)"
        }
        #expect(told == ["index 201 created 1", "index 200 updated 2", "delete 200 deleted 3", "delete 404 not_found 1", "create 201 created 1", "create 409 - 0"])
        #expect(json.at("errors")?.bool == true)
        let document = try await server.get("/a/_doc/1").json()
        #expect(document.at("_source", "llm_summary", "prompt_tokens")?.integer == 3 && document.at("_version")?.integer == 1)
        #expect(try await server.records().count == 1)
    }

    @Test func repeatedMessagesAreAcknowledgedAndNotStored() async throws {
        let server = try TestServer()
        // Two equal calls in one body are two calls; the body again is none.
        let body = [0, 0, 1].map { "{\"index\":{\"_index\":\"a\"}}\n" + Documents.call(at: $0) + "\n" }.joined()
        let first = try await server.send("POST", "/_bulk", body).json()
        let more = body + "{\"index\":{\"_index\":\"a\"}}\n" + Documents.call(at: 2) + "\n"
        let second = try await server.send("POST", "/_bulk", more).json()
        #expect(first.at("errors")?.bool == false && second.at("errors")?.bool == false)
        #expect((first.at("items")?.elements ?? []).map { $0.at("index", "status")?.integer } == [201, 201, 201])
        #expect((second.at("items")?.elements ?? []).map { $0.at("index", "status")?.integer } == [200, 200, 200, 201])
        #expect((second.at("items")?.elements ?? []).map { $0.at("index", "_seq_no")?.integer } == [nil, nil, nil, 4])
        #expect(try await server.records().count == 4)
        let single = try await server.send("POST", "/a/_doc", Documents.call(at: 2))
        #expect(try single.status == 200 && single.json().at("result")?.string == "noop")
        let counts = server.services.collector.metrics.snapshot[0].counts
        #expect(counts.received == 8 && counts.stored == 4 && counts.duplicates == 4)
    }

    @Test func filterPathOfErrorsAloneLeavesOutTheItems() async throws {
        let server = try TestServer()
        let body = "{\"index\":{\"_index\":\"a\"}}\n\(good)\n"
        #expect(try await server.send("POST", "/_bulk?filter_path=errors,took", body).json().names == ["errors", "took"])
        #expect(try await server.send("POST", "/_bulk?filter_path=errors,items.*.error", body).json().names == ["errors", "took", "items"])
        #expect(try await server.records().count == 1, "the same message again is left out")
    }

    @Test func prettyAnswerIsTheSameInLines() async throws {
        let server = try TestServer()
        let answer = try await server.send("POST", "/_bulk?pretty", "{\"index\":{\"_index\":\"a\",\"_id\":\"x y\"}}\n\(good)\n")
        #expect(answer.text.hasPrefix("{\n  \"errors\": false"))
        #expect(try answer.json().at("items", "0", "index", "_id")?.string == "x y")
    }

    /// Bodies that are refused as a whole, and what is said.
    static let refused: [NamedCase<String>] = [
        NamedCase("", "no requests added"),
        NamedCase("\n\n", "no requests added"),
        NamedCase("{\"index\":{}}\n\(good)\n", "index is missing"),
        NamedCase("{\"index\":{\"_index\":\"a\"}}\n\(good)\n[1]\n\(good)\n", "Malformed action/metadata line [3]"),
        NamedCase("{\"upsert\":{\"_index\":\"a\"}}\n\(good)\n", "[upsert]"),
        NamedCase("nonsense", "Malformed action/metadata line [1]"),
    ]

    @Test(arguments: refused) func brokenActionLineCostsTheWholeBody(_ expected: NamedCase<String>) async throws {
        let server = try TestServer()
        let answer = try await server.send("POST", "/_bulk", expected.name)
        #expect(try answer.elasticError().hasPrefix("400 "))
        #expect(answer.text.contains(expected.value), "\(answer.text)")
        #expect(try await server.records().isEmpty)
    }

    @Test func lastActionWithoutDocumentCostsItself() async throws {
        let server = try TestServer()
        let json = try await server.send("POST", "/_bulk", "{\"index\":{\"_index\":\"a\"}}\n\(good)\n{\"index\":{\"_index\":\"a\"}}\n").json()
        #expect(json.at("items", "0", "index", "status")?.integer == 201)
        #expect(json.at("items", "1", "index", "status")?.integer == 400)
    }

    @Test func writeParametersThatAreNotServedAreRefused() async throws {
        let server = try TestServer()
        #expect(try await server.send("PUT", "/a/_doc/1?version=3", good).elasticError() == "400 illegal_argument_exception")
        #expect(try await server.send("POST", "/a/_bulk?require_alias=true", "{\"index\":{}}\n\(good)\n").elasticError() == "404 index_not_found_exception")
        #expect(try await server.records().isEmpty)
    }
}
