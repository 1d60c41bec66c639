import Foundation
import GatewayModel
import Testing

@testable import Ingest

@Suite struct DeadLetterTests {
    /// A folder that is removed with the test.
    final class Folder {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appendingPathComponent("dead-letters-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func lines(_ name: String) throws -> [String] {
            try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }

    private func letters(_ body: String, index: String? = nil) throws -> [DeadLetter] {
        let bytes = Array(body.utf8)
        let result = try Reading.pipeline().readItems(bytes, Reading.context(.apisix))
        return bytes.withUnsafeBytes { unsafe DeadLetter.letters(for: result.rejected, of: $0, Reading.context(.apisix), index: { _ in index }) }
    }

    @Test func refusedDocumentIsKeptWithReasonAndPlaceAndWithoutSecrets() throws {
        let folder = try Folder()
        let file = DeadLetterFile(path: folder.url.appendingPathComponent("dead.ndjson").path)
        file.submit(try letters("{}\n{\"authorization\":\"Bearer topsecret\",\"prompt\":\"private\",\"a\":tru}\n", index: "logs"))
        file.flush()
        let lines = try folder.lines("dead.ndjson")
        #expect(lines.count == 2)
        let letter = try #require(try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
        #expect(letter["code"] as? String == "broken_json" && letter["line"] as? Int == 2 && letter["item"] as? Int == 1 && letter["index"] as? String == "logs")
        #expect(letter["source"] as? String == "apisix" && letter["time"] as? String == Reading.now.iso8601)
        #expect(letter["document"] as? String == #"{"authorization":"[redacted]","prompt":"[redacted]","a":[unreadable]}"#)
        #expect(file.statistics == DeadLetterFile.Statistics(written: 2, dropped: 0, failed: 0))
    }

    @Test func fullFileBecomesTheOlderOneAndNoMore() throws {
        let folder = try Folder()
        let file = DeadLetterFile(path: folder.url.appendingPathComponent("dead.ndjson").path, bytesMax: 2_000)
        for _ in 0..<40 { file.submit(try letters("{}")) }
        file.flush()
        let sizes = try ["dead.ndjson", "dead.ndjson.1"].map { try folder.lines($0).joined(separator: "\n").utf8.count }
        #expect(sizes.allSatisfy { $0 > 0 && $0 <= 2_000 })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)
        #expect(file.statistics.written == 40)
    }

    @Test func unwritableFileIsCountedAndHoldsNobodyUp() throws {
        let file = DeadLetterFile(path: "/nonexistent-folder/dead.ndjson")
        file.submit(try letters("{}"))
        file.flush()
        #expect(file.statistics.failed == 1 && file.statistics.written == 0)
    }

    @Test func lettersOfOneBodyAreLimited() throws {
        let body = Array(repeating: "{}", count: 500).joined(separator: "\n")
        #expect(try letters(body).count == DeadLetter.lettersPerBodyMax)
    }
}
