/// Blocks read for some of their rows, and conditions on values that are tested while they are unpacked: what scans with filters do.
extension IntegerBlock {
    /// Decodes the selected rows of a block of `rows.limit` values into an array that is made to hold exactly them.
    ///
    /// Costs what the selected rows cost, except in blocks of differences, where each value needs all before it.
    /// - Throws: as ``decode(_:into:)``.
    package static func decode(_ bytes: UnsafeRawBufferPointer, rows: RowSelection, into values: inout [Int64]) throws(ByteReadingError) {
        unsafe try decodeSelected(bytes, rows, into: &values, WholeIntegers())
    }

    /// The same for codes.
    package static func decode(_ bytes: UnsafeRawBufferPointer, rows: RowSelection, into codes: inout [UInt32]) throws(ByteReadingError) {
        unsafe try decodeSelected(bytes, rows, into: &codes, ShortCodes())
    }

    /// Looks up each of a block's `count` codes, or those of the selected rows, without keeping them: `mask` becomes `passes[code]`, 0 for codes behind its end.
    ///
    /// - Throws: as ``decode(_:into:)``.
    package static func test(
        _ bytes: UnsafeRawBufferPointer, count: Int, rows: RowSelection?, passes: [UInt8], into mask: inout [UInt8]
    ) throws(ByteReadingError) {
        unsafe try passes.withUnsafeBufferPointer { (passes) throws(ByteReadingError) in
            unsafe try test(bytes, count, rows, into: &mask, LookedUpCodes(table: passes))
        }
    }

    /// Tests whether the values lie in `lowest ... lowest + width`: then `mask` becomes 1, else 0; with `flip` 1 the other way round.
    ///
    /// - Throws: as ``decode(_:into:)``.
    package static func test(
        _ bytes: UnsafeRawBufferPointer, count: Int, rows: RowSelection?, lowest: Int64, width: UInt64, flip: UInt8, into mask: inout [UInt8]
    ) throws(ByteReadingError) {
        unsafe try test(bytes, count, rows, into: &mask, RangeTest(lowest: lowest, width: width, flip: flip))
    }

    @inline(__always) private static func test<Output: BlockOutput>(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, _ rows: RowSelection?, into mask: inout [UInt8], _ output: Output
    ) throws(ByteReadingError) where Output.Element == UInt8 {
        if let rows { return unsafe try decodeSelected(bytes, rows, into: &mask, output) }
        resize(&mask, count)
        unsafe try mask.withUnsafeMutableBufferPointer { (target) throws(ByteReadingError) in
            guard let start = target.baseAddress else { return }
            unsafe try decodeAny(bytes, Rows(count: count), into: start, output)
        }
    }

    @inline(__always) private static func decodeSelected<Output: BlockOutput>(
        _ bytes: UnsafeRawBufferPointer, _ rows: RowSelection, into values: inout [Output.Element], _ output: Output
    ) throws(ByteReadingError) where Output.Element: FixedWidthInteger {
        resize(&values, rows.count)
        unsafe try values.withUnsafeMutableBufferPointer { (target) throws(ByteReadingError) in
            guard let start = target.baseAddress, target.count == rows.count else { return }
            unsafe try rows.withRows { (selected) throws(ByteReadingError) in
                unsafe try decodeAny(bytes, Rows(count: rows.limit, selected: selected), into: start, output)
            }
        }
    }
}
