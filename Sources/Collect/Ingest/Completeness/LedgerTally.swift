internal import GatewayModel

/// What a body adds to the ledger: the cell of the minute in which it was received, and how many of its records completed in which minute.
struct LedgerTally: Sendable {
    var cell = LedgerCell()
    /// Records by the minute of their completion, in minutes since 1970.
    var completed: [Int32: Int64] = [:]

    /// Minutes of completion told apart in one body. A sender that was cut off for hours has one for each of them; a body with more is a replay.
    private static let completedMinutesMax = 4_096

    /// The parts of a body that bear on the ledger.
    struct Body {
        let counters: IngestCounters
        let batch: RecordBatch
        /// What the store made of the batch; nil when there was nothing to store.
        let receipt: AppendReceipt?
        let receivedAt: Timestamp
        /// Lag above which a record is late, in microseconds.
        let lateMicroseconds: Int64
        /// False for documents that come long after the fact on purpose: imports, generated history.
        let isTimely: Bool
    }

    init() {}

    init(_ body: Body) {
        cell.requests = 1
        cell.bytes = Int64(body.counters.bytes)
        cell.received = Int64(body.counters.received)
        cell.cappedValues = Int64(body.counters.cappedValues)
        if body.counters.rejectedTotal > 0 { cell.rejected = body.counters.rejected.map(Int64.init) }
        cell.newest = body.isTimely ? body.counters.newest : nil
        guard let receipt = body.receipt else { return }
        cell.conflicts = Int64(receipt.conflicts.count)
        cell.duplicates = Int64(receipt.duplicates.count)
        cell.replaced = Int64(receipt.replaced.count)
        cell.stored = Int64(body.batch.count - receipt.conflicts.count - receipt.duplicates.count)
        guard body.isTimely, let times = body.batch.integers(.time) else { return }
        count(times, notStored: Set(receipt.conflicts).union(receipt.duplicates), replaced: Set(receipt.replaced), body)
    }

    private mutating func count(_ times: [Int64], notStored: Set<Int>, replaced: Set<Int>, _ body: Body) {
        var lags = [Int64](repeating: 0, count: LagHistogram.buckets)
        var (least, most) = (Int64.max, Int64(0))
        var late: Int64 = 0
        var minute = Int64.min
        var inMinute: Int64 = 0
        let receivedAt = body.receivedAt.microseconds
        let isPlain = notStored.isEmpty && replaced.isEmpty
        for (row, time) in times.enumerated() {
            if !isPlain, notStored.contains(row) { continue }
            let lag = max(0, receivedAt &- time)
            lags[LagHistogram.bucket(of: lag)] &+= 1
            least = min(least, lag)
            most = max(most, lag)
            if lag > body.lateMicroseconds { late &+= 1 }
            if !isPlain, replaced.contains(row) { continue }
            let own = floorMinute(time)
            if own != minute {
                credit(inMinute, minute)
                minute = own
                inMinute = 0
            }
            inMinute &+= 1
        }
        credit(inMinute, minute)
        cell.late = late
        cell.lag.add(lags, least: least, most: most)
    }

    private mutating func credit(_ count: Int64, _ minute: Int64) {
        guard count > 0, let minute = Int32(exactly: minute), completed.count < Self.completedMinutesMax || completed[minute] != nil else { return }
        completed[minute, default: 0] += count
    }
}

/// The minute since 1970 that an instant in microseconds lies in.
func floorMinute(_ microseconds: Int64) -> Int64 {
    microseconds >= 0 ? microseconds / 60_000_000 : (microseconds + 1) / 60_000_000 - 1
}
