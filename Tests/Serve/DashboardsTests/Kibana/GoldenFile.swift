import Foundation
import Testing

/// A file of expected text beside the tests. `GATEWATCH_UPDATE=1` writes it anew; the difference is then looked over by a person.
struct GoldenFile {
    private let url: URL

    init(_ name: String) {
        url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden/\(name)")
    }

    func compare(_ text: String) throws {
        if ProcessInfo.processInfo.environment["GATEWATCH_UPDATE"] == "1" { try Data(text.utf8).write(to: url) }
        let expected = try String(contentsOf: url, encoding: .utf8)
        #expect(text == expected, "run this test with GATEWATCH_UPDATE=1 and look the difference over")
    }
}
