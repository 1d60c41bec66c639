import Foundation

/// The dashboards that come with the program.
enum ShippedFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../dashboards").standardizedFileURL

    /// Names without `.yaml`, ascending.
    static let ids: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    static func text(_ id: String) throws -> String { try String(contentsOf: folder.appending(path: id + ".yaml"), encoding: .utf8) }
}
