internal import ByteCoding
internal import DurableFiles
internal import GatewayModel
internal import Glibc
internal import Synchronization

/// The life of a part file, whether a flush or a merge wrote it.
extension RequestStore {
    /// The number of the next part; used once, even if its part comes to nothing.
    func nextPartNumber() -> UInt64 {
        manifest.withLock { manifest in
            defer { manifest.nextPart += 1 }
            return manifest.nextPart
        }
    }

    /// Completes a part that was just written: its name is on the disk, it can be read, and what belongs to it stands beside it. It does not
    /// count before a manifest names it.
    ///
    /// - Throws: what went wrong; then nothing is left of the part.
    func completePart(at path: String, day: Int32) throws(StorageError) -> Part {
        do throws(StorageError) {
            guard let image = try files.image(path) else { throw .system(operation: "map", file: path, code: ENOENT) }
            let part = try Part(image, name: paths.relative(path))
            addRollups(to: part)
            try files.synchronizeFolder(paths.day(day))
            return part
        } catch {
            try? files.remove(path)
            throw error
        }
    }

    /// Removes a part that no manifest names any more, with what belongs to it; what cannot be removed now is removed at the next start.
    func removePart(day: Int32, number: UInt64) {
        for path in paths.partFiles(day: day, number: number) { try? files.remove(path) }
    }
}

extension Part {
    /// Opens the part that a manifest's line names.
    ///
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` also when the file is missing or another part.
    convenience init(opening entry: Manifest.Entry, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) {
        let path = paths.part(day: entry.day, number: entry.number)
        let name = paths.relative(path)
        guard let image = try files.image(path) else { throw .damaged(file: name, what: "it is missing", offset: 0) }
        guard image.count == entry.bytes else { throw .damaged(file: name, what: "it has \(image.count) bytes instead of \(entry.bytes)", offset: image.count) }
        try self.init(image, name: name)
        guard directory.day == entry.day, rowCount == entry.rows else { throw .damaged(file: name, what: "it is another part", offset: 0) }
    }
}

extension Manifest.Entry {
    init(_ part: Part) { self.init(day: part.directory.day, number: part.directory.number, rows: part.rowCount, bytes: part.bytes) }
}
