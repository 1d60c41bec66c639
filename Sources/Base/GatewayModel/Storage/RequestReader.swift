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
    /// Tables that are left of dropped records of the range, oldest first.
    package let trends: [Trend]

    package init(segments: [any RecordSegment], sequence: Int64, retainedFrom: Timestamp? = nil, notes: [String] = [], trends: [Trend] = []) {
        self.trends = trends
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
    /// Tries to write parts from memory that failed; each is tried again.
    package var flushFailures: Int64 = 0
    package var merging = MergeStatistics()
    /// The disk budget in bytes, 0 for none, and the records that it dropped since the store was opened.
    package var diskBytesMax: Int64 = 0
    package var droppedByBudget: Int64 = 0
    /// Bytes of the folder's disk: what is free to this process, and all; nil when the system does not say.
    package var diskSpace: (free: Int64, total: Int64)?
    /// Whether the clock has leapt ahead so far that nothing is dropped by it yet.
    package var isClockDoubted = false
    /// Deleted and replaced records that still take space, until merging drops them.
    package var hiddenRecords = 0
    /// The most of them that there may be.
    package var hiddenRecordsMax = 0
    /// Messages whose repetition would be known, and those that were forgotten before their time because there were too many.
    package var messageKeys = 0
    package var messageKeysForgotten: Int64 = 0

    package init() {}
}

/// What merging parts has done since the store was opened, and what it has before it.
package struct MergeStatistics: Sendable, Equatable {
    /// Days that have parts, and the most parts of one of them.
    package var days: Int = 0
    package var partsPerDayMax: Int = 0
    /// Merges that counted, and tries that failed.
    package var merges: Int64 = 0
    package var failures: Int64 = 0
    /// Bytes of parts written by flushes and by merges.
    package var bytesFlushed: Int64 = 0
    package var bytesMerged: Int64 = 0
    /// Parts and bytes of the merges that are due now.
    package var backlogParts: Int = 0
    package var backlogBytes: Int64 = 0
    /// Parts that cannot be read whole and are therefore left as they are.
    package var unreadableParts: Int = 0
    /// Why the last merge failed; nil when it did not.
    package var failure: String?
    /// How often a record that is not late is written to parts at most: the bound of ``writeAmplification``.
    package var writesMax: Int = 1

    package init() {}

    /// Bytes written to parts for each byte that came from memory; 1 while nothing was written.
    package var writeAmplification: Double { bytesFlushed == 0 ? 1 : Double(bytesFlushed + bytesMerged) / Double(bytesFlushed) }
}
