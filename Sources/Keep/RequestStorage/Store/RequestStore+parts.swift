internal import ByteCoding
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

extension Manifest.Entry {
    init(_ part: Part) { self.init(day: part.directory.day, number: part.directory.number, rows: part.rowCount, bytes: part.bytes) }
}
