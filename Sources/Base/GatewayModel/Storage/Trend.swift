/// What is left of a part whose records were dropped by retention: the tables that stood for them. They give the same answers, where they hold what is asked.
package struct Trend: Sendable {
    /// The earliest and latest `time` of the records.
    package let timeBounds: (first: Timestamp, last: Timestamp)
    /// How many records there were.
    package let records: Int
    /// The smallest first.
    package let tables: [any RollupSegment]

    package init(timeBounds: (first: Timestamp, last: Timestamp), records: Int, tables: [any RollupSegment]) {
        self.timeBounds = timeBounds
        self.records = records
        self.tables = tables
    }
}
