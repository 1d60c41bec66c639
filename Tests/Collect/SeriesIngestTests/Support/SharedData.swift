import Foundation

/// The folder of published suites beside the project, which not every check-out has.
enum SharedData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(filePath: path, directoryHint: .isDirectory) }
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appending(path: "shared", directoryHint: .isDirectory)
    }()

    static let suites = folder.appending(path: "data/suites")

    static var isPresent: Bool { FileManager.default.fileExists(atPath: suites.appending(path: "prometheus").path) }

    /// The suites of a folder whose names start with a word, so that a further half is found too.
    static func archives(_ path: String, prefix: String) -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: suites.appending(path: path), includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.lastPathComponent.hasPrefix(prefix) && $0.lastPathComponent.hasSuffix(".tar.gz") }.sorted { $0.path < $1.path }
    }
}
