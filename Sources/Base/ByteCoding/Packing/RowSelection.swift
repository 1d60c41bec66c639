/// Rows of a block that were selected: ascending, and all below ``limit``. Nothing outside of this file can break that, so readers need not check row by row.
package struct RowSelection: Sendable {
    /// The first ``count`` are the selection; the rest is memory for the next one.
    private var memory: [UInt16] = []
    /// Rows selected.
    package private(set) var count = 0
    /// Rows that there were to choose from: at most ``rowsMax``.
    package private(set) var limit = 0

    /// Rows are numbered in 16 bits.
    package static let rowsMax = 65_536

    package init() {}

    /// The selected rows, ascending.
    package var rows: ArraySlice<UInt16> { memory[..<count] }

    /// Selects the rows whose byte in `mask` (0 or 1, one per row) is 1, in place of what was selected.
    package mutating func select(_ mask: [UInt8]) {
        precondition(mask.count <= Self.rowsMax, "a block has at most \(Self.rowsMax) rows")
        // One more than can be selected: the loop below writes every row where the next selected one belongs, and only then looks whether it is selected.
        if memory.count < mask.count + 1 { memory = [UInt16](repeating: 0, count: mask.count + 1) }
        limit = mask.count
        count = Self.list(mask.span, &memory)
    }

    /// Without a branch per row, which would be guessed wrong for a few of every hundred.
    private static func list(_ mask: Span<UInt8>, _ rows: inout [UInt16]) -> Int {
        var rows = rows.mutableSpan
        var selected = 0
        // Each step adds 0 or 1, so `selected` never passes the step's own number, and `rows` has one element more than there are steps.
        for row in mask.indices {
            unsafe rows[unchecked: selected] = UInt16(truncatingIfNeeded: row)
            selected &+= unsafe Int(mask[unchecked: row] & 1)
        }
        return selected
    }

    /// Selects among the selected ones: `choice` numbers them, its limit is this ``count``.
    package mutating func narrow(to choice: RowSelection) {
        precondition(choice.limit == count, "a choice among the selected rows")
        Self.keep(choice, &memory)
        count = choice.count
    }

    /// Moves the elements of the selected rows to the front of a column and cuts the rest off. The column must have ``limit`` elements.
    package func keep(in column: inout [Int64]) {
        precondition(column.count == limit, "a column of the block that the rows were selected in")
        Self.keep(self, &column)
        column.removeLast(limit - count)
    }

    /// The same for codes.
    package func keep(in column: inout [UInt32]) {
        precondition(column.count == limit, "a column of the block that the rows were selected in")
        Self.keep(self, &column)
        column.removeLast(limit - count)
    }

    /// Makes `values` the selected elements of `column`, which has ``limit`` of them.
    package func copy(_ column: ArraySlice<Int64>, into values: inout [Int64]) {
        values.removeAll(keepingCapacity: true)
        values.reserveCapacity(count)
        for row in rows { values.append(column[column.startIndex + Int(row)]) }
    }

    /// The same for codes.
    package func copy(_ column: ArraySlice<UInt32>, into codes: inout [UInt32]) {
        codes.removeAll(keepingCapacity: true)
        codes.reserveCapacity(count)
        for row in rows { codes.append(column[column.startIndex + Int(row)]) }
    }

    /// `column` has at least `selection.limit` elements.
    @inline(__always) private static func keep<Element: BitwiseCopyable>(_ selection: RowSelection, _ column: inout [Element]) {
        let rows = selection.memory.span
        var column = column.mutableSpan
        // A row is never before its own place among the selected, so nothing is overwritten that is still needed.
        for index in 0..<selection.count { unsafe column[unchecked: index] = unsafe column[unchecked: Int(rows[unchecked: index])] }
    }

    /// Calls `body` with the rows, valid during the call only.
    func withRows<R, E: Error>(_ body: (UnsafeBufferPointer<UInt16>) throws(E) -> R) throws(E) -> R {
        unsafe try memory.withUnsafeBufferPointer { (all) throws(E) in unsafe try body(UnsafeBufferPointer(rebasing: all[..<count])) }
    }
}
