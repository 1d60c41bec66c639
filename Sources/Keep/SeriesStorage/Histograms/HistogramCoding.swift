internal import ByteCoding
internal import GatewayModel

/// A native histogram as bytes.
///
///     varint zigzag(schema), u64 zero threshold, u64 zero count, u64 count, u64 sum (bits of numbers), u8 reset hint,
///     positive spans: varint n, for each: varint zigzag(offset), varint length; positive buckets: varint n, n x u64; negative spans, negative buckets,
///     custom values: varint n, n x u64
enum HistogramCoding {
    /// Buckets and limits of one histogram at most: a schema of 8 has 256 buckets for each power of two, and this is 40 powers of two.
    static let bucketsMax = 10_240

    /// Whether spans and buckets fit each other and nothing is too large.
    static func isValid(_ histogram: NativeHistogram) -> Bool {
        func fits(_ spans: [NativeHistogram.Span], _ buckets: [Double]) -> Bool {
            spans.count <= bucketsMax && spans.reduce(0) { $0 + Int($1.length) } == buckets.count
        }
        let buckets = histogram.positiveBuckets.count + histogram.negativeBuckets.count + histogram.customValues.count
        return buckets <= bucketsMax && fits(histogram.positiveSpans, histogram.positiveBuckets) && fits(histogram.negativeSpans, histogram.negativeBuckets)
    }

    static func encode(_ histogram: NativeHistogram, into writer: inout ByteWriter) {
        writer.write(varint: SampleFrame.zigzag(Int64(histogram.schema)))
        for number in [histogram.zeroThreshold, histogram.zeroCount, histogram.count, histogram.sum] { writer.write(number.bitPattern) }
        writer.write(histogram.resetHint.rawValue)
        encode(histogram.positiveSpans, histogram.positiveBuckets, into: &writer)
        encode(histogram.negativeSpans, histogram.negativeBuckets, into: &writer)
        encode([], histogram.customValues, into: &writer)
    }

    private static func encode(_ spans: [NativeHistogram.Span], _ numbers: [Double], into writer: inout ByteWriter) {
        writer.write(varint: UInt64(spans.count))
        for span in spans {
            writer.write(varint: SampleFrame.zigzag(Int64(span.offset)))
            writer.write(varint: UInt64(span.length))
        }
        writer.write(varint: UInt64(numbers.count))
        for number in numbers { writer.write(number.bitPattern) }
    }

    static func decode(_ reader: inout ByteReader) throws(ByteReadingError) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = Int32(truncatingIfNeeded: SampleFrame.unzigzag(try reader.readVarint("a schema")))
        histogram.zeroThreshold = try number(&reader)
        histogram.zeroCount = try number(&reader)
        histogram.count = try number(&reader)
        histogram.sum = try number(&reader)
        guard let hint = NativeHistogram.ResetHint(rawValue: try reader.read(UInt8.self, "a reset hint")) else {
            throw ByteReadingError(offset: reader.offset, expected: "a reset hint")
        }
        histogram.resetHint = hint
        (histogram.positiveSpans, histogram.positiveBuckets) = try spansAndNumbers(&reader)
        (histogram.negativeSpans, histogram.negativeBuckets) = try spansAndNumbers(&reader)
        (_, histogram.customValues) = try spansAndNumbers(&reader)
        return histogram
    }

    private static func number(_ reader: inout ByteReader) throws(ByteReadingError) -> Double { Double(bitPattern: try reader.read(UInt64.self, "a number")) }

    private static func spansAndNumbers(_ reader: inout ByteReader) throws(ByteReadingError) -> ([NativeHistogram.Span], [Double]) {
        var spans: [NativeHistogram.Span] = []
        for _ in 0..<(try count(&reader)) {
            let offset = SampleFrame.unzigzag(try reader.readVarint("a span's offset"))
            spans.append(NativeHistogram.Span(offset: Int32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: try reader.readVarint("a span's length"))))
        }
        var numbers: [Double] = []
        for _ in 0..<(try count(&reader)) { numbers.append(try number(&reader)) }
        return (spans, numbers)
    }

    private static func count(_ reader: inout ByteReader) throws(ByteReadingError) -> Int {
        let count = try reader.readVarint("a count")
        guard count <= UInt64(bucketsMax) else { throw ByteReadingError(offset: reader.offset, expected: "at most \(bucketsMax) buckets") }
        return Int(count)
    }
}
