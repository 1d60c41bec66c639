internal import ByteCoding
internal import GatewayModel

/// The fixed parts of a rollup file. Drawn in `docs/formats/rollup.md`.
enum RollupFormat {
    static let version: UInt32 = 2
    /// `GWROLL` and the bytes that text transfers would damage.
    static let magic: UInt64 = 0x0A0D_4C4C_4F52_5747
    /// u64 magic | u32 version | u32 checksum of the 12 bytes before
    static let headerBytes = 16
    /// u64 directory offset | u32 directory bytes | u32 directory checksum | u64 magic
    static let tailBytes = 24
    /// Tables of a file at most: the builder makes far fewer.
    static let tablesMax = 64

    static func header() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(magic)
        writer.write(version)
        writer.write(Checksum.crc32(writer.bytes))
        return writer.bytes
    }
}

/// A run of bytes with its own checksum: a column's values of one block, or a dictionary.
struct RollupChunk: Sendable {
    /// The bytes are a Zstandard frame of `rawBytes` bytes.
    static let zstdFlag: UInt8 = 1

    var offset: UInt32
    var length: UInt32
    var rawBytes: UInt32
    var checksum: UInt32
    var flags: UInt8 = 0
    /// The smallest and largest present value of an integer column; 0 and -1 when there is none.
    var lowest: Int64 = 0
    var highest: Int64 = -1

    var isCompressed: Bool { flags & Self.zstdFlag != 0 }
    var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }

    func encode(into writer: inout ByteWriter) {
        writer.write(offset)
        writer.write(length)
        writer.write(rawBytes)
        writer.write(checksum)
        writer.write(flags)
        writer.write(lowest)
        writer.write(highest)
    }

    init(offset: UInt32, length: UInt32, rawBytes: UInt32, checksum: UInt32) {
        (self.offset, self.length, self.rawBytes, self.checksum) = (offset, length, rawBytes, checksum)
    }

    /// - Throws: when the directory ends, or the chunk does not lie before `end`.
    init(_ reader: inout ByteReader, end: Int) throws(ByteReadingError) {
        offset = try reader.read(UInt32.self)
        length = try reader.read(UInt32.self)
        rawBytes = try reader.read(UInt32.self)
        checksum = try reader.read(UInt32.self)
        flags = try reader.read(UInt8.self)
        lowest = try reader.read(Int64.self)
        highest = try reader.read(Int64.self)
        guard Int(offset) >= RollupFormat.headerBytes, Int(offset) + Int(length) <= end else {
            throw ByteReadingError(offset: reader.offset, expected: "a chunk inside of the file")
        }
    }
}

/// What a column of a table says of each row.
enum RollupColumnKind: UInt8, Sendable {
    /// The start of its stretch of time, or the part's first time if that is later.
    case time = 0
    /// For how many records it stands.
    case records = 1
    /// The value (integers) or code (dictionary fields) of a dimension.
    case dimension = 2
    /// The sum of a field's present values.
    case sum = 3
    /// How many of its records lack the field; no column where none does.
    case absentees = 4
    /// The sketch of a field's present values.
    case sketch = 5
    /// How many of a field's present values lie in each slot of its shared limits.
    case counts = 6
}

struct RollupColumnName: Hashable, Sendable {
    let kind: RollupColumnKind
    /// `.time` for the columns that belong to no field.
    let field: RequestField

    static let time = RollupColumnName(kind: .time, field: .time)
    static let records = RollupColumnName(kind: .records, field: .time)
}

/// One table: its rows in blocks of ``RecordSegmentLayout/blockRows``, a chunk for each column and block.
struct RollupTableDirectory: Sendable {
    /// Microseconds of a row's stretch of time; 0 for the whole part.
    var step: Int64
    var rows: Int
    var columns: [(name: RollupColumnName, chunks: [RollupChunk])] = []

    var blocks: Int { (rows + RecordSegmentLayout.blockRows - 1) / RecordSegmentLayout.blockRows }
}

/// What a file says of itself: the directory at its end.
struct RollupDirectory: Sendable {
    /// The part that the tables stand for.
    var part: UInt64
    var records: Int
    var times: ClosedRange<Int64>
    var sequences: ClosedRange<Int64>
    /// Bit r says that some record has the field with the raw value r.
    var present: (low: UInt64, high: UInt64) = (0, 0)
    var dictionaries: [(field: RequestField, values: Int, chunk: RollupChunk)] = []
    var tables: [RollupTableDirectory] = []

    func contains(_ field: RequestField) -> Bool {
        let bit = field.rawValue
        return bit < 64 ? present.low >> UInt64(bit) & 1 == 1 : present.high >> UInt64(bit - 64) & 1 == 1
    }

    mutating func note(_ field: RequestField) {
        let bit = field.rawValue
        if bit < 64 { present.low |= 1 << UInt64(bit) } else { present.high |= 1 << UInt64(bit - 64) }
    }

    init(part: UInt64, records: Int, times: ClosedRange<Int64>, sequences: ClosedRange<Int64>) {
        (self.part, self.records, self.times, self.sequences) = (part, records, times, sequences)
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(part)
        writer.write(UInt64(records))
        writer.write(UInt32(RecordSegmentLayout.blockRows))
        for value in [times.lowerBound, times.upperBound, sequences.lowerBound, sequences.upperBound] { writer.write(value) }
        writer.write(present.low)
        writer.write(present.high)
        writer.write(UInt8(dictionaries.count))
        for dictionary in dictionaries {
            writer.write(dictionary.field.rawValue)
            writer.write(UInt32(dictionary.values))
            dictionary.chunk.encode(into: &writer)
        }
        writer.write(UInt8(tables.count))
        for table in tables {
            writer.write(table.step)
            writer.write(UInt32(table.rows))
            writer.write(UInt16(table.columns.count))
            for column in table.columns {
                writer.write(column.name.kind.rawValue)
                writer.write(column.name.field.rawValue)
                for chunk in column.chunks { chunk.encode(into: &writer) }
            }
        }
        return writer.bytes
    }

    /// - Parameter end: the offset of the directory, before which all chunks lie.
    init(_ source: UnsafeRawBufferPointer, end: Int) throws(ByteReadingError) {
        var reader = unsafe ByteReader(source)
        part = try reader.read(UInt64.self)
        records = Int(clamping: try reader.read(UInt64.self))
        let blockRows = try reader.read(UInt32.self)
        let times = (try reader.read(Int64.self), try reader.read(Int64.self))
        let sequences = (try reader.read(Int64.self), try reader.read(Int64.self))
        guard records > 0, blockRows == UInt32(RecordSegmentLayout.blockRows), times.0 <= times.1, sequences.0 <= sequences.1 else {
            throw ByteReadingError(offset: reader.offset, expected: "possible rollups")
        }
        self.times = times.0...times.1
        self.sequences = sequences.0...sequences.1
        present = (try reader.read(UInt64.self), try reader.read(UInt64.self))
        for _ in 0..<(try reader.read(UInt8.self)) {
            let field = RequestField(rawValue: try reader.read(UInt8.self))
            let values = Int(try reader.read(UInt32.self))
            let chunk = try RollupChunk(&reader, end: end)
            if let field, field.kind == .dictionary { dictionaries.append((field, values, chunk)) }
        }
        let count = Int(try reader.read(UInt8.self))
        guard count <= RollupFormat.tablesMax else { throw ByteReadingError(offset: reader.offset, expected: "at most \(RollupFormat.tablesMax) tables") }
        for _ in 0..<count { tables.append(try Self.table(&reader, records: records, end: end)) }
    }

    private static func table(_ reader: inout ByteReader, records: Int, end: Int) throws(ByteReadingError) -> RollupTableDirectory {
        var table = RollupTableDirectory(step: try reader.read(Int64.self), rows: Int(try reader.read(UInt32.self)))
        guard table.step >= 0, table.rows > 0, table.rows <= records else { throw ByteReadingError(offset: reader.offset, expected: "a possible table") }
        for _ in 0..<(try reader.read(UInt16.self)) {
            let kind = RollupColumnKind(rawValue: try reader.read(UInt8.self))
            let field = RequestField(rawValue: try reader.read(UInt8.self))
            var chunks: [RollupChunk] = []
            for _ in 0..<table.blocks { chunks.append(try RollupChunk(&reader, end: end)) }
            // Columns of a later version are passed over.
            if let kind, let field { table.columns.append((RollupColumnName(kind: kind, field: field), chunks)) }
        }
        return table
    }
}
