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
