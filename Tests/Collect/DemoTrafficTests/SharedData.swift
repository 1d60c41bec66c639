import ByteCoding
import Foundation

/// The folder of real data beside the project, which not every check-out has.
enum SharedData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(filePath: path, directoryHint: .isDirectory) }
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appending(path: "shared", directoryHint: .isDirectory)
    }()

    static let isPresent = FileManager.default.fileExists(atPath: folder.appending(path: "data/traces").path)

    /// The lines of a text file, unpacked where it is gzip.
    static func lines(_ path: String) throws -> [Substring] {
        let data = try [UInt8](Data(contentsOf: folder.appending(path: path)))
        let bytes = Gzip.isGzip(data) ? try data.withUnsafeBytes { try Gzip.decompress($0, limit: 1 << 30) } : data
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    }
}
