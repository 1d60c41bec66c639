package import GatewayModel

/// One value of an answer, in edge units (seconds, dollars, bytes).
package enum QueryValue: Sendable, Hashable {
    /// Absent, or not computable over no values. Never 0.
    case null
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case text(String)
    /// The start of a bucket.
    case time(Timestamp)
    /// How many values lie in each slot of its column's bounds, the last above all of them.
    case counts([UInt32])

    /// As a number, counts as their sum; nil for texts and null.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .boolean(let value): value ? 1 : 0
        case .time(let value): value.seconds
        case .counts(let counts): counts.reduce(0) { $0 + Double($1) }
        case .null, .text: nil
        }
    }
}

/// A column of an answer.
package struct QueryColumn: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case time
        case dimension
        case measure
    }

    package let name: String
    package let kind: Kind
    /// The unit at the edge, UCUM where it has one; `ms` for times as the API writes them.
    package let unit: String
    /// What the counts of a histogram lie between; nil for other columns.
    package internal(set) var bounds: Bounds?

    /// The upper bounds of a histogram's slots, inclusive and ascending, but for the last slot, which has none; and their unit at the edge.
    package struct Bounds: Sendable, Equatable {
        package let values: [Double]
        package let unit: String
    }

    init(name: String, kind: Kind, unit: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
    }
}

/// How much was looked at to find an answer.
package struct QueryStatistics: Sendable, Equatable {
    /// Rows (of records or of tables) of the blocks of which a column was read, or that were counted whole.
    package var recordsRead = 0
    /// Records that lie in the range and pass the filter.
    package var recordsMatched = 0
    /// Rows of stretches whose finding was known from an earlier question.
    package var recordsCached = 0
    package var blocksRead = 0
    /// Blocks whose bounds or dictionaries told that nothing in them matches.
    package var blocksSkipped = 0
    package var elapsedSeconds = 0.0
    /// Where the answer comes from: `records`, `rollup`, or `rollup and records`.
    package var source = "records"

    package init() {}

    init(_ counts: ScanCounts, elapsedSeconds: Double) {
        recordsRead = counts.recordsRead
        recordsMatched = counts.recordsMatched
        recordsCached = counts.recordsCached
        blocksRead = counts.blocksRead
        blocksSkipped = counts.blocksSkipped
        self.elapsedSeconds = elapsedSeconds
        source = counts.tables == 0 ? "records" : counts.segments == 0 ? "rollup" : "rollup and records"
    }
}

/// Whether an answer says all there is to say.
package struct QueryCompleteness: Sendable, Equatable {
    /// The latest completion time in the snapshot; nil when it is empty.
    package var newest: Timestamp?
    /// The start of the first bucket that may still grow; nil without buckets and for ranges that are over.
    package var openFrom: Timestamp?
    /// Records before this instant have been dropped by retention; nil when none were.
    package var retainedFrom: Timestamp?
    /// Sentences for people: what is missing and why. Empty when nothing is.
    package var notes: [String] = []

    package var isComplete: Bool { notes.isEmpty }

    package init() {}

    /// - Parameter unreadable: notes on parts that could not be read while scanning.
    init(_ snapshot: StoreSnapshot, _ range: TimeRange, unreadable: [String] = []) {
        newest = snapshot.segments.filter { $0.rowCount > 0 }.map(\.timeBounds.last).max()
        retainedFrom = snapshot.retainedFrom
        notes = snapshot.notes
        if let retainedFrom, range.from < retainedFrom { notes.append("records before \(retainedFrom.iso8601) are no longer kept") }
        for note in unreadable where !notes.contains(note) { notes.append(note) }
    }
}

/// The answer to a ``RequestQuery``: a table, and what is to be known about it.
package struct QueryResult: Sendable {
    package let range: TimeRange
    /// The nominal bucket width; nil for calendar buckets longer than a day and without buckets.
    package let everySeconds: Int64?
    package let timeZone: QueryTimeZone
    /// `time` (with buckets), then the group fields, then the measures.
    package let columns: [QueryColumn]
    /// Row by row, each with one value per column.
    package let values: [QueryValue]
    /// Groups found before the limit.
    package let groupsTotal: Int
    package internal(set) var statistics: QueryStatistics
    package let completeness: QueryCompleteness

    package var rowCount: Int { columns.isEmpty ? 0 : values.count / columns.count }

    /// A row's values, one per column.
    package func row(_ index: Int) -> ArraySlice<QueryValue> { values[(index * columns.count)..<((index + 1) * columns.count)] }
}
