internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Puts single files into a backup: links or copies, and what is there already stays.
struct BackupFiles {
    private let files: any FileLayer
    private let target: String
    private let copiesAll: Bool
    /// What an earlier, finished backup in the same folder had.
    private let known: [String: BackupIndex.Entry]
    /// Folders whose names must be synchronised at the end.
    private(set) var folders: Set<String> = []
    private(set) var linked = 0
    private(set) var copied = 0
    private(set) var kept = 0

    /// Bytes of a file that are compared to tell whether two are the same: the end of a part holds the checksum of its directory, which
    /// holds those of all its chunks.
    private static let tailBytes = 64
    /// Bytes written at a time.
    private static let pieceBytes = 1 << 20

    init(_ files: any FileLayer, target: String, copiesAll: Bool, known: [String: BackupIndex.Entry]) {
        (self.files, self.target, self.copiesAll, self.known) = (files, target, copiesAll, known)
    }

    /// Puts a file in place that never changes; nil when it is not there (any more).
    mutating func place(unchanging source: String, as name: String) throws(StorageError) -> BackupIndex.Entry? {
        guard let image = try files.image(source) else { return nil }
        let path = target + "/" + name
        if let old = try files.image(path), let entry = entry(ofKept: old, image, name) {
            kept += 1
            return entry
        }
        guard !copiesAll else { return try copy(image, as: name) }
        do throws(StorageError) {
            try createFolder(of: path)
            try files.remove(path)
            try files.link(source, to: path)
        } catch {
            // Another file system, or one without links: then it is copied.
            guard case .system("link", _, _) = error else { throw error }
            return try copy(image, as: name)
        }
        linked += 1
        return unsafe BackupIndex.Entry(bytes: image.count, checksum: image.withBytes { unsafe Checksum.crc32($0) })
    }

    /// Copies a file that may grow or be replaced, as it is now; nil when it is not there.
    mutating func copy(changing source: String, as name: String, isPrivate: Bool = false) throws(StorageError) -> BackupIndex.Entry? {
        guard let image = try files.image(source) else { return nil }
        return try copy(image, as: name, isPrivate: isPrivate)
    }

    /// Writes bytes as a file.
    mutating func write(_ bytes: [UInt8], as name: String) throws(StorageError) -> BackupIndex.Entry {
        try copy(FileImage(copying: bytes), as: name)
    }

    /// The entry of the file that is there, if it is the same as the one to place.
    private func entry(ofKept old: FileImage, _ image: FileImage, _ name: String) -> BackupIndex.Entry? {
        guard old.count == image.count, Self.tail(old) == Self.tail(image) else { return nil }
        if let known = known[name], known.bytes == image.count, name.hasSuffix(".part") { return known }
        let checksum = unsafe image.withBytes { unsafe Checksum.crc32($0) }
        guard unsafe old.withBytes({ unsafe Checksum.crc32($0) }) == checksum else { return nil }
        return BackupIndex.Entry(bytes: image.count, checksum: checksum)
    }

    private static func tail(_ image: FileImage) -> [UInt8] {
        unsafe image.withBytes(max(0, image.count - tailBytes)..<image.count) { unsafe [UInt8]($0) } ?? []
    }

    private mutating func copy(_ image: FileImage, as name: String, isPrivate: Bool = false) throws(StorageError) -> BackupIndex.Entry {
        let path = target + "/" + name
        try createFolder(of: path)
        let checksum = try Self.copy(image, to: path, isPrivate: isPrivate, files)
        copied += 1
        return BackupIndex.Entry(bytes: image.count, checksum: checksum)
    }

    /// Writes an image under a temporary name, synchronises and renames it; the folder's synchronisation is the caller's.
    ///
    /// - Returns: the checksum of what was written.
    static func copy(_ image: FileImage, to path: String, isPrivate: Bool, _ files: any FileLayer) throws(StorageError) -> UInt32 {
        let temporary = path + FilePaths.temporarySuffix
        let file = try files.create(temporary, isPrivate: isPrivate)
        do throws(StorageError) {
            defer { files.close(file) }
            var offset = 0
            while offset < image.count {
                let end = min(image.count, offset + pieceBytes)
                try files.writeAll(unsafe image.withBytes(offset..<end) { unsafe [UInt8]($0) } ?? [], to: file)
                offset = end
            }
            try files.synchronize(file)
            try files.rename(temporary, to: path)
        } catch {
            try? files.remove(temporary)
            throw error
        }
        return unsafe image.withBytes { unsafe Checksum.crc32($0) }
    }

    private mutating func createFolder(of path: String) throws(StorageError) {
        let folder = FilePaths.folder(of: path)
        guard folders.insert(folder).inserted else { return }
        try files.createFolder(folder)
    }
}
