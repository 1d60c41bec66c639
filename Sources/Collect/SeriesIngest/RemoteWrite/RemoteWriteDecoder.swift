internal import ByteCoding
package import GatewayModel
internal import Synchronization

/// A remote write request as it goes to the writer.
package struct RemoteWriteBatch: Sendable {
    package internal(set) var batch = SampleBatch()
    package internal(set) var invalid = InvalidSeries()
    /// Native histograms of kinds that are not understood.
    package internal(set) var histogramsDropped = 0
    /// The cache's entry of each series of the batch, and the generation that they belong to.
    var entries: [Int] = []
    var generation = 0
}

/// Decodes the bodies of remote write 1.0: snappy, then protobuf, straight into the columns of a batch.
///
/// Called concurrently. Series are known by the bytes of their labels from request to request, so that a sample of a known series costs no allocation
/// and no string. Format: `prompb/remote.proto` and `prompb/types.proto` of prometheus/prometheus.
package final class RemoteWriteDecoder: Sendable {
    private let cache = Mutex(SeriesCache())

    package init() {}

    /// Decodes a compressed body.
    package func decode(_ body: UnsafeRawBufferPointer) throws(RemoteWriteError) -> RemoteWriteBatch {
        let message: [UInt8]
        do throws(SnappyError) { message = unsafe try Snappy.decompress(body, limit: RemoteWriteRequest.bodyBytesMax) } catch { throw .compression(error.reason) }
        return try decode(message: message)
    }

    /// Decodes a `WriteRequest`.
    package func decode(message: [UInt8]) throws(RemoteWriteError) -> RemoteWriteBatch {
        let result = unsafe message.withUnsafeBytes { source in
            cache.withLock { cache -> Result<RemoteWriteBatch, RemoteWriteError> in
                var reading = RemoteWriteReading(generation: cache.generation)
                do throws(ProtobufError) {
                    unsafe try reading.read(source, &cache)
                } catch { return .failure(reading.isTooLarge ? .tooLarge(itemsMax: RemoteWriteRequest.itemsMax) : .message(error.reason)) }
                return .success(reading.result)
            }
        }
        return try result.get()
    }

    /// Keeps the numbers that the writer gave the series of a batch, for the next request.
    package func learn(_ batch: RemoteWriteBatch, _ receipt: SampleReceipt) {
        guard receipt.references.count == batch.entries.count else { return }
        cache.withLock { cache in
            guard cache.generation == batch.generation else { return }
            for (entry, reference) in zip(batch.entries, receipt.references) where cache.references[entry] != reference { cache.learn(entry, reference) }
        }
    }
}

/// The reading of one request.
private struct RemoteWriteReading {
    var result = RemoteWriteBatch()
    var isTooLarge = false
    private var items = 0

    init(generation: Int) { result.generation = generation }

    mutating func read(_ source: UnsafeRawBufferPointer, _ cache: inout SeriesCache) throws(ProtobufError) {
        var reader = unsafe ProtobufReader(source)
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .bytes): try readSeries(try reader.readMessage(), &cache)
            case (3, .bytes): try readMetadata(try reader.readMessage())
            default: try reader.skip(key.wireType)
            }
        }
    }

    private mutating func count(_ reader: ProtobufReader) throws(ProtobufError) {
        items &+= 1
        if items > RemoteWriteRequest.itemsMax {
            isTooLarge = true
            throw ProtobufError(offset: reader.offset, expected: "fewer series and samples")
        }
    }

    // MARK: One series

    private mutating func readSeries(_ series: ProtobufReader, _ cache: inout SeriesCache) throws(ProtobufError) {
        try count(series)
        let run = try LabelRun.contiguous(series)
        var known: Int?
        if let run { known = unsafe cache.find(series.bytes(run)) }
        if known == nil { known = try learn(series, run, &cache) }
        guard let entry = known else { return }
        result.batch.beginSeries(cache.references[entry])
        cache.appendKey(entry, to: &result.batch.keys)
        try readSamples(series)
        result.batch.endSeries()
        result.entries.append(entry)
    }

    /// Reads the labels of a series that is not known.
    ///
    /// - Returns: the cache's new entry; nil when the labels are wrong, which costs the series only.
    private mutating func learn(_ series: ProtobufReader, _ run: Range<Int>?, _ cache: inout SeriesCache) throws(ProtobufError) -> Int? {
        let labels = try LabelRun.ranges(series)
        var key: [UInt8] = []
        if let problem = try SeriesKeyBuilder.build(labels, series, into: &key) {
            let description = try SeriesKeyBuilder.describe(labels, series)
            result.invalid.add(description + ": " + problem, samples: try countSamples(series))
            return nil
        }
        let before = cache.generation
        // 0xff begins no message, so that keys and messages as spellings are never taken for one another.
        let entry = unsafe run.map { unsafe cache.insert(series.bytes($0), key: key) } ?? ([0xff] + key).withUnsafeBytes { unsafe cache.insert($0, key: key) }
        // The cache started anew: what the writer says of this request's series cannot be kept, no more.
        if cache.generation != before { result.generation = -1 }
        return entry
    }

    private mutating func readSamples(_ series: ProtobufReader) throws(ProtobufError) {
        var reader = series
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (2, .bytes):
                try count(reader)
                try readSample(try reader.readMessage())
            case (3, .bytes):
                try count(reader)
                result.batch.append(try Self.readExemplar(try reader.readMessage()))
            case (4, .bytes):
                try count(reader)
                let (time, histogram) = try RemoteWriteHistogram.read(try reader.readMessage())
                if let histogram { result.batch.append(time, histogram) } else { result.histogramsDropped += 1 }
            default: try reader.skip(key.wireType)
            }
        }
    }

    /// A value of 0 and a time of 0 are left out on the wire.
    @inline(__always) private mutating func readSample(_ sample: ProtobufReader) throws(ProtobufError) {
        var reader = sample
        var value = 0.0
        var time: Int64 = 0
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .fixed64): value = try reader.readDouble()
            case (2, .varint): time = try reader.readInt64()
            default: try reader.skip(key.wireType)
            }
        }
        result.batch.append(time, value)
    }

    private static func readExemplar(_ exemplar: ProtobufReader) throws(ProtobufError) -> Exemplar {
        var reader = exemplar
        var labels: [SeriesLabel] = []
        var value = 0.0
        var time: Int64 = 0
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .bytes):
                var label = try reader.readMessage()
                var name = "", text = ""
                while let part = try label.nextKey() {
                    switch (part.field, part.wireType) {
                    case (1, .bytes): name = try label.readString()
                    case (2, .bytes): text = try label.readString()
                    default: try label.skip(part.wireType)
                    }
                }
                labels.append(SeriesLabel(name, text))
            case (2, .fixed64): value = try reader.readDouble()
            case (3, .varint): time = try reader.readInt64()
            default: try reader.skip(key.wireType)
            }
        }
        return Exemplar(SeriesLabels(labels), value: value, time: time)
    }

    /// Samples and histograms of a series that is refused.
    private func countSamples(_ series: ProtobufReader) throws(ProtobufError) -> Int {
        var reader = series
        var count = 0
        while let key = try reader.nextKey() {
            if key.field == 2 || key.field == 4 { count += 1 }
            try reader.skip(key.wireType)
        }
        return count
    }

    // MARK: Metadata

    private static let kinds: [MetricMetadata.Kind] = [.unknown, .counter, .gauge, .histogram, .gaugehistogram, .summary, .info, .stateset]

    private mutating func readMetadata(_ metadata: ProtobufReader) throws(ProtobufError) {
        try count(metadata)
        var reader = metadata
        var family = ""
        var read = MetricMetadata(.unknown)
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .varint):
                let kind = try reader.readVarint()
                if kind < UInt64(Self.kinds.count) { read.kind = Self.kinds[Int(kind)] }
            case (2, .bytes): family = try reader.readString()
            case (4, .bytes): read.help = try reader.readString()
            case (5, .bytes): read.unit = try reader.readString()
            default: try reader.skip(key.wireType)
            }
        }
        if !family.isEmpty { result.batch.append(family: family, read) }
    }
}
