package import GatewayModel

/// A question of another part of the program: counts, sums and distributions by group and stretch of time, exact and unrounded.
///
/// Unlike ``RequestQuery`` it has no text, no order and no limit of groups, its buckets may lie anywhere, and it may tell more dimensions apart.
package struct ColumnQuery: Sendable {
    /// Bucket i is `edges[i] <= time < edges[i + 1]`; ascending, at least two.
    package var edges: [Timestamp]
    /// Buckets whose cells are not wanted: gaps between windows. Empty, or one for each bucket.
    package var isGap: [Bool] = []
    /// Dimensions to tell apart, at most ``fieldsMax``.
    package var by: [RequestField] = []
    package var filter: Filter = .all
    package var sums: [RequestField] = []
    package var distributions: [(field: RequestField, limits: ValueLimits)] = []
    /// Whether tables may answer in place of the records; the answers are the same.
    package var usesRollups = true

    /// The most dimensions of a question: metric families have at most as many labels made from fields.
    package static let fieldsMax = 8

    package init(edges: [Timestamp]) { self.edges = edges }
}

/// The answer to a ``ColumnQuery``: cells (group x bucket) that hold records, in no particular order.
package struct ColumnAnswer: Sendable {
    private let table: GroupTable
    package let statistics: QueryStatistics
    /// Sentences about what could not be read.
    package let notes: [String]

    init(_ table: GroupTable, _ statistics: QueryStatistics, notes: [String]) {
        self.table = table
        self.statistics = statistics
        self.notes = notes
    }

    package var groupCount: Int { table.groupCount }
    package var cellCount: Int { table.cellCount }

    /// A group's values, one per dimension of the question.
    package func groupValues(_ group: Int) -> [QueryValue] { table.groupValues(group) }

    /// A cell's group and bucket.
    package func place(_ cell: Int) -> (group: Int, bucket: Int) { table.place(cell) }

    package func records(_ cell: Int) -> Int64 { table.cells.records[cell] }

    /// A sum in inside units, and how many values it is of.
    package func sum(_ index: Int, _ cell: Int) -> (sum: Int128, values: Int64) {
        let column = table.cells.sums[index]
        return (column.sum(cell), table.cells.records[cell] - column.absent(cell))
    }

    /// Calls `body` with each slot of a distribution that holds values, and how many.
    package func forEachSlot(_ index: Int, _ cell: Int, _ body: (Int, UInt32) -> Void) {
        let column = table.cells.distributions[index]
        let first = cell * column.limits.slotCount
        for slot in 0..<column.limits.slotCount where column.counts[first + slot] > 0 { body(slot, column.counts[first + slot]) }
    }

    /// How many values lie in each slot of a distribution's limits.
    package func slots(_ index: Int, _ cell: Int) -> ArraySlice<UInt32> { table.cells.distributions[index].slots(cell) }
}
