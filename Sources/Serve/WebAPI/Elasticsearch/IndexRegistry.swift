internal import ByteCoding
package import Foundation
internal import GatewayModel
internal import Synchronization
internal import NIOHTTP1

/// What Elasticsearch clients have declared: indices with their mappings, index templates, lifecycle policies. Kept in one JSON file of the data
/// folder, written through a temporary name, so that declarations survive restarts.
///
/// Declarations do not change how records are kept, with one exception: the delete age of a lifecycle policy that a template or an index uses
/// sets the store's retention.
package final class IndexRegistry: Sendable {
    /// Declarations kept of each kind; far beyond any estate, small enough that a client cannot fill the memory.
    static let entriesMax = 10_000
    /// The largest declaration, in bytes of JSON.
    static let entryBytesMax = 1 << 20

    /// The longest delete age in days, some 2,700 years: what is longer is a slip, and sums of days stay far from overflow.
    private static let ageDaysMax: Double = 1e6

    enum Kind: String, CaseIterable, Sendable {
        case indices, indexTemplates = "index_templates", legacyTemplates = "templates", policies
    }

    private struct State {
        var entries: [Kind: [String: JSONValue]] = [:]
        /// How often a policy was put, its `version`.
        var policyVersions: [String: Int] = [:]
    }

    private let file: URL?
    private let state: Mutex<State>

    /// - Parameter file: where declarations are kept; nil keeps them in memory only.
    /// - Throws: when the file exists but cannot be read as what was written there.
    package init(file: URL?) throws {
        self.file = file
        var loaded = State()
        if let file, FileManager.default.fileExists(atPath: file.path) {
            let document = try JSONValue.parse(String(decoding: try Data(contentsOf: file), as: UTF8.self))
            guard document.members != nil else { throw CocoaError(.fileReadCorruptFile) }
            for kind in Kind.allCases {
                for member in document[kind.rawValue]?.members ?? [] { loaded.entries[kind, default: [:]][member.name] = member.value }
            }
            for name in loaded.entries[.policies, default: [:]].keys { loaded.policyVersions[name] = 1 }
        }
        state = Mutex(loaded)
    }

    func names(_ kind: Kind) -> [String] { state.withLock { ($0.entries[kind] ?? [:]).keys.sorted() } }

    func entry(_ kind: Kind, _ name: String) -> JSONValue? { state.withLock { $0.entries[kind]?[name] } }

    func policyVersion(_ name: String) -> Int { state.withLock { $0.policyVersions[name] ?? 1 } }

    /// Puts or replaces a declaration; nil when it was kept, otherwise why not.
    func put(_ kind: Kind, _ name: String, _ value: JSONValue) -> ElasticError? {
        state.withLock { state in
            if state.entries[kind, default: [:]][name] == nil, state.entries[kind, default: [:]].count >= Self.entriesMax {
                return ElasticError.illegalArgument("more than \(Self.entriesMax) \(kind.rawValue) are declared")
            }
            // Only what is on disk counts: the sender of a refused declaration must not see it kept.
            var changed = state
            changed.entries[kind, default: [:]][name] = value
            if kind == .policies { changed.policyVersions[name, default: 0] += 1 }
            if let error = save(changed) { return error }
            state = changed
            return nil
        }
    }

    /// Removes a declaration; false when there was none.
    ///
    /// - Throws: when the change cannot be written; the declaration then stays.
    func remove(_ kind: Kind, _ name: String) throws(ElasticError) -> Bool {
        let (isThere, error) = state.withLock { state -> (Bool, ElasticError?) in
            var changed = state
            guard changed.entries[kind]?.removeValue(forKey: name) != nil else { return (false, nil) }
            if let error = save(changed) { return (true, error) }
            state = changed
            return (true, nil)
        }
        if let error { throw error }
        return isThere
    }

    /// The days after which the policies in use delete, the longest of several; nil when no policy in use deletes.
    package var retentionDays: Int? {
        state.withLock { state in
            let users = [Kind.indexTemplates, .legacyTemplates, .indices].flatMap { state.entries[$0, default: [:]].values }
            let inUse = Set(users.compactMap { Self.policyName(in: $0) })
            let days = inUse.compactMap { state.entries[.policies]?[$0] }.compactMap { Self.deleteDays(of: $0) }
            return days.max()
        }
    }

    /// The lifecycle policy that an index's or template's settings name, in the nested, dotted or half-dotted spelling.
    private static func policyName(in declaration: JSONValue) -> String? {
        for container in [declaration["template"], declaration] {
            guard let settings = container?["settings"] else { continue }
            for root in [settings, settings["index"]] {
                if let name = root?["index.lifecycle.name"]?.string ?? root?["lifecycle.name"]?.string ?? root?["lifecycle"]?["name"]?.string { return name }
            }
        }
        return nil
    }

    /// The delete phase's `min_age` in whole days, rounded up, at least 1.
    static func deleteDays(of policy: JSONValue) -> Int? {
        guard let age = policy["policy"]?["phases"]?["delete"]?["min_age"]?.string, let unit = age.last else { return nil }
        guard let number = Double(age.dropLast(age.hasSuffix("ms") ? 2 : 1)) else { return nil }
        let perDay: Double? = age.hasSuffix("ms") ? 86_400_000 : ["d": 1, "h": 24, "m": 1_440, "s": 86_400][unit]
        guard let perDay, number >= 0, number / perDay <= ageDaysMax else { return nil }
        return max(1, Int((number / perDay).rounded(.up)))
    }

    private func save(_ state: State) -> ElasticError? {
        guard let file else { return nil }
        var writer = JSONWriter()
        writer.object { document in
            for kind in Kind.allCases {
                document.object(kind.rawValue) { entries in
                    for (name, value) in state.entries[kind, default: [:]].sorted(by: { $0.key < $1.key }) {
                        entries.key(name)
                        value.write(to: &entries)
                    }
                }
            }
        }
        do {
            try Data(writer.bytes).write(to: file, options: .atomic)
            return nil
        } catch {
            return ElasticError(.tooManyRequests, "es_rejected_execution_exception", "the declaration could not be written to disk: \(error.localizedDescription)")
        }
    }
}
