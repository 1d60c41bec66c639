import ByteCoding
import GatewayModel
import Testing

@testable import Ingest

@Suite struct HostileInputTests {
    /// A small repeatable generator (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    static let neighbour = #"{"request":{"uri":"/neighbour","method":"GET"},"response":{"status":200},"start_time":1766650000000,"latency":10}"#

    static let broken: [NamedCase<(String, RejectionCode)>] = [
        NamedCase("no JSON", ("this is no JSON", .brokenJSON)), NamedCase("cut short", (#"{"request":{"method":"POST","uri":"/v1/chat/comp"#, .brokenJSON)),
        NamedCase("nesting bomb", (#"{"request":"# + String(repeating: #"{"a":"#, count: 100_000) + "1" + String(repeating: "}", count: 100_001), .tooDeep)),
        NamedCase("array bomb", (String(repeating: "[", count: 200_000), .tooDeep)),
        NamedCase("bare NaN", (#"{"request":{"method":"GET","uri":"/"},"response":{"status":200},"start_time":NaN,"latency":1}"#, .brokenJSON)),
        NamedCase("control character", ("{\"request\":{\"uri\":\"/\u{1}\"}}", .brokenJSON)), NamedCase("number", ("42", .notAnObject)),
        NamedCase("string", ("\"x\"", .notAnObject)), NamedCase("null", ("null", .notAnObject)), NamedCase("array", ("[1]", .notAnObject)),
        NamedCase("broken escape", (#"{"request":{"uri":"\uZZZZ"}}"#, .brokenJSON)), NamedCase("two documents", ("{} {}", .brokenJSON)),
        NamedCase("comma at the end", (#"{"a":1,}"#, .brokenJSON)), NamedCase("leading zero", (#"{"latency":01}"#, .brokenJSON)),
    ]

    @Test(arguments: broken) func brokenDocumentCostsItselfInABulkBody(_ document: NamedCase<(String, RejectionCode)>) throws {
        let lines = [Self.neighbour, document.value.0, Self.neighbour].flatMap { [#"{"index":{"_index":"a"}}"#, $0] }
        let bulk = try Reading.pipeline().readBulk(Array(lines.joined(separator: "\n").utf8), defaultIndex: nil, Reading.context())
        #expect(bulk.result.rejected.map(\.code) == [document.value.1] && bulk.result.rejected.map(\.item) == [1] && bulk.result.rejected.map(\.line) == [4])
        #expect((0..<2).map { bulk.result.batch.text(.path, row: $0) } == ["/neighbour", "/neighbour"])
    }

    @Test func invalidUTF8CostsItsDocument() throws {
        var body = Array("\(Self.neighbour)\n{\"request\":{\"uri\":\"/".utf8)
        body += [0xff, 0xfe] + Array("\"},\"latency\":1}\n\(Self.neighbour)".utf8)
        let result = try Reading.pipeline().readItems(body, Reading.context(.apisix))
        #expect(result.rejected.map(\.code) == [.invalidUTF8] && result.rejected[0].column == 21 && result.batch.count == 2)
    }

    @Test func documentBeyondTheLimitCostsItself() throws {
        let pipeline = try Reading.pipeline(documentBytesMax: 1_000)
        let body = "\(Self.neighbour)\n{\"a\":\"\(String(repeating: "x", count: 2_000))\"}\n\(Self.neighbour)"
        let result = pipeline.readItems(Array(body.utf8), Reading.context(.apisix))
        #expect(result.batch.count == 2 && result.rejected.map(\.code) == [.tooLarge])
    }

    @Test func manyDistinctClientsAreCappedAndCounted() throws {
        let settings = IngestSettings(privacy: PrivacyRules(key: Reading.key), distinctValuesMax: 100)
        let pipeline = try IngestPipeline(settings: settings, prices: nil)
        let body = (0..<1_000).map { Self.neighbour.dropLast() + #","consumer":{"username":"c\#($0)"}}"# }.joined(separator: "\n")
        let result = pipeline.readItems(Array(body.utf8), Reading.context(.apisix))
        #expect(result.batch.count == 1_000 && result.counters.cappedValues == 900)
        #expect(result.batch.text(.client, row: 99) == "c99" && result.batch.text(.client, row: 100) == "_other")
    }

    @Test func bodyOfGarbageIsListedOnlyUpToTheLimit() throws {
        let body = Array(repeating: "x", count: IngestResult.rejectedListedMax + 50).joined(separator: "\n")
        let result = try Reading.pipeline().readItems(Array(body.utf8), Reading.context(.apisix))
        #expect(result.rejected.count == IngestResult.rejectedListedMax && result.counters.rejectedTotal == IngestResult.rejectedListedMax + 50)
    }

    // MARK: Mutations

    enum Layout: String, CaseIterable {
        case bulk, lines, array
    }

    /// Reads a mutated entry between two sound ones and says whether both are there, unchanged.
    private func neighboursSurvive(_ entry: [UInt8], _ layout: Layout, _ pipeline: IngestPipeline) throws -> Bool {
        let neighbour = Array(Self.neighbour.utf8)
        let result: IngestResult
        switch layout {
        case .bulk:
            let action = Array("{\"index\":{\"_index\":\"a\"}}\n".utf8)
            let body = action + neighbour + [0x0a] + action + entry + [0x0a] + action + neighbour + [0x0a]
            result = try pipeline.readBulk(body, defaultIndex: nil, Reading.context()).result
        case .lines: result = pipeline.readItems(neighbour + [0x0a] + entry + [0x0a] + neighbour, Reading.context(.apisix))
        case .array:
            result = pipeline.readItems([UInt8(ascii: "[")] + neighbour + [UInt8(ascii: ",")] + entry + [UInt8(ascii: ",")] + neighbour + [UInt8(ascii: "]")], Reading.context(.apisix))
        }
        let rows = (0..<result.batch.count).filter { result.batch.text(.path, row: $0) == "/neighbour" && result.batch.integer(.duration, row: $0) == 10_000 }
        return rows.count == 2 && result.batch.count <= 3
    }

    /// A line end inside an entry makes two documents of it where lines separate documents; nobody could tell.
    private func splitsLines(_ entry: [UInt8], _ layout: Layout) -> Bool { layout != .array && entry.contains(0x0a) }

    @Test(arguments: Layout.allCases) func anyByteFlipLeavesTheNeighboursAlone(_ layout: Layout) throws {
        let pipeline = try Reading.pipeline()
        let entry = Array(Samples.apisixRateLimited.utf8)
        var dice = Dice(state: 7)
        for position in entry.indices {
            // Every byte, one bit of it: all eight would take minutes in a debug build.
            let flip = UInt8(1) << UInt8.random(in: 0..<8, using: &dice)
            var mutated = entry
            mutated[position] ^= flip
            if splitsLines(mutated, layout) { continue }
            #expect(try neighboursSurvive(mutated, layout, pipeline), "byte \(position) flipped by \(flip)")
        }
    }

    @Test(arguments: Layout.allCases) func anyTruncationLeavesTheNeighboursAlone(_ layout: Layout) throws {
        let pipeline = try Reading.pipeline()
        let entry = Array(Samples.apisixChat.utf8)
        for length in stride(from: 1, to: entry.count, by: 3) {
            #expect(try neighboursSurvive(Array(entry[..<length]), layout, pipeline), "cut to \(length) bytes")
        }
    }

    /// One entry of any shape with a few mutations; nil when it became two lines or none.
    private func mutated(_ originals: [[UInt8]], seed: UInt64) -> [UInt8]? {
        let words = ["NaN", "1e999", "-1", "\"\"", "null", "{}", "[]", "\\u0000", "\"", "}", "]", ",", "\u{FEFF}", "9223372036854775808", "true"].map { Array($0.utf8) }
        var dice = Dice(state: seed)
        var entry = originals[Int.random(in: 0..<originals.count, using: &dice)]
        for _ in 0..<Int.random(in: 1...6, using: &dice) where !entry.isEmpty {
            let position = Int.random(in: 0..<entry.count, using: &dice)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: entry[position] = UInt8.random(in: 0...255, using: &dice)
            case 1: entry.removeSubrange(position..<min(entry.count, position + Int.random(in: 1...20, using: &dice)))
            case 2: entry.insert(contentsOf: words[Int.random(in: 0..<words.count, using: &dice)], at: position)
            default: entry.insert(contentsOf: entry[position..<min(entry.count, position + 40)], at: position)
            }
        }
        return entry.contains(0x0a) || entry.allSatisfy({ $0 <= 0x20 }) ? nil : entry
    }

    /// 10,000 entries of all shapes with several mutations each, every one between two sound ones: no crash, no hang, neighbours kept.
    @Test func mutatedEntriesNeverHurtAnybodyElse() throws {
        let pipeline = try Reading.pipeline()
        let originals = [Samples.apisixRateLimited, Samples.apisixStream, Samples.noveum, LiteLLMTests.success.split(separator: "\n").joined()].map { Array($0.utf8) }
        let action = Array("{\"index\":{\"_index\":\"a\"}}\n".utf8)
        let neighbour = action + Array(Self.neighbour.utf8) + [0x0a]
        for first in stride(from: UInt64(0), to: 10_000, by: 50) {
            let entries = (first..<first + 50).compactMap { mutated(originals, seed: $0) }
            let body = neighbour + entries.flatMap { action + $0 + [0x0a] + neighbour }
            let result = try pipeline.readBulk(body, defaultIndex: nil, Reading.context()).result
            let survivors = (0..<result.batch.count).filter { result.batch.text(.path, row: $0) == "/neighbour" && result.batch.integer(.duration, row: $0) == 10_000 }
            #expect(survivors.map { result.itemOfRow[$0] } == Array(stride(from: 0, through: entries.count * 2, by: 2)), "seeds \(first) to \(first + 49)")
            #expect(result.counters.received == entries.count * 2 + 1)
            for entry in entries.prefix(3) { _ = entry.withUnsafeBytes { unsafe Redactor.redact($0) } }
        }
    }
}
