package import GatewayModel

/// Something that happened in the store and that an operator may want to read in the log.
package enum StoreEvent: Sendable, Equatable {
    /// The store is open: records in parts, records read again from the log, and batches they came in.
    case recovered(partRecords: Int64, logRecords: Int64, logBatches: Int64)
    /// The end of the log was not whole, as after a crash; it was cut. Nothing of it had been acknowledged.
    case tornTail(file: String, offset: Int, bytes: Int)
    /// A file's content is damaged; the rest is kept and read. The offset counts bytes from the file's start.
    case damaged(file: String, what: String, offset: Int)
    /// A file that belongs to nothing was removed, the leftover of a crash.
    case removedLeftover(file: String)
    /// Rows went from memory to new parts.
    case flushed(rows: Int, parts: Int, bytes: Int64, milliseconds: Int)
    /// A flush did not succeed; the rows stay in memory and in the log, and it is tried again.
    case flushFailed(StorageError)
    /// Parts of a day (`2026-03-05`) became one, of `rows` rows and `bytes` bytes; of 0 rows when all were hidden.
    case merged(day: String, parts: Int, rows: Int, bytes: Int64, milliseconds: Int)
    /// A merge did not succeed; its sources stay as they are, and it is tried again.
    case mergeFailed(StorageError)
    /// Days were dropped: the first day that is kept, what went, and why.
    case dropped(before: Timestamp, parts: Int, records: Int64, cause: DropCause)
    /// One day (`2026-03-05`) was dropped because somebody asked for it.
    case droppedDay(String, parts: Int, records: Int64)
    /// The clock is days ahead of the newest record or of what it said before; nothing is dropped by it for a day.
    case clockDoubted(now: Timestamp)
    /// The tables of a part could not be made; its records answer in their place.
    case rollupsFailed(part: String, StorageError)
    /// Appends began to be refused.
    case refused(StorageError)
    /// Appends are accepted again.
    case accepting
    /// The log file could not be synchronised; a new one was begun.
    case logReplaced(file: String)
}

/// Why days were dropped.
package enum DropCause: String, Sendable, Equatable {
    /// They were older than records are kept.
    case retention
    /// The store took more than ``StoreConfiguration/diskBytesMax``.
    case diskBudget
    /// Somebody asked for it.
    case request
}
