internal import GatewayModel

/// The order of a merge: for each row of the merged part the number of the source it comes from, one byte a row. Within a source rows keep
/// their order, so this is all that the columns need, one after the other.
struct MergeOrder {
    /// Source numbers, by row of the merged part.
    let sources: [UInt8]
    let times: ClosedRange<Int64>
    let sequences: ClosedRange<Int64>

    /// Sources that one byte can number.
    static let sourcesMax = 256

    /// Merges by (time, sequence).
    ///
    /// Always the source with the first row gives rows up to the first row of the others: sources that lie one behind the other in time, as
    /// flushes do, cost a comparison a row.
    /// - Returns: nil when all rows are hidden.
    init?(_ sources: [MergeSource], _ checkpoint: MergeCheckpoint) throws(StorageError) {
        var cursors: [OrderCursor] = []
        for source in sources {
            if let cursor = try OrderCursor(source) { cursors.append(cursor) }
        }
        var order: [UInt8] = []
        order.reserveCapacity(sources.reduce(0) { $0 + $1.visibleRows })
        // Cursors that have ended leave; their places in `numbers` with them.
        var numbers = sources.indices.filter { sources[$0].visibleRows > 0 }.map { UInt8(truncatingIfNeeded: $0) }
        var lowest = Int64.max
        var highest = Int64.min
        var times: (first: Int64, last: Int64)?
        while !cursors.isEmpty {
            let (winner, limit) = Self.first(cursors)
            let count = try cursors[winner].advance(before: limit, &lowest, &highest, checkpoint)
            times = (times?.first ?? cursors[winner].firstOfRun, cursors[winner].lastOfRun)
            order.append(contentsOf: repeatElement(numbers[winner], count: count))
            if cursors[winner].isAtEnd {
                cursors.remove(at: winner)
                numbers.remove(at: winner)
            }
        }
        guard let times else { return nil }
        self.sources = order
        self.times = times.first...max(times.first, times.last)
        self.sequences = lowest...highest
    }

    /// The cursor with the first row, and the key that the others begin with.
    private static func first(_ cursors: [OrderCursor]) -> (winner: Int, limit: OrderKey) {
        var winner = 0
        var limit = OrderKey.end
        for index in cursors.indices.dropFirst() {
            if cursors[index].key < cursors[winner].key {
                limit = cursors[winner].key
                winner = index
            } else if cursors[index].key < limit {
                limit = cursors[index].key
            }
        }
        return (winner, limit)
    }
}

/// What rows of a part are sorted by.
private struct OrderKey: Comparable {
    var time: Int64
    var sequence: Int64

    static let end = OrderKey(time: .max, sequence: .max)

    static func < (left: OrderKey, right: OrderKey) -> Bool {
        left.time != right.time ? left.time < right.time : left.sequence < right.sequence
    }
}

/// A place in the rows of one source.
private struct OrderCursor {
    private let source: MergeSource
    private var times: [Int64] = []
    private var sequences: [Int64] = []
    private var row = 0
    private var nextBlock = 0
    private(set) var key = OrderKey.end
    private(set) var isAtEnd = false
    /// Times of the first and the last row that the last ``advance(before:_:_:_:)`` passed.
    private(set) var firstOfRun: Int64 = 0
    private(set) var lastOfRun: Int64 = 0

    /// nil when no row is visible.
    init?(_ source: MergeSource) throws(StorageError) {
        self.source = source
        guard source.visibleRows > 0 else { return nil }
        try load()
        if isAtEnd { return nil }
    }

    /// Passes the rows before `limit`, at least one; returns how many.
    mutating func advance(before limit: OrderKey, _ lowest: inout Int64, _ highest: inout Int64, _ checkpoint: MergeCheckpoint) throws(StorageError) -> Int {
        firstOfRun = key.time
        var count = 0
        repeat {
            let start = row
            (row, lastOfRun) = Self.end(times, sequences, from: row, before: limit)
            for index in start..<row {
                lowest = min(lowest, sequences[index])
                highest = max(highest, sequences[index])
            }
            count += row - start
            guard row == times.count else { break }
            try checkpoint()
            try load()
        } while !isAtEnd && key < limit
        if !isAtEnd { key = OrderKey(time: times[row], sequence: sequences[row]) }
        return count
    }

    /// The first row at or behind `limit`, but behind `start`; and the time of the row before it.
    private static func end(_ times: [Int64], _ sequences: [Int64], from start: Int, before limit: OrderKey) -> (row: Int, time: Int64) {
        var row = start + 1
        while row < times.count, times[row] != limit.time ? times[row] < limit.time : sequences[row] < limit.sequence { row &+= 1 }
        return (row, times[row - 1])
    }

    /// Reads the next block that has visible rows.
    private mutating func load() throws(StorageError) {
        row = 0
        repeat {
            guard nextBlock < source.segment.blockCount else {
                isAtEnd = true
                return
            }
            try source.integers(.time, block: nextBlock, into: &times)
            try source.integers(.sequence, block: nextBlock, into: &sequences)
            nextBlock += 1
        } while times.isEmpty
        key = OrderKey(time: times[0], sequence: sequences[0])
    }
}
