package import DurableFiles
package import GatewayModel
internal import Synchronization

/// All dashboards: those that come with the program, and one's own, which are kept with their versions.
///
/// Files are looked at again when somebody asks and the last look is two seconds old: a changed file counts from then on, a broken one leaves what was there before in
/// place. What somebody saved is on the disk when ``save(_:id:message:expecting:now:)`` returns.
package final class DashboardLibrary: Sendable {
    private struct Kept {
        var shipped: DashboardFolder?
        var own: DashboardFolder
        /// The versions of one's own dashboards, by id.
        var versions: [String: Int] = [:]
        var entries: [DashboardEntry] = []
        /// What is wrong with files of one's own versions.
        var versionFaults: [DashboardFileFault] = []
        var lookedAt: Timestamp?
    }

    private let kept: Mutex<Kept>
    private let versions: DashboardVersions
    private let ownPath: String
    private let layer: any FileLayer
    private let keepsVersions: Bool
    private let now: @Sendable () -> Timestamp

    /// Microseconds between two looks at the files.
    private static let lookMicroseconds: Int64 = 2_000_000

    /// - Parameters:
    ///   - shipped: the folder of those that come with the program; nil where it was not found.
    ///   - own: the folder of one's own; it is made when something is saved.
    ///   - keepsVersions: whether files that somebody changed on the disk are kept as versions; only one process may do that.
    package init(shipped: String?, own: String, keepsVersions: Bool = true, layer: any FileLayer = SystemFiles(), now: @escaping @Sendable () -> Timestamp = { .now() }) {
        ownPath = own
        self.layer = layer
        self.keepsVersions = keepsVersions
        self.now = now
        versions = DashboardVersions(folder: own + "/.versions", files: layer)
        kept = Mutex(Kept(shipped: shipped.map { DashboardFolder(path: $0, layer: layer) }, own: DashboardFolder(path: own, layer: layer)))
    }

    // MARK: Reading

    /// In the order of the navigation.
    package var entries: [DashboardEntry] { looked { $0.entries } }

    /// What is wrong with files.
    package var faults: [DashboardFileFault] { looked { ($0.shipped?.faults ?? []) + $0.own.faults + $0.versionFaults } }

    package func entry(_ id: String) -> DashboardEntry? { looked { kept in kept.entries.first { $0.dashboard.id == id } } }

    /// The versions of one's own dashboard, newest first.
    package func versions(of id: String) -> [DashboardVersion] {
        TextRules.isIdentifier(id) ? looked { _ in versions.numbers(of: id).reversed().compactMap { versions.version($0, of: id) } } : []
    }

    /// The text of a version; of version 0 that of the shipped dashboard. nil where it is not kept.
    package func text(of id: String, version: Int) -> String? {
        guard TextRules.isIdentifier(id) else { return nil }
        return version == 0 ? looked { $0.shipped?.files[id]?.good?.text } : versions.version(version, of: id)?.text
    }

    private func looked<Result>(_ body: (inout Kept) -> Result) -> Result {
        kept.withLock { kept in
            let time = now()
            // A clock that was set back must not keep the files from being looked at.
            let age = kept.lookedAt.map { time.microseconds - $0.microseconds } ?? .max
            if age < 0 || age >= Self.lookMicroseconds {
                look(&kept, time)
                kept.lookedAt = time
            }
            return body(&kept)
        }
    }

    private func look(_ kept: inout Kept, _ time: Timestamp) {
        let shipped = kept.shipped?.read() ?? []
        let own = kept.own.read()
        for id in own { keepVersion(of: id, &kept, time) }
        if !shipped.isEmpty || !own.isEmpty { kept.entries = Self.entries(kept) }
    }

    /// A file that somebody changed on the disk is a version like one that was saved here; one that cannot be used falls back to the last version.
    private func keepVersion(of id: String, _ kept: inout Kept, _ time: Timestamp) {
        kept.versionFaults.removeAll { $0.file == id + ".yaml" }
        let last = versions.numbers(of: id).last
        kept.versions[id] = last ?? 0
        guard let file = kept.own.files[id] else { return }
        let version = last.flatMap { versions.version($0, of: id) }
        if file.good == nil, let version, !version.isDeleted, let dashboard = try? DashboardReader.read(version.text, id: id) {
            kept.own.fallBack(id, to: dashboard, text: version.text)
        }
        guard keepsVersions, file.faults.isEmpty, version?.text != file.text || version?.isDeleted == true else { return }
        let next = DashboardVersion(number: (last ?? 0) + 1, time: time, message: "changed as a file", isDeleted: false, text: file.text)
        do {
            try versions.keep(next, of: id)
            kept.versions[id] = next.number
        } catch { kept.versionFaults.append(DashboardFileFault(file: id + ".yaml", fault: DashboardFault("its version could not be kept: \(error)"))) }
    }

    private static func entries(_ kept: Kept) -> [DashboardEntry] {
        var entries: [DashboardEntry] = []
        for (id, file) in kept.shipped?.files ?? [:] where kept.own.files[id]?.good == nil {
            if let good = file.good { entries.append(DashboardEntry(good.dashboard, text: good.text, origin: .shipped, version: 0)) }
        }
        for (id, file) in kept.own.files {
            guard let good = file.good else { continue }
            let isInPlace = kept.shipped?.files[id]?.good != nil
            entries.append(DashboardEntry(good.dashboard, text: good.text, origin: isInPlace ? .changed : .own, version: kept.versions[id] ?? 0))
        }
        let groups = Dashboard.Group.allCases
        func rank(_ entry: DashboardEntry) -> (Int, Int, String, String) {
            (groups.firstIndex(of: entry.dashboard.group) ?? 0, entry.dashboard.order, entry.dashboard.title, entry.dashboard.id)
        }
        return entries.sorted { rank($0) < rank($1) }
    }

    // MARK: Changing

    /// Saves one's own dashboard, durably.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - isJSON: whether it is kept as canonical YAML instead of as it is; then it may have the keys that the API adds.
    ///   - message: what whoever saves it says about it.
    ///   - expecting: the version it was made from; nil to save whatever is there.
    /// - Returns: the new version.
    package func save(_ text: String, id: String, isJSON: Bool, message: String, expecting: Int?) throws(DashboardChangeError) -> Int {
        // A byte order mark is no part of the text.
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        let dashboard: Dashboard
        do throws(DashboardRefusal) { dashboard = try DashboardReader.read(text, id: id, takesAddedKeys: isJSON) } catch { throw .refused(error) }
        let file = isJSON ? DashboardWriter.yaml(dashboard) : text
        return try change(id, expecting) { (kept, number, time) throws(DashboardChangeError) in
            if kept.own.files[id] == nil, kept.own.files.count >= DashboardFolder.filesMax { throw .tooMany(DashboardFolder.filesMax) }
            do throws(StorageError) {
                try versions.keep(DashboardVersion(number: number, time: time, message: message, isDeleted: false, text: file), of: id)
                try layer.replace(ownPath + "/" + id + ".yaml", with: Array(file.utf8))
            } catch { throw .storage(error) }
            kept.own.put(dashboard, text: file)
        }
    }

    /// Removes one's own dashboard; it stays among the versions.
    ///
    /// - Returns: the version that says so.
    package func remove(_ id: String, message: String, expecting: Int?) throws(DashboardChangeError) -> Int {
        try change(id, expecting) { (kept, number, time) throws(DashboardChangeError) in
            guard let file = kept.own.files[id] else { throw .notFound }
            do throws(StorageError) {
                try versions.keep(DashboardVersion(number: number, time: time, message: message, isDeleted: true, text: file.good?.text ?? file.text), of: id)
                try layer.remove(ownPath + "/" + id + ".yaml")
                try layer.synchronizeFolder(ownPath)
            } catch { throw .storage(error) }
            kept.own.remove(id)
        }
    }

    private func change(
        _ id: String, _ expecting: Int?, _ body: (inout Kept, _ number: Int, Timestamp) throws(DashboardChangeError) -> Void
    ) throws(DashboardChangeError) -> Int {
        let result: Result<Int, DashboardChangeError> = kept.withLock { kept in
            let time = now()
            look(&kept, time)
            let current = kept.own.files[id] == nil ? 0 : kept.versions[id] ?? 0
            if let expecting, expecting != current { return .failure(.conflict(current: current)) }
            // Numbers go on after a dashboard was removed, so that a version never means two things.
            let number = (versions.numbers(of: id).last ?? 0) + 1
            do throws(DashboardChangeError) {
                try body(&kept, number, time)
            } catch { return .failure(error) }
            kept.versions[id] = number
            kept.entries = Self.entries(kept)
            return .success(number)
        }
        return try result.get()
    }
}
