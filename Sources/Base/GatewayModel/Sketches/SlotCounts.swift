package import ByteCoding

/// Of each row of a table how many values lie in each slot of ``ValueLimits``.
///
/// As bytes: varints, slot by slot and within a slot row by row, so that neighbours are alike and pack well.
package struct SlotCounts: Sendable, Equatable {
    package let rowCount: Int
    package let slotCount: Int
    /// The count of slot s and row r is at `s * rowCount + r`.
    package private(set) var counts: [UInt32]

    package init(rowCount: Int, slotCount: Int) {
        self.rowCount = rowCount
        self.slotCount = slotCount
        counts = Array(repeating: 0, count: rowCount * slotCount)
    }

    /// - Parameter rowMajor: for each row one count per slot.
    package init(rowMajor: ArraySlice<UInt32>, slotCount: Int) {
        self.init(rowCount: rowMajor.count / slotCount, slotCount: slotCount)
        for row in 0..<rowCount {
            for slot in 0..<slotCount { counts[slot * rowCount + row] = rowMajor[rowMajor.startIndex + row * slotCount + slot] }
        }
    }

    /// - Throws: when the bytes end early, go on, or hold a number that no count can be.
    package init(_ source: UnsafeRawBufferPointer, rowCount: Int, slotCount: Int) throws(ByteReadingError) {
        var counts: [UInt32] = []
        counts.reserveCapacity(rowCount * slotCount)
        var reader = unsafe ByteReader(source)
        for _ in 0..<(rowCount * slotCount) {
            guard let count = UInt32(exactly: try reader.readVarint("a count of values")) else {
                throw ByteReadingError(offset: reader.offset, expected: "a count of values below 2^32")
            }
            counts.append(count)
        }
        guard reader.remaining == 0 else { throw ByteReadingError(offset: reader.offset, expected: "the end of the counts") }
        self.rowCount = rowCount
        self.slotCount = slotCount
        self.counts = counts
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: counts.count)
        for count in counts { writer.write(varint: UInt64(count)) }
        return writer.bytes
    }
}
