internal import ByteCoding
internal import GatewayModel

/// The file of the records that are hidden and whose log is gone. Drawn in `docs/formats/hidden-records.md`.
///
///     u64 magic | u32 version | u32 checksum of all behind it | u64 count | runs
///     a run: u32 numbers (1 to 16,384) | u32 bytes | an IntegerBlock of sequence numbers, ascending
///
/// Written whole under a new number with every change and named by the manifest, so that it changes together with the parts.
enum HiddenFile {
    static let version: UInt32 = 1
    /// `GWHIDE` and the bytes that text transfers would damage.
    private static let magic: UInt64 = 0x0A0D_4544_4948_5747
    private static let headerBytes = 16

    static func encode(_ sequences: [Int64]) -> [UInt8] {
        var body = ByteWriter(reserving: sequences.count * 3 + 64)
        body.write(UInt64(sequences.count))
        var start = 0
        while start < sequences.count {
            let run = Array(sequences[start..<min(sequences.count, start + RecordSegmentLayout.blockRows)])
            var block: [UInt8] = []
            IntegerBlock.encode(run, effort: .small, into: &block)
            body.write(UInt32(run.count))
            body.write(UInt32(block.count))
            body.write(block)
            start += run.count
        }
        var writer = ByteWriter(reserving: body.count + headerBytes)
        writer.write(magic)
        writer.write(version)
        writer.write(Checksum.crc32(body.bytes))
        writer.write(body.bytes)
        return writer.bytes
    }

    /// The numbers in a file.
    ///
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` or ``StorageError/unsupportedFormat(file:version:)``.
    static func decode(_ image: FileImage, name: String) throws(StorageError) -> [Int64] {
        let result = unsafe image.withBytes { bytes -> Result<[Int64], StorageError> in
            do throws(ByteReadingError) {
                var reader = unsafe ByteReader(bytes)
                guard try reader.read(UInt64.self) == magic else { throw ByteReadingError(offset: 0, expected: "the mark of a list of hidden records") }
                let version = try reader.read(UInt32.self)
                if version > Self.version { return .failure(.unsupportedFormat(file: name, version: Int(version))) }
                let checksum = try reader.read(UInt32.self)
                guard unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[headerBytes...])) == checksum else {
                    throw ByteReadingError(offset: headerBytes, expected: "its checksum")
                }
                return .success(try sequences(&reader))
            } catch {
                return .failure(.damaged(file: name, what: "expected \(error.expected)", offset: error.offset))
            }
        }
        return try result.get()
    }

    private static func sequences(_ reader: inout ByteReader) throws(ByteReadingError) -> [Int64] {
        let count = try reader.read(UInt64.self)
        var all: [Int64] = []
        var run: [Int64] = []
        while UInt64(all.count) < count {
            let numbers = Int(try reader.read(UInt32.self))
            guard (1...RecordSegmentLayout.blockRows).contains(numbers) else { throw ByteReadingError(offset: reader.offset, expected: "a run of numbers") }
            unsafe try IntegerBlock.decode(try reader.readBytes(Int(try reader.read(UInt32.self)), "a run"), count: numbers, into: &run)
            all += run
        }
        return all
    }
}
