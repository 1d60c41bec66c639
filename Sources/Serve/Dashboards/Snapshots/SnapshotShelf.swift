package import ByteCoding
package import DurableFiles
package import GatewayModel

/// Figures of pages as they were, each a file of its own, with a journal of what there is.
///
/// The file is on the disk before the journal says so, and the journal says that it is gone before the file goes: after a crash there may be a file too many, which
/// goes at the next start, never one too few.
package final class SnapshotShelf: Sendable {
    private static let suffix = ".json"
    /// Bytes that must be free on the disk for another.
    private static let freeBytesMin: Int64 = 64 << 20

    private let folder: String
    private let files: any FileLayer
    private let table: KeptTable<Snapshot>
    private let now: @Sendable () -> Timestamp

    /// Opens the shelf in a folder, which is made when it is missing.
    ///
    /// - Parameter onDamage: told of what cannot be read.
    package init(
        folder: String, files: any FileLayer, now: @escaping @Sendable () -> Timestamp = { .now() }, onDamage: (StorageError) -> Void = { _ in }
    ) throws(StorageError) {
        try files.createFolder(folder)
        table = try KeptTable(
            folder: folder + "/index", files: files, countMax: SnapshotLimits.countMax, bytesMax: 64 << 20, onDamage: onDamage)
        (self.folder, self.files, self.now) = (folder, files, now)
        for name in try files.list(folder) where name.hasSuffix(Self.suffix) || name.hasSuffix(FilePaths.temporarySuffix) {
            if table[String(name.dropLast(Self.suffix.count))] == nil { try? files.remove(folder + "/" + name) }
        }
    }

    // MARK: Reading

    /// Those that are not over, the latest first.
    package func list() -> [Snapshot] {
        let now = now()
        return table.values.filter { $0.expires > now }.sorted { ($1.created, $1.id) < ($0.created, $0.id) }
    }

    /// What is kept of a snapshot, as JSON text.
    package func content(_ id: String) throws(SnapshotError) -> [UInt8] {
        guard let snapshot = table[id], snapshot.expires > now() else { throw .notFound(id: id) }
        let image: FileImage?
        do throws(StorageError) { image = try files.image(path(id)) } catch { throw .notKept(error) }
        guard let image else { throw .notFound(id: id) }
        return unsafe image.withBytes { unsafe [UInt8]($0) }
    }

    // MARK: Changing

    /// Keeps a page's figures.
    ///
    /// - Parameters:
    ///   - search: the page's address, from `?` on.
    ///   - days: until it goes.
    ///   - members: writes what else its object has.
    package func add(
        title: String, search: String, days: Int64, members: (inout JSONWriter) -> Void
    ) async throws(SnapshotError) -> Snapshot {
        guard title.count <= SnapshotLimits.titleCharactersMax else {
            throw .invalid(field: "title", reason: "has more than \(SnapshotLimits.titleCharactersMax) characters")
        }
        guard search.utf8.count <= LinkLimits.searchBytesMax else { throw .invalid(field: "search", reason: "has more than \(LinkLimits.searchBytesMax) bytes") }
        guard (1...SnapshotLimits.daysMax).contains(days) else { throw .invalid(field: "expires", reason: "lies between 1d and \(SnapshotLimits.daysMax)d") }
        await removeExpired()
        let created = now()
        let (id, expires) = (Self.randomID(), Timestamp(microseconds: created.microseconds + days * Timestamp.microsecondsPerDay))
        var writer = JSONWriter(reserving: 64 << 10)
        writer.object { object in
            object.member("id", id)
            object.member("title", title)
            object.member("search", search)
            object.member("created", created.iso8601)
            object.member("expires", expires.iso8601)
            members(&object)
        }
        let snapshot = Snapshot(id: id, title: title, search: search, created: created, expires: expires, bytes: writer.bytes.count)
        guard snapshot.bytes <= SnapshotLimits.bytesMax else { throw .tooLarge }
        guard table.count < SnapshotLimits.countMax else { throw .full }
        do throws(StorageError) {
            if let reason = files.lowSpace(folder, bytesMin: Self.freeBytesMin) { throw StorageError.full(reason: reason) }
            try files.replace(path(id), with: writer.bytes, isPrivate: true)
        } catch { throw .notKept(error) }
        do throws(KeptTableError) { try await table.put(snapshot) } catch {
            try? files.remove(path(id))
            throw SnapshotError(error)
        }
        return snapshot
    }

    package func remove(_ id: String) async throws(SnapshotError) {
        guard let snapshot = table[id], snapshot.expires > now() else { throw .notFound(id: id) }
        do throws(KeptTableError) { _ = try await table.remove(snapshot.id) } catch { throw SnapshotError(error) }
        try? files.remove(path(snapshot.id))
    }

    /// What was handed over is written; what comes later is refused.
    package func close() async { await table.close() }

    private func removeExpired() async {
        let now = now()
        for snapshot in table.values where snapshot.expires <= now {
            // What cannot be removed now is hidden by its time, and goes later.
            guard (try? await table.remove(snapshot.id)) != nil else { continue }
            try? files.remove(path(snapshot.id))
        }
    }

    private func path(_ id: String) -> String { folder + "/" + id + Self.suffix }

    private static func randomID() -> String {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        var generator = SystemRandomNumberGenerator()
        return String((0..<22).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
}

extension SnapshotError {
    init(_ error: KeptTableError) {
        switch error {
        case .full: self = .full
        case .notKept(let reason): self = .notKept(reason)
        }
    }
}
