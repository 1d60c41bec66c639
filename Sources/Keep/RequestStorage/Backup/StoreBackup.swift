internal import ByteCoding
package import DurableFiles
package import GatewayModel
internal import Glibc

/// A backup of a store's folder, made without the store's help while it runs, or while it does not.
///
/// Parts never change and the manifest says which count, so they are linked (or copied) one by one; then the logs are copied, the newest first: what
/// it ends with is the moment of the backup, and the older ones are complete by then. If the manifest is still the same, parts and logs fit
/// together; if not, the round is repeated, and finds most of its work done. What else lies in the folder is copied before, see ``KeptFolderCopies``: the counters of
/// metric families must not be ahead of the records. `BACKUP` with names, sizes and checksums comes last.
package struct StoreBackup {
    /// A file outside of the data folder that belongs into the backup: where it is, and its name in the backup.
    package struct Extra: Sendable {
        package let path: String
        package let name: String

        package init(path: String, name: String) {
            self.path = path
            self.name = name
        }
    }

    package struct Report: Sendable {
        package let index: BackupIndex
        /// Records in parts; those in the logs come on top.
        package let partRecords: Int64
        package let linked: Int
        package let copied: Int
        /// Files that were there from an earlier backup.
        package let kept: Int
        /// What the manifest names and was not there.
        package let missing: [String]
    }

    /// Everything at the top of a data folder that is the records' own: it is found through the manifest, and need not be named.
    package static let ownNames: Set<String> = ["LOCK", "MANIFEST", "MANIFEST.copy", "id.key", "wal", "parts", "hidden", "trends"]

    /// Rounds at most: a store that writes its manifest faster than the logs can be copied is not backed up by trying for ever.
    static let roundsMax = 50

    private let source: StorePaths
    private let target: String
    private let files: any FileLayer
    private let progress: (String) -> Void
    private var writer: BackupFiles
    private var index: BackupIndex
    private var missing: [String] = []
    /// What an earlier, finished backup had.
    private let known: Set<String>

    /// Makes the backup, or completes an unfinished one, or brings an older one up to date.
    ///
    /// - Parameters:
    ///   - source: the store's folder.
    ///   - target: the backup's; made when missing.
    ///   - extras: files from elsewhere.
    ///   - names: of all files in the store's folder at the time of the call, from there on; those that are the records' own are passed over.
    ///   - copiesAll: copies also where links would do, so that damage to the store's disk cannot reach the backup.
    ///   - progress: told the name of each file as it is done.
    /// - Throws: what reading the store or writing the backup met; then the folder is an unfinished backup.
    package static func run(
        from source: String, to target: String, extras: [Extra] = [], names: @escaping () -> [String] = { [] }, copiesAll: Bool = false, now: Timestamp = .now(),
        files: any FileLayer = SystemFiles(), progress: @escaping (String) -> Void = { _ in }
    ) throws(StorageError) -> Report {
        let paths = StorePaths(root: source)
        guard try paths.manifest.load(files).manifest != nil else {
            throw .damaged(file: paths.manifest.path, what: "it is missing: this is not a data folder", offset: 0)
        }
        let target = StorePaths(root: target).root
        try files.createFolder(target)
        let lock = try files.lock(target + "/LOCK", holder: LockHolder.text)
        defer { files.close(lock) }
        let indexPath = target + "/" + BackupIndex.fileName
        // A damaged index is as good as none: everything is compared afresh.
        let known = (try? BackupIndex.load(target, files)) ?? nil
        if known == nil {
            let strangers = try files.list(target).filter { !$0.hasSuffix(FilePaths.temporarySuffix) && !ownNames(paths, files).contains($0) }
            if let stranger = strangers.first { throw .damaged(file: target + "/" + stranger, what: "it is in the way: the folder is not a backup", offset: 0) }
        }
        try files.remove(indexPath)
        try files.synchronizeFolder(target)
        let writer = BackupFiles(files, target: target, copiesAll: copiesAll, known: known?.files ?? [:])
        var backup = StoreBackup(paths, target, files, writer, Set((known?.files ?? [:]).keys), now, progress)
        return try backup.run(extras, names)
    }

    /// Names that an unfinished backup may have at its top.
    private static func ownNames(_ paths: StorePaths, _ files: any FileLayer) -> Set<String> {
        ownNames.union(["config"]).union((try? files.list(paths.root)) ?? [])
    }

    private init(
        _ source: StorePaths, _ target: String, _ files: any FileLayer, _ writer: BackupFiles, _ known: Set<String>, _ now: Timestamp, _ progress: @escaping (String) -> Void
    ) {
        (self.source, self.target, self.files, self.writer, self.known, self.progress) = (source, target, files, writer, known, progress)
        index = BackupIndex(created: now, generation: 0)
    }

    private mutating func run(_ extras: [Extra], _ names: @escaping () -> [String]) throws(StorageError) -> Report {
        let others = try KeptFolderCopies(source: source.root, files: files, names: names, progress: progress).take(&writer)
        for _ in 0..<Self.roundsMax {
            guard let manifest = try source.manifest.load(files).manifest else { break }
            index.files = others
            missing = []
            try takeParts(manifest)
            // Before the logs, which may be long: their copies would be for nothing.
            guard try isCurrent(manifest), try takeLogs(manifest), try isCurrent(manifest) else { continue }
            return try finish(manifest, extras)
        }
        throw Self.restless(source.root)
    }

    static func restless(_ folder: String) -> StorageError { .system(operation: "back up, because the store changes all the time,", file: folder, code: EAGAIN) }

    private func isCurrent(_ manifest: Manifest) throws(StorageError) -> Bool { try source.manifest.load(files).manifest == manifest }

    /// Parts with what stands beside them, and the other files that never change.
    private mutating func takeParts(_ manifest: Manifest) throws(StorageError) {
        for part in manifest.parts {
            let paths = source.partFiles(day: part.day, number: part.number)
            for path in paths where try !take(unchanging: path) && path == paths[0] { missing.append(source.relative(path)) }
        }
        for folder in StorePaths.unchangingFolders {
            for name in try files.list(source.root + "/" + folder) where !name.hasSuffix(FilePaths.temporarySuffix) {
                _ = try take(unchanging: source.root + "/" + folder + "/" + name)
            }
        }
    }

    private mutating func take(unchanging path: String) throws(StorageError) -> Bool {
        let name = source.relative(path)
        guard let entry = try writer.place(unchanging: path, as: name) else { return false }
        index.files[name] = entry
        progress(name)
        return true
    }

    /// The logs that the manifest needs, newest first; false when one went meanwhile.
    private mutating func takeLogs(_ manifest: Manifest) throws(StorageError) -> Bool {
        let logs = try files.list(source.logs).filter { FilePaths.number($0, suffix: ".wal").map { $0 >= manifest.firstLog } ?? false }
        for name in logs.reversed() {
            guard let entry = try writer.copy(changing: source.logs + "/" + name, as: "wal/" + name) else { return false }
            index.files["wal/" + name] = entry
            progress("wal/" + name)
        }
        return true
    }

    private mutating func finish(_ manifest: Manifest, _ extras: [Extra]) throws(StorageError) -> Report {
        index.generation = manifest.generation
        for name in ["MANIFEST", "MANIFEST.copy"] { index.files[name] = try writer.write(manifest.encode(), as: name) }
        if let entry = try writer.copy(changing: source.key, as: "id.key", isPrivate: true) { index.files["id.key"] = entry }
        for extra in extras where BackupIndex.isInside(extra.name) {
            // They may hold secrets, as configurations do.
            if let entry = try writer.copy(changing: extra.path, as: extra.name, isPrivate: true) { index.files[extra.name] = entry }
            progress(extra.name)
        }
        try removeOthers()
        for folder in writer.folders.sorted() { try files.synchronizeFolder(folder) }
        try files.replace(target + "/" + BackupIndex.fileName, with: index.encode())
        let records = manifest.parts.reduce(Int64(0)) { $0 + Int64($1.rows) }
        return Report(index: index, partRecords: records, linked: writer.linked, copied: writer.copied, kept: writer.kept, missing: missing)
    }

    /// Removes what an earlier backup had and this one does not: merged and dropped parts, logs that are in parts by now, dashboards that were removed.
    private func removeOthers() throws(StorageError) {
        for name in known where index.files[name] == nil { try files.remove(target + "/" + name) }
        for folder in ["wal"] + StorePaths.unchangingFolders { try removeOthers(in: folder) }
        for day in try files.list(target + "/parts") {
            try removeOthers(in: "parts/" + day)
            files.removeFolderIfEmpty(target + "/parts/" + day)
        }
    }

    private func removeOthers(in folder: String) throws(StorageError) {
        for name in try files.list(target + "/" + folder) where index.files[folder + "/" + name] == nil { try files.remove(target + "/" + folder + "/" + name) }
    }
}
