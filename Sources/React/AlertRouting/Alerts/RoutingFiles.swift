internal import ByteCoding
internal import Dispatch
package import DurableFiles
package import GatewayModel
internal import Synchronization

/// What routing keeps on disk: `silences.json` and `alerts.json`, each replaced as a whole. Drawn in `docs/formats/alerting.md`.
package final class RoutingFiles: Sendable {
    private let folder: String
    private let files: any FileLayer
    /// The state that each file holds: one that comes late is not written over a newer one, which has all that it has.
    private let generations = Mutex<[String: UInt64]>([:])
    /// Writes wait for the disk, which must not hold up the program's few threads.
    private let queue = DispatchQueue(label: "gatewatch.alert-routing.files")

    package static let silencesName = "silences.json"
    package static let alertsName = "alerts.json"
    private static let version = 1

    package init(folder: String, files: any FileLayer) {
        self.folder = folder
        self.files = files
    }

    // MARK: Silences

    /// - Parameter generation: grows with each state that is saved.
    package func save(_ silences: [Silence], generation: UInt64) async throws(StorageError) {
        var writer = JSONWriter(reserving: 4_096)
        writer.object { object in
            object.member("version", Self.version)
            object.array("silences") { array in
                for silence in silences.sorted(by: { $0.id < $1.id }) { array.object { Self.write(silence, to: &$0) } }
            }
        }
        try await replace(Self.silencesName, writer.bytes, generation)
    }

    /// - Throws: when there is a file that cannot be read: then nothing is silenced, and it is not overwritten.
    package func silences() throws(StorageError) -> [Silence] {
        guard let elements = try elements(Self.silencesName, "silences") else { return [] }
        var silences: [Silence] = []
        for element in elements {
            guard let silence = Self.silence(element) else { throw .damaged(file: Self.silencesName, what: "an entry that is no silence", offset: 0) }
            silences.append(silence)
        }
        return silences
    }

    private static func write(_ silence: Silence, to object: inout JSONWriter) {
        object.member("id", silence.id)
        object.array("matchers") { array in
            for matcher in silence.matchers {
                array.object {
                    $0.member("name", matcher.name)
                    $0.member("comparison", matcher.comparison.rawValue)
                    $0.member("value", matcher.value)
                }
            }
        }
        object.member("starts_at", silence.startsAt.microseconds)
        object.member("ends_at", silence.endsAt.microseconds)
        object.member("updated_at", silence.updatedAt.microseconds)
        object.member("created_by", silence.createdBy)
        object.member("comment", silence.comment)
        AlertJSON.write("annotations", silence.annotations, to: &object)
    }

    private static func silence(_ json: JSONValue) -> Silence? {
        guard let id = json["id"]?.string, let elements = json["matchers"]?.elements, let starts = AlertJSON.time(json["starts_at"]), let ends = AlertJSON.time(json["ends_at"]),
            let updated = AlertJSON.time(json["updated_at"])
        else { return nil }
        var matchers: [SeriesMatcher] = []
        for element in elements {
            guard let name = element["name"]?.string, let comparison = element["comparison"]?.string.flatMap(SeriesMatcher.Comparison.init), let value = element["value"]?.string,
                let matcher = try? SeriesMatcher.make(name, comparison, value)
            else { return nil }
            matchers.append(matcher)
        }
        return Silence(
            id: id, matchers: matchers, startsAt: starts, endsAt: ends, updatedAt: updated, createdBy: json["created_by"]?.string ?? "", comment: json["comment"]?.string ?? "",
            annotations: AlertJSON.labels(json["annotations"]) ?? .none)
    }

    // MARK: Alerts

    /// - Parameter generation: grows with each state that is saved.
    package func save(_ alerts: [TrackedAlert], generation: UInt64) async throws(StorageError) {
        var writer = JSONWriter(reserving: 1_024 * (alerts.count + 1))
        writer.object { object in
            object.member("version", Self.version)
            object.array("alerts") { array in
                for tracked in alerts {
                    array.object {
                        AlertJSON.write(tracked.alert, to: &$0)
                        $0.member("updated_at", tracked.updatedAt.microseconds)
                        $0.member("has_timeout", tracked.hasTimeout)
                    }
                }
            }
        }
        try await replace(Self.alertsName, writer.bytes, generation)
    }

    package func alerts() throws(StorageError) -> [TrackedAlert] {
        guard let elements = try elements(Self.alertsName, "alerts") else { return [] }
        return elements.compactMap { element in
            guard let alert = AlertJSON.alert(element), let updated = AlertJSON.time(element["updated_at"]) else { return nil }
            return TrackedAlert(alert, updatedAt: updated, hasTimeout: element["has_timeout"]?.bool ?? false)
        }
    }

    // MARK: Files

    private func elements(_ name: String, _ key: String) throws(StorageError) -> [JSONValue]? {
        guard let image = try files.image(folder + "/" + name) else { return nil }
        let text = unsafe image.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue.parse(text) } catch { throw .damaged(file: name, what: "it is no JSON", offset: 0) }
        guard let version = json["version"]?.integer, let elements = json[key]?.elements else { throw .damaged(file: name, what: "it has no \(key)", offset: 0) }
        guard version <= Self.version else { throw .unsupportedFormat(file: name, version: Int(clamping: version)) }
        return elements
    }

    private func replace(_ name: String, _ bytes: [UInt8], _ generation: UInt64) async throws(StorageError) {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, StorageError>, Never>) in
            queue.async {
                continuation.resume(returning: Result { () throws(StorageError) in try self.replaceNow(name, bytes, generation) })
            }
        }
        try result.get()
    }

    private func replaceNow(_ name: String, _ bytes: [UInt8], _ generation: UInt64) throws(StorageError) {
        if let written = generations.withLock({ $0[name] }), written >= generation { return }
        try files.replace(folder + "/" + name, with: bytes, isPrivate: true)
        generations.withLock { $0[name] = generation }
    }
}
