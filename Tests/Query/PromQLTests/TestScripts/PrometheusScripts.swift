import Foundation
import Testing

/// Prometheus's own test scripts, unpacked once into a folder that goes with the process.
enum PrometheusScripts {
    struct File: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        var testDescription: String { name }
    }

    static let files: [File] = (try? unpacked()) ?? []

    private static func unpacked() throws -> [File] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("promqltest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", SharedSuites.folder.appendingPathComponent("promql/promqltest_dev.tar.gz").path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".test") }.sorted().map { path in
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            return File(name: URL(fileURLWithPath: path).lastPathComponent, text: text)
        }
    }
}
