package import DurableFiles
package import GatewayModel

/// The settings of a ``RequestStore``. Every limit has its unit in its name.
package struct StoreConfiguration: Sendable {
    /// Days that single records are kept; a UTC day goes as a whole once it is older. At least 1.
    package var retentionDays = 90

    /// Bytes that parts and logs may take; beyond it the oldest whole days are dropped, never today's. 0 for no limit.
    package var diskBytesMax: Int64 = 0

    /// Bytes of batches that may wait to be written, 64 MiB; further appends wait their turn. Two of the largest request bodies fit, and
    /// a store that has fallen behind must slow its senders down, not fill the memory.
    package var walQueueBytesMax = 64 << 20

    /// Bytes of batches written with one synchronisation at most, 16 MiB: about 10 ms of disk time, so that the first of a group is not kept waiting.
    package var groupBytesMax = 16 << 20

    /// Rows in memory that cause a flush to parts: a part of a million rows has dictionaries worth sharing and takes a second to write.
    package var rowsPerFlush = 1_000_000

    /// Bytes of rows in memory that cause a flush, 128 MiB: some 300,000 rows. While one generation is written another may fill: memory holds
    /// twice this. Smaller parts cost merging, larger ones memory.
    package var flushBytes = 128 << 20

    /// Bytes of write-ahead log that cause a flush, 512 MiB: what a start may have to read again, in under 2 s.
    package var logBytesMax = 512 << 20

    /// Seconds after which rows in memory are flushed if they fill a block (``RecordSegmentLayout/blockRows``): frees the memory after a burst.
    package var flushSeconds = 600

    /// Seconds without a new row after which rows that fill a block are flushed: a store that nobody sends to is small.
    package var flushQuietSeconds = 15

    /// Seconds after which any rows are flushed; fewer rows than a block wait this long, because every part costs a file.
    package var flushSecondsMax = 3_600

    /// Free bytes below which appends are refused before the disk is really full, 64 MiB: parts, the manifest and other programs need
    /// some. On small file systems a sixteenth of the size is enough.
    package var freeBytesMin: Int64 = 64 << 20

    /// Document ids known at most, 5 million (at most 130 MB); when there are more, the older half is forgotten, and a document that comes
    /// again after that is stored again.
    package var documentIDsMax = 5_000_000

    /// Months (of 31 days) that the tables of dropped days are kept as trends; 0 for not at all.
    package var trendMonths = 13

    /// Which parts get tables of rollups.
    package var rollups = RollupSettings()

    /// Deleted and replaced records that may still stand in parts, 1 million (8 MB, and 2 bytes each where they are read): every reader of their
    /// blocks passes over them, and merging takes them out. Beyond, replacing and deleting is refused until it has.
    package var hiddenRecordsMax = 1_000_000

    /// How long a message is known, so that its sender's second try is left out, 24 h: the longest that a gateway was seen to try again is 17 min,
    /// and an operator who replays yesterday's log should not count it twice.
    package var duplicateWindowSeconds = 86_400

    /// Messages known at most, 4 million (at most 64 MB); when more come within the window the older half is forgotten, and counted.
    /// Enough for 46 messages a second over 24 h, and for 3,900 a second over the 17 min within which gateways try again.
    package var duplicateKeysMax = 4_000_000

    /// Seconds between looks at age, retention and a broken log; nil for never (tests call ``RequestStore/maintain()``).
    package var tickSeconds: Int? = 1

    /// Seconds between two sweeps for days that are too old.
    package var sweepSeconds = 3_600

    /// The share of one core that merging parts takes in the background, a quarter: a day of 10 million records is put together in some minutes,
    /// and queries keep their pace. 0: parts are merged only when ``RequestStore/mergeParts(isWhole:)`` is called.
    package var mergeCoreShare = 0.25

    /// Rows of a merged part at most, 8 Mi: their order takes a byte each in memory, and a merge of as many needs as much free disk as they take.
    package var mergeRowsMax = 1 << 23

    /// Parts of a merge at most: of each some blocks are in memory, together about 30 MB.
    package var mergeSourcesMax = 32

    /// Seconds after the end of a UTC day from which it counts as closed and becomes one part: most late records have come by then.
    package var mergeClosedSeconds = 2 * 3_600

    /// Seconds without a new part of a closed day before it is put together, so that an import of the past is not merged again with every flush.
    package var mergeSettleSeconds = 600

    /// Seconds without a new part of a closed day after which also a few late records are merged into its large part.
    package var mergeLateSeconds = 86_400

    /// A part is written again without its hidden rows when they are at least one in so many of it.
    package var mergeHiddenOneIn = 5

    /// The operating system's files, or a test's.
    package var files: any FileLayer = SystemFiles()

    /// The wall clock: decides what is too old, and when rows are flushed.
    package var clock: @Sendable () -> Timestamp = { Timestamp.now() }

    /// Seconds on a clock that nobody sets: how long the process has been running, in effect.
    package var uptime: @Sendable () -> Int64 = { StoreConfiguration.systemUptime() }

    /// Called when something worth a log line happens, from the store's own threads; must return soon and not call the store.
    package var onEvent: @Sendable (StoreEvent) -> Void = { _ in }

    package init() {}

    private static func systemUptime() -> Int64 { Int64((ContinuousClock.now - started) / .seconds(1)) }

    private static let started = ContinuousClock.now

    var mergePolicy: MergePolicy.PolicySettings {
        MergePolicy.PolicySettings(
            rowsMax: min(mergeRowsMax, PartDirectory.rowsMax), sourcesMax: min(mergeSourcesMax, MergeOrder.sourcesMax), closedSeconds: mergeClosedSeconds,
            settleSeconds: mergeSettleSeconds, lateSeconds: mergeLateSeconds, hiddenOneIn: mergeHiddenOneIn)
    }
}
