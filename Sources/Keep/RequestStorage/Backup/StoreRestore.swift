internal import ByteCoding
package import DurableFiles
package import GatewayModel
internal import Glibc

/// Makes a data folder from a backup.
package enum StoreRestore {
    /// Copies a finished backup into an empty or missing folder, checking every byte; the manifest comes last, so that an unfinished
    /// restore is no store.
    ///
    /// - Parameter progress: told the name of each file as it is done.
    /// - Returns: what the backup consists of.
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` for a file of the backup that is missing or not as its index says, an unfinished backup, or a
    ///   target that is not empty; what was copied is removed again.
    package static func run(
        from source: String, to target: String, files: any FileLayer = SystemFiles(), progress: (String) -> Void = { _ in }
    ) throws(StorageError) -> BackupIndex {
        let source = StorePaths(root: source).root
        let target = StorePaths(root: target).root
        guard let index = try BackupIndex.load(source, files) else {
            throw .damaged(file: source + "/" + BackupIndex.fileName, what: "it is missing: the backup was not finished, run it again", offset: 0)
        }
        if let stranger = try files.list(target).first {
            throw .damaged(file: target + "/" + stranger, what: "it is in the way: a backup is restored into an empty folder only", offset: 0)
        }
        var done: [String] = []
        do throws(StorageError) {
            for name in index.files.keys.sorted(by: order) {
                try restore(name, index, from: source, to: target, files)
                done.append(name)
                progress(name)
            }
            for folder in Set(done.map { FilePaths.folder(of: target + "/" + $0) }).sorted() { try files.synchronizeFolder(folder) }
        } catch {
            for name in done { try? files.remove(target + "/" + name) }
            throw error
        }
        return index
    }

    /// Manifests last.
    private static func order(_ left: String, _ right: String) -> Bool {
        let isLast = (left.hasPrefix("MANIFEST"), right.hasPrefix("MANIFEST"))
        return isLast.0 == isLast.1 ? left < right : isLast.1
    }

    private static func restore(_ name: String, _ index: BackupIndex, from source: String, to target: String, _ files: any FileLayer) throws(StorageError) {
        guard let entry = index.files[name] else { return }
        guard let image = try files.image(source + "/" + name) else { throw .damaged(file: name, what: "it is missing in the backup", offset: 0) }
        guard image.count == entry.bytes else {
            throw .damaged(file: name, what: "it has \(image.count) bytes in the backup instead of \(entry.bytes)", offset: image.count)
        }
        let path = target + "/" + name
        try files.createFolder(FilePaths.folder(of: path))
        let isPrivate = !name.hasPrefix("parts/") && !name.hasPrefix("wal/")
        let checksum = try BackupFiles.copy(image, to: path, isPrivate: isPrivate, files)
        guard checksum == entry.checksum else {
            try? files.remove(path)
            throw .damaged(file: name, what: "its checksum in the backup does not fit", offset: 0)
        }
    }
}
