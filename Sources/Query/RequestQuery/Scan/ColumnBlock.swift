internal import ByteCoding
internal import GatewayModel

/// The decoded columns of the one block that a worker stands at, read when first asked for and kept in the same memory from block to block.
struct ColumnBlock {
    /// Rows that stand in the columns: all of the block's, or after ``keep(_:)`` those that were selected.
    private(set) var count = 0
    private var segment: (any RecordSegment)?
    private var block = 0
    private var integerColumns: [[Int64]]
    private var codeColumns: [[UInt32]]
    private var textColumns: [StringTable]
    private var isLoaded: [Bool]

    init() {
        integerColumns = Array(repeating: [], count: RequestField.tableSize)
        codeColumns = Array(repeating: [], count: RequestField.tableSize)
        textColumns = Array(repeating: StringTable(), count: RequestField.tableSize)
        isLoaded = Array(repeating: false, count: RequestField.tableSize)
    }

    /// Goes to a block; nothing is read yet.
    mutating func stand(at block: Int, of segment: any RecordSegment) {
        self.segment = segment
        self.block = block
        count = segment.rows(ofBlock: block).count
        for index in isLoaded.indices { isLoaded[index] = false }
    }

    /// Reads a column unless it is there. Must come before ``keep(_:)``.
    mutating func load(_ field: RequestField) throws(StorageError) {
        let index = Int(field.rawValue)
        guard !isLoaded[index], let segment else { return }
        switch field.kind {
        case .integer:
            try segment.read(field, block: block, into: &integerColumns[index])
            precondition(integerColumns[index].count == count, "a segment gives a block's rows")
        case .dictionary:
            try segment.read(field, block: block, into: &codeColumns[index])
            precondition(codeColumns[index].count == count, "a segment gives a block's rows")
        case .text:
            try segment.read(field, block: block, into: &textColumns[index])
            precondition(textColumns[index].count == count, "a segment gives a block's rows")
        }
        isLoaded[index] = true
    }

    /// A loaded integer column. Hold it in a local and let it go before the next ``load(_:)``, which would otherwise copy it.
    func integers(_ field: RequestField) -> [Int64] { integerColumns[Int(field.rawValue)] }
    func codes(_ field: RequestField) -> [UInt32] { codeColumns[Int(field.rawValue)] }
    func texts(_ field: RequestField) -> StringTable { textColumns[Int(field.rawValue)] }

    /// Whether any column of the block was read.
    var hasLoaded: Bool { isLoaded.contains(true) }

    /// Keeps the given rows (ascending) of the loaded columns among `fields`, and counts only them from now on; other columns are no longer of use.
    mutating func keep(_ rows: [UInt16], of fields: [RequestField]) {
        for field in fields where isLoaded[Int(field.rawValue)] {
            let index = Int(field.rawValue)
            switch field.kind {
            case .integer: Gather.keep(rows, of: &integerColumns[index])
            case .dictionary: Gather.keep(rows, of: &codeColumns[index])
            case .text:
                var kept = StringTable()
                for row in rows { kept.append(Int(row), of: textColumns[index]) }
                textColumns[index] = kept
            }
        }
        count = rows.count
    }

    /// Bytes of memory held, about.
    var bytes: Int {
        var total = 0
        for index in integerColumns.indices {
            total += integerColumns[index].capacity * 8 + codeColumns[index].capacity * 4 + textColumns[index].bytes.count
        }
        return total
    }
}

/// Selecting rows of columns.
enum Gather {
    /// Moves the given rows (ascending) to the front and cuts the rest off.
    static func keep<Element: BitwiseCopyable>(_ rows: [UInt16], of column: inout [Element]) {
        precondition(rows.count <= column.count, "selected rows lie in the column")
        let selected = rows.span
        var target = column.mutableSpan
        for index in selected.indices {
            let row = unsafe Int(selected[unchecked: index])
            unsafe target[unchecked: index] = target[row]
        }
        column.removeLast(column.count - rows.count)
    }

    /// The rows whose byte in `mask` is 1, ascending, without a branch per row.
    static func rows(in mask: [UInt8], count: Int, into rows: inout [UInt16]) {
        if rows.count < count + 1 { rows = [UInt16](repeating: 0, count: max(count + 1, RecordSegmentLayout.blockRows + 1)) }
        let bytes = mask.span
        var selected = 0
        var target = rows.mutableSpan
        for index in bytes.indices {
            target[selected] = UInt16(truncatingIfNeeded: index)
            selected &+= unsafe Int(bytes[unchecked: index])
        }
        rows.removeLast(rows.count - selected)
    }

    /// How many bytes of `mask` are 1.
    static func count(_ mask: [UInt8]) -> Int {
        let bytes = mask.span
        var total = 0
        var index = 0
        // Sums of 128 bytes fit a byte's double, so the compiler may add many at once.
        while index < bytes.count {
            let end = min(index &+ 128, bytes.count)
            var part: UInt8 = 0
            while index < end {
                part &+= unsafe bytes[unchecked: index]
                index &+= 1
            }
            total &+= Int(part)
        }
        return total
    }
}
