internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// A part file while it is being written: chunks one behind the other, then the directory and the tail.
struct PartFile {
    private let files: any FileLayer
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var offset = 0

    /// Bytes collected before a write.
    private static let writeBytes = 1 << 20

    /// Writes a part under a temporary name, synchronises and renames it; the folder's synchronisation is the caller's.
    ///
    /// - Parameter body: writes the chunks and returns the directory that names them.
    /// - Returns: the bytes of the file. When something fails, no file is left behind.
    static func write(
        to path: String, files: any FileLayer, _ body: (inout PartFile) throws(StorageError) -> PartDirectory
    ) throws(StorageError) -> Int {
        let temporary = path + FilePaths.temporarySuffix
        let file = try files.create(temporary, isPrivate: false)
        do throws(StorageError) {
            defer { files.close(file) }
            var part = PartFile(files: files, file: file)
            try part.put(PartFormat.header())
            let directory = try body(&part)
            try part.finish(directory)
            try files.synchronize(file)
            try files.rename(temporary, to: path)
            return part.offset
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    private init(files: any FileLayer, file: OpenFile) {
        self.files = files
        self.file = file
    }

    private mutating func finish(_ directory: PartDirectory) throws(StorageError) {
        let directoryOffset = offset
        let encoded = directory.encode()
        try put(encoded)
        try put(PartFormat.tail(directoryOffset: directoryOffset, directory: encoded))
        try drain()
    }

    /// Writes the bytes as a chunk, compressed where they then take less than the share `worth` of themselves.
    mutating func putChunk(_ bytes: [UInt8], flags: UInt8, worth: (of: Int, in: Int) = (4, 5)) throws(StorageError) -> PartChunk {
        var stored = bytes
        var flags = flags
        if worth.of > 0, bytes.count >= 64 {
            let compressed = Zstd.compress(bytes)
            if !compressed.isEmpty, compressed.count < bytes.count * worth.of / worth.in {
                stored = compressed
                flags |= PartChunk.zstdFlag
            }
        }
        let chunk = PartChunk(
            offset: UInt64(offset), length: UInt32(stored.count), rawBytes: UInt32(bytes.count), checksum: Checksum.crc32(stored), flags: flags)
        try put(stored)
        return chunk
    }

    private mutating func put(_ bytes: [UInt8]) throws(StorageError) {
        buffer += bytes
        offset += bytes.count
        if buffer.count >= Self.writeBytes { try drain() }
    }

    private mutating func drain() throws(StorageError) {
        try files.writeAll(buffer, to: file)
        buffer.removeAll(keepingCapacity: true)
    }
}
