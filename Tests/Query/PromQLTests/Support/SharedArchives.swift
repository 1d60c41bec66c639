import Foundation

/// Files of the suites' archives, unpacked for a moment.
enum SharedArchives {
    struct File: Sendable {
        let path: String
        let data: Data
    }

    /// The files of an archive whose names end so, in the order of their paths.
    static func files(_ archive: String, endingWith suffixes: [String]) throws -> [File] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatewatch-suites-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", SharedSuites.folder.appendingPathComponent(archive).path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted().map { name in
            File(path: name, data: try Data(contentsOf: folder.appendingPathComponent(name)))
        }
    }
}
