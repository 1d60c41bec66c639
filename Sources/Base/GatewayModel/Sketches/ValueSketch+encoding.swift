package import ByteCoding

/// A sketch as bytes: what depends on its values alone, so that merging an encoded sketch gives the very sketch that the values would have given.
///
///     varint count                       0: nothing follows
///     zigzag varint minimum
///     varint (maximum - minimum)
///     up to 4,096 values:                the sorted values' differences, count - 1 of them, each a varint
///     more:                              varint number of entries, then entries from the minimum's step on: a counter as a varint,
///                                        or a zero byte and as a varint how many steps without values follow
extension ValueSketch {
    /// Appends the sketch to `output`.
    package func encode(into output: inout ByteWriter) {
        output.write(varint: UInt64(count))
        guard count > 0 else { return }
        output.write(varint: Self.zigzag(minimum))
        output.write(varint: UInt64(bitPattern: maximum &- minimum))
        if histogram.isEmpty {
            let sorted = list.sorted()
            for index in 1..<max(1, sorted.count) { output.write(varint: UInt64(bitPattern: sorted[index] &- sorted[index - 1])) }
        } else {
            histogram.encode(from: StepCounters.step(of: minimum), to: StepCounters.step(of: maximum), into: &output)
        }
    }

    /// Adds all values of the encoded sketch that `reader` stands before.
    ///
    /// - Throws: where the bytes end early or are impossible; the sketch then holds a part of the values.
    package mutating func merge(_ reader: inout SketchReader) throws(ByteReadingError) {
        guard let (added, bounds) = try Self.bounds(&reader) else { return }
        let (low, high) = (bounds.lowerBound, bounds.upperBound)
        if added <= UInt64(Self.exactMax) {
            try mergeList(Int(added), low, high, &reader)
        } else {
            turnIntoHistogram()
            count += Int(added)
            minimum = min(minimum, low)
            maximum = max(maximum, high)
            try histogram.merge(&reader, from: StepCounters.step(of: low), to: StepCounters.step(of: high), count: added)
        }
    }

    /// Reads how many values a sketch has and their bounds; nil when it has none.
    static func bounds(_ reader: inout SketchReader) throws(ByteReadingError) -> (count: UInt64, bounds: ClosedRange<Int64>)? {
        let count = try reader.next()
        guard count > 0 else { return nil }
        let low = unzigzag(try reader.next())
        let high = low &+ Int64(bitPattern: try reader.next())
        guard count <= UInt64(UInt32.max), low != .min, high >= low else { throw reader.failure("a possible sketch") }
        return (count, low...high)
    }

    private mutating func mergeList(_ added: Int, _ low: Int64, _ high: Int64, _ reader: inout SketchReader) throws(ByteReadingError) {
        var values: [Int64] = []
        values.reserveCapacity(added)
        var value = low
        values.append(value)
        for _ in 1..<max(1, added) {
            value &+= Int64(bitPattern: try reader.next())
            guard value >= low, value <= high else { throw reader.failure("a value up to the maximum") }
            values.append(value)
        }
        add(values.span)
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }
    private static func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1) }
}

extension StepCounters {
    /// Appends the counters of the closed span of steps.
    func encode(from low: Int, to high: Int, into output: inout ByteWriter) {
        var entries: [(counter: UInt32, gap: Int)] = []
        var gap = 0
        for step in low...high {
            let index = step - firstStep
            let counter = counters.indices.contains(index) ? counters[index] : 0
            if counter == 0 {
                gap += 1
                continue
            }
            if gap > 0 { entries.append((0, gap)) }
            entries.append((counter, 0))
            gap = 0
        }
        output.write(varint: UInt64(entries.count))
        for entry in entries {
            output.write(varint: UInt64(entry.counter))
            if entry.counter == 0 { output.write(varint: UInt64(entry.gap)) }
        }
    }
}

/// Reads the variable-length integers of encoded sketches, one after the other, from bytes that live as long as the reader is used.
@safe package struct SketchReader {
    private let source: UnsafeRawBufferPointer
    package private(set) var offset: Int

    package init(_ source: UnsafeRawBufferPointer, offset: Int = 0) {
        unsafe self.source = source
        self.offset = offset
    }

    func failure(_ expected: String) -> ByteReadingError { ByteReadingError(offset: offset, expected: expected) }

    /// Most integers of a sketch take one byte.
    @inline(__always) mutating func next() throws(ByteReadingError) -> UInt64 {
        guard unsafe offset < source.count else { throw failure("a variable-length integer") }
        let byte = unsafe source[offset]
        offset &+= 1
        return byte < 0x80 ? UInt64(byte) : try rest(UInt64(byte & 0x7F))
    }

    private mutating func rest(_ first: UInt64) throws(ByteReadingError) -> UInt64 {
        var value = first
        for shift: UInt64 in stride(from: 7, through: 63, by: 7) {
            guard unsafe offset < source.count else { break }
            let byte = unsafe source[offset]
            offset &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
        }
        throw failure("a variable-length integer")
    }
}
