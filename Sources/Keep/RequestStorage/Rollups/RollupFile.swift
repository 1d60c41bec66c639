internal import ByteCoding
internal import GatewayModel
internal import Synchronization

/// An opened rollup file: mapped, each chunk verified before it is first used.
final class RollupFile: Sendable {
    /// The file as errors name it, from the store's folder on.
    let name: String
    let directory: RollupDirectory
    /// The version of the format that it is written in.
    let version: UInt32
    private let image: FileImage
    private let state = Mutex(State())

    private struct State: Sendable {
        /// Whether the chunk at an offset is intact, for those that were looked at.
        var verified: [UInt32: Bool] = [:]
        var dictionaries: [RequestField: StringTable] = [:]
    }

    /// Bytes on disk.
    var bytes: Int { image.count }

    /// - Throws: ``StorageError/damaged(file:what:offset:)`` when the header or the directory is, ``StorageError/unsupportedFormat(file:version:)``
    ///   when a newer program wrote the file.
    init(_ image: FileImage, name: String) throws(StorageError) {
        self.image = image
        self.name = name
        let result = unsafe image.withBytes { bytes -> Result<(UInt32, RollupDirectory), StorageError> in
            do throws(ByteReadingError) {
                let version = unsafe try Self.version(bytes)
                if version > RollupFormat.version { return .failure(.unsupportedFormat(file: name, version: Int(version))) }
                return unsafe .success((version, try Self.directory(bytes)))
            } catch {
                return .failure(.damaged(file: name, what: "expected \(error.expected)", offset: error.offset))
            }
        }
        (version, directory) = try result.get()
    }

    /// Its tables, the smallest first.
    func tables() -> [RollupTable] { directory.tables.sorted { $0.rows < $1.rows }.map { RollupTable(self, $0) } }

    private static func version(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> UInt32 {
        var reader = unsafe ByteReader(bytes)
        guard try reader.read(UInt64.self, "the mark of rollups") == RollupFormat.magic else { throw ByteReadingError(offset: 0, expected: "the mark of rollups") }
        let version = try reader.read(UInt32.self)
        let checksum = try reader.read(UInt32.self, "the header's checksum")
        guard unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[..<12])) == checksum else {
            throw ByteReadingError(offset: 12, expected: "the header's checksum")
        }
        return version
    }

    private static func directory(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> RollupDirectory {
        let tail = bytes.count - RollupFormat.tailBytes
        guard tail >= RollupFormat.headerBytes else { throw ByteReadingError(offset: bytes.count, expected: "the end of the rollups") }
        var reader = unsafe ByteReader(bytes, offset: tail)
        let offset = try reader.read(UInt64.self)
        let length = Int(try reader.read(UInt32.self))
        let checksum = try reader.read(UInt32.self)
        guard try reader.read(UInt64.self) == RollupFormat.magic else { throw ByteReadingError(offset: bytes.count - 8, expected: "the mark of the rollups' end") }
        guard offset <= UInt64(tail), Int(offset) + length == tail else { throw ByteReadingError(offset: tail, expected: "a directory before the end") }
        let directory = unsafe UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<tail])
        guard unsafe Checksum.crc32(directory) == checksum else { throw ByteReadingError(offset: Int(offset), expected: "the directory's checksum") }
        return unsafe try RollupDirectory(directory, end: Int(offset))
    }

    // MARK: Chunks

    /// Whether the chunk's checksum fits; looked at once.
    func isIntact(_ chunk: RollupChunk) -> Bool {
        if let known = state.withLock({ $0.verified[chunk.offset] }) { return known }
        let isIntact = unsafe image.withBytes(chunk.range) { unsafe Checksum.crc32($0) == chunk.checksum } ?? false
        state.withLock { $0.verified[chunk.offset] = isIntact }
        return isIntact
    }

    /// Reads every chunk again and says which are damaged; empty when the file is whole.
    func damage() -> [StorageError] {
        let chunks = directory.dictionaries.map(\.chunk) + directory.tables.flatMap { $0.columns.flatMap(\.chunks) }
        return chunks.compactMap { chunk in
            let isIntact = unsafe image.withBytes(chunk.range) { unsafe Checksum.crc32($0) == chunk.checksum } ?? false
            return isIntact ? nil : damaged(chunk, "a checksum")
        }
    }

    func damaged(_ chunk: RollupChunk, _ what: String) -> StorageError { .damaged(file: name, what: what, offset: Int(chunk.offset)) }

    /// Calls `body` with the chunk's bytes, verified and not compressed.
    func withContent<R>(_ chunk: RollupChunk, _ body: (UnsafeRawBufferPointer) throws(ByteReadingError) -> R) throws(StorageError) -> R {
        guard isIntact(chunk) else { throw damaged(chunk, "its checksum does not fit") }
        let result = unsafe image.withBytes(chunk.range) { bytes -> Result<R, ByteReadingError> in
            do throws(ByteReadingError) {
                guard chunk.isCompressed else { return unsafe .success(try body(bytes)) }
                guard let content = unsafe try? Zstd.decompress(bytes, size: Int(chunk.rawBytes)) else {
                    throw ByteReadingError(offset: 0, expected: "a Zstandard frame")
                }
                return unsafe content.withUnsafeBytes { content -> Result<R, ByteReadingError> in
                    do throws(ByteReadingError) { return unsafe .success(try body(content)) } catch { return .failure(error) }
                }
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value)?: return value
        case .failure(let error)?: throw damaged(chunk, "expected \(error.expected)")
        case nil: throw damaged(chunk, "it lies outside of the file")
        }
    }

    /// The values of a dimension; empty when no record has it.
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable {
        guard let entry = directory.dictionaries.first(where: { $0.field == field }) else { return StringTable() }
        if let known = state.withLock({ $0.dictionaries[field] }) { return known }
        let values = unsafe try withContent(entry.chunk) { (bytes) throws(ByteReadingError) in unsafe try TextBlock.decode(bytes, count: entry.values) }
        state.withLock { $0.dictionaries[field] = values }
        return values
    }

    /// Whether the field's dictionary, if it has one, is undamaged.
    func hasIntactDictionary(_ field: RequestField) -> Bool {
        directory.dictionaries.first { $0.field == field }.map { isIntact($0.chunk) } ?? true
    }
}
