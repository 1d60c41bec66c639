internal import GatewayModel

/// A record's place in an order, and where it stands.
struct RankedRecord: Sendable, Equatable {
    let value: RecordCursor.Value
    let sequence: Int64
    let address: RecordCollector.Address
}

/// The order of records by one field, ties by sequence number.
struct RecordOrder: Sendable {
    let isDescending: Bool

    /// Whether the record with the first value and sequence comes before the one with the second.
    func precedes(_ left: RecordCursor.Value, _ leftSequence: Int64, _ right: RecordCursor.Value, _ rightSequence: Int64) -> Bool {
        switch compare(left, right) {
        case .ascending: true
        case .descending: false
        case .same: isDescending ? leftSequence > rightSequence : leftSequence < rightSequence
        }
    }

    /// How two values stand in this order; absent ones are last in either direction.
    func compare(_ left: RecordCursor.Value, _ right: RecordCursor.Value) -> ValueOrder.Relation {
        switch (left, right) {
        case (.absent, .absent): return .same
        case (.absent, _): return .descending
        case (_, .absent): return .ascending
        case (.integer(let left), .integer(let right)): return left == right ? .same : (left < right) != isDescending ? .ascending : .descending
        case (.text(let left), .text(let right)):
            return left == right ? .same : left.utf8.lexicographicallyPrecedes(right.utf8) != isDescending ? .ascending : .descending
        // A cursor of another kind of field: any fixed order will do, and its fingerprint was refused before.
        case (.integer, .text): return .ascending
        case (.text, .integer): return .descending
        }
    }
}

/// The first `limit` records of an order, of all that are offered: a binary heap with the last of them at the root.
struct TopRecords: Sendable {
    let order: RecordOrder
    let limit: Int
    /// Records up to and including this one are not wanted.
    let after: RecordCursor?
    private var heap: [RankedRecord] = []

    init(_ order: RecordOrder, limit: Int, after: RecordCursor?) {
        self.order = order
        self.limit = limit
        self.after = after
    }

    /// The last of the first, once there are `limit` of them.
    var worst: RankedRecord? { heap.count == limit ? heap.first : nil }

    /// The records found, in order.
    var sorted: [RankedRecord] { heap.sorted(by: precedes) }

    /// Whether no record with this value can be among the first, now or later.
    func isHopeless(_ value: RecordCursor.Value) -> Bool {
        if let after, order.compare(value, after.value) == .ascending { return true }
        if let worst { return order.compare(value, worst.value) == .descending }
        return false
    }

    /// The integers that may still be among the first: between where the page starts and, once it is full, its last record.
    var wantedIntegers: ClosedRange<Int64> {
        var low = Int64.min
        var high = Int64.max
        if case .integer(let start)? = after?.value { if order.isDescending { high = start } else { low = start } }
        if case .integer(let last)? = worst?.value { if order.isDescending { low = last } else { high = last } }
        return low <= high ? low...high : low...low
    }

    mutating func offer(_ value: RecordCursor.Value, _ sequence: Int64, _ address: RecordCollector.Address) {
        if let after, !order.precedes(after.value, after.sequence, value, sequence) { return }
        let record = RankedRecord(value: value, sequence: sequence, address: address)
        if heap.count < limit {
            heap.append(record)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, precedes(record, worst) {
            heap[0] = record
            siftDown()
        }
    }

    private func precedes(_ left: RankedRecord, _ right: RankedRecord) -> Bool {
        order.precedes(left.value, left.sequence, right.value, right.sequence)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var last = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(heap[last], heap[child]) { last = child }
            if last == parent { return }
            heap.swapAt(parent, last)
            parent = last
        }
    }
}
