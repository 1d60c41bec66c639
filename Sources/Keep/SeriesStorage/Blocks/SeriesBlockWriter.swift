internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Writes a block: series by series in ascending order of their ids, then index, directory and footer. The file counts only once a manifest names it.
struct SeriesBlockWriter: ~Copyable {
    private let files: any FileLayer
    private let path: String
    private var file: OpenFile?
    private var buffer: [UInt8] = []
    /// Bytes written and in the buffer.
    private var place: UInt64 = 0
    private var index = ByteWriter()
    private var directory = ByteWriter()
    private var footer = SeriesBlockFooter()
    private var previousID: UInt32 = 0
    private var recentTimes: [TimeKey: TimePlace] = [:]

    /// Bytes collected before a write.
    private static let writeBytes = 1 << 20
    /// Runs of times that are remembered, 64: as many targets as are scraped at different moments; beyond, all are forgotten.
    private static let recentTimesMax = 64

    private struct TimeKey: Hashable {
        let first: Int64
        let last: Int64
        let count: Int
    }

    private struct TimePlace {
        let times: [Int64]
        let place: UInt64
        let bytes: [UInt8]
    }

    init(number: UInt64, day: Int32, paths: SeriesPaths, files: any FileLayer) throws(StorageError) {
        self.files = files
        path = paths.block(number)
        file = try files.create(path + FilePaths.temporarySuffix, isPrivate: false)
        footer.number = number
        footer.day = day
        var header = ByteWriter()
        header.write(SeriesBlockFormat.magic)
        header.write(SeriesBlockFormat.version)
        header.write(UInt32(0))
        append(header.bytes)
    }

    var samples: Int64 { footer.samples }

    /// Adds a series that has samples. All lie in the block's day, in the order of time.
    mutating func add(_ id: UInt32, key: [UInt8], _ samples: SampleColumns) throws(StorageError) {
        let chunksBefore = footer.chunks
        if samples.histograms.isEmpty {
            unsafe try samples.times.withUnsafeBufferPointer { (times) throws(StorageError) in
                unsafe try samples.values.withUnsafeBufferPointer { (values) throws(StorageError) in unsafe try add(times, values) }
            }
        } else {
            try addMixed(samples)
        }
        index.write(varint: UInt64(id - previousID))
        previousID = id
        index.write(varint: UInt64(footer.chunks - chunksBefore))
        index.write(varint: UInt64(bitPattern: samples.times[samples.count - 1] &- Int64(footer.day) &* SeriesBlockFormat.dayMilliseconds))
        index.write(varint: UInt64(key.count))
        index.write(key)
        footer.series += 1
        footer.first = min(footer.first, samples.times[0])
        footer.last = max(footer.last, samples.times[samples.count - 1])
        footer.samples += Int64(samples.count)
        if buffer.count >= Self.writeBytes { try flush() }
    }

    /// Numbers and histograms in chunks of their own; readers put them together by time.
    private mutating func addMixed(_ samples: SampleColumns) throws(StorageError) {
        var numbers = SampleColumns()
        var histograms: [(time: Int64, histogram: NativeHistogram)] = []
        for index in 0..<samples.count {
            if let histogram = samples.histograms[index] {
                histograms.append((samples.times[index], histogram))
            } else {
                numbers.append(samples.times[index], samples.values[index])
            }
        }
        unsafe try numbers.times.withUnsafeBufferPointer { (times) throws(StorageError) in
            unsafe try numbers.values.withUnsafeBufferPointer { (values) throws(StorageError) in unsafe try add(times, values) }
        }
        for start in stride(from: 0, to: histograms.count, by: SeriesBlockFormat.chunkHistogramsMax) {
            add(histograms[start..<min(histograms.count, start + SeriesBlockFormat.chunkHistogramsMax)])
        }
    }

    /// Cuts the samples into chunks of about the same size.
    private mutating func add(_ times: UnsafeBufferPointer<Int64>, _ values: UnsafeBufferPointer<Double>) throws(StorageError) {
        let total = times.count
        let chunks = (total + SeriesBlockFormat.chunkSamplesMax - 1) / SeriesBlockFormat.chunkSamplesMax
        for chunk in 0..<chunks {
            let range = total * chunk / chunks..<total * (chunk + 1) / chunks
            var block: [UInt8] = []
            unsafe ValueBlock.encode(UnsafeBufferPointer(rebasing: values[range]), effort: .small, into: &block)
            unsafe addChunk(UnsafeBufferPointer(rebasing: times[range]), block, isHistograms: false)
        }
    }

    private mutating func add(_ histograms: ArraySlice<(time: Int64, histogram: NativeHistogram)>) {
        var bytes = ByteWriter()
        for sample in histograms { HistogramCoding.encode(sample.histogram, into: &bytes) }
        var block = ByteWriter()
        block.write(UInt32(bytes.count))
        block.write(Zstd.compress(bytes.bytes, level: 3))
        let times = histograms.map(\.time)
        unsafe times.withUnsafeBufferPointer { unsafe addChunk($0, block.bytes, isHistograms: true) }
    }

    private mutating func addChunk(_ times: UnsafeBufferPointer<Int64>, _ values: [UInt8], isHistograms: Bool) {
        let time = unsafe timePlace(times)
        let start = Int64(footer.day) * SeriesBlockFormat.dayMilliseconds
        let entry = unsafe SeriesChunkEntry(
            first: UInt32(clamping: times[0] - start), last: UInt32(clamping: times[times.count - 1] - start), count: UInt32(times.count), isHistograms: isHistograms,
            checksum: Checksum.crc32(values + time.bytes), valueBytes: UInt32(values.count), timeBytes: UInt32(time.bytes.count), valuePlace: place, timePlace: time.place)
        append(values)
        entry.encode(into: &directory)
        footer.chunks += 1
    }

    /// Where the times stand in the file; they are written unless another series had the same ones.
    private mutating func timePlace(_ times: UnsafeBufferPointer<Int64>) -> TimePlace {
        let key = unsafe TimeKey(first: times[0], last: times[times.count - 1], count: times.count)
        if let known = recentTimes[key], unsafe known.times.elementsEqual(times) { return known }
        var bytes: [UInt8] = []
        unsafe IntegerBlock.encode(times, effort: .small, into: &bytes)
        let new = unsafe TimePlace(times: Array(times), place: place, bytes: bytes)
        append(bytes)
        if recentTimes.count >= Self.recentTimesMax { recentTimes.removeAll() }
        recentTimes[key] = new
        return new
    }

    private mutating func append(_ bytes: [UInt8]) {
        buffer += bytes
        place += UInt64(bytes.count)
    }

    private mutating func flush() throws(StorageError) {
        guard let file, !buffer.isEmpty else { return }
        try files.writeAll(buffer, to: file)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the file, gives it its name, and returns when it is on the disk.
    mutating func finish() throws(StorageError) -> SeriesManifest.Entry {
        let packed = Zstd.compress(index.bytes, level: 3)
        footer.indexPlace = place
        footer.indexBytes = UInt32(packed.count)
        footer.indexBytesUnpacked = UInt32(index.count)
        footer.indexChecksum = Checksum.crc32(packed)
        append(packed)
        footer.directoryPlace = place
        footer.directoryChecksum = Checksum.crc32(directory.bytes)
        append(directory.bytes)
        append(footer.encode())
        try flush()
        if let file {
            try files.synchronize(file)
            files.close(file)
            self.file = nil
        }
        try files.rename(path + FilePaths.temporarySuffix, to: path)
        try files.synchronizeFolder(FilePaths.folder(of: path))
        return SeriesManifest.Entry(day: footer.day, number: footer.number, samples: footer.samples, bytes: Int64(place))
    }

    /// Gives up and removes what there is of the file.
    mutating func abandon() {
        if let file { files.close(file) }
        file = nil
        try? files.remove(path + FilePaths.temporarySuffix)
        try? files.remove(path)
    }
}
