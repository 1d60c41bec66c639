internal import ByteCoding
internal import GatewayModel

/// The fixed parts of a block file. Drawn in `docs/formats/series-block.md`.
///
///     u64 magic | u32 version | u32 0 | chunks | index | directory | footer
enum SeriesBlockFormat {
    static let version: UInt32 = 1
    /// `GWSERIE` and a line feed.
    static let magic: UInt64 = 0x0A45_4952_4553_5747
    static let headerBytes = 16

    /// Samples of a chunk at most. A query decompresses whole chunks: 2,048 are 8.5 hours at 15 s and 5 us; in smaller ones the tables of the entropy coder
    /// weigh.
    static let chunkSamplesMax = 2_048

    /// Histograms of a chunk at most: each may have thousands of buckets.
    static let chunkHistogramsMax = 256

    static let dayMilliseconds: Int64 = 86_400_000

    /// The UTC day of a time in milliseconds since 1970.
    static func day(of time: Int64) -> Int32 { Int32(clamping: (time >= 0 ? time : time &- (dayMilliseconds - 1)) / dayMilliseconds) }
}

/// What the directory says of one chunk, 36 bytes.
///
///     u32 first | u32 last (milliseconds since the day's start) | u32 samples, bit 31: histograms | u32 checksum | u32 value bytes | u32 time bytes
///     | u32 + u16 place of the values | u32 + u16 place of the times
///
/// The checksum is that of the values followed by the times. Chunks of several series may share their times.
struct SeriesChunkEntry: Equatable {
    static let bytes = 36

    var first: UInt32
    var last: UInt32
    var count: UInt32
    var isHistograms: Bool
    var checksum: UInt32
    var valueBytes: UInt32
    var timeBytes: UInt32
    var valuePlace: UInt64
    var timePlace: UInt64

    func encode(into writer: inout ByteWriter) {
        for word in [first, last, count | (isHistograms ? 1 << 31 : 0), checksum, valueBytes, timeBytes] { writer.write(word) }
        for place in [valuePlace, timePlace] {
            writer.write(UInt32(truncatingIfNeeded: place))
            writer.write(UInt16(truncatingIfNeeded: place >> 32))
        }
    }
}

extension SeriesChunkEntry {
    /// Reads entry `index` of a directory whose length has been checked.
    init(_ directory: UnsafeRawBufferPointer, _ index: Int) {
        let at = index &* Self.bytes
        func word(_ offset: Int) -> UInt32 { unsafe UInt32(littleEndian: directory.loadUnaligned(fromByteOffset: at &+ offset, as: UInt32.self)) }
        func place(_ offset: Int) -> UInt64 {
            unsafe UInt64(word(offset)) | UInt64(UInt16(littleEndian: directory.loadUnaligned(fromByteOffset: at &+ offset &+ 4, as: UInt16.self))) << 32
        }
        first = word(0)
        last = word(4)
        count = word(8) & 0x7FFF_FFFF
        isHistograms = word(8) >> 31 == 1
        checksum = word(12)
        valueBytes = word(16)
        timeBytes = word(20)
        valuePlace = place(24)
        timePlace = place(30)
    }
}

/// The last 96 bytes of a block.
///
///     u64 place of the index | u64 place of the directory | u32 index bytes | u32 index bytes unpacked | u32 series | u32 chunks
///     | i64 first | i64 last | i64 samples | u64 number | i32 day | u32 checksum of the directory | u32 checksum of the index | u32 version
///     | u32 checksum of the 80 bytes before | u32 0 | u64 magic
struct SeriesBlockFooter: Equatable {
    static let bytes = 96
    private static let checkedBytes = 80

    var indexPlace: UInt64 = 0
    var directoryPlace: UInt64 = 0
    var indexBytes: UInt32 = 0
    var indexBytesUnpacked: UInt32 = 0
    var series: UInt32 = 0
    var chunks: UInt32 = 0
    /// Times of the first and the last sample.
    var first: Int64 = .max
    var last: Int64 = .min
    var samples: Int64 = 0
    var number: UInt64 = 0
    var day: Int32 = 0
    var directoryChecksum: UInt32 = 0
    var indexChecksum: UInt32 = 0

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(indexPlace)
        writer.write(directoryPlace)
        for word in [indexBytes, indexBytesUnpacked, series, chunks] { writer.write(word) }
        for time in [first, last, samples] { writer.write(time) }
        writer.write(number)
        writer.write(day)
        for word in [directoryChecksum, indexChecksum, SeriesBlockFormat.version] { writer.write(word) }
        writer.write(Checksum.crc32(writer.bytes))
        writer.write(UInt32(0))
        writer.write(SeriesBlockFormat.magic)
        return writer.bytes
    }

    init() {}

    /// - Throws: ``StorageError/damaged(file:what:offset:)``, ``StorageError/unsupportedFormat(file:version:)``.
    init(_ file: UnsafeRawBufferPointer, name: String) throws(StorageError) {
        let at = file.count - Self.bytes
        guard at >= SeriesBlockFormat.headerBytes else { throw .damaged(file: name, what: "it is too short", offset: file.count) }
        do throws(ByteReadingError) {
            var reader = unsafe ByteReader(file, offset: at)
            indexPlace = try reader.read(UInt64.self)
            directoryPlace = try reader.read(UInt64.self)
            indexBytes = try reader.read(UInt32.self)
            indexBytesUnpacked = try reader.read(UInt32.self)
            series = try reader.read(UInt32.self)
            chunks = try reader.read(UInt32.self)
            first = try reader.read(Int64.self)
            last = try reader.read(Int64.self)
            samples = try reader.read(Int64.self)
            number = try reader.read(UInt64.self)
            day = try reader.read(Int32.self)
            directoryChecksum = try reader.read(UInt32.self)
            indexChecksum = try reader.read(UInt32.self)
            let version = try reader.read(UInt32.self)
            let checksum = try reader.read(UInt32.self)
            _ = try reader.read(UInt32.self)
            let magic = try reader.read(UInt64.self)
            let checked = unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: file[at..<at + Self.checkedBytes]))
            guard magic == SeriesBlockFormat.magic, checked == checksum else { throw ByteReadingError(offset: at, expected: "a block's footer") }
            guard version <= SeriesBlockFormat.version else { throw ByteReadingError(offset: Int(version), expected: Self.newer) }
        } catch {
            if error.expected == Self.newer { throw .unsupportedFormat(file: name, version: error.offset) }
            throw .damaged(file: name, what: "expected \(error.expected)", offset: error.offset)
        }
        let end = UInt64(at)
        guard directoryPlace <= end, UInt64(chunks) * UInt64(SeriesChunkEntry.bytes) <= end - directoryPlace, indexPlace <= end, UInt64(indexBytes) <= end - indexPlace,
            indexBytesUnpacked <= Self.indexBytesMax
        else { throw .damaged(file: name, what: "expected places inside of the file", offset: at) }
    }

    private static let newer = "an older version"
    /// Bytes of an index at most, 1 GiB: what damage may make a reader allocate.
    private static let indexBytesMax: UInt32 = 1 << 30
}
