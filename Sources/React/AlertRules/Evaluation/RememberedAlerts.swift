internal import ByteCoding
package import DurableFiles
package import GatewayModel
internal import Synchronization

/// What people were told of, kept over a restart: firing alerts, and those resolved lately.
///
/// A file that is replaced as a whole whenever an alert begins or ends to fire, before anybody is told; so after a crash an alert is known as firing of which a
/// message may have gone out. `ALERTS` alone would not do: it holds neither annotations, which a message of the end needs too, nor when an alert fired.
/// Drawn in `docs/formats/firing-alerts.md`.
package final class RememberedAlerts: Sendable {
    /// A rule of which alerts are remembered: the same as before when all of this is the same.
    struct RuleKey: Hashable, Sendable {
        let file: String
        let group: String
        let identity: String
        /// Among rules of the same identity.
        let occurrence: Int
    }

    typealias Alerts = [RuleKey: [ActiveAlert]]

    private struct State {
        var groups: [RuleGroupKey: Alerts] = [:]
        /// Counts changes; a write holds all changes up to some number.
        var change = 0
        var written = 0
    }

    /// Larger files are not read: 100,000 alerts of some 600 bytes.
    static let bytesMax = 64 << 20

    private let path: String
    private let files: any FileLayer
    private let state: Mutex<State>
    /// Taken while the file is written.
    private let writing = Mutex(())
    /// What was remembered at the start, and when it was written, milliseconds since 1970.
    let restored: Alerts
    let restoredAt: Int64?
    /// Why the file of before could not be read; nil when it could, or there is none.
    package let failure: String?

    /// Reads what is remembered.
    package init(path: String, files: any FileLayer = SystemFiles()) {
        self.path = path
        self.files = files
        let found = Self.read(path, files)
        (restored, restoredAt, failure) = (found.alerts, found.writtenAt, found.failure)
        // Until a group was evaluated, its alerts of before stand in the file again with every write.
        var groups: [RuleGroupKey: Alerts] = [:]
        for (key, alerts) in found.alerts { groups[RuleGroupKey(file: key.file, group: key.group), default: [:]][key] = alerts }
        state = Mutex(State(groups: groups))
    }

    var isEmpty: Bool { state.withLock { $0.groups.isEmpty } }

    /// Remembers what a group has to tell, durably, instead of what was remembered of it before. Blocks while it writes; writes at the same time are one.
    ///
    /// - Parameter time: milliseconds since 1970.
    func keep(_ alerts: Alerts, of group: RuleGroupKey, at time: Int64) throws(StorageError) {
        let change = state.withLock { state -> Int in
            state.groups[group] = alerts.isEmpty ? nil : alerts
            state.change += 1
            return state.change
        }
        try write(atLeast: change, time)
    }

    /// Writes again, so that it is known how long nothing was evaluated.
    func refresh(at time: Int64) throws(StorageError) {
        let change = state.withLock { state -> Int in
            state.change += 1
            return state.change
        }
        try write(atLeast: change, time)
    }

    /// Forgets groups that are gone.
    func keepOnly(_ groups: Set<RuleGroupKey>) { state.withLock { state in state.groups = state.groups.filter { groups.contains($0.key) } } }

    private func write(atLeast change: Int, _ time: Int64) throws(StorageError) {
        try writing.withLock { _ throws(StorageError) in
            let (groups, latest) = state.withLock { ($0.written >= change ? nil : $0.groups, $0.change) }
            guard let groups else { return }
            try files.replace(path, with: Self.encoded(groups, time), isPrivate: true)
            state.withLock { $0.written = latest }
        }
    }
}

/// A group's name is unique within its file.
package struct RuleGroupKey: Hashable, Sendable, Comparable {
    package let file: String
    package let group: String

    package init(file: String, group: String) {
        self.file = file
        self.group = group
    }

    /// As Prometheus labels its own metrics: `file;group`.
    package var label: String { file + ";" + group }

    package static func < (lhs: RuleGroupKey, rhs: RuleGroupKey) -> Bool { (lhs.file, lhs.group) < (rhs.file, rhs.group) }
}
