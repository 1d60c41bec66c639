import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

@testable import Dashboards

/// A value that weighs as much as its text.
private struct Word: KeptValue, Equatable {
    let key: String
    let text: String

    init(_ key: String, _ text: String) { (self.key, self.text) = (key, text) }

    var weight: Int { text.utf8.count }
    func writeMembers(to object: inout JSONWriter) { object.member("text", text) }

    init?(key: String, members: JSONValue) {
        guard let text = members["text"]?.string else { return nil }
        self.init(key, text)
    }
}

private func table(_ files: MemoryFiles, countMax: Int = 100, bytesMax: Int = 1 << 30) throws -> KeptTable<Word> {
    try KeptTable(folder: "/table", files: files, countMax: countMax, bytesMax: bytesMax)
}

private func sorted(_ table: KeptTable<Word>) -> [Word] { table.values.sorted { $0.key < $1.key } }

struct KeptTableTests {
    /// Random changes against a dictionary, with power cuts between.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func changesAreThoseOfADictionary(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var files = MemoryFiles()
        var kept = try table(files)
        var truth: [String: String] = [:]
        for step in 0..<200 {
            let key = "k\(Int.random(in: 0..<12, using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let text = "text \(step) \"\u{1}é"
                try await kept.put(Word(key, text))
                truth[key] = text
            case 6..<9:
                let removed = try await kept.remove(key)
                #expect(removed?.text == truth.removeValue(forKey: key))
            default:
                files = files.afterPowerCut()
                kept = try table(files)
            }
            #expect(kept.count == truth.count)
        }
        #expect(Dictionary(uniqueKeysWithValues: kept.values.map { ($0.key, $0.text) }) == truth)
    }

    @Test func theJournalIsWrittenAnewWhenMostOfItIsSuperseded() async throws {
        let files = MemoryFiles()
        let kept = try table(files)
        let text = String(repeating: "x", count: 64 << 10)
        for step in 0..<100 { try await kept.put(Word("k\(step % 3)", "\(step)" + text)) }
        let bytes = try files.list("/table").compactMap { try files.image("/table/" + $0)?.count }.reduce(0, +)
        #expect(bytes < 3 << 20)
        #expect(sorted(try table(files.afterPowerCut())) == sorted(kept))
    }

    @Test func aFullTableRefusesTheNewAndTakesTheKnown() async throws {
        let kept = try table(MemoryFiles(), countMax: 2, bytesMax: 10)
        try await kept.put(Word("a", "1234"))
        await #expect(throws: KeptTableError.full) { try await kept.put(Word("b", "1234567")) }
        try await kept.put(Word("b", "123456"))
        await #expect(throws: KeptTableError.full) { try await kept.put(Word("c", "")) }
        await #expect(throws: KeptTableError.full) { try await kept.put(Word("a", "12345")) }
        try await kept.put(Word("a", "1"))
        _ = try await kept.remove("b")
        try await kept.put(Word("c", "123456789"))
        #expect(sorted(kept).map(\.key) == ["a", "c"])
    }

    @Test func whatTheDiskRefusesDoesNotChangeAnything() async throws {
        let files = MemoryFiles()
        let kept = try table(files)
        try await kept.put(Word("a", "1"))
        files.setFree(1)
        await #expect(throws: KeptTableError.self) { try await kept.put(Word("a", "2")) }
        await #expect(throws: KeptTableError.self) { _ = try await kept.remove("a") }
        #expect(kept.values == [Word("a", "1")])
    }
}
