internal import ByteCoding
internal import GatewayModel

/// Reads given rows of a snapshot into a batch, whatever segments and blocks they lie in: each column of each block is read once.
struct RecordCollector {
    /// Where a record stands.
    struct Address: Sendable, Equatable {
        let segment: Int
        /// Counted from the segment's first.
        let row: Int

        var block: Int { row / RecordSegmentLayout.blockRows }
        var rowInBlock: Int { row % RecordSegmentLayout.blockRows }
    }

    private let snapshot: StoreSnapshot
    private let fields: [RequestField]
    private var columns = ColumnBlock()
    /// Sentences on parts that could not be read: their records then lack fields.
    private(set) var unreadable: [String] = []

    /// - Parameter fields: those to read; the sequence number always comes along, since ids are made of it.
    init(_ snapshot: StoreSnapshot, fields: [RequestField]) {
        self.snapshot = snapshot
        self.fields = Array(Set(fields + [.sequence]))
    }

    /// The records at `addresses`, in that order.
    mutating func collect(_ addresses: [Address]) -> RecordBatch {
        var batch = RecordBatch(count: addresses.count)
        guard !addresses.isEmpty else { return batch }
        var gathered = fields.map { GatheredColumn($0.kind, count: addresses.count) }
        let positions = addresses.indices.sorted {
            let (left, right) = (addresses[$0], addresses[$1])
            return (left.segment, left.row) < (right.segment, right.row)
        }
        var start = 0
        while start < positions.count {
            let first = addresses[positions[start]]
            var end = start
            while end < positions.count, addresses[positions[end]].segment == first.segment, addresses[positions[end]].block == first.block { end += 1 }
            let rows = positions[start..<end].map { (row: addresses[$0].rowInBlock, position: $0) }
            read(first, rows, &gathered)
            start = end
        }
        for (index, field) in fields.enumerated() { batch[field] = gathered[index].column }
        return batch
    }

    private mutating func read(_ first: Address, _ rows: [(row: Int, position: Int)], _ gathered: inout [GatheredColumn]) {
        let segment = snapshot.segments[first.segment]
        columns.stand(at: first.block, of: segment)
        for (index, field) in fields.enumerated() where segment.contains(field) {
            do throws(StorageError) {
                try columns.load(field)
                switch field.kind {
                case .integer: gathered[index].take(columns.integers(field), rows)
                case .dictionary: gathered[index].take(columns.codes(field), try segment.dictionary(field), first.segment, rows)
                case .text: gathered[index].take(columns.texts(field), rows)
                }
            } catch {
                let note = StorageNote.sentence(error)
                if !unreadable.contains(note) { unreadable.append(note) }
            }
        }
    }
}

/// One column being gathered; what was not taken is absent.
private struct GatheredColumn {
    private var integers: [Int64] = []
    private var codes: [UInt32] = []
    private var values = ValueNumbers()
    /// The numbers of one segment's codes.
    private var known: [UInt32] = []
    private var knownSegment = -1
    private var texts: [[UInt8]] = []
    private var isEmpty = true

    init(_ kind: FieldKind, count: Int) {
        switch kind {
        case .integer: integers = Array(repeating: absentInteger, count: count)
        case .dictionary: codes = Array(repeating: 0, count: count)
        case .text: texts = Array(repeating: [], count: count)
        }
    }

    /// nil when no row has a value.
    var column: RecordColumn? {
        if isEmpty { return nil }
        if !integers.isEmpty { return .integers(integers) }
        if !codes.isEmpty { return .codes(codes, values: values.strings) }
        var table = StringTable()
        for text in texts { unsafe text.withUnsafeBytes { unsafe table.append($0) } }
        return .texts(table)
    }

    mutating func take(_ source: [Int64], _ rows: [(row: Int, position: Int)]) {
        for (row, position) in rows where source[row] != absentInteger {
            integers[position] = source[row]
            isEmpty = false
        }
    }

    mutating func take(_ source: [UInt32], _ dictionary: StringTable, _ segment: Int, _ rows: [(row: Int, position: Int)]) {
        if segment != knownSegment {
            known = Array(repeating: 0, count: dictionary.count + 1)
            knownSegment = segment
        }
        for (row, position) in rows where source[row] != 0 {
            let code = Int(source[row])
            if known[code] == 0 { known[code] = values.number(of: code - 1, in: dictionary) }
            codes[position] = known[code]
            isEmpty = false
        }
    }

    mutating func take(_ source: StringTable, _ rows: [(row: Int, position: Int)]) {
        for (row, position) in rows where source.length(row) > 0 {
            texts[position] = Array(source.bytes[source.range(row)])
            isEmpty = false
        }
    }
}
