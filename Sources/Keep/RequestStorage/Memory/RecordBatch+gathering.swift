internal import ByteCoding
internal import GatewayModel

/// Batches cut, joined and reordered: what memory and parts are made with. All functions keep the order of rows and copy whole columns.
extension RecordBatch {
    /// Bytes its columns take in memory, dictionaries included.
    var memoryBytes: Int {
        var bytes = 64
        for field in fields {
            switch self[field] {
            case .integers(let values): bytes += values.count * 8
            case .codes(let codes, let values): bytes += codes.count * 4 + values.bytes.count + values.count * 4
            case .texts(let values): bytes += values.bytes.count + values.count * 4
            case nil: break
            }
        }
        return bytes
    }

    /// The batch with dictionaries that hold only what they use, if one has more values than there are rows: a batch cut out of a larger one
    /// must not carry that one's names into the log.
    func compacting() -> RecordBatch {
        var result = self
        for field in fields {
            guard case .codes(let codes, let values) = self[field], values.count > count else { continue }
            var joiner = DictionaryJoiner()
            joiner.append(codes, values)
            result[field] = joiner.hasValues ? joiner.column : nil
        }
        return result
    }

    /// The batch of these rows, in this order; dictionaries hold only what they use.
    func gathering(_ rows: [Int]) -> RecordBatch {
        var result = RecordBatch(count: rows.count)
        for field in fields {
            switch self[field] {
            case .integers(let values):
                let picked = rows.map { values[$0] }
                if picked.contains(where: { $0 != absentInteger }) { result[field] = .integers(picked) }
            case .codes(let codes, let values):
                var joiner = DictionaryJoiner()
                joiner.append(rows.map { codes[$0] }, values)
                if joiner.hasValues { result[field] = joiner.column }
            case .texts(let values):
                var table = StringTable()
                for row in rows { table.append(row, of: values) }
                if !table.bytes.isEmpty { result[field] = .texts(table) }
            case nil: break
            }
        }
        return result
    }

    /// All rows of all batches, one batch behind the other.
    static func concatenating(_ batches: [RecordBatch]) -> RecordBatch {
        var result = RecordBatch(count: batches.reduce(0) { $0 + $1.count })
        for field in RequestField.allCases where batches.contains(where: { $0[field] != nil }) {
            result[field] = column(field, of: batches)
        }
        return result
    }

    /// One field's column over all rows of the batches, in order; absent where a batch lacks it.
    static func column(_ field: RequestField, of batches: [RecordBatch]) -> RecordColumn {
        let rows = batches.reduce(0) { $0 + $1.count }
        switch field.kind {
        case .integer:
            var all: [Int64] = []
            all.reserveCapacity(rows)
            for batch in batches {
                if let values = batch.integers(field) { all += values } else { all.append(contentsOf: repeatElement(absentInteger, count: batch.count)) }
            }
            return .integers(all)
        case .dictionary:
            var joiner = DictionaryJoiner()
            joiner.reserve(rows)
            for batch in batches {
                if case .codes(let codes, let values) = batch[field] { joiner.append(codes, values) } else { joiner.append(absent: batch.count) }
            }
            return joiner.column
        case .text:
            return .texts(texts(field, of: batches, rows: rows))
        }
    }

    private static func texts(_ field: RequestField, of batches: [RecordBatch], rows: Int) -> StringTable {
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        ends.reserveCapacity(rows)
        for batch in batches {
            let offset = UInt32(bytes.count)
            if case .texts(let table) = batch[field] {
                bytes += table.bytes
                for end in table.ends { ends.append(offset &+ end) }
            } else {
                ends.append(contentsOf: repeatElement(offset, count: batch.count))
            }
        }
        // Joined ends ascend as the parts' do; a batch's limit in bytes keeps them within 32 bits.
        return StringTable(bytes: bytes, ends: ends) ?? StringTable()
    }
}

/// Joins dictionary columns with different dictionaries into one, giving codes to values in order of first use.
struct DictionaryJoiner {
    private let interner = StringInterner()
    private var codes: [UInt32] = []

    var hasValues: Bool { interner.count > 0 }
    var column: RecordColumn { .codes(codes, values: interner.table) }

    mutating func reserve(_ rows: Int) { codes.reserveCapacity(rows) }

    mutating func append(absent rows: Int) { codes.append(contentsOf: repeatElement(0, count: rows)) }

    /// Appends a column; its codes must be at most the number of its values.
    mutating func append(_ column: [UInt32], _ values: StringTable) {
        // 0 until the value is first used.
        var map = [UInt32](repeating: 0, count: values.count + 1)
        var joined = codes
        codes = []
        let interner = interner
        for code in column {
            if code != 0, map[Int(code)] == 0 { map[Int(code)] = unsafe values.withBytes(Int(code) - 1) { unsafe interner.intern($0) } + 1 }
            joined.append(map[Int(code)])
        }
        codes = joined
    }
}
