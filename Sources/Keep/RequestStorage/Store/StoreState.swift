internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// What readers see, published under one lock: replaced piece by piece, never changed in place, so that a snapshot is a copy of references.
struct StoreState: Sendable {
    /// Rows whose log is closed and that are on their way to parts.
    struct Sealed: Sendable {
        var generation: MemoryGeneration
        /// The first log whose rows are not among them.
        let nextLog: UInt64
        /// Its parts, once written; committing them may have to be tried again.
        var parts: [Part]?
        /// Hidden records that were left out of the parts.
        var leftOut: [Int64] = []
    }

    /// By first time.
    var parts: [Part] = []
    /// What is left of dropped parts, by first time.
    var trends: [PartTrend] = []
    var active = MemoryGeneration(number: 1)
    var sealed: Sealed?
    /// Records that were deleted or replaced and still stand in a part or in memory.
    var hidden = HiddenSequences()
    /// The highest visible sequence number.
    var sequence: Int64 = 0
    var retainedFromDay: Int32?
    var retentionDays: Int
    /// Sentences about what could not be read.
    var notes: [String] = []
    /// Sentences kept at most: they go with every answer, and the event log has them all.
    static let notesMax = 20
    /// Why appends are refused; nil while they are accepted.
    var refusal: StorageError?
    /// Why and when the last flush failed; nil when it did not.
    var flushFailure: (error: StorageError, at: Timestamp)?
    /// Flushes that failed since the store was opened.
    var flushFailures: Int64 = 0

    var isFlushScheduled = false
    var isFlushing = false
    var isMergeScheduled = false
    var lastSweep: Timestamp?
    var lastRelease: Timestamp?
    var merging = MergingState()
    var clockTrust = ClockTrust(newest: 0)
    /// What the disk budget has dropped since the store was opened: records, and the first day that stayed.
    var budget: (droppedRecords: Int64, firstDay: Int32?) = (0, nil)

    /// Bytes of the logs that are needed.
    var logBytes = 0
    var syncs: Int64 = 0
    var batches: Int64 = 0
    var flushes: Int64 = 0

    init(retentionDays: Int) { self.retentionDays = retentionDays }

    mutating func insert(_ part: Part) {
        let place = parts.firstIndex { $0.timeBounds.first > part.timeBounds.first } ?? parts.count
        parts.insert(part, at: place)
    }

    /// Whether the rows in memory are to be flushed: too many, too large, or their log.
    func isFlushDue(_ configuration: StoreConfiguration) -> Bool { holds(generations: 1, configuration) }

    /// Whether no more rows may come in before a flush has ended: two generations are full, whether the older one is sealed or could not be.
    func isFull(_ configuration: StoreConfiguration) -> Bool { holds(generations: sealed == nil ? 2 : 1, configuration) }

    private func holds(generations: Int, _ configuration: StoreConfiguration) -> Bool {
        active.rows >= generations * configuration.rowsPerFlush || active.bytes >= generations * configuration.flushBytes
            || active.logBytes >= generations * configuration.logBytesMax
    }

    /// Whether the rows in memory are old enough to be flushed.
    func isFlushAged(_ configuration: StoreConfiguration, now: Timestamp) -> Bool {
        guard let began = active.began, let grew = active.grew else { return false }
        let age = (now.microseconds - began.microseconds) / Timestamp.microsecondsPerSecond
        let quiet = (now.microseconds - grew.microseconds) / Timestamp.microsecondsPerSecond
        let isWorthAPart = active.rows >= RecordSegmentLayout.blockRows
        return age >= Int64(configuration.flushSecondsMax) || isWorthAPart && (age >= Int64(configuration.flushSeconds) || quiet >= Int64(configuration.flushQuietSeconds))
    }

    /// All segments, parts first.
    var segments: [any RecordSegment] { parts + memorySegments(.all) }

    /// Segments in memory that may hold rows of the range.
    func memorySegments(_ range: TimeRange) -> [BatchSegment] {
        let generations = [sealed?.generation, active].compactMap(\.self)
        return generations.flatMap { $0.days.values.joined() }.filter { range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }
    }
}
