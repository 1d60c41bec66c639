import Foundation

/// Where the page's files lie.
enum AssetFolder {
    /// The configured folder; else `share/gatewatch/web` beside the program's folder, else `web` in a folder above the program (a checkout).
    static func find(_ configured: URL?) -> URL? {
        if let configured { return configured }
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let installed = folder.deletingLastPathComponent().appendingPathComponent("share/gatewatch/web", isDirectory: true)
        if hasPage(installed) { return installed }
        for _ in 0..<8 where folder.path != "/" {
            let candidate = folder.appendingPathComponent("web", isDirectory: true)
            if hasPage(candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    /// A folder that comes with the program: `share/gatewatch/<installed>` beside the program's folder, else `<checkout>` in a folder above it.
    static func find(installed: String, checkout: String) -> URL? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let shared = folder.deletingLastPathComponent().appendingPathComponent("share/gatewatch/" + installed, isDirectory: true)
        if isFolder(shared) { return shared }
        for _ in 0..<8 where folder.path != "/" {
            let candidate = folder.appendingPathComponent(checkout, isDirectory: true)
            if isFolder(candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    private static func isFolder(_ url: URL) -> Bool { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) != nil }

    private static func hasPage(_ folder: URL) -> Bool { FileManager.default.fileExists(atPath: folder.appendingPathComponent("index.html").path) }
}
