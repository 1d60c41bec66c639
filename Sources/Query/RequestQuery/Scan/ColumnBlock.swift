internal import ByteCoding
internal import GatewayModel

/// The decoded columns of the one block that a worker stands at, read when first asked for and kept in the same memory from block to block.
///
/// Rows may be narrowed down (``narrow(_:keeping:)``), several times; what is read afterwards is read for the rows that are left.
struct ColumnBlock {
    /// Rows that stand in the columns: all of the block's, or those that were selected.
    private(set) var count = 0
    /// The selected rows, when not all of the block's are.
    private(set) var selection: RowSelection?
    /// Whether any column of the block was read.
    private(set) var hasLoaded = false
    /// Memory for the next selection.
    private var spare = RowSelection()
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
        if let selection { spare = selection }
        selection = nil
        hasLoaded = false
        for index in isLoaded.indices { isLoaded[index] = false }
    }

    /// Reads a column, of the rows that are selected, unless it is there.
    mutating func load(_ field: RequestField) throws(StorageError) {
        let index = Int(field.rawValue)
        guard !isLoaded[index], let segment else { return }
        hasLoaded = true
        switch (field.kind, selection) {
        case (.integer, nil): try segment.read(field, block: block, into: &integerColumns[index])
        case (.integer, let selection?): try segment.read(field, block: block, rows: selection, into: &integerColumns[index])
        case (.dictionary, nil): try segment.read(field, block: block, into: &codeColumns[index])
        case (.dictionary, let selection?): try segment.read(field, block: block, rows: selection, into: &codeColumns[index])
        case (.text, let selection):
            try segment.read(field, block: block, into: &textColumns[index])
            if let selection { Self.keep(selection, in: &textColumns[index]) }
        }
        precondition(length(field) == count, "a segment gives the rows that were asked for")
        isLoaded[index] = true
    }

    /// Tests an integer column in the rows that are selected, without keeping it.
    mutating func test(_ field: RequestField, _ condition: IntegerCondition, into mask: inout [UInt8]) throws(StorageError) {
        hasLoaded = true
        try segment?.test(field, block: block, rows: selection, condition, into: &mask)
        precondition(mask.count == count, "a mask has a byte for each row")
    }

    /// The same for codes.
    mutating func test(_ field: RequestField, _ passes: [UInt8], into mask: inout [UInt8]) throws(StorageError) {
        hasLoaded = true
        try segment?.test(field, block: block, rows: selection, passes: passes, into: &mask)
        precondition(mask.count == count, "a mask has a byte for each row")
    }

    private func length(_ field: RequestField) -> Int {
        let index = Int(field.rawValue)
        return switch field.kind {
        case .integer: integerColumns[index].count
        case .dictionary: codeColumns[index].count
        case .text: textColumns[index].count
        }
    }

    /// Leaves only the rows whose byte in `mask` is 1. Loaded columns among `fields` are narrowed, others forgotten.
    mutating func narrow(_ mask: [UInt8], keeping fields: [RequestField]) {
        var choice = RowSelection()
        swap(&choice, &spare)
        choice.select(mask)
        for index in isLoaded.indices where isLoaded[index] {
            guard let field = RequestField(rawValue: UInt8(index)), fields.contains(field) else {
                isLoaded[index] = false
                continue
            }
            switch field.kind {
            case .integer: choice.keep(in: &integerColumns[index])
            case .dictionary: choice.keep(in: &codeColumns[index])
            case .text: Self.keep(choice, in: &textColumns[index])
            }
        }
        count = choice.count
        if selection == nil {
            selection = choice
        } else {
            selection?.narrow(to: choice)
            spare = choice
        }
    }

    private static func keep(_ rows: RowSelection, in texts: inout StringTable) {
        var kept = StringTable()
        for row in rows.rows { kept.append(Int(row), of: texts) }
        texts = kept
    }

    /// What is known of a loaded integer column's values; without reading them where the segment knows.
    func survey(_ field: RequestField) -> ColumnSurvey {
        guard let segment, let absent = segment.absentCount(field, block: block) else { return ColumnSurvey(integers(field)) }
        return ColumnSurvey(absent: absent, bounds: segment.bounds(field, block: block))
    }

    /// A loaded integer column. Hold it in a local and let it go before the next ``load(_:)``, which would otherwise copy it.
    func integers(_ field: RequestField) -> [Int64] { integerColumns[Int(field.rawValue)] }
    func codes(_ field: RequestField) -> [UInt32] { codeColumns[Int(field.rawValue)] }
    func texts(_ field: RequestField) -> StringTable { textColumns[Int(field.rawValue)] }

    /// Bytes of memory held, about.
    var bytes: Int {
        var total = 0
        for index in integerColumns.indices {
            total += integerColumns[index].capacity * 8 + codeColumns[index].capacity * 4 + textColumns[index].bytes.count
        }
        return total
    }
}

/// The loops over masks of bytes, 0 or 1 a row.
enum MaskCount {
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
