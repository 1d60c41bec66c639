internal import ByteCoding
internal import GatewayModel

/// The fixed parts of a part file. Drawn in `docs/formats/part.md`.
enum PartFormat {
    static let version: UInt32 = 1
    /// `GWPART` and the bytes that text transfers would damage.
    static let magic: UInt64 = 0x0A0D_5452_4150_5747
    /// u64 magic | u32 version | u32 checksum of the 12 bytes before
    static let headerBytes = 16
    /// u64 directory offset | u32 directory bytes | u32 directory checksum | u64 magic
    static let tailBytes = 24

    static func header() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(Checksum.crc32(writer.bytes))
        return writer.bytes
    }

    static func tail(directoryOffset: Int, directory: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt64(directoryOffset))
        writer.write(UInt32(directory.count))
        writer.write(Checksum.crc32(directory))
        writer.write(magic)
        return writer.bytes
    }
}

/// A run of bytes in a part that has its own checksum: a column's values of one block, or a dictionary.
struct PartChunk: Sendable, Equatable {
    /// Bit 0 of the flags: the bytes are a Zstandard frame of `rawBytes` bytes.
    static let zstdFlag: UInt8 = 1
    /// Bit 1: the integers are differences to the field's prediction (``ColumnPrediction``).
    static let predictedFlag: UInt8 = 2

    var offset: UInt64
    var length: UInt32
    var rawBytes: UInt32
    var checksum: UInt32
    var flags: UInt8
    /// Rows without a value.
    var absentees: UInt32 = 0
    /// The smallest and largest present value of an integer column; 0 and -1 when there is none.
    var lowest: Int64 = 0
    var highest: Int64 = -1

    var isCompressed: Bool { flags & Self.zstdFlag != 0 }
    var isPredicted: Bool { flags & Self.predictedFlag != 0 }
    var range: Range<Int> { Int(clamping: offset)..<Int(clamping: offset) + Int(length) }

    func encode(into writer: inout ByteWriter) {
        writer.write(offset)
        writer.write(length)
        writer.write(rawBytes)
        writer.write(checksum)
        writer.write(flags)
        writer.write(absentees)
        writer.write(lowest)
        writer.write(highest)
    }

    init(offset: UInt64, length: UInt32, rawBytes: UInt32, checksum: UInt32, flags: UInt8) {
        (self.offset, self.length, self.rawBytes, self.checksum, self.flags) = (offset, length, rawBytes, checksum, flags)
    }

    /// - Throws: when the directory ends, or the chunk does not lie before `end`.
    init(_ reader: inout ByteReader, end: Int) throws(ByteReadingError) {
        offset = try reader.read(UInt64.self)
        length = try reader.read(UInt32.self)
        rawBytes = try reader.read(UInt32.self)
        checksum = try reader.read(UInt32.self)
        flags = try reader.read(UInt8.self)
        absentees = try reader.read(UInt32.self)
        lowest = try reader.read(Int64.self)
        highest = try reader.read(Int64.self)
        guard offset >= UInt64(PartFormat.headerBytes), offset <= UInt64(end), Int(offset) + Int(length) <= end else {
            throw ByteReadingError(offset: reader.offset, expected: "a chunk inside of the file")
        }
    }
}

/// One column of a part: where its chunks stand.
struct PartColumn: Sendable {
    let field: RequestField
    /// The dictionary's values and counts; nil for other kinds.
    let dictionary: PartChunk?
    /// Values of the dictionary; 0 for other kinds.
    let values: Int
    /// One chunk a block.
    let chunks: [PartChunk]
}

/// What a part says of itself: the directory at its end.
struct PartDirectory: Sendable {
    var number: UInt64
    var day: Int32
    var rows: Int
    var times: ClosedRange<Int64>
    var sequences: ClosedRange<Int64>
    var columns: [PartColumn] = []

    var blocks: Int { (rows + RecordSegmentLayout.blockRows - 1) / RecordSegmentLayout.blockRows }

    /// Rows of a part at most: they are numbered in 32 bits.
    static let rowsMax = Int(UInt32.max)

    func encode() -> [UInt8] {
        var writer = ByteWriter(reserving: columns.count * (blocks + 1) * 48)
        writer.write(number)
        writer.write(day)
        writer.write(UInt32(rows))
        writer.write(UInt32(RecordSegmentLayout.blockRows))
        writer.write(times.lowerBound)
        writer.write(times.upperBound)
        writer.write(sequences.lowerBound)
        writer.write(sequences.upperBound)
        writer.write(UInt32(columns.count))
        for column in columns {
            writer.write(column.field.rawValue)
            writer.write(column.field.kind.rawValue)
            writer.write(UInt16(0))
            if let dictionary = column.dictionary {
                writer.write(UInt32(column.values))
                dictionary.encode(into: &writer)
            }
            for chunk in column.chunks { chunk.encode(into: &writer) }
        }
        return writer.bytes
    }

    init(number: UInt64, day: Int32, rows: Int, times: ClosedRange<Int64>, sequences: ClosedRange<Int64>) {
        (self.number, self.day, self.rows, self.times, self.sequences) = (number, day, rows, times, sequences)
    }

    /// - Parameter end: the offset of the directory, before which all chunks lie.
    init(_ source: UnsafeRawBufferPointer, end: Int) throws(ByteReadingError) {
        var reader = unsafe ByteReader(source)
        number = try reader.read(UInt64.self)
        day = try reader.read(Int32.self)
        rows = Int(try reader.read(UInt32.self))
        let blockRows = try reader.read(UInt32.self)
        let times = (try reader.read(Int64.self), try reader.read(Int64.self))
        let sequences = (try reader.read(Int64.self), try reader.read(Int64.self))
        guard rows > 0, blockRows == UInt32(RecordSegmentLayout.blockRows), times.0 <= times.1, sequences.0 <= sequences.1 else {
            throw ByteReadingError(offset: reader.offset, expected: "a possible part")
        }
        self.times = times.0...times.1
        self.sequences = sequences.0...sequences.1
        let count = try reader.read(UInt32.self)
        for _ in 0..<count {
            if let column = try Self.column(&reader, blocks: blocks, end: end) { columns.append(column) }
        }
    }

    /// The next column; nil when this version does not know its field.
    private static func column(_ reader: inout ByteReader, blocks: Int, end: Int) throws(ByteReadingError) -> PartColumn? {
        let field = RequestField(rawValue: try reader.read(UInt8.self))
        let kind = FieldKind(rawValue: try reader.read(UInt8.self))
        _ = try reader.read(UInt16.self)
        guard let kind, field == nil || field?.kind == kind else { throw ByteReadingError(offset: reader.offset, expected: "a kind of column") }
        var values = 0
        var dictionary: PartChunk?
        if kind == .dictionary {
            values = Int(try reader.read(UInt32.self))
            dictionary = try PartChunk(&reader, end: end)
        }
        var chunks: [PartChunk] = []
        for _ in 0..<blocks { chunks.append(try PartChunk(&reader, end: end)) }
        guard let field else { return nil }
        return PartColumn(field: field, dictionary: dictionary, values: values, chunks: chunks)
    }
}
