internal import GatewayModel

/// Adding up per cell with four counters a cell, used in turns.
///
/// Problem: neighbouring rows often belong to one cell, and an addition to memory must wait some five cycles for the one before it to the same place.
/// Idea: row i adds to lane i mod 4 of its cell, so that four additions are under way at once; at the block's end the lanes are added up.
/// It takes a table of lanes a block, so it is for few cells and many rows.
enum Lanes {
    private static let perCell = 4

    /// Whether making and adding up the lanes costs little beside the rows.
    static func areWorthIt(cells: Int, rows: Int) -> Bool { cells * 16 <= rows }

    /// Adds 1 for each row to its cell.
    static func count(_ cells: Span<UInt32>, _ counts: inout [Int64]) {
        var lanes = [Int64](repeating: 0, count: counts.count * perCell)
        add(cells, &lanes) { _ in 1 }
        fold(lanes, into: &counts)
    }

    /// Adds each value, none of them absent, to its row's cell.
    static func add(_ values: Span<Int64>, _ cells: Span<UInt32>, _ sums: inout [Int64]) {
        precondition(values.count == cells.count, "one cell per row")
        var lanes = [Int64](repeating: 0, count: sums.count * perCell)
        add(cells, &lanes) { row in unsafe values[unchecked: row] }
        fold(lanes, into: &sums)
    }

    /// Adds each present value to its row's cell and counts there the absent ones, which are few: a branch is then nearly always guessed right.
    static func add(_ values: Span<Int64>, _ cells: Span<UInt32>, _ sums: inout [Int64], rareAbsent absent: inout [Int64]) {
        precondition(values.count == cells.count, "one cell per row")
        var lanes = [Int64](repeating: 0, count: sums.count * perCell)
        add(cells, &lanes) { row in
            let value = unsafe values[unchecked: row]
            if value != absentInteger { return value }
            absent[unsafe Int(cells[unchecked: row])] &+= 1
            return 0
        }
        fold(lanes, into: &sums)
    }

    /// The same where many may be absent. They are added along and taken off at the end, as in ``SumKernel/sum(_:)``.
    static func add(_ values: Span<Int64>, _ cells: Span<UInt32>, _ sums: inout [Int64], absent: inout [Int64]) {
        precondition(values.count == cells.count, "one cell per row")
        var lanes = [Int64](repeating: 0, count: sums.count * perCell)
        var missing = [Int64](repeating: 0, count: sums.count * perCell)
        add(cells, &lanes) { row in unsafe values[unchecked: row] }
        add(cells, &missing) { row in unsafe Int64(bitPattern: SumKernel.absentBit(values[unchecked: row])) }
        for cell in sums.indices {
            let (total, absentees) = (sum(lanes, cell), sum(missing, cell))
            sums[cell] &+= total &- absentees &* absentInteger
            absent[cell] &+= absentees
        }
    }

    @inline(__always) private static func add(_ cells: Span<UInt32>, _ lanes: inout [Int64], _ value: (Int) -> Int64) {
        var lanes = lanes.mutableSpan
        let whole = cells.count & ~3
        var row = 0
        while row < whole {
            unsafe lanes[Int(cells[unchecked: row]) &* perCell] &+= value(row)
            unsafe lanes[Int(cells[unchecked: row &+ 1]) &* perCell &+ 1] &+= value(row &+ 1)
            unsafe lanes[Int(cells[unchecked: row &+ 2]) &* perCell &+ 2] &+= value(row &+ 2)
            unsafe lanes[Int(cells[unchecked: row &+ 3]) &* perCell &+ 3] &+= value(row &+ 3)
            row &+= 4
        }
        while row < cells.count {
            unsafe lanes[Int(cells[unchecked: row]) &* perCell] &+= value(row)
            row &+= 1
        }
    }

    private static func fold(_ lanes: [Int64], into sums: inout [Int64]) {
        for cell in sums.indices { sums[cell] &+= sum(lanes, cell) }
    }

    private static func sum(_ lanes: [Int64], _ cell: Int) -> Int64 {
        let first = cell * perCell
        return lanes[first] &+ lanes[first + 1] &+ lanes[first + 2] &+ lanes[first + 3]
    }
}
