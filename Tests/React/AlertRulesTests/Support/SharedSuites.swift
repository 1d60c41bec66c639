import ByteCoding
import Foundation
import KeepTestSupport
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
