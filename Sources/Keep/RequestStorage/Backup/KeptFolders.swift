internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// What lies in a data folder beside the records, sorted by how it may be copied while a server goes on writing it.
struct KeptFolders: Equatable {
    /// Files of folders with a manifest of their own, as that of series, by folder; the manifests are not among them.
    private(set) var stores: [String: Set<String>] = [:]
    /// Numbered logs of folders without a manifest, by folder: they may be replaced by one with a higher number at any time.
    private(set) var journals: [String: Set<String>] = [:]
    /// Files that are replaced as a whole, or only grow.
    private(set) var singles: Set<String> = []

    static let manifests = ["MANIFEST", "MANIFEST.copy"]

    /// - Parameter names: of files, from the data folder on.
    init(_ names: [String]) {
        let names = names.filter(Self.counts)
        for name in names where name.hasSuffix("/" + Self.manifests[0]) { stores[FilePaths.folder(of: name)] = [] }
        for name in names {
            if let store = stores.keys.first(where: { name.hasPrefix($0 + "/") }) {
                if !Self.manifests.contains(where: { name == store + "/" + $0 }) { stores[store]?.insert(name) }
            } else if Self.isLog(name) {
                journals[FilePaths.folder(of: name), default: []].insert(name)
            } else {
                singles.insert(name)
            }
        }
    }

    static func isLog(_ name: String) -> Bool { FilePaths.number(last(name), suffix: LogFolder.suffix) != nil }

    /// Whether a file says something: locks and half-written files do not, nor does the index of the backup from which the folder was made; the records' own are
    /// taken with them.
    private static func counts(_ name: String) -> Bool {
        let isOwn = StoreBackup.ownNames.contains(String(name.prefix { $0 != "/" }))
        return !isOwn && name != BackupIndex.fileName && last(name) != "LOCK" && !name.hasSuffix(FilePaths.temporarySuffix) && BackupIndex.isInside(name)
    }

    private static func last(_ name: String) -> String { String(name.split(separator: "/").last ?? "") }
}

/// Copies ``KeptFolders`` without the help of whoever writes them.
///
/// Logs are copied the newest first: its length is the moment of the copy, and older ones are complete by then. What says which files count, a manifest or the names
/// of the logs, is read before and after: if it changed, the folder is copied again.
struct KeptFolderCopies {
    private typealias Entries = [String: BackupIndex.Entry]

    let source: String
    let files: any FileLayer
    /// The names of all files at the time of the call, from the data folder on.
    let names: () -> [String]
    /// Told the name of each file as it is done.
    let progress: (String) -> Void

    /// Files of a store that never change once they have their name.
    private static let unchangingSuffix = ".block"

    /// - Returns: what was put into the backup.
    func take(_ writer: inout BackupFiles) throws(StorageError) -> [String: BackupIndex.Entry] {
        var entries: Entries = [:]
        let folders = KeptFolders(names())
        for store in folders.stores.keys.sorted() {
            entries.merge(try settled(store) { () throws(StorageError) in try copy(store: store, &writer) }) { $1 }
        }
        for journal in folders.journals.keys.sorted() {
            entries.merge(try settled(journal) { () throws(StorageError) in try copy(journal: journal, &writer) }) { $1 }
        }
        // Listed anew: what journals speak of was written before the journal said so.
        for name in KeptFolders(names()).singles.sorted() { entries[name] = try copy(name, &writer) }
        return entries
    }

    private func settled(_ folder: String, _ attempt: () throws(StorageError) -> Entries?) throws(StorageError) -> Entries {
        for _ in 0..<StoreBackup.roundsMax { if let entries = try attempt() { return entries } }
        throw StoreBackup.restless(source + "/" + folder)
    }

    /// nil when the store changed meanwhile.
    private func copy(store: String, _ writer: inout BackupFiles) throws(StorageError) -> Entries? {
        let manifests = try manifests(of: store)
        let names = KeptFolders(names()).stores[store] ?? []
        var entries: Entries = [:]
        for name in names.sorted() where !KeptFolders.isLog(name) {
            let isUnchanging = name.hasSuffix(Self.unchangingSuffix)
            if isUnchanging { progress(name) }
            entries[name] = isUnchanging ? try writer.place(unchanging: source + "/" + name, as: name) : try copy(name, &writer)
        }
        guard let logs = try copy(logs: names, &writer), try self.manifests(of: store) == manifests else { return nil }
        entries.merge(logs) { $1 }
        for (name, bytes) in manifests { entries[name] = try writer.write(bytes, as: name) }
        return entries
    }

    private func manifests(of store: String) throws(StorageError) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in KeptFolders.manifests.map({ store + "/" + $0 }) {
            guard let image = try files.image(source + "/" + name) else { continue }
            found[name] = unsafe image.withBytes { unsafe [UInt8]($0) }
        }
        return found
    }

    /// nil when a log came or went meanwhile.
    private func copy(journal: String, _ writer: inout BackupFiles) throws(StorageError) -> Entries? {
        let logs = KeptFolders(names()).journals[journal] ?? []
        guard let entries = try copy(logs: logs, &writer), KeptFolders(names()).journals[journal] ?? [] == logs else { return nil }
        return entries
    }

    /// nil when one of them is gone.
    private func copy(logs names: Set<String>, _ writer: inout BackupFiles) throws(StorageError) -> Entries? {
        var entries: Entries = [:]
        for name in names.sorted(by: >) where KeptFolders.isLog(name) {
            guard let entry = try copy(name, &writer) else { return nil }
            entries[name] = entry
        }
        return entries
    }

    private func copy(_ name: String, _ writer: inout BackupFiles) throws(StorageError) -> BackupIndex.Entry? {
        progress(name)
        // They may hold secrets, as configurations do.
        return try writer.copy(changing: source + "/" + name, as: name, isPrivate: true)
    }
}
