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
                "index a 201 created", "create b 201 created", "index a 400 document_parsing_exception", "delete a 400 illegal_argument_exception",
                "update a 400 illegal_argument_exception", "index NotLower 400 invalid_index_name_exception", "index a 400 document_parsing_exception", "create b 201 created",
            ])
        #expect(items[7].at("create", "_id")?.string == "ä\"")
        #expect(items[0].at("index", "_shards", "successful")?.integer == 1)
        #expect(items[0].at("index", "_version")?.integer == 1)
        #expect(items[0].at("index", "_primary_term")?.integer == 1)
        #expect(try await server.records().count == 3)
    }

    @Test func sequenceNumbersPassOverRefusedRows() async throws {
        let server = try TestServer()
        try await server.store([good], index: "a")
        let body = ["2", "1", "3", "1", "4"].map { #"{"index":{"_index":"a","_id":"\#($0)"}}"# + "\n" + good + "\n" }.joined()
        let items = try #require(try await server.send("POST", "/_bulk", body).json().at("items")?.elements)
        let numbers = items.map { $0.at("index", "_seq_no")?.integer }
        let first = try #require(numbers[0])
        #expect(numbers == [first, nil, first + 1, nil, first + 2])
        // What was told is where the records are.
        for (item, number) in zip(items, numbers) {
            guard let number, let id = item.at("index", "_id")?.string else { continue }
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

    @Test func existingIDIsAConflictForCreateAndAnErrorForIndex() async throws {
        let server = try TestServer()
        try await server.store([good], index: "a")
        let body = "{\"create\":{\"_index\":\"a\",\"_id\":\"1\"}}\n\(good)\n{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n\(good)\n{\"create\":{\"_index\":\"other\",\"_id\":\"1\"}}\n\(good)\n"
        let json = try await server.send("POST", "/_bulk", body).json()
        #expect(json.at("errors")?.bool == true)
        #expect(json.at("items", "0", "create", "status")?.integer == 409)
        #expect(json.at("items", "0", "create", "error", "type")?.string == "version_conflict_engine_exception")
        #expect(json.at("items", "1", "index", "status")?.integer == 400)
        #expect(json.at("items", "1", "index", "error", "reason")?.string?.contains("overwriting") == true)
        #expect(json.at("items", "2", "create", "status")?.integer == 201)
        #expect(try await server.records().count == 2)
    }

    @Test func filterPathOfErrorsAloneLeavesOutTheItems() async throws {
        let server = try TestServer()
        let body = "{\"index\":{\"_index\":\"a\"}}\n\(good)\n"
        #expect(try await server.send("POST", "/_bulk?filter_path=errors,took", body).json().names == ["errors", "took"])
        #expect(try await server.send("POST", "/_bulk?filter_path=errors,items.*.error", body).json().names == ["errors", "took", "items"])
        #expect(try await server.records().count == 2)
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
