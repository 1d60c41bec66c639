import AlertRules
import Foundation
import GatewayModel
import Synchronization

/// The files of rules on disk: read when they changed, each on its own, so that a broken one costs only what is new in it.
final class RuleFolder: Sendable {
    private struct Kept {
        var files: [String: RuleFile] = [:]
        var versions: [String] = []
        var status = RuleFilesStatus()
    }

    private let patterns: [String]
    private let folder = DiskTargetFolder()
    private let kept = Mutex(Kept())

    /// - Parameter patterns: paths; `*` in their last part stands for anything.
    init(patterns: [String]) { self.patterns = patterns }

    var status: RuleFilesStatus { kept.withLock { $0.status } }

    /// Whether any file is another than when they were last read.
    var hasChanged: Bool {
        let versions = found.map { "\($0.path) \($0.version)" }
        return kept.withLock { $0.versions != versions }
    }

    /// Reads all files anew. Of a file that cannot be used, the rules of before stay.
    func read(now: Int64) -> [RuleFile] {
        let found = found
        var files: [String: RuleFile] = [:]
        var faults = patterns.filter { !$0.contains("*") }.filter { pattern in !found.contains { $0.path == pattern } }.map { "\($0): there is no such file" }
        let before = kept.withLock { $0.files }
        for (path, _) in found {
            do throws(RuleFileRefusal) { files[path] = try RuleFileReader().read(file: path) } catch {
                faults.append(error.description)
                files[path] = before[path]
            }
        }
        kept.withLock { kept in
            kept.files = files
            kept.versions = found.map { "\($0.path) \($0.version)" }
            kept.status.readAt = now
            kept.status.faults = faults
            if faults.isEmpty { kept.status.goodAt = now }
        }
        return files.values.sorted { $0.path < $1.path }
    }

    /// Each file once, ascending.
    private var found: [(path: String, version: String)] {
        var seen: Set<String> = []
        return patterns.flatMap { folder.files($0) }.filter { seen.insert($0.path).inserted }.sorted { $0.path < $1.path }
    }

    /// Where the rules that come with the program lie: `share/gatewatch/rules` beside its folder, else `rules` in a folder above it (a checkout).
    static func shipped() -> URL? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let installed = folder.deletingLastPathComponent().appendingPathComponent("share/gatewatch/rules", isDirectory: true)
        if isFolder(installed) { return installed }
        for _ in 0..<8 where folder.path != "/" {
            let candidate = folder.appendingPathComponent("rules", isDirectory: true)
            if isFolder(candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    private static func isFolder(_ url: URL) -> Bool { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) != nil }
}
