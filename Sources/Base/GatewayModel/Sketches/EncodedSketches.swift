package import ByteCoding

/// Sketches end to end as bytes, one per row of a table.
///
///     u32 x rows: where each sketch ends, counted from behind these | the sketches, see ``ValueSketch/encode(into:)``
package struct EncodedSketches: Sendable {
    package let rowCount: Int
    /// As drawn above.
    package let bytes: [UInt8]

    package init(_ sketches: [ValueSketch]) {
        rowCount = sketches.count
        var body = ByteWriter()
        var ends = ByteWriter(reserving: sketches.count * 4)
        for sketch in sketches {
            sketch.encode(into: &body)
            ends.write(UInt32(body.count))
        }
        bytes = ends.bytes + body.bytes
    }

    /// - Throws: when the ends do not ascend to the end of the bytes.
    package init(_ source: UnsafeRawBufferPointer, rowCount: Int) throws(ByteReadingError) {
        self.rowCount = rowCount
        bytes = unsafe [UInt8](source)
        var reader = unsafe ByteReader(source)
        var previous: UInt32 = 0
        for _ in 0..<rowCount {
            let end = try reader.read(UInt32.self, "the end of a sketch")
            guard end >= previous else { throw ByteReadingError(offset: reader.offset, expected: "ascending ends of sketches") }
            previous = end
        }
        guard reader.remaining == Int(previous) else { throw ByteReadingError(offset: reader.offset, expected: "sketches up to the end") }
    }

    /// Adds the values of a row's sketch to `sketch`.
    ///
    /// - Throws: when the sketch's bytes are impossible; `sketch` then holds a part of the values.
    package func merge(_ row: Int, into sketch: inout ValueSketch) throws(ByteReadingError) {
        precondition(row >= 0 && row < rowCount, "a row of the table")
        let range = (row == 0 ? 0 : end(row - 1))..<end(row)
        let result = unsafe bytes.withUnsafeBytes { all -> Result<Void, ByteReadingError> in
            var reader = unsafe SketchReader(UnsafeRawBufferPointer(rebasing: all[(rowCount * 4 + range.lowerBound)..<(rowCount * 4 + range.upperBound)]))
            do throws(ByteReadingError) { return .success(try sketch.merge(&reader)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// The smallest and largest value of a row's sketch; nil when it has none.
    package func bounds(_ row: Int) throws(ByteReadingError) -> ClosedRange<Int64>? {
        precondition(row >= 0 && row < rowCount, "a row of the table")
        let start = rowCount * 4 + (row == 0 ? 0 : end(row - 1))
        let result = unsafe bytes.withUnsafeBytes { all -> Result<ClosedRange<Int64>?, ByteReadingError> in
            var reader = unsafe SketchReader(all, offset: start)
            do throws(ByteReadingError) { return .success(try ValueSketch.bounds(&reader)?.bounds) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func end(_ row: Int) -> Int {
        var end = 0
        for index in 0..<4 { end |= Int(bytes[row * 4 + index]) << (8 * index) }
        return end
    }
}
