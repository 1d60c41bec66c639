internal import ByteCoding
internal import DurableFiles
internal import GatewayModel
internal import Synchronization

/// A block of the store: samples of one UTC day, in a file that never changes and is mapped into memory.
final class SeriesBlock: Sendable {
    /// One series as the block's index has it.
    struct Series {
        let id: UInt32
        let key: [UInt8]
        /// The time of its last sample.
        let last: Int64
    }

    let entry: SeriesManifest.Entry
    let name: String
    private let image: FileImage
    private let footer: SeriesBlockFooter
    /// The series of the block, ascending.
    private let ids: [UInt32]
    /// Where the chunks of each series begin in the directory, and where the last ones end.
    private let chunkStarts: [UInt32]
    /// Chunks whose checksum was found right, a bit each: it is computed at the first reading only.
    private let verified: Mutex<[UInt64]>
    /// Whether a chunk was read since the pages were last looked at.
    private let wasRead = Atomic(false)

    var samples: Int64 { footer.samples }
    var first: Int64 { footer.first }
    var last: Int64 { footer.last }
    var seriesCount: Int { ids.count }
    var chunkCount: Int { Int(footer.chunks) }
    var seriesIDs: [UInt32] { ids }

    /// - Throws: ``StorageError/damaged(file:what:offset:)`` when index or directory cannot be used; damage to chunks is found when they are read.
    init(opening entry: SeriesManifest.Entry, _ paths: SeriesPaths, _ files: any FileLayer) throws(StorageError) {
        let path = paths.block(entry.number)
        let name = paths.relative(path)
        guard let image = try files.image(path) else { throw .damaged(file: name, what: "it is missing", offset: 0) }
        let footer = unsafe try image.withBytes { (bytes) throws(StorageError) in unsafe try SeriesBlockFooter(bytes, name: name) }
        guard footer.number == entry.number, footer.day == entry.day else { throw .damaged(file: name, what: "it is another block", offset: 0) }
        let directory = Int(footer.directoryPlace)..<Int(footer.directoryPlace) + Int(footer.chunks) * SeriesChunkEntry.bytes
        guard unsafe image.withBytes(directory, { unsafe Checksum.crc32($0) }) == footer.directoryChecksum else {
            throw .damaged(file: name, what: "the directory's checksum does not fit", offset: directory.lowerBound)
        }
        var (ids, starts): ([UInt32], [UInt32]) = ([], [])
        try Self.forEachSeries(image, footer, name) { series, start in
            ids.append(series.id)
            starts.append(start)
        }
        (self.entry, self.name, self.image, self.footer) = (entry, name, image, footer)
        self.ids = ids
        chunkStarts = starts + [footer.chunks]
        verified = Mutex([UInt64](repeating: 0, count: (Int(footer.chunks) + 63) / 64))
    }

    // MARK: Index

    /// Reads the index, which is not kept in memory.
    func forEachSeries(_ body: (Series) -> Void) throws(StorageError) { try Self.forEachSeries(image, footer, name) { series, _ in body(series) } }

    private static func forEachSeries(_ image: FileImage, _ footer: SeriesBlockFooter, _ name: String, _ body: (Series, UInt32) -> Void) throws(StorageError) {
        let place = Int(footer.indexPlace)
        let found = unsafe image.withBytes(place..<place + Int(footer.indexBytes)) { packed -> [UInt8]? in
            unsafe Checksum.crc32(packed) == footer.indexChecksum ? try? Zstd.decompress(packed, size: Int(footer.indexBytesUnpacked)) : nil
        }
        guard let found, let index = found else { throw .damaged(file: name, what: "the index's checksum does not fit", offset: place) }
        do throws(ByteReadingError) {
            unsafe try index.withUnsafeBufferPointer { (bytes) throws(ByteReadingError) in
                var reader = unsafe ByteReader(UnsafeRawBufferPointer(bytes))
                var (id, chunk): (UInt64, UInt64) = (0, 0)
                for _ in 0..<footer.series {
                    id += try reader.readVarint("a series")
                    let start = chunk
                    chunk += try reader.readVarint("chunks")
                    let last = Int64(bitPattern: try reader.readVarint("a time")) &+ Int64(footer.day) &* SeriesBlockFormat.dayMilliseconds
                    let key = unsafe [UInt8](try reader.readBytes(Int(clamping: try reader.readVarint("a length")), "a key"))
                    guard id > 0, id <= UInt64(SampleFrame.idMax), chunk <= UInt64(footer.chunks) else {
                        throw ByteReadingError(offset: reader.offset, expected: "a possible series")
                    }
                    body(Series(id: UInt32(id), key: key, last: last), UInt32(start))
                }
                guard chunk == UInt64(footer.chunks) else { throw ByteReadingError(offset: reader.offset, expected: "\(footer.chunks) chunks") }
            }
        } catch {
            throw .damaged(file: name, what: "expected \(error.expected) in the index", offset: place)
        }
    }

    /// The chunks of a series in the directory, in the order of time; empty when the block has none.
    func chunks(of id: UInt32) -> Range<Int> {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        guard low < ids.count, ids[low] == id else { return 0..<0 }
        return Int(chunkStarts[low])..<Int(chunkStarts[low + 1])
    }

    // MARK: Chunks

    private var dayStart: Int64 { Int64(footer.day) * SeriesBlockFormat.dayMilliseconds }

    func entry(_ chunk: Int) -> SeriesChunkEntry? {
        let directory = Int(footer.directoryPlace)..<Int(footer.directoryPlace) + Int(footer.chunks) * SeriesChunkEntry.bytes
        guard chunk >= 0, chunk < Int(footer.chunks) else { return nil }
        return unsafe image.withBytes(directory) { unsafe SeriesChunkEntry($0, chunk) }
    }

    /// The times of a chunk's first and last sample.
    func bounds(_ chunk: Int) -> (first: Int64, last: Int64) {
        guard let entry = entry(chunk) else { return (.max, .min) }
        return (dayStart + Int64(entry.first), dayStart + Int64(entry.last))
    }

    /// Calls `body` with a chunk's times and values as they are in the file.
    func withChunk<R>(_ chunk: Int, _ body: (SeriesChunkEntry, UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(ByteReadingError) -> R) throws(SeriesError) -> R {
        wasRead.store(true, ordering: .relaxed)
        guard let entry = entry(chunk) else { throw .unreadable("\(name): there is no chunk \(chunk)") }
        let values = Int(entry.valuePlace)..<Int(entry.valuePlace) + Int(entry.valueBytes)
        let times = Int(entry.timePlace)..<Int(entry.timePlace) + Int(entry.timeBytes)
        let result = unsafe image.withBytes(values) { values -> Result<R, ByteReadingError>? in
            unsafe image.withBytes(times) { times -> Result<R, ByteReadingError> in
                do throws(ByteReadingError) {
                    unsafe try verify(chunk, entry, values, times)
                    return unsafe .success(try body(entry, times, values))
                } catch { return .failure(error) }
            }
        }
        switch result ?? nil {
        case .success(let value): return value
        case .failure(let error): throw .unreadable("\(name): expected \(error.expected) at byte \(values.lowerBound + error.offset)")
        case nil: throw .unreadable("\(name): chunk \(chunk) lies outside of the file")
        }
    }

    private func verify(_ chunk: Int, _ entry: SeriesChunkEntry, _ values: UnsafeRawBufferPointer, _ times: UnsafeRawBufferPointer) throws(ByteReadingError) {
        if verified.withLock({ $0[chunk / 64] & (1 << UInt64(chunk % 64)) != 0 }) { return }
        var both: [UInt8] = []
        both.reserveCapacity(values.count + times.count)
        unsafe both.append(contentsOf: values)
        unsafe both.append(contentsOf: times)
        guard Checksum.crc32(both) == entry.checksum else { throw ByteReadingError(offset: 0, expected: "the chunk's checksum") }
        verified.withLock { $0[chunk / 64] |= 1 << UInt64(chunk % 64) }
    }

    /// Whether a chunk of the series does not have its checksum.
    func hasDamage(_ id: UInt32) -> Bool {
        chunks(of: id).contains { chunk in
            do throws(SeriesError) {
                unsafe try withChunk(chunk) { (_, _, _) throws(ByteReadingError) in }
                return false
            } catch { return true }
        }
    }

    /// Gives the mapped pages back to the system.
    func releasePages() { image.releasePages() }

    /// Gives the mapped pages back unless a chunk was read since the last call.
    func releaseIfIdle() {
        if !wasRead.exchange(false, ordering: .relaxed) { image.releasePages() }
    }
}
