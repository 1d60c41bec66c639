import ByteCoding
import Foundation

/// The reference suites beside the repository: `../shared`, or where `GATEWATCH_SHARED` says.
enum SharedSuites {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(fileURLWithPath: path).appendingPathComponent("data/suites") }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appendingPathComponent("shared/data/suites")
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Alertmanager's own files of configuration, by path.
    static func alertmanagerFiles() throws -> [(path: String, text: String)] {
        let bytes = try Gzip.decompress([UInt8](Data(contentsOf: folder.appendingPathComponent("prometheus/alertmanager_openapi_and_configs.tar.gz"))), limit: 64 << 20)
        var files: [(path: String, text: String)] = []
        var at = 0
        while at + 512 <= bytes.count, bytes[at] != 0 {
            let header = bytes[at..<at + 512]
            guard let size = Int(text(header, 124, 12), radix: 8), at + 512 + size <= bytes.count else { break }
            if header[at + 156] == UInt8(ascii: "0") || header[at + 156] == 0 {
                files.append((text(header, 0, 100), String(decoding: bytes[at + 512..<at + 512 + size], as: UTF8.self)))
            }
            at += 512 + (size + 511) / 512 * 512
        }
        return files
    }

    private static func text(_ header: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> String {
        String(decoding: header[(header.startIndex + offset)..<(header.startIndex + offset + length)].prefix { $0 != 0 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
}
