internal import ByteCoding
package import GatewayModel
internal import Synchronization

/// Reads all matching records of a snapshot, oldest first, in chunks of bounded size.
///
/// Problem: segments overlap in time (late records, memory beside disk) and rows in memory may stand in any order, yet the export must be in order of time
/// without holding all of it.
/// Idea: go over the blocks by the time of their first record, keeping the addresses of matching rows, sorted; those older than the first
/// record of the next block are final and can be given out. What is kept is then the overlap only.
package struct RecordExport: Sendable {
    /// Records of a chunk: enough to read columns at full speed, little enough for a megabyte or two of text.
    package static let chunkRecords = 8_192

    /// The fields to write, in order.
    package let fields: [RequestField]
    private let range: TimeRange
    private let filter: Filter
    private let snapshot: StoreSnapshot
    private let limits: QueryLimits
    private var blocks: [Block]
    private var nextBlock = 0
    private var selectors: [Int: BlockSelector] = [:]
    private var columns = ColumnBlock()
    /// Matching records not given out yet, from `firstPending` on in order of time.
    private var pending: [Pending] = []
    private var firstPending = 0
    private var remaining: Int
    private var collector: RecordCollector
    private var unreadableBlocks: [String] = []

    private struct Block: Sendable {
        let segment: Int
        let block: Int
        let first: Int64
    }

    private struct Pending: Sendable {
        let time: Int64
        let sequence: Int64
        let address: RecordCollector.Address
    }

    /// - Throws: `invalid_time`.
    package init(_ query: RecordQuery, over snapshot: StoreSnapshot, now: Timestamp, limits: QueryLimits = .standard) throws(QueryError) {
        range = try query.range(now: now)
        filter = query.filter.filter
        fields = query.fields
        remaining = query.limit ?? .max
        self.snapshot = snapshot
        self.limits = limits
        collector = RecordCollector(snapshot, fields: query.fields)
        blocks = Self.blocks(snapshot, range)
    }

    /// Sentences on parts that could not be read so far; empty when all could.
    package var unreadable: [String] { unreadableBlocks + collector.unreadable }

    /// The next records; nil when there are no more.
    ///
    /// - Throws: `query_timeout` when this chunk takes longer than `limits.timeoutSeconds`, `cancelled`, `query_limit` when too many blocks overlap.
    package mutating func next(cancellation: QueryCancellation? = nil) throws(QueryError) -> RecordBatch? {
        let control = QueryControl(limits, cancellation)
        while remaining > 0 {
            let ready = readyCount
            if ready >= min(Self.chunkRecords, remaining) || (nextBlock == blocks.count && ready > 0) { return give(ready) }
            if nextBlock == blocks.count { return nil }
            try control.check()
            load(blocks[nextBlock])
            nextBlock += 1
            guard pending.count * MemoryLayout<Pending>.stride <= limits.memoryBytesMax else {
                throw QueryError(
                    .queryLimit, "the records to export stand in no order: keeping them needs more than \(limits.memoryBytesMax >> 20) MiB (memoryBytesMax)",
                    hint: "export a shorter range")
            }
        }
        return nil
    }

    /// How many pending records no unread block can come before.
    private var readyCount: Int {
        guard nextBlock < blocks.count else { return pending.count - firstPending }
        let edge = blocks[nextBlock].first
        var low = firstPending
        var high = pending.count
        while low < high {
            let middle = (low + high) / 2
            if pending[middle].time < edge { low = middle + 1 } else { high = middle }
        }
        return low - firstPending
    }

    private mutating func give(_ ready: Int) -> RecordBatch {
        let count = min(ready, Self.chunkRecords, remaining)
        let batch = collector.collect(pending[firstPending..<firstPending + count].map(\.address))
        firstPending += count
        remaining -= count
        if firstPending > pending.count / 2 {
            pending.removeFirst(firstPending)
            firstPending = 0
        }
        return batch
    }

    private mutating func load(_ block: Block) {
        do throws(StorageError) {
            if selectors[block.segment] == nil {
                selectors[block.segment] = try BlockSelector(filter, range: range, segment: snapshot.segments[block.segment])
            }
            guard var selector = selectors[block.segment], !selector.isHopeless else { return }
            columns.stand(at: block.block, of: selector.segment)
            let selection = try selector.select(block.block, &columns, keeping: [.time, .sequence])
            guard selection != .nothing else { return }
            try columns.load(.time)
            try columns.load(.sequence)
            append(block)
        } catch {
            let note = StorageNote.sentence(error)
            if !unreadableBlocks.contains(note) { unreadableBlocks.append(note) }
        }
    }

    private mutating func append(_ block: Block) {
        let rows = columns.selection?.rows
        let times = columns.integers(.time)
        let sequences = columns.integers(.sequence)
        let start = block.block * RecordSegmentLayout.blockRows
        let before = pending.count
        for index in times.indices {
            let row = start + (rows.map { Int($0[index]) } ?? index)
            pending.append(Pending(time: times[index], sequence: sequences[index], address: RecordCollector.Address(segment: block.segment, row: row)))
        }
        // Usually the block continues where the one before ended.
        if !Self.isSorted(pending[max(firstPending, before - 1)...]) {
            pending[firstPending...].sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        }
    }

    private static func isSorted(_ records: ArraySlice<Pending>) -> Bool {
        for index in records.indices.dropFirst() {
            let (left, right) = (records[index - 1], records[index])
            if (left.time, left.sequence) > (right.time, right.sequence) { return false }
        }
        return true
    }

    /// The blocks that overlap the range, by the time of their first record.
    private static func blocks(_ snapshot: StoreSnapshot, _ range: TimeRange) -> [Block] {
        var blocks: [Block] = []
        for (index, segment) in snapshot.segments.enumerated() where segment.rowCount > 0 {
            guard range.overlaps(first: segment.timeBounds.first, last: segment.timeBounds.last) else { continue }
            for block in 0..<segment.blockCount {
                guard let bounds = segment.bounds(.time, block: block), bounds.upperBound >= range.from.microseconds,
                    bounds.lowerBound < range.to.microseconds
                else { continue }
                blocks.append(Block(segment: index, block: block, first: bounds.lowerBound))
            }
        }
        return blocks.sorted { ($0.first, $0.segment, $0.block) < ($1.first, $1.segment, $1.block) }
    }
}

/// An export for asynchronous callers: each chunk is read on the runner's threads when it is asked for, so a slow reader holds back the scan.
package final class RecordExporter: Sendable {
    /// The fields to write, in order.
    package let fields: [RequestField]
    private let export: Mutex<RecordExport>
    private let runner: QueryRunner
    private let asker: String

    /// - Parameter asker: who asks, for taking turns with others.
    package init(_ export: RecordExport, runner: QueryRunner, asker: String = "") {
        fields = export.fields
        self.export = Mutex(export)
        self.runner = runner
        self.asker = asker
    }

    /// The next records, oldest first; nil when there are no more. One call at a time.
    ///
    /// - Throws: as ``RecordExport/next(cancellation:)``, and `overloaded`.
    package func next() async throws(QueryError) -> RecordBatch? {
        try await runner.perform(asker: asker) { cancellation throws(QueryError) in
            try self.export.withLock { export throws(QueryError) in try export.next(cancellation: cancellation) }
        }
    }

    /// Sentences on parts that could not be read so far.
    package var unreadable: [String] { export.withLock { $0.unreadable } }
}
