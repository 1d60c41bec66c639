package import GatewayModel

/// The settings of a ``RequestStore``. Every limit has its unit in its name.
package struct StoreConfiguration: Sendable {
    /// Days that single records are kept; a UTC day goes as a whole once it is older. At least 1.
    package var retentionDays = 90

    /// Bytes of batches that may wait to be written, 64 MiB; further appends wait their turn. Two of the largest request bodies fit, and
    /// a store that has fallen behind must slow its senders down, not fill the memory.
    package var walQueueBytesMax = 64 << 20

    /// Bytes of batches written with one synchronisation at most, 16 MiB: about 10 ms of disk time, so that the first of a group is not kept waiting.
    package var groupBytesMax = 16 << 20

    /// Rows in memory that cause a flush to parts: a part of a million rows has dictionaries worth sharing and takes a second to write.
    package var rowsPerFlush = 1_000_000

    /// Bytes of rows in memory that cause a flush, 256 MiB. While one generation is written another may fill: memory holds twice this.
    package var flushBytes = 256 << 20

    /// Bytes of write-ahead log that cause a flush, 512 MiB: what a start may have to read again, in under 2 s.
    package var logBytesMax = 512 << 20

    /// Seconds after which rows in memory are flushed if they fill a block (``RecordSegmentLayout/blockRows``): frees the memory after a burst.
    package var flushSeconds = 600

    /// Seconds after which any rows are flushed; fewer rows than a block wait this long, because every part costs a file.
    package var flushSecondsMax = 3_600

    /// Free bytes below which appends are refused before the disk is really full, 64 MiB: parts, the manifest and other programs need
    /// some. On small file systems a sixteenth of the size is enough.
    package var freeBytesMin: Int64 = 64 << 20

    /// Document ids known at most, 5 million (at most 130 MB); when there are more, the older half is forgotten, and a document that comes
    /// again after that is stored again.
    package var documentIDsMax = 5_000_000

    /// Seconds between looks at age, retention and a broken log; nil for never (tests call ``RequestStore/maintain()``).
    package var tickSeconds: Int? = 1

    /// Seconds between two sweeps for days that are too old.
    package var sweepSeconds = 3_600

    /// The operating system's files, or a test's.
    package var files: any FileLayer = SystemFiles()

    /// The wall clock: decides what is too old, and when rows are flushed.
    package var clock: @Sendable () -> Timestamp = { Timestamp.now() }

    /// Called when something worth a log line happens, from the store's own threads; must return soon and not call the store.
    package var onEvent: @Sendable (StoreEvent) -> Void = { _ in }

    package init() {}
}
