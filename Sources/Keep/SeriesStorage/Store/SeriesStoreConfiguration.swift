package import DurableFiles
package import GatewayModel

/// The settings of a ``SeriesStore``. Every limit has its unit in its name.
package struct SeriesStoreConfiguration: Sendable {
    /// Days that samples are kept; a UTC day goes as a whole once it is older. At least 1.
    package var retentionDays = 90

    /// Bytes that blocks and logs may take; beyond it the oldest whole days are dropped, never today's. 0 for no limit.
    package var diskBytesMax: Int64 = 0

    /// Minutes that a sample may be older than the newest of its series, 30: senders that try again and restarts of agents stay below. 0: samples must ascend.
    package var outOfOrderMinutes = 30

    /// Seconds that a sample may lie in the future, 600: what Prometheus allows for clocks that are wrong.
    package var futureSecondsMax = 600

    /// Series kept at most, in memory and on disk together, 500,000: each takes some 600 bytes of memory for its labels and their index.
    package var seriesMax = 500_000

    /// Series of one metric at most, 100,000: one label that holds ids must not use up all that others need.
    package var seriesPerMetricMax = 100_000

    /// Labels of a series at most, 64: twice what the widest exporters give.
    package var labelsMax = 64

    /// Bytes of a label's name at most, 512.
    package var labelNameBytesMax = 512

    /// Bytes of a label's value at most, 4,096: paths and queries fit, bodies do not.
    package var labelValueBytesMax = 4_096

    /// Samples of a batch at most, 1 million: 20 MB of log in one synchronisation.
    package var batchSamplesMax = 1_000_000

    /// Bytes of batches that may wait to be written, 32 MiB; further appends wait their turn.
    package var queueBytesMax = 32 << 20

    /// Bytes of batches written with one synchronisation at most, 4 MiB: about 200,000 samples, 30 ms of work, so that the first of a group is not kept
    /// waiting.
    package var groupBytesMax = 4 << 20

    /// Bytes of samples in memory that cause a flush, 16 MiB. While they are written as many again may come in: memory holds twice this.
    package var headBytesMax = 16 << 20

    /// Bytes of write-ahead log that cause a flush, 256 MiB: what a start may have to read again, in about 2 s.
    package var logBytesMax = 256 << 20

    /// Seconds after which samples in memory are flushed to a block, 2 h: shorter blocks compress worse.
    package var flushSeconds = 7_200

    /// Free bytes below which appends are refused before the disk is really full, 64 MiB; on small file systems a sixteenth of the size is enough.
    package var freeBytesMin: Int64 = 64 << 20

    /// Exemplars in memory at most, the newest of all series, 50,000: about 20 MB.
    package var exemplarsMax = 50_000

    /// Bytes of the names and values of an exemplar's labels at most, 1,024: OpenMetrics allows 128 characters.
    package var exemplarLabelBytesMax = 1_024

    /// Metric families whose type, help and unit are kept at most, 20,000.
    package var metadataMax = 20_000

    /// Seconds between looks at age, retention and merging; nil for never (tests call ``SeriesStore/maintain()``).
    package var tickSeconds: Int? = 5

    /// The share of one core that merging blocks takes in the background, a quarter.
    package var mergeCoreShare = 0.25

    /// The operating system's files, or a test's.
    package var files: any FileLayer = SystemFiles()

    /// The wall clock: decides what is too old, too far ahead, and when samples are flushed.
    package var clock: @Sendable () -> Timestamp = { Timestamp.now() }

    /// Seconds on a clock that nobody sets: how long the process has been running, in effect.
    package var uptime: @Sendable () -> Int64 = { SeriesStoreConfiguration.systemUptime() }

    /// Called when something worth a log line happens, from the store's own threads; must return soon and not call the store.
    package var onEvent: @Sendable (SeriesStoreEvent) -> Void = { _ in }

    package init() {}

    private static func systemUptime() -> Int64 { Int64((ContinuousClock.now - started) / .seconds(1)) }

    private static let started = ContinuousClock.now
}

/// Something that happened in the store and that an operator may want to read in the log.
package enum SeriesStoreEvent: Sendable, Equatable {
    /// The store is open: series and samples in blocks, samples read again from the log.
    case recovered(series: Int, blockSamples: Int64, logSamples: Int64)
    /// The end of the log was not whole, as after a crash; it was cut. Nothing of it had been acknowledged.
    case tornTail(file: String, offset: Int, bytes: Int)
    /// A file's content is damaged; the rest is kept and read. The offset counts bytes from the file's start.
    case damaged(file: String, what: String, offset: Int)
    /// A file that belongs to nothing was removed, the leftover of a crash.
    case removedLeftover(file: String)
    /// Samples went from memory to new blocks.
    case flushed(samples: Int64, blocks: Int, bytes: Int64, milliseconds: Int)
    /// A flush did not succeed; the samples stay in memory and in the log, and it is tried again.
    case flushFailed(StorageError)
    /// Blocks of a day (`2026-03-05`) became one.
    case merged(day: String, blocks: Int, samples: Int64, bytes: Int64, milliseconds: Int)
    /// A merge did not succeed; its sources stay as they are, and it is tried again.
    case mergeFailed(StorageError)
    /// Days were dropped: the first day that is kept, what went, and whether by age or by the disk budget.
    case dropped(beforeDay: String, blocks: Int, samples: Int64, byBudget: Bool)
    /// The clock is days ahead of what it said before; nothing is dropped by it for a day.
    case clockDoubted(now: Timestamp)
}
