internal import ByteCoding
internal import GatewayModel

/// Puts one column of a merged part together, a block at a time: rows are drawn from the sources in the merge's order, and of each source
/// only its current block is in memory.
struct ColumnDrawing<Column: DrawnColumn> {
    private let order: MergeOrder
    private var cursors: [Cursor]

    /// A place in the rows of one source.
    private struct Cursor {
        let column: Column
        var values = Column.none
        var row = 0
        var nextBlock = 0

        mutating func draw(_ count: Int, into target: inout Column.Values) throws(StorageError) {
            var rest = count
            while rest > 0 {
                while row == Column.count(values) {
                    guard nextBlock < column.source.segment.blockCount else { throw column.source.tooFewRows }
                    try column.read(nextBlock, into: &values)
                    (row, nextBlock) = (0, nextBlock + 1)
                }
                let taken = min(rest, Column.count(values) - row)
                Column.append(row..<row + taken, of: values, to: &target)
                row += taken
                rest -= taken
            }
        }
    }

    /// - Parameter columns: the column of each source, in the order that the merge's numbers mean.
    init(_ columns: [Column], _ order: MergeOrder) {
        self.order = order
        cursors = columns.map { Cursor(column: $0) }
    }

    /// The values of the next rows; blocks must be asked for in order.
    mutating func draw(_ rows: Range<Int>) throws(StorageError) -> Column.Values {
        var target = Column.none
        Column.reserve(rows.count, in: &target)
        var run = MergeRuns(order, rows)
        while let (source, count) = run.next() { try cursors[source].draw(count, into: &target) }
        return target
    }
}

/// One source's column as a merge reads it.
protocol DrawnColumn {
    associatedtype Values

    var source: MergeSource { get }
    /// Reads a block's shown rows.
    func read(_ block: Int, into values: inout Values) throws(StorageError)

    static var none: Values { get }
    static func count(_ values: Values) -> Int
    static func reserve(_ count: Int, in values: inout Values)
    static func append(_ rows: Range<Int>, of values: Values, to target: inout Values)
}

extension DrawnColumn where Values: RangeReplaceableCollection, Values.Index == Int {
    static var none: Values { Values() }
    static func count(_ values: Values) -> Int { values.count }
    static func reserve(_ count: Int, in values: inout Values) { values.reserveCapacity(count) }
    static func append(_ rows: Range<Int>, of values: Values, to target: inout Values) { target.append(contentsOf: values[rows]) }
}

/// A column of integers.
struct DrawnIntegers: DrawnColumn {
    let field: RequestField
    let source: MergeSource

    func read(_ block: Int, into values: inout [Int64]) throws(StorageError) { try source.integers(field, block: block, into: &values) }
}

/// A column of codes, which get those of the joined dictionary.
struct DrawnCodes: DrawnColumn {
    let field: RequestField
    let source: MergeSource
    /// The joined dictionary's code of each of the source's.
    let map: [UInt32]

    func read(_ block: Int, into values: inout [UInt32]) throws(StorageError) {
        try source.codes(field, block: block, into: &values)
        guard JoinedDictionary.translate(&values, map) else { throw source.unknownCode(field) }
    }
}

/// A column of strings.
struct DrawnTexts: DrawnColumn {
    let field: RequestField
    let source: MergeSource

    func read(_ block: Int, into values: inout StringTable) throws(StorageError) { try source.texts(field, block: block, into: &values) }

    static var none: StringTable { StringTable() }
    static func count(_ values: StringTable) -> Int { values.count }
    static func reserve(_ count: Int, in values: inout StringTable) {}
    static func append(_ rows: Range<Int>, of values: StringTable, to target: inout StringTable) { target.append(rows, of: values) }
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
