import ByteCoding
import Testing

struct RowSelectionTests {
    static func mask(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        let share = UInt64.random(in: 0...100, using: &random)
        return (0..<count).map { _ in random.next() % 100 < share ? 1 : 0 }
    }

    static func selected(_ mask: [UInt8]) -> [Int] { mask.indices.filter { mask[$0] == 1 } }

    @Test(arguments: [0, 1, 2, 7, 127, 128, 1_000, 16_384, 65_536]) func selectsTheRowsOfAMask(_ count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        var selection = RowSelection()
        // The same memory serves selections of other sizes in between.
        for size in [count, count / 2, count] {
            let mask = Self.mask(size, &random)
            selection.select(mask)
            #expect(selection.rows.map { Int($0) } == Self.selected(mask))
            #expect(selection.limit == size)
            #expect(selection.count == selection.rows.count)
        }
    }

    @Test(arguments: 0..<20) func narrowingIsSelectingAmongTheSelected(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let mask = Self.mask(Int.random(in: 0...3_000, using: &random), &random)
        var selection = RowSelection()
        selection.select(mask)
        var rows = Self.selected(mask)
        for _ in 0..<3 {
            let further = Self.mask(rows.count, &random)
            var choice = RowSelection()
            choice.select(further)
            selection.narrow(to: choice)
            rows = Self.selected(further).map { rows[$0] }
            #expect(selection.rows.map { Int($0) } == rows)
            #expect(selection.limit == mask.count)
        }
    }

    @Test(arguments: 0..<20) func columnsKeepTheirSelectedRows(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let mask = Self.mask(Int.random(in: 0...3_000, using: &random), &random)
        var selection = RowSelection()
        selection.select(mask)
        let values = mask.indices.map { _ in Int64(bitPattern: random.next()) }
        let codes = values.map { UInt32(truncatingIfNeeded: $0) }
        var kept = values
        selection.keep(in: &kept)
        #expect(kept == Self.selected(mask).map { values[$0] })
        var keptCodes = codes
        selection.keep(in: &keptCodes)
        #expect(keptCodes == Self.selected(mask).map { codes[$0] })
        selection.copy(([1, 2] + values)[2...], into: &kept)
        #expect(kept == Self.selected(mask).map { values[$0] })
        selection.copy(codes[...], into: &keptCodes)
        #expect(keptCodes == Self.selected(mask).map { codes[$0] })
    }

    @Test(arguments: IntegerColumn.all.filter { $0.values.count <= RowSelection.rowsMax }, [IntegerBlock.Effort.fast, .small])
    func selectedRowsOfABlockAreDecodedByThemselves(_ column: IntegerColumn, effort: IntegerBlock.Effort) throws {
        var random = SeededGenerator(seed: 5)
        var bytes: [UInt8] = []
        IntegerBlock.encode(column.values, effort: effort, into: &bytes)
        for _ in 0..<8 {
            let mask = Self.mask(column.values.count, &random)
            var selection = RowSelection()
            selection.select(mask)
            var decoded: [Int64] = [1, 2, 3]
            try bytes.withUnsafeBytes { try IntegerBlock.decode($0, rows: selection, into: &decoded) }
            #expect(decoded == Self.selected(mask).map { column.values[$0] })
        }
    }

    @Test func damagedBlocksNeverCrashWhereRowsAreSelected() {
        var random = SeededGenerator(seed: 13)
        for column in IntegerColumn.all where column.values.count <= 5_000 {
            var bytes: [UInt8] = []
            IntegerBlock.encode(column.values, effort: .small, into: &bytes)
            var selection = RowSelection()
            selection.select(Self.mask(column.values.count, &random))
            for _ in 0..<200 {
                var damaged = bytes
                damaged[Int.random(in: 0..<min(bytes.count, 40), using: &random)] = UInt8.random(in: 0...255, using: &random)
                var decoded: [Int64] = []
                // Wrong values are the checksum's business; reading outside of the bytes would be ours.
                damaged.withUnsafeBytes { bytes in _ = try? IntegerBlock.decode(bytes, rows: selection, into: &decoded) }
            }
        }
    }
}
