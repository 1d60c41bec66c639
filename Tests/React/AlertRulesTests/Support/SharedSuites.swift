import ByteCoding
import Foundation
import Testing

/// The published suites beside the project, which not every check-out has: `../shared`, or where `GATEWATCH_SHARED` says.
enum SharedSuites {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(filePath: path, directoryHint: .isDirectory).appending(path: "data/suites") }
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appending(path: "shared/data/suites")
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Files of rules and of their tests, in every archive that holds some, so that a further half is found too.
    static var ruleArchives: [URL] {
        let folders = [folder.appending(path: "rules"), folder.appending(path: "prometheus")]
        let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? [] }
        return files.filter { file in
            let isOfRules = file.deletingLastPathComponent().lastPathComponent == "rules" || file.lastPathComponent.hasPrefix("prometheus_rules")
            return isOfRules && file.lastPathComponent.hasSuffix(".tar.gz")
        }.sorted { $0.path < $1.path }
    }

    static func files(of archive: URL) -> [SuiteFile] {
        let name = archive.lastPathComponent.replacing(".tar.gz", with: "")
        let files = (try? TarArchive.files(of: archive)) ?? []
        return files.map { SuiteFile(archive: name, path: $0.path, bytes: $0.bytes) }.sorted { $0.path < $1.path }
    }
}

/// A file of an archive.
struct SuiteFile: Sendable, CustomTestStringConvertible {
    let archive: String
    let path: String
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var testDescription: String { "\(archive)/\(path)" }
    /// YAML, JSON, or VictoriaMetrics's ending for rules.
    var mayHoldRules: Bool { [".yml", ".yaml", ".rules", ".json"].contains { path.hasSuffix($0) } }
}

/// The regular files of a gzipped tar archive, by path.
enum TarArchive {
    struct Damaged: Error { let file: String }

    static func files(of archive: URL) throws -> [(path: String, bytes: [UInt8])] {
        let bytes = try Gzip.decompress([UInt8](Data(contentsOf: archive)), limit: 256 << 20)
        var files: [(path: String, bytes: [UInt8])] = []
        var at = 0
        while at + 512 <= bytes.count, bytes[at] != 0 {
            let header = bytes[at..<at + 512]
            guard let size = Int(text(header, 124, 12), radix: 8), at + 512 + size <= bytes.count else { throw Damaged(file: archive.path) }
            let prefix = text(header, 345, 155)
            let path = (prefix.isEmpty ? "" : prefix + "/") + text(header, 0, 100)
            // "0" or 0: a regular file.
            if header[at + 156] == UInt8(ascii: "0") || header[at + 156] == 0 { files.append((path, Array(bytes[at + 512..<at + 512 + size]))) }
            at += 512 + (size + 511) / 512 * 512
        }
        return files
    }

    private static func text(_ header: ArraySlice<UInt8>, _ offset: Int, _ length: Int) -> String {
        let field = header[(header.startIndex + offset)..<(header.startIndex + offset + length)]
        return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
}
