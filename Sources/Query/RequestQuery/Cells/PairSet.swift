/// A set of (cell, value) pairs: what exact distinct counts are made of.
///
/// Open addressing with linear probing at a load of at most one half; 12 bytes a slot.
struct PairSet: Sendable {
    private(set) var count = 0
    /// Cell plus 1; 0 is empty. A power of two of them.
    private var cells: [UInt32] = Array(repeating: 0, count: 64)
    private var values: [UInt64] = Array(repeating: 0, count: 64)

    /// Bytes of memory held.
    var bytes: Int { cells.count * 12 }

    mutating func insert(cell: UInt32, value: UInt64) {
        if (count + 1) * 2 > cells.count { grow() }
        var slot = Self.start(cell, value, cells.count)
        while true {
            let entry = cells[slot]
            if entry == 0 { break }
            if entry == cell &+ 1, values[slot] == value { return }
            slot = (slot &+ 1) & (cells.count &- 1)
        }
        cells[slot] = cell &+ 1
        values[slot] = value
        count += 1
    }

    /// Calls `body` for every pair, in no order.
    func forEach(_ body: (UInt32, UInt64) -> Void) {
        for slot in cells.indices where cells[slot] != 0 { body(cells[slot] &- 1, values[slot]) }
    }

    /// The pairs with cell c replaced by `target[c]`; pairs of cells whose target is `UInt32.max` are left out.
    func regrouped(_ target: [UInt32]) -> PairSet {
        var result = PairSet()
        for slot in cells.indices where cells[slot] != 0 {
            let cell = target[Int(cells[slot] &- 1)]
            if cell != .max { result.insert(cell: cell, value: values[slot]) }
        }
        return result
    }

    /// How many values each of `cellCount` cells has.
    func counts(cellCount: Int) -> [Int64] {
        var counts = [Int64](repeating: 0, count: cellCount)
        for slot in cells.indices where cells[slot] != 0 { counts[Int(cells[slot] &- 1)] += 1 }
        return counts
    }

    private mutating func grow() {
        let capacity = cells.count * 2
        var grownCells = [UInt32](repeating: 0, count: capacity)
        var grownValues = [UInt64](repeating: 0, count: capacity)
        for old in cells.indices where cells[old] != 0 {
            var slot = Self.start(cells[old] &- 1, values[old], capacity)
            while grownCells[slot] != 0 { slot = (slot &+ 1) & (capacity &- 1) }
            grownCells[slot] = cells[old]
            grownValues[slot] = values[old]
        }
        cells = grownCells
        values = grownValues
    }

    @inline(__always) private static func start(_ cell: UInt32, _ value: UInt64, _ capacity: Int) -> Int {
        Int(truncatingIfNeeded: BitMix.mix(value &+ UInt64(cell) &* 0x9E37_79B9_7F4A_7C15)) & (capacity &- 1)
    }
}
