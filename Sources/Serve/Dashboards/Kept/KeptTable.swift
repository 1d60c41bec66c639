package import ByteCoding
package import DurableFiles
package import GatewayModel
internal import Synchronization

/// A value of a ``KeptTable``: a JSON object with its key in it.
package protocol KeptValue: Sendable {
    /// What it is found by; unique in its table.
    var key: String { get }
    /// Bytes that it counts for in the table's limit.
    var weight: Int { get }
    /// Writes the members of its object, without the key.
    func writeMembers(to object: inout JSONWriter)
    /// - Returns: nil when the object is none that ``writeMembers(to:)`` wrote.
    init?(key: String, members: JSONValue)
}

/// Why a ``KeptTable`` did not take a change.
package enum KeptTableError: Error, Sendable, Equatable {
    /// It holds as many values as it may, or as many bytes.
    case full
    /// The disk refused: nothing changed.
    case notKept(StorageError)
}

/// Small values by key, held in memory and kept in a journal: what was put or removed is on the disk when the call returns.
///
/// An entry of the journal is a value's object with its key as `key`, or `{"key": ..., "removed": true}`; the last one of a key counts.
/// Drawn in `docs/formats/kept-tables.md`.
package final class KeptTable<Value: KeptValue>: Sendable {
    private struct State: Sendable {
        var values: [String: Value] = [:]
        var bytes = 0
        /// What has been handed to the journal and is not applied yet, so that many at the same time do not pass the limit together.
        var pendingCount = 0
        var pendingBytes = 0
    }

    /// Bytes of the journal from which on it is written anew when half of it is superseded.
    private let compactionBytesMin = 1 << 20

    private let journal: Journal
    private let countMax: Int
    private let bytesMax: Int
    private let state: Mutex<State>
    private let snapshotBytes = Mutex(0)

    /// Opens the table in a folder, which is made when it is missing.
    ///
    /// - Parameters:
    ///   - countMax: values that it may hold.
    ///   - bytesMax: the sum of their weights that it may hold.
    ///   - onDamage: told of what could not be read; those values are lost.
    package init(
        folder: String, files: any FileLayer, countMax: Int, bytesMax: Int, onDamage: (StorageError) -> Void = { _ in }
    ) throws(StorageError) {
        let (journal, recovered) = try Journal.open(folder: folder, files: files)
        for damage in recovered.damage { onDamage(damage) }
        var state = State()
        for entry in recovered.entries {
            if !Self.apply(entry, to: &state) { onDamage(.damaged(file: folder, what: "an entry that cannot be read", offset: 0)) }
        }
        (self.journal, self.countMax, self.bytesMax) = (journal, countMax, bytesMax)
        self.state = Mutex(state)
    }

    // MARK: Reading

    package var count: Int { state.withLock { $0.values.count } }

    /// All values, in no order.
    package var values: [Value] { state.withLock { Array($0.values.values) } }

    package subscript(key: String) -> Value? { state.withLock { $0.values[key] } }

    // MARK: Changing

    /// Adds a value, or replaces the one of its key.
    package func put(_ value: Value) async throws(KeptTableError) {
        let weight = value.weight
        let fits = state.withLock { state in
            let known = state.values[value.key]
            guard known != nil || state.values.count + state.pendingCount < countMax else { return false }
            guard state.bytes + state.pendingBytes + weight - (known?.weight ?? 0) <= bytesMax else { return false }
            state.pendingCount += 1
            state.pendingBytes += weight
            return true
        }
        guard fits else { throw .full }
        try await append(Self.entry(value)) { state in
            state.pendingCount -= 1
            state.pendingBytes -= weight
        } then: { state in
            state.bytes += weight - (state.values[value.key]?.weight ?? 0)
            state.values[value.key] = value
        }
    }

    /// Removes the value of a key.
    ///
    /// - Returns: it; nil when there was none.
    package func remove(_ key: String) async throws(KeptTableError) -> Value? {
        guard let value = self[key] else { return nil }
        var writer = JSONWriter()
        writer.object { object in
            object.member("key", key)
            object.member("removed", true)
        }
        try await append(writer.bytes) { _ in } then: { state in
            state.bytes -= state.values.removeValue(forKey: key)?.weight ?? 0
        }
        return value
    }

    /// What was handed over is written; what comes later is refused.
    package func close() async { await journal.close() }

    /// Writes an entry; `always` and, when it is on the disk, `change` are applied in the order of the log.
    private func append(
        _ entry: [UInt8], _ always: @escaping @Sendable (inout State) -> Void, then change: @escaping @Sendable (inout State) -> Void
    ) async throws(KeptTableError) {
        do throws(StorageError) {
            try await journal.append([entry]) { failure in
                self.state.withLock { state in
                    always(&state)
                    if failure == nil { change(&state) }
                }
            }
        } catch { throw .notKept(error) }
        guard journal.bytes > max(compactionBytesMin, 2 * snapshotBytes.withLock { $0 }) else { return }
        // The change is on the disk; a journal that could not be shortened is only long.
        try? await journal.replace { self.state.withLock { $0.values.values.map(Self.entry) } }
        snapshotBytes.withLock { $0 = journal.bytes }
    }

    // MARK: Entries

    private static func entry(_ value: Value) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { object in
            object.member("key", value.key)
            value.writeMembers(to: &object)
        }
        return writer.bytes
    }

    private static func apply(_ entry: [UInt8], to state: inout State) -> Bool {
        guard let json = try? JSONValue.parse(String(decoding: entry, as: UTF8.self)), let key = json["key"]?.string else { return false }
        if json["removed"]?.bool == true {
            state.bytes -= state.values.removeValue(forKey: key)?.weight ?? 0
            return true
        }
        guard let value = Value(key: key, members: json) else { return false }
        state.bytes += value.weight - (state.values[key]?.weight ?? 0)
        state.values[key] = value
        return true
    }
}
