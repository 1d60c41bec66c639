package import ByteCoding

/// Where records are kept: what Collect hands batches to.
package protocol RequestWriter: Sendable {
    /// Makes the batch durable and visible, in this order, and only then returns.
    ///
    /// The writer numbers the records: it sets the `sequence` column itself, consecutive and in row order, over the rows that were not refused.
    /// Rows whose `documentID` (together with `index`) is already kept are refused and reported; the others of the batch are stored.
    /// Called concurrently; concurrent batches share one synchronisation to disk.
    /// Rows without `time` are a slip of the caller.
    func append(_ batch: RecordBatch) async throws(StorageError) -> AppendReceipt
}

/// What became of an appended batch.
package struct AppendReceipt: Sendable, Equatable {
    /// The sequence number of the first stored row; the others follow one by one.
    package let firstSequence: Int64
    /// Rows of the batch that were refused because their document id exists, ascending.
    package let conflicts: [Int]

    package init(firstSequence: Int64, conflicts: [Int] = []) {
        self.firstSequence = firstSequence
        self.conflicts = conflicts
    }
}

/// Where records are read: what Query sees of Keep.
package protocol RequestReader: Sendable {
    /// All records that may lie in the range, as they stand now: a consistent view that later writes, merges and deletions do not change.
    func snapshot(of range: TimeRange) -> StoreSnapshot

    /// The sequence number of the record that a sender stored under this id in this index; nil when there is none.
    func sequence(ofDocument id: String, index: String) -> Int64?

    var statistics: StoreStatistics { get }
}

/// A consistent view of the store.
package struct StoreSnapshot: Sendable {
    /// Segments that overlap the range, oldest first; their rows may lie outside of it, and their time spans may overlap.
    package let segments: [any RecordSegment]
    /// The highest sequence number that is visible; 0 in an empty store.
    package let sequence: Int64
    /// Records before this instant have been dropped by retention; nil when nothing was dropped yet.
    package let retainedFrom: Timestamp?
    /// Sentences for people about what could not be read, empty when all is well.
    package let notes: [String]

    package init(segments: [any RecordSegment], sequence: Int64, retainedFrom: Timestamp? = nil, notes: [String] = []) {
        self.segments = segments
        self.sequence = sequence
        self.retainedFrom = retainedFrom
        self.notes = notes
    }
}

/// An immutable run of records: a part on disk or a batch in memory, read in blocks of columns.
///
/// All rows of a segment are divided into blocks of at most ``RecordSegmentLayout/blockRows`` rows. Calls may come from several threads at once.
package protocol RecordSegment: AnyObject, Sendable {
    var rowCount: Int { get }
    /// The earliest and latest `time` of its rows.
    var timeBounds: (first: Timestamp, last: Timestamp) { get }
    /// The lowest and highest `sequence` of its rows.
    var sequenceBounds: ClosedRange<Int64> { get }
    /// Whether any row has the field.
    func contains(_ field: RequestField) -> Bool
    /// The distinct values of a dictionary field, code k being `values[k - 1]`; empty when no row has the field.
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable
    /// For each value of the dictionary how many rows have it; same length as the dictionary.
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int]
    /// The smallest and largest present value of an integer field in a block; nil when no row of the block has it.
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>?
    /// Reads an integer field's values of a block, ``absentInteger`` where absent; `values` is given exactly the block's rows.
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError)
    /// Reads a dictionary field's codes of a block.
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError)
    /// Reads a text field's strings of a block.
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError)
}

package enum RecordSegmentLayout {
    /// Rows of a block: large enough that per-block work vanishes, small enough that a block's decoded columns stay in the L2 cache.
    package static let blockRows = 16_384
}

extension RecordSegment {
    package var blockCount: Int { (rowCount + RecordSegmentLayout.blockRows - 1) / RecordSegmentLayout.blockRows }

    /// The rows of a block, counted from the segment's first.
    package func rows(ofBlock block: Int) -> Range<Int> {
        let start = block * RecordSegmentLayout.blockRows
        return start..<min(rowCount, start + RecordSegmentLayout.blockRows)
    }
}

/// Figures of a store, for the status page and `/metrics`.
package struct StoreStatistics: Sendable {
    package var records: Int64 = 0
    /// Bytes on disk: parts and write-ahead log.
    package var bytes: Int64 = 0
    package var parts: Int = 0
    package var recordsInMemory: Int64 = 0
    package var writeAheadLogBytes: Int64 = 0
    package var oldest: Timestamp?
    package var newest: Timestamp?
    /// The highest visible sequence number.
    package var sequence: Int64 = 0
    /// Days that single records are kept.
    package var retentionDays: Int = 0
    /// nil when writes are accepted, otherwise why not.
    package var unwritableReason: String?
    /// Synchronisations of the write-ahead log to disk, and batches they carried.
    package var syncs: Int64 = 0
    package var batches: Int64 = 0
    package var flushes: Int64 = 0

    package init() {}
}

/// Why the store could not do what was asked.
package enum StorageError: Error, Sendable, Equatable {
    /// The disk is full or the disk budget is used up: nothing was stored, send again later. Reads go on.
    case full(reason: String)
    /// The store is shutting down.
    case closed
    /// Another process holds the folder.
    case locked(folder: String, holder: String)
    /// The system refused: what was done, on which file, and its error.
    case system(operation: String, file: String, code: Int32)
    /// A file's content is damaged: which file, what was wrong, at which byte.
    case damaged(file: String, what: String, offset: Int)
    /// The folder was written by a newer version of the program.
    case unsupportedFormat(file: String, version: Int)

    /// Whether the sender should send the same again later.
    package var isRetryable: Bool {
        switch self {
        case .full, .closed, .system: true
        case .locked, .damaged, .unsupportedFormat: false
        }
    }
}
