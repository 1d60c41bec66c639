internal import ByteCoding
internal import GatewayModel

/// Puts one column of a merged part together, a block at a time: rows are drawn from the sources in the merge's order, and of each source
/// only its current block is in memory. What it gives is valid until the next draw.
struct IntegerDrawing {
    private let field: RequestField
    private let order: MergeOrder
    private var cursors: [Cursor]

    private struct Cursor {
        let source: MergeSource
        var values: [Int64] = []
        var row = 0
        var nextBlock = 0

        mutating func draw(_ count: Int, _ field: RequestField, into target: inout [Int64]) throws(StorageError) {
            var rest = count
            while rest > 0 {
                while row == values.count {
                    guard nextBlock < source.segment.blockCount else { throw source.tooFewRows }
                    try source.integers(field, block: nextBlock, into: &values)
                    (row, nextBlock) = (0, nextBlock + 1)
                }
                let taken = min(rest, values.count - row)
                target.append(contentsOf: values[row..<row + taken])
                row += taken
                rest -= taken
            }
        }
    }

    init(_ field: RequestField, _ sources: [MergeSource], _ order: MergeOrder) {
        self.field = field
        self.order = order
        cursors = sources.map { Cursor(source: $0) }
    }

    /// The values of the next rows; blocks must be asked for in order.
    mutating func draw(_ rows: Range<Int>) throws(StorageError) -> [Int64] {
        var target: [Int64] = []
        target.reserveCapacity(rows.count)
        var run = MergeRuns(order, rows)
        while let (source, count) = run.next() { try cursors[source].draw(count, field, into: &target) }
        return target
    }
}

/// The same for a column of codes, which get those of the joined dictionary.
struct CodeDrawing {
    private let field: RequestField
    private let order: MergeOrder
    private var cursors: [Cursor]

    private struct Cursor {
        let source: MergeSource
        /// The joined dictionary's code of each of the source's.
        let map: [UInt32]
        var values: [UInt32] = []
        var row = 0
        var nextBlock = 0

        mutating func draw(_ count: Int, _ field: RequestField, into target: inout [UInt32]) throws(StorageError) {
            var rest = count
            while rest > 0 {
                while row == values.count { try load(field) }
                let taken = min(rest, values.count - row)
                target.append(contentsOf: values[row..<row + taken])
                row += taken
                rest -= taken
            }
        }

        private mutating func load(_ field: RequestField) throws(StorageError) {
            guard nextBlock < source.segment.blockCount else { throw source.tooFewRows }
            try source.codes(field, block: nextBlock, into: &values)
            guard JoinedDictionary.translate(&values, map) else { throw source.unknownCode(field) }
            (row, nextBlock) = (0, nextBlock + 1)
        }
    }

    init(_ field: RequestField, _ sources: [MergeSource], _ order: MergeOrder, _ dictionary: JoinedDictionary) {
        self.field = field
        self.order = order
        cursors = zip(sources, dictionary.maps).map { Cursor(source: $0, map: $1) }
    }

    mutating func draw(_ rows: Range<Int>) throws(StorageError) -> [UInt32] {
        var target: [UInt32] = []
        target.reserveCapacity(rows.count)
        var run = MergeRuns(order, rows)
        while let (source, count) = run.next() { try cursors[source].draw(count, field, into: &target) }
        return target
    }
}

/// The same for a column of strings.
struct TextDrawing {
    private let field: RequestField
    private let order: MergeOrder
    private var cursors: [Cursor]

    private struct Cursor {
        let source: MergeSource
        var values = StringTable()
        var row = 0
        var nextBlock = 0

        mutating func draw(_ count: Int, _ field: RequestField, into target: inout StringTable) throws(StorageError) {
            var rest = count
            while rest > 0 {
                while row == values.count {
                    guard nextBlock < source.segment.blockCount else { throw source.tooFewRows }
                    try source.texts(field, block: nextBlock, into: &values)
                    (row, nextBlock) = (0, nextBlock + 1)
                }
                let taken = min(rest, values.count - row)
                target.append(row..<row + taken, of: values)
                row += taken
                rest -= taken
            }
        }
    }

    init(_ field: RequestField, _ sources: [MergeSource], _ order: MergeOrder) {
        self.field = field
        self.order = order
        cursors = sources.map { Cursor(source: $0) }
    }

    mutating func draw(_ rows: Range<Int>) throws(StorageError) -> StringTable {
        var target = StringTable()
        var run = MergeRuns(order, rows)
        while let (source, count) = run.next() { try cursors[source].draw(count, field, into: &target) }
        return target
    }
}

/// The runs of rows that come from one source, of a block of the merged part.
private struct MergeRuns {
    private let order: MergeOrder
    private var row: Int
    private let end: Int

    init(_ order: MergeOrder, _ rows: Range<Int>) {
        self.order = order
        (row, end) = (rows.lowerBound, rows.upperBound)
    }

    mutating func next() -> (source: Int, count: Int)? {
        guard row < end else { return nil }
        let start = row
        let source = order.sources[start]
        row &+= 1
        while row < end, order.sources[row] == source { row &+= 1 }
        return (Int(source), row - start)
    }
}

extension MergeSource {
    /// What a source is told by that gives fewer rows of one column than of another.
    var tooFewRows: StorageError { .damaged(file: name, what: "a column has too few rows", offset: 0) }

    func unknownCode(_ field: RequestField) -> StorageError { .damaged(file: name, what: "\(field.name) has a code that its dictionary does not have", offset: 0) }
}
