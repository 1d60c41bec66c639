internal import ByteCoding
internal import GatewayModel

/// What a frame says beside samples that are numbers.
extension SampleFrame {
    /// All that a frame holds, as it was read.
    struct Content {
        var definitions: [(id: UInt32, key: [UInt8])] = []
        /// In the order in which they were accepted.
        var samples: [(id: UInt32, times: [Int64], values: [Double])] = []
        var histograms: [(id: UInt32, time: Int64, histogram: NativeHistogram)] = []
        var exemplars: [(id: UInt32, exemplar: Exemplar)] = []
        var metadata: [SampleBatch.FamilyMetadata] = []
    }

    /// - Parameter runs: what ``encodeRuns(_:_:)`` made.
    static func encode(
        definitions: [KeptSeries], runs: [UInt8], histograms: [(id: UInt32, time: Int64, histogram: NativeHistogram)], exemplars: [(id: UInt32, exemplar: Exemplar)],
        metadata: [SampleBatch.FamilyMetadata]
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: runs.count + definitions.count * 160 + 64)
        writer.write(varint: UInt64(definitions.count))
        for series in definitions {
            writer.write(varint: UInt64(series.id))
            write(series.key, into: &writer)
        }
        writer.write(runs)
        writer.write(varint: UInt64(histograms.count))
        for sample in histograms {
            writer.write(varint: UInt64(sample.id))
            writer.write(varint: zigzag(sample.time))
            var bytes = ByteWriter()
            HistogramCoding.encode(sample.histogram, into: &bytes)
            write(bytes.bytes, into: &writer)
        }
        writer.write(varint: UInt64(exemplars.count))
        for (id, exemplar) in exemplars {
            writer.write(varint: UInt64(id))
            writer.write(varint: zigzag(exemplar.time))
            writer.write(exemplar.value.bitPattern)
            write(SeriesKey.bytes(of: exemplar.labels), into: &writer)
        }
        write(metadata, into: &writer)
        return writer.bytes
    }

    static func write(_ metadata: [SampleBatch.FamilyMetadata], into writer: inout ByteWriter) {
        writer.write(varint: UInt64(metadata.count))
        for family in metadata {
            for text in [family.family, family.metadata.help, family.metadata.unit] { write(Array(text.utf8), into: &writer) }
            writer.write(UInt8(MetricMetadata.Kind.allCases.firstIndex(of: family.metadata.kind) ?? 0))
        }
    }

    private static func write(_ bytes: [UInt8], into writer: inout ByteWriter) {
        writer.write(varint: UInt64(bytes.count))
        writer.write(bytes)
    }

    // MARK: Reading

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> Content {
        var content = Content()
        var reader = unsafe ByteReader(bytes)
        for _ in 0..<(try count(&reader)) { content.definitions.append((try id(&reader), try run(&reader))) }
        try decodeRuns(&reader, into: &content)
        for _ in 0..<(try count(&reader)) {
            let (id, time) = (try id(&reader), unzigzag(try reader.readVarint("a time")))
            var inner = unsafe ByteReader(try reader.readBytes(try count(&reader), "a histogram"))
            content.histograms.append((id, time, try HistogramCoding.decode(&inner)))
        }
        for _ in 0..<(try count(&reader)) {
            let (id, time) = (try id(&reader), unzigzag(try reader.readVarint("a time")))
            let value = Double(bitPattern: try reader.read(UInt64.self, "a value"))
            guard let labels = SeriesKey.labels(of: try run(&reader)) else { throw ByteReadingError(offset: reader.offset, expected: "labels of an exemplar") }
            content.exemplars.append((id, Exemplar(labels, value: value, time: time)))
        }
        content.metadata = try readMetadata(&reader)
        return content
    }

    private static func decodeRuns(_ reader: inout ByteReader, into content: inout Content) throws(ByteReadingError) {
        var (previous, time): (Int64, Int64) = (0, 0)
        for _ in 0..<(try count(&reader)) {
            previous += unzigzag(try reader.readVarint("a series"))
            guard let id = UInt32(exactly: previous) else { throw ByteReadingError(offset: reader.offset, expected: "the number of a series") }
            let samples = try count(&reader)
            var times = [Int64](), values = [Double]()
            times.reserveCapacity(samples)
            values.reserveCapacity(samples)
            for _ in 0..<samples {
                time &+= unzigzag(try reader.readVarint("a time"))
                times.append(time)
                values.append(Double(bitPattern: try reader.read(UInt64.self, "a value")))
            }
            content.samples.append((id, times, values))
        }
    }

    static func readMetadata(_ reader: inout ByteReader) throws(ByteReadingError) -> [SampleBatch.FamilyMetadata] {
        var metadata: [SampleBatch.FamilyMetadata] = []
        for _ in 0..<(try count(&reader)) {
            let texts = [try run(&reader), try run(&reader), try run(&reader)].map { String(decoding: $0, as: UTF8.self) }
            let kind = Int(try reader.read(UInt8.self, "a kind of metric"))
            guard kind < MetricMetadata.Kind.allCases.count else { throw ByteReadingError(offset: reader.offset, expected: "a kind of metric") }
            metadata.append(.init(family: texts[0], metadata: MetricMetadata(MetricMetadata.Kind.allCases[kind], help: texts[1], unit: texts[2])))
        }
        return metadata
    }

    private static func id(_ reader: inout ByteReader) throws(ByteReadingError) -> UInt32 {
        guard let id = UInt32(exactly: try reader.readVarint("the number of a series")), id > 0, id <= idMax else {
            throw ByteReadingError(offset: reader.offset, expected: "the number of a series")
        }
        return id
    }

    /// Ids above are damage: a store that made as many series would have run for centuries.
    static let idMax: UInt32 = 1 << 28

    /// A count of things that take a byte each at least.
    private static func count(_ reader: inout ByteReader) throws(ByteReadingError) -> Int {
        let count = try reader.readVarint("a count")
        guard count <= UInt64(reader.remaining) else { throw ByteReadingError(offset: reader.offset, expected: "a possible count") }
        return Int(count)
    }

    private static func run(_ reader: inout ByteReader) throws(ByteReadingError) -> [UInt8] { unsafe [UInt8](try reader.readBytes(try count(&reader), "bytes")) }
}
