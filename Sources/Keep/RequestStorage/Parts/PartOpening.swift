internal import ByteCoding
internal import GatewayModel

/// The checks before a part may be read: its marks, its version, and its directory's checksum.
enum PartOpening {
    static func directory(_ image: FileImage, _ name: String) throws(StorageError) -> PartDirectory {
        let result = unsafe image.withBytes { bytes -> Result<PartDirectory, StorageError> in
            do throws(ByteReadingError) {
                let version = unsafe try version(bytes)
                if version > PartFormat.version { return .failure(.unsupportedFormat(file: name, version: Int(version))) }
                return unsafe .success(try directory(bytes))
            } catch {
                return .failure(.damaged(file: name, what: "expected \(error.expected)", offset: error.offset))
            }
        }
        return try result.get()
    }

    private static func version(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> UInt32 {
        var reader = unsafe ByteReader(bytes)
        guard try reader.read(UInt64.self, "the mark of a part") == PartFormat.magic else { throw ByteReadingError(offset: 0, expected: "the mark of a part") }
        let version = try reader.read(UInt32.self)
        let checksum = try reader.read(UInt32.self, "the header's checksum")
        guard unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[..<12])) == checksum else {
            throw ByteReadingError(offset: 12, expected: "the header's checksum")
        }
        return version
    }

    private static func directory(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> PartDirectory {
        let tail = bytes.count - PartFormat.tailBytes
        guard tail >= PartFormat.headerBytes else { throw ByteReadingError(offset: bytes.count, expected: "the end of a part") }
        var reader = unsafe ByteReader(bytes, offset: tail)
        let offset = try reader.read(UInt64.self)
        let length = Int(try reader.read(UInt32.self))
        let checksum = try reader.read(UInt32.self)
        guard try reader.read(UInt64.self) == PartFormat.magic else { throw ByteReadingError(offset: bytes.count - 8, expected: "the mark of a part's end") }
        guard offset <= UInt64(tail), Int(offset) + length == tail else { throw ByteReadingError(offset: tail, expected: "a directory before the end") }
        let directory = unsafe UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<tail])
        guard unsafe Checksum.crc32(directory) == checksum else { throw ByteReadingError(offset: Int(offset), expected: "the directory's checksum") }
        return unsafe try PartDirectory(directory, end: Int(offset))
    }
}
