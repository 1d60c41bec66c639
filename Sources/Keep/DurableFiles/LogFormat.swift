package import ByteCoding

/// The fixed parts of a write-ahead log file. Drawn in `docs/formats/write-ahead-log.md`.
package enum LogFormat {
    /// 2: frames of hidden records and of samples. Files of version 1 are read, and never continued: a program that knows only that version would pass over
    /// the new frames.
    package static let version: UInt32 = 2
    /// `GWLOG` and the bytes that text transfers would damage.
    package static let fileMagic: UInt64 = 0x0A0D_0047_4F4C_5747
    /// `FRM!`
    package static let frameMagic: UInt32 = 0x214D_5246
}

/// The first 40 bytes of a log file.
///
///     u64 magic | u32 version | u32 checksum of the other 36 bytes | u64 number | u64 previous number | u64 previous end
package struct LogFileHeader: Equatable {
    package static let bytes = 40

    /// The version of the file's format; not above ``LogFormat/version`` in a file that is read.
    package let version: UInt32
    /// The file's own number.
    package let number: UInt64
    /// The log before this one, and how many of its bytes count; what follows there was never acknowledged.
    package let previousNumber: UInt64
    package let previousEnd: UInt64

    package func encode() -> [UInt8] {
        var body = ByteWriter()
        body.write(number)
        body.write(previousNumber)
        body.write(previousEnd)
        var writer = ByteWriter()
        writer.write(LogFormat.fileMagic)
        writer.write(version)
        writer.write(Self.checksum(version, body.bytes))
        writer.write(body.bytes)
        return writer.bytes
    }

    /// - Throws: when the bytes are too short, of another kind, or damaged. A newer version is told apart by ``version(_:)``.
    package init(_ source: UnsafeRawBufferPointer) throws(ByteReadingError) {
        var reader = unsafe ByteReader(source)
        guard try reader.read(UInt64.self, "a log's header") == LogFormat.fileMagic else { throw ByteReadingError(offset: 0, expected: "the mark of a log") }
        version = try reader.read(UInt32.self)
        let checksum = try reader.read(UInt32.self)
        let body = unsafe try [UInt8](reader.readBytes(24, "a log's header"))
        guard Self.checksum(version, body) == checksum else { throw ByteReadingError(offset: 12, expected: "the header's checksum") }
        var fields = unsafe ByteReader(source, offset: 16)
        number = try fields.read(UInt64.self)
        previousNumber = try fields.read(UInt64.self)
        previousEnd = try fields.read(UInt64.self)
    }

    package init(number: UInt64, previousNumber: UInt64, previousEnd: UInt64, version: UInt32 = LogFormat.version) {
        self.version = version
        self.number = number
        self.previousNumber = previousNumber
        self.previousEnd = previousEnd
    }

    /// The format version of a file that is a log and undamaged so far; nil otherwise.
    package static func version(_ source: UnsafeRawBufferPointer) -> UInt32? {
        guard source.count >= bytes, unsafe (try? LogFileHeader(source)) != nil else { return nil }
        return unsafe source.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    }

    private static func checksum(_ version: UInt32, _ body: [UInt8]) -> UInt32 {
        var writer = ByteWriter()
        writer.write(LogFormat.fileMagic)
        writer.write(version)
        writer.write(body)
        return Checksum.crc32(writer.bytes)
    }
}

/// The 32 bytes before a frame's payload.
///
///     u32 magic | u8 type | u8 flags | u16 0 | u32 rows | u32 payload bytes | u32 payload checksum | i64 first sequence | u32 checksum of the 28 bytes before
package struct LogFrameHeader: Equatable {
    package static let bytes = 32

    /// What a frame holds.
    package enum Kind: UInt8 {
        /// Rows of a batch.
        case rows = 1
        /// Sequence numbers of records that the batch deletes or replaces.
        case hidden = 2
        /// Samples of series; only in the logs of a series store.
        case samples = 3
        /// Entries of a journal; only in the logs of a ``Journal``.
        case entries = 4
        /// Entries of a journal that stand for all before them.
        case snapshot = 5
    }

    package let kind: Kind
    /// Rows, numbers, samples or entries.
    package let rows: UInt32
    package let payloadBytes: UInt32
    package let payloadChecksum: UInt32
    /// The sequence number of the first row; the others follow one by one. Of hidden records: the number that the batch's first row gets.
    package let firstSequence: Int64
    /// Flag bit 0: the next frame belongs to the same batch; without it the batch is not whole and does not count.
    package let isContinued: Bool

    package func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(LogFormat.frameMagic)
        writer.write(kind.rawValue)
        writer.write(UInt8(isContinued ? 1 : 0))
        writer.write(UInt16(0))
        writer.write(rows)
        writer.write(payloadBytes)
        writer.write(payloadChecksum)
        writer.write(firstSequence)
        writer.write(Checksum.crc32(writer.bytes))
        return writer.bytes
    }

    /// nil unless an undamaged header stands at `offset`.
    package init?(_ source: UnsafeRawBufferPointer, at offset: Int) {
        guard offset >= 0, source.count - offset >= Self.bytes else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: source[offset..<offset + Self.bytes])
        guard unsafe bytes.loadUnaligned(as: UInt32.self) == LogFormat.frameMagic, let kind = unsafe Kind(rawValue: bytes[4]),
            unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[..<28])) == bytes.loadUnaligned(fromByteOffset: 28, as: UInt32.self)
        else { return nil }
        self.kind = kind
        isContinued = unsafe bytes[5] & 1 == 1
        rows = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        payloadBytes = unsafe bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        payloadChecksum = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
        firstSequence = unsafe bytes.loadUnaligned(fromByteOffset: 20, as: Int64.self)
    }

    package init(_ kind: Kind = .rows, rows: UInt32, payloadBytes: UInt32, payloadChecksum: UInt32, firstSequence: Int64, isContinued: Bool) {
        self.kind = kind
        self.rows = rows
        self.payloadBytes = payloadBytes
        self.payloadChecksum = payloadChecksum
        self.firstSequence = firstSequence
        self.isContinued = isContinued
    }
}
