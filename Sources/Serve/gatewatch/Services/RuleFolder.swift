import AlertRules
import ConfigurationText
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
    /// Where the shipped rules lie; nil when they are not wanted or not found.
    private let shippedFolder: URL?
    /// The operator's numbers for the shipped rules; nil for those in the files.
    private let thresholds: URL?
    private let folder = DiskTargetFolder()
    private let kept = Mutex(Kept())

    /// The shipped table of thresholds, which lies beside the rules and is none of them.
    private static let tableName = "thresholds.yaml"

    /// - Parameter patterns: paths; `*` in their last part stands for anything.
    init(patterns: [String], shipped: URL?, thresholds: URL?) {
        self.patterns = patterns
        shippedFolder = shipped
        self.thresholds = thresholds
    }

    var status: RuleFilesStatus { kept.withLock { $0.status } }

    /// Whether any file is another than when they were last read.
    var hasChanged: Bool {
        let versions = versions(found)
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
        setThresholds(in: &files, &faults)
        kept.withLock { kept in
            kept.files = files
            kept.versions = versions(found)
            kept.status.readAt = now
            kept.status.faults = faults
            if faults.isEmpty { kept.status.goodAt = now }
        }
        return files.values.sorted { $0.path < $1.path }
    }

    /// Puts the operator's numbers into the shipped rules. A file of thresholds that cannot be used leaves the shipped numbers in force.
    private func setThresholds(in files: inout [String: RuleFile], _ faults: inout [String]) {
        guard let thresholds, let shippedFolder else { return }
        let table: ThresholdTable
        do throws(RuleFileProblem) {
            let text = try TextFile.read(thresholds.path, bytesMax: ThresholdTable.bytesMax)
            do throws(ConfigurationFault) { table = try ThresholdTable.read(text) } catch { throw RuleFileProblem(error.message, line: error.line, column: error.column) }
        } catch {
            faults.append("\(thresholds.path): \(error.description)")
            return
        }
        let shipped = files.filter { $0.key.hasPrefix(shippedFolder.path + "/") }
        faults += table.faults(for: Array(shipped.values)).map { "\(thresholds.path): \($0)" }
        for (path, file) in shipped { files[path] = table.applied(to: file) }
    }

    /// Each file once, ascending.
    private var found: [(path: String, version: String)] {
        var seen: Set<String> = []
        let shipped = shippedFolder.map { folder.files($0.appendingPathComponent("*.yaml").path) } ?? []
        let rules = shipped.filter { URL(fileURLWithPath: $0.path).lastPathComponent != Self.tableName }
        return (patterns.flatMap { folder.files($0) } + rules).filter { seen.insert($0.path).inserted }.sorted { $0.path < $1.path }
    }

    /// What changes when a file does: of the rules and of the thresholds.
    private func versions(_ found: [(path: String, version: String)]) -> [String] {
        (found + (thresholds.map { folder.files($0.path) } ?? [])).map { "\($0.path) \($0.version)" }
    }

    /// Where the rules that come with the program lie: `share/gatewatch/rules` beside its folder, else `rules` in a folder above it (a checkout).
    static func shipped() -> URL? { AssetFolder.find(installed: "rules", checkout: "rules") }
}
