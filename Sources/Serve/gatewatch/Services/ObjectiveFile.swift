import AlertRules
import Foundation
import Synchronization

/// The file of objectives on disk, and the rules that are made of it. One that cannot be used leaves the objectives of before in force.
final class ObjectiveFile: Sendable {
    private struct Kept {
        var objectives: [Objective] = []
        var rules: [RuleFile] = []
        var version = ""
        var faults: [String] = []
    }

    private let path: String?
    private let folder = DiskTargetFolder()
    private let kept = Mutex(Kept())

    /// - Parameter file: nil when there are no objectives.
    init(_ file: URL?) { path = file?.path }

    var objectives: [Objective] { kept.withLock { $0.objectives } }
    var faults: [String] { kept.withLock { $0.faults } }

    /// Whether the file is another than when it was last read.
    var hasChanged: Bool {
        let version = version
        return kept.withLock { $0.version != version }
    }

    /// Reads the file anew.
    func read() -> [RuleFile] {
        guard let path else { return [] }
        let version = version
        return kept.withLock { kept in
            kept.version = version
            do throws(RuleFileRefusal) {
                let objectives = try ObjectiveFileReader.read(file: path)
                kept.rules = [try ObjectiveRules.file(objectives, path: path)]
                kept.objectives = objectives
                kept.faults = []
            } catch { kept.faults = [error.description] }
            return kept.rules
        }
    }

    private var version: String { path.flatMap { folder.files($0).first?.version } ?? "" }
}
