internal import ByteCoding
internal import GatewayModel

/// Native histograms of remote write: counts as integers with differences from bucket to bucket, or as floats.
///
/// Source: `prompb/types.proto` of prometheus/prometheus, message `Histogram`.
enum RemoteWriteHistogram {
    /// Buckets of one histogram; Prometheus's own are limited to some hundred.
    private static let bucketsMax = 10_000

    /// - Returns: the time, and the histogram; nil for one that this version does not understand, which is left out.
    static func read(_ message: ProtobufReader) throws(ProtobufError) -> (Int64, NativeHistogram?) {
        var reader = message
        var histogram = NativeHistogram()
        var time: Int64 = 0
        var positive = Buckets(), negative = Buckets()
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .varint): histogram.count = Double(try reader.readVarint())
            case (2, .fixed64): histogram.count = try reader.readDouble()
            case (3, .fixed64): histogram.sum = try reader.readDouble()
            case (4, .varint): histogram.schema = Int32(clamping: try reader.readZigZag())
            case (5, .fixed64): histogram.zeroThreshold = try reader.readDouble()
            case (6, .varint): histogram.zeroCount = Double(try reader.readVarint())
            case (7, .fixed64): histogram.zeroCount = try reader.readDouble()
            case (8, .bytes): try negative.readSpan(try reader.readMessage())
            case (9, _): try negative.readDeltas(&reader, key)
            case (10, _): try negative.readCounts(&reader, key)
            case (11, .bytes): try positive.readSpan(try reader.readMessage())
            case (12, _): try positive.readDeltas(&reader, key)
            case (13, _): try positive.readCounts(&reader, key)
            case (14, .varint): histogram.resetHint = NativeHistogram.ResetHint(rawValue: UInt8(clamping: try reader.readVarint())) ?? .unknown
            case (15, .varint): time = try reader.readInt64()
            case (16, _): try Buckets.readDoubles(&reader, key) { histogram.customValues.append($0) }
            default: try reader.skip(key.wireType)
            }
        }
        histogram.positiveSpans = positive.spans
        histogram.positiveBuckets = positive.counts
        histogram.negativeSpans = negative.spans
        histogram.negativeBuckets = negative.counts
        let isKnown = histogram.schema == NativeHistogram.customSchema || (-4...8).contains(histogram.schema)
        return (time, isKnown ? histogram : nil)
    }

    private struct Buckets {
        var spans: [NativeHistogram.Span] = []
        var counts: [Double] = []
        private var last: Int64 = 0

        mutating func readSpan(_ message: ProtobufReader) throws(ProtobufError) {
            var reader = message
            var span = NativeHistogram.Span(offset: 0, length: 0)
            while let key = try reader.nextKey() {
                switch (key.field, key.wireType) {
                case (1, .varint): span.offset = Int32(clamping: try reader.readZigZag())
                case (2, .varint): span.length = UInt32(clamping: try reader.readVarint())
                default: try reader.skip(key.wireType)
                }
            }
            guard spans.count < bucketsMax else { throw ProtobufError(offset: reader.offset, expected: "at most \(bucketsMax) spans") }
            spans.append(span)
        }

        /// Differences from bucket to bucket, packed or one by one.
        mutating func readDeltas(_ reader: inout ProtobufReader, _ key: ProtobufKey) throws(ProtobufError) {
            guard key.wireType == .bytes else {
                try reader.expect(.varint, key)
                return try append(try reader.readZigZag(), reader)
            }
            var packed = try reader.readMessage()
            while packed.offset < packed.end { try append(try packed.readZigZag(), packed) }
        }

        private mutating func append(_ delta: Int64, _ reader: ProtobufReader) throws(ProtobufError) {
            guard counts.count < bucketsMax else { throw ProtobufError(offset: reader.offset, expected: "at most \(bucketsMax) buckets") }
            last &+= delta
            counts.append(Double(last))
        }

        mutating func readCounts(_ reader: inout ProtobufReader, _ key: ProtobufKey) throws(ProtobufError) {
            try Self.readDoubles(&reader, key) { counts.append($0) }
        }

        static func readDoubles(_ reader: inout ProtobufReader, _ key: ProtobufKey, _ take: (Double) -> Void) throws(ProtobufError) {
            guard key.wireType == .bytes else {
                try reader.expect(.fixed64, key)
                return take(try reader.readDouble())
            }
            var packed = try reader.readMessage()
            guard packed.end - packed.offset <= bucketsMax * 8 else { throw ProtobufError(offset: packed.offset, expected: "at most \(bucketsMax) buckets") }
            while packed.offset < packed.end { take(try packed.readDouble()) }
        }
    }
}
