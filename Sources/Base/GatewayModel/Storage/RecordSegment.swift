package import ByteCoding

/// An immutable run of records: a part on disk or a batch in memory, read in blocks of columns.
///
/// All rows of a segment are divided into blocks of at most ``RecordSegmentLayout/blockRows`` rows. Calls may come from several threads at once.
package protocol RecordSegment: AnyObject, Sendable {
    var rowCount: Int { get }
    /// The earliest and latest `time` of its rows.
    var timeBounds: (first: Timestamp, last: Timestamp) { get }
    /// The lowest and highest `sequence` of its rows.
    var sequenceBounds: ClosedRange<Int64> { get }
    /// Rows that were deleted or replaced since the segment was written: they still stand in its columns, counts and bounds, but no answer may show them.
    var hiddenCount: Int { get }
    /// The hidden rows of a block, ascending, counted from the block's first row.
    func hiddenRows(ofBlock block: Int) -> [UInt16]
    /// Tables that stand for all of its rows, smallest first; empty where there are none. They do not know of hidden rows.
    var rollups: [any RollupSegment] { get }
    /// Whether any row has the field.
    func contains(_ field: RequestField) -> Bool
    /// The distinct values of a dictionary field, code k being `values[k - 1]`; empty when no row has the field.
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable
    /// For each value of the dictionary how many rows have it; same length as the dictionary.
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int]
    /// The smallest and largest present value of an integer field in a block; nil when no row of the block has it.
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>?
    /// How many rows of a block have no value of an integer field; nil when only reading would tell.
    func absentCount(_ field: RequestField, block: Int) -> Int?
    /// Reads an integer field's values of a block, ``absentInteger`` where absent; `values` is given exactly the block's rows.
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError)
    /// Reads a dictionary field's codes of a block.
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError)
    /// Reads a text field's strings of a block.
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError)
    /// Reads an integer field's values in the selected rows of a block; `values` is given exactly as many.
    func read(_ field: RequestField, block: Int, rows: RowSelection, into values: inout [Int64]) throws(StorageError)
    /// Reads a dictionary field's codes in the selected rows of a block.
    func read(_ field: RequestField, block: Int, rows: RowSelection, into codes: inout [UInt32]) throws(StorageError)
    /// Tests an integer field in the rows of a block, all or the selected ones: `mask` is given a byte for each, 1 where the condition holds.
    func test(_ field: RequestField, block: Int, rows: RowSelection?, _ condition: IntegerCondition, into mask: inout [UInt8]) throws(StorageError)
    /// Tests a dictionary field's codes: `mask` is given `passes[code]` for each row, 0 for codes behind its end.
    func test(_ field: RequestField, block: Int, rows: RowSelection?, passes: [UInt8], into mask: inout [UInt8]) throws(StorageError)
}

/// A condition on the values of an integer field.
package struct IntegerCondition: Sendable, Equatable {
    /// The values `lowest ... lowest + width` meet it; absent, the smallest integer, never lies among them.
    package let lowest: Int64
    package let width: UInt64
    /// Whether all other values, and absent ones, meet it instead.
    package let isInverted: Bool

    package init(lowest: Int64, width: UInt64, isInverted: Bool) {
        self.lowest = lowest
        self.width = width
        self.isInverted = isInverted
    }

    /// 1 when the value meets the condition, else 0. One unsigned comparison tests both ends.
    @inline(__always) package func test(_ value: Int64) -> UInt8 { (UInt64(bitPattern: value &- lowest) <= width ? 1 : 0) ^ (isInverted ? 1 : 0) }
}

package enum RecordSegmentLayout {
    /// Rows of a block: large enough that per-block work vanishes, small enough that a block's decoded columns stay in the L2 cache.
    package static let blockRows = 16_384
}

extension RecordSegment {
    package var hiddenCount: Int { 0 }
    package func hiddenRows(ofBlock block: Int) -> [UInt16] { [] }
    package var rollups: [any RollupSegment] { [] }
    package func absentCount(_ field: RequestField, block: Int) -> Int? { nil }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into values: inout [Int64]) throws(StorageError) {
        try read(field, block: block, into: &values)
        rows.keep(in: &values)
    }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into codes: inout [UInt32]) throws(StorageError) {
        try read(field, block: block, into: &codes)
        rows.keep(in: &codes)
    }

    package func test(
        _ field: RequestField, block: Int, rows: RowSelection?, _ condition: IntegerCondition, into mask: inout [UInt8]
    ) throws(StorageError) {
        var values: [Int64] = []
        if let rows { try read(field, block: block, rows: rows, into: &values) } else { try read(field, block: block, into: &values) }
        mask.removeAll(keepingCapacity: true)
        mask.reserveCapacity(values.count)
        for value in values { mask.append(condition.test(value)) }
    }

    package func test(_ field: RequestField, block: Int, rows: RowSelection?, passes: [UInt8], into mask: inout [UInt8]) throws(StorageError) {
        var codes: [UInt32] = []
        if let rows { try read(field, block: block, rows: rows, into: &codes) } else { try read(field, block: block, into: &codes) }
        mask.removeAll(keepingCapacity: true)
        mask.reserveCapacity(codes.count)
        for code in codes { mask.append(Int(code) < passes.count ? passes[Int(code)] : 0) }
    }

    package var blockCount: Int { (rowCount + RecordSegmentLayout.blockRows - 1) / RecordSegmentLayout.blockRows }

    /// The rows of a block, counted from the segment's first.
    package func rows(ofBlock block: Int) -> Range<Int> {
        let start = block * RecordSegmentLayout.blockRows
        return start..<min(rowCount, start + RecordSegmentLayout.blockRows)
    }
}

extension RecordSegment {
    /// For each value of the dictionary how many rows have it that are not hidden.
    package func shownValueCounts(_ field: RequestField) throws(StorageError) -> [Int] {
        var counts = try valueCounts(field)
        guard hiddenCount > 0 else { return counts }
        var codes: [UInt32] = []
        for block in 0..<blockCount {
            let hidden = hiddenRows(ofBlock: block)
            guard !hidden.isEmpty else { continue }
            try read(field, block: block, into: &codes)
            for row in hidden where Int(row) < codes.count && codes[Int(row)] > 0 { counts[Int(codes[Int(row)]) - 1] -= 1 }
        }
        return counts
    }
}
