import ByteCoding
import GatewayModel
import Testing

@testable import Ingest

@Suite struct ElasticBulkTests {
    static let entry = #"{"request":{"uri":"/v1/chat/completions","method":"POST"},"response":{"status":200},"start_time":1766650000000,"latency":10}"#

    private func read(_ body: String, index: String? = nil) throws -> BulkResult {
        try Reading.pipeline().readBulk(Array(body.utf8), defaultIndex: index, Reading.context())
    }

    @Test func everyActionHasItsItemInOrder() throws {
        let body = """
            {"index":{"_index":"a"}}
            \(Self.entry)
            {"create":{"_index":"b","_id":"7","_type":"_doc","routing":"r","pipeline":null}}
            \(Self.entry)
            {"index":{"_index":"a"}}
            {"not":"a record"}
            {"delete":{"_index":"a","_id":"7"}}
            {"update":{"_index":"a","_id":"7"}}
            {"doc":{}}
            {"index":{"_index":"a","op_type":"create"}}
            \(Self.entry)

            """
        let bulk = try read(body)
        #expect(bulk.items.map(\.operation) == [.index, .create, .index, .delete, .update, .create])
        #expect(bulk.items.map { bulk.indices[$0.index] } == ["a", "b", "a", "a", "a", "a"])
        #expect(bulk.items.map(\.id) == [nil, "7", nil, "7", "7", nil])
        #expect(bulk.result.batch.count == 3 && bulk.result.itemOfRow == [0, 1, 5])
        #expect(bulk.result.batch.text(.index, row: 1) == "b" && bulk.result.batch.text(.documentID, row: 1) == "7" && bulk.result.batch.text(.documentID, row: 2) == nil)
        guard case .failed(let unknown) = bulk.items[2].outcome, case .failed(let updated) = bulk.items[4].outcome else {
            Issue.record("items 2 and 4 must fail")
            return
        }
        #expect(unknown.type == "document_parsing_exception" && unknown.status == 400 && unknown.reason.hasPrefix("[6:1] failed to parse: "))
        #expect(updated.type == "illegal_argument_exception")
        #expect(bulk.items[3].outcome == .deletion(0))
        #expect(bulk.result.identity.deletions == [DocumentDeletion(DocumentName(index: "a", id: "7"), rowsBefore: 2)])
        #expect(bulk.result.rejected.map(\.item) == [2, 4] && bulk.result.counters.received == 5)
    }

    @Test func onlyIndexedRowsWithAnIDTakeThePlaceOfOthers() throws {
        let actions = [#"{"index":{"_id":"1"}}"#, #"{"create":{"_id":"2"}}"#, #"{"index":{}}"#, #"{"index":{"_id":"1"}}"#, #"{"index":{"_id":"3","op_type":"create"}}"#]
        let bulk = try read(actions.map { "\($0)\n\(Self.entry)\n" }.joined() , index: "a")
        #expect(bulk.result.identity == BatchIdentity(replaces: [true, false, false, true, false]))
        #expect(throws: BulkRequestError.self) { try read(#"{"delete":{"_index":"a"}}"# + "\n") }
    }

    @Test(arguments: ["\n", "\r\n"]) func lineEndsOfBothKindsAreRead(_ end: String) throws {
        let bulk = try read([#"{"index":{"_index":"a"}}"#, Self.entry, #"{"index":{"_index":"a"}}"#, Self.entry].joined(separator: end))
        #expect(bulk.result.batch.count == 2, "the last line needs no end")
    }

    @Test func pathNamesTheIndexThatTheLineDoesNot() throws {
        let bulk = try read("{\"index\":{}}\n\(Self.entry)\n{\"index\":{\"_index\":\"own\"}}\n\(Self.entry)\n", index: "path")
        #expect(bulk.items.map { bulk.indices[$0.index] } == ["path", "own"])
    }

    @Test func indexNameThatResolvedToNothingKeepsTheRecord() throws {
        let bulk = try read("{\"index\":{\"_index\":\"\"}}\n\(Self.entry)\n")
        #expect(bulk.result.batch.count == 1 && bulk.indices[0] == ElasticBulkReader.unnamedIndex)
    }

    @Test func missingIndexRefusesTheBody() throws {
        #expect(throws: BulkRequestError.self) { try read("{\"index\":{}}\n\(Self.entry)\n") }
    }

    static let malformed: [NamedCase<(String, Int, String)>] = [
        NamedCase("array", ("[1,2]\n{}\n", 1, "Malformed action/metadata line [1], expected START_OBJECT but found [START_ARRAY]")),
        NamedCase("empty object", ("{\"index\":{\"_index\":\"a\"}}\n{}\n{}\n", 3, "Malformed action/metadata line [3], expected FIELD_NAME but found [END_OBJECT]")),
        NamedCase(
            "unknown action",
            ("{\"upsert\":{}}\n", 1, "Malformed action/metadata line [1], expected field [create], [delete], [index] or [update] but found [upsert]")),
        NamedCase("action without object", ("{\"index\":\"a\"}\n", 1, "Malformed action/metadata line [1], expected START_OBJECT but found [VALUE_STRING]")),
        NamedCase("unknown parameter", ("{\"index\":{\"_idx\":\"a\"}}\n", 1, "Action/metadata line [1] contains an unknown parameter [_idx]")),
        NamedCase("structured value", ("{\"index\":{\"_index\":[\"a\"]}}\n", 1, "Malformed action/metadata line [1], expected a simple value but found [START_ARRAY]")),
        NamedCase("second action", ("{\"index\":{\"_index\":\"a\"},\"x\":1}\n", 1, "Malformed action/metadata line [1], expected END_OBJECT but found [FIELD_NAME]")),
        NamedCase("nothing at all", ("\n\n", 0, "Validation Failed: 1: no requests added;")),
    ]

    @Test(arguments: malformed) func malformedActionLineRefusesTheBody(_ body: NamedCase<(String, Int, String)>) {
        let error = #expect(throws: BulkRequestError.self) { try read(body.value.0, index: nil) }
        #expect(error?.line == body.value.1 && error?.reason == body.value.2 && error?.status == 400)
    }

    @Test func brokenActionLineLeavesNothingBehindForTheNextBody() throws {
        let pipeline = try Reading.pipeline()
        let good = "{\"index\":{\"_index\":\"a\"}}\n\(Self.entry)\n"
        #expect(throws: BulkRequestError.self) { try pipeline.readBulk(Array((good + "garbage\n").utf8), defaultIndex: nil, Reading.context()) }
        #expect(try pipeline.readBulk(Array(good.utf8), defaultIndex: nil, Reading.context()).result.batch.count == 1)
    }

    @Test func emptyIdAndMissingDocumentCostTheirItems() throws {
        let bulk = try read("{\"index\":{\"_index\":\"a\",\"_id\":\"\"}}\n\(Self.entry)\n{\"index\":{\"_index\":\"a\"}}\n\(Self.entry)\n{\"index\":{\"_index\":\"a\"}}\n")
        #expect(bulk.result.batch.count == 1 && bulk.items.count == 3)
        #expect(bulk.result.rejected.map(\.code) == [.emptyID, .missingDocument])
        #expect(bulk.result.rejected[0].reason == "if _id is specified it must not be empty")
    }

    static let names: [(String, Bool)] = [
        ("apisix-logs", true), ("logs-2025.12.25", true), ("été", true), (".hidden", true), ("Upper", false), ("a b", false), ("a/b", false), ("a\\b", false),
        ("a*", false), ("a?", false), ("a\"b", false), ("a<b", false), ("a|b", false), ("a,b", false), ("a#b", false), ("a:b", false), ("-a", false), ("_a", false),
        ("+a", false), (".", false), ("..", false), (String(repeating: "a", count: 255), true), (String(repeating: "a", count: 256), false),
    ]

    @Test(arguments: names) func indexNamesFollowElasticsearchsRules(_ name: String, _ isValid: Bool) {
        #expect((IndexName.fault(in: name) == nil) == isValid)
    }

    @Test func badIndexNameCostsItsItem() throws {
        let bulk = try read("{\"index\":{\"_index\":\"Bad Name\"}}\n\(Self.entry)\n{\"index\":{\"_index\":\"good\"}}\n\(Self.entry)\n")
        #expect(bulk.result.batch.count == 1)
        guard case .failed(let error) = bulk.items[0].outcome else {
            Issue.record("item 0 must fail")
            return
        }
        #expect(error.type == "invalid_index_name_exception")
    }

    @Test func mixedShapesUnderOneIndexAreAllRead() throws {
        let documents = [Samples.apisixChat, Samples.noveum, LiteLLMTests.success.split(separator: "\n").joined(), #"{"status":"200","request_time":"1.5"}"#]
        let body = (documents + documents).map { "{\"index\":{\"_index\":\"x\"}}\n\($0)\n" }.joined()
        let bulk = try read(body)
        #expect(bulk.result.batch.count == 8)
        #expect((0..<8).map { bulk.result.batch.text(.gateway, row: $0) } == ["apisix", "noveum", "litellm", nil, "apisix", "noveum", "litellm", nil])
    }
}
