package import ByteCoding
package import GatewayModel

/// A file that the store has open for writing.
package struct OpenFile: Sendable, Equatable {
    package let descriptor: Int32
    package let path: String

    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }
}

/// What the store asks of the operating system, one step each: the seam at which tests fill the disk, break it or pull the plug.
///
/// Steps that fail throw ``StorageError/full(reason:)`` when there is no space and ``StorageError/system(operation:file:code:)`` otherwise.
/// Called from several threads, never for the same file at once.
package protocol FileLayer: Sendable {
    /// Makes the folder and its missing parents; does nothing when it is there.
    func createFolder(_ path: String) throws(StorageError)
    /// The names in a folder, sorted; empty when there is no such folder.
    func list(_ folder: String) throws(StorageError) -> [String]
    /// Makes an empty file for writing, in place of any that has the name.
    ///
    /// - Parameter isPrivate: only the owner may read it.
    func create(_ path: String, isPrivate: Bool) throws(StorageError) -> OpenFile
    /// Opens an existing file for writing at its end.
    func openForAppending(_ path: String) throws(StorageError) -> OpenFile
    /// Writes a run of bytes at the file's end and returns how many of them were written, at least one.
    func write(_ bytes: [UInt8], _ range: Range<Int>, to file: OpenFile) throws(StorageError) -> Int
    /// Returns when the file's content is on the disk.
    func synchronize(_ file: OpenFile) throws(StorageError)
    /// Cuts the file; later writes continue there.
    func truncate(_ file: OpenFile, to bytes: Int) throws(StorageError)
    func close(_ file: OpenFile)
    /// Gives a file another name, in place of any file that has it, at once and whole.
    func rename(_ path: String, to target: String) throws(StorageError)
    /// Gives a file a second name; the two are one file from then on. The name must be free.
    func link(_ path: String, to target: String) throws(StorageError)
    /// Removes a file; does nothing when there is none.
    func remove(_ path: String) throws(StorageError)
    /// Removes a folder if it is empty.
    func removeFolderIfEmpty(_ path: String)
    /// Returns when the folder's names are on the disk.
    func synchronizeFolder(_ path: String) throws(StorageError)
    /// The file's content; nil when there is no such file.
    func image(_ path: String) throws(StorageError) -> FileImage?
    /// Bytes that may still be written, and the size of the file system.
    func space(_ folder: String) throws(StorageError) -> (free: Int64, total: Int64)
    /// Takes the lock file for this process and writes `holder` into it.
    ///
    /// - Throws: ``StorageError/locked(folder:holder:)`` with what the file says when another has it.
    func lock(_ path: String, holder: String) throws(StorageError) -> OpenFile
}

extension FileLayer {
    /// Writes all of the bytes, however the system cuts them.
    package func writeAll(_ bytes: [UInt8], to file: OpenFile) throws(StorageError) {
        var offset = 0
        while offset < bytes.count { offset += try write(bytes, offset..<bytes.count, to: file) }
    }

    /// Why a folder's disk counts as full; nil when there is enough room (or the system does not say).
    ///
    /// - Parameter bytesMin: bytes that must be free; a sixteenth is enough where the file system is small.
    package func lowSpace(_ folder: String, bytesMin: Int64) -> String? {
        guard let space = try? space(folder) else { return nil }
        let needed = min(bytesMin, space.total / 16)
        return space.free < needed ? "\(space.free) bytes free in \(folder), below \(needed)" : nil
    }

    /// Puts a file with this content in place, at once and whole: a reader after a crash finds the old file or the new one.
    package func replace(_ path: String, with bytes: [UInt8], isPrivate: Bool = false) throws(StorageError) {
        let temporary = path + FilePaths.temporarySuffix
        let file = try create(temporary, isPrivate: isPrivate)
        do {
            defer { close(file) }
            try writeAll(bytes, to: file)
            try synchronize(file)
        } catch {
            try? remove(temporary)
            throw error
        }
        try rename(temporary, to: path)
        try synchronizeFolder(FilePaths.folder(of: path))
    }
}
