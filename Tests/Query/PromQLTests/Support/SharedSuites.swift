import Foundation

/// The reference suites beside the repository: `../shared`, or where `GATEWATCH_SHARED` says.
enum SharedSuites {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(fileURLWithPath: path).appendingPathComponent("data/suites") }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appendingPathComponent("shared/data/suites")
    }()

    /// Whether they are there; the tests over them are skipped, visibly, where they are not.
    static var areAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    static func file(_ path: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(path)) }

    /// The lines of a file, each a JSON object.
    static func jsonLines<Line: Decodable>(_ path: String, as type: Line.Type) throws -> [Line] {
        try file(path).split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(type, from: $0) }
    }
}
