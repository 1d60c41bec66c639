import GatewayModel
import Testing

@testable import Ingest

@Suite struct ItemSplitterTests {
    /// The pieces that a body is split into.
    private func split(_ body: String) -> [String] {
        let bytes = Array(body.utf8)
        var splitter = ItemSplitter()
        var items: [String] = []
        while case .item(let range, _, _) = bytes.withUnsafeBytes({ unsafe splitter.next(in: $0, isFinal: true) }) {
            items.append(String(decoding: bytes[range], as: UTF8.self))
        }
        return items
    }

    static let wholes: [NamedCase<(String, [String])>] = [
        NamedCase("nothing", ("", [])), NamedCase("blanks", (" \n\r\n\t ", [])), NamedCase("empty array", ("[]", [])),
        NamedCase("one object", (#"{"a":1}"#, [#"{"a":1}"#])), NamedCase("one object over lines", ("{\n \"a\": 1\n}\n", ["{\n \"a\": 1\n}"])),
        NamedCase("objects over lines", ("{\n\"a\":1}\n{\n\"a\":2}", ["{\n\"a\":1}", "{\n\"a\":2}"])),
        NamedCase("lines", ("{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", [#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#])),
        NamedCase("array", (#"[{"a":1}, {"a":[2]} ,{"a":"]"}]"#, [#"{"a":1}"#, #"{"a":[2]}"#, #"{"a":"]"}"#])),
        NamedCase("array with strangers", (#"[{"a":1},7,"x",null,{"a":2}]"#, [#"{"a":1}"#, "7", #""x""#, "null", #"{"a":2}"#])),
        NamedCase("array over lines", ("[\n{\"a\":1},\n{\"a\":2}\n]\n", [#"{"a":1}"#, #"{"a":2}"#])),
        NamedCase("an array a line", ("[{\"a\":1}]\n[{\"a\":2},{\"a\":3}]\n", [#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#])),
        NamedCase("byte order mark", ("\u{FEFF}{\"a\":1}\n{\"a\":2}", [#"{"a":1}"#, #"{"a":2}"#])),
        NamedCase("broken first line", ("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", [#"{"a":"#, #"{"a":2}"#, #"{"a":3}"#])),
        NamedCase("broken line in between", ("{\"a\":1}\n{\"a\":\"\n{\"a\":3}\n", [#"{"a":1}"#, #"{"a":""#, #"{"a":3}"#])),
        NamedCase("escaped quotes", (#"[{"a":"\"},{\""},{"a":"\\"}]"#, [#"{"a":"\"},{\""}"#, #"{"a":"\\"}"#])),
        NamedCase("missing bracket in an array", (#"[{"a":{"b":1},{"a":2},{"a":3}]"#, [#"{"a":{"b":1}"#, #"{"a":2}"#, #"{"a":3}"#])),
        NamedCase("missing quote in an array", (#"[{"a":1},{"a":"x},{"a":3}]"#, [#"{"a":1}"#, #"{"a":"x}"#, #"{"a":3}"#])),
        NamedCase("extra bracket in an array", (#"[{"a":1}},{"a":2}]"#, [#"{"a":1}}"#, #"{"a":2}"#])),
        NamedCase("lost opening bracket", (#"[{"a":z"b":1},"c":2},{"a":3}]"#, [#"{"a":z"b":1},"c":2}"#, #"{"a":3}"#])),
        NamedCase("unclosed array", (#"[{"a":1},{"a":2}"#, [#"{"a":1}"#, #"{"a":2}"#])),
        NamedCase("cut inside the last item", (#"[{"a":1},{"a":"#, [#"{"a":1}"#, #"{"a":"#])),
    ]

    @Test(arguments: wholes) func bodyIsSplitIntoItsDocuments(_ body: NamedCase<(String, [String])>) {
        #expect(split(body.value.0) == body.value.1)
    }

    @Test(arguments: wholes) func piecesGiveTheSameDocumentsAsTheWhole(_ body: NamedCase<(String, [String])>) throws {
        let bytes = Array(body.value.0.utf8)
        for pieceSize in [1, 2, 3, 7] {
            var splitter = ItemSplitter()
            var items: [String] = []
            var start = 0
            var end = min(pieceSize, bytes.count)
            walk: while true {
                let step = Array(bytes[start..<end]).withUnsafeBytes { unsafe splitter.next(in: $0, isFinal: end == bytes.count) }
                switch step {
                case .item(let range, _, _): items.append(String(decoding: bytes[(start + range.lowerBound)..<(start + range.upperBound)], as: UTF8.self))
                case .needsMore:
                    let consumed = splitter.position
                    splitter.drop(consumed)
                    start += consumed
                    try #require(end < bytes.count)
                    end = min(end + pieceSize, bytes.count)
                case .unreadable, .end: break walk
                }
            }
            #expect(items == body.value.1, "in pieces of \(pieceSize)")
        }
    }

    @Test func refusalNamesLineAndColumnOfTheTrouble() throws {
        let lines = try Reading.pipeline().readItems(Array("\(ElasticBulkTests.entry)\n{\"request\": nonsense}\n".utf8), Reading.context(.apisix))
        #expect(lines.rejected.map { [$0.item, $0.line, $0.column] } == [[1, 2, 13]])
        let array = try Reading.pipeline().readItems(Array("[\(ElasticBulkTests.entry),\n  {\"request\":\n nonsense}]".utf8), Reading.context(.apisix))
        #expect(array.rejected.map { [$0.item, $0.line, $0.column] } == [[1, 3, 2]])
        #expect(array.rejected[0].code == .brokenJSON && array.batch.count == 1)
    }
}
