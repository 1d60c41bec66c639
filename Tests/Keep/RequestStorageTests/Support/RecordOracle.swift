import ByteCoding
import GatewayModel
import RequestStorage
import Testing

/// A value as the oracle keeps it.
enum Cell: Hashable, Sendable {
    case integer(Int64)
    case text(String)
}

/// One record as the oracle keeps it: what is present, without `sequence`.
typealias Row = [RequestField: Cell]

/// The naive store: every record by its sequence number.
struct RecordOracle {
    private(set) var rows: [Int64: Row] = [:]

    /// Notes what the store says it has stored.
    mutating func append(_ batch: RecordBatch, _ receipt: AppendReceipt) {
        var sequence = receipt.firstSequence
        for row in 0..<batch.count where !receipt.conflicts.contains(row) {
            rows[sequence] = Self.row(batch, row)
            sequence += 1
        }
    }

    static func row(_ batch: RecordBatch, _ index: Int) -> Row {
        var row: Row = [:]
        for field in batch.fields where field != .sequence {
            if field.kind == .integer { row[field] = batch.integer(field, row: index).map { .integer($0) } }
            else { row[field] = batch.text(field, row: index).map { .text($0) } }
        }
        return row
    }

    mutating func drop(where isDropped: (Row) -> Bool) { rows = rows.filter { !isDropped($0.value) } }
}

extension StoreSnapshot {
    /// All rows that are not hidden, by sequence number, read through the segments' own doors, with the segments' promises checked on the way.
    func rows() throws -> [Int64: Row] {
        var all: [Int64: Row] = [:]
        for segment in segments {
            let hidden = Set((0..<segment.blockCount).flatMap { block in
                segment.hiddenRows(ofBlock: block).map { segment.rows(ofBlock: block).lowerBound + Int($0) }
            })
            #expect(hidden.count == segment.hiddenCount)
            for (place, (sequence, row)) in try segment.rows().enumerated() where !hidden.contains(place) {
                #expect(all.updateValue(row, forKey: sequence) == nil, "sequence \(sequence) stands twice")
            }
        }
        return all
    }
}

extension RecordSegment {
    func rows() throws -> [(Int64, Row)] {
        var rows = [Row](repeating: [:], count: rowCount)
        var sequences: [Int64] = []
        for field in RequestField.allCases {
            if !contains(field) {
                #expect(try dictionary(field).isEmpty && valueCounts(field).isEmpty)
            }
            let dictionary = field.kind == .dictionary ? try dictionary(field) : StringTable()
            var counts = [Int](repeating: 0, count: dictionary.count)
            for block in 0..<blockCount {
                let range = self.rows(ofBlock: block)
                switch field.kind {
                case .integer:
                    // Of a wrong length and content, so that nothing is left of it.
                    var values: [Int64] = [17, 17]
                    try read(field, block: block, into: &values)
                    #expect(values.count == range.count)
                    let present = values.filter { $0 != absentInteger }
                    #expect(bounds(field, block: block) == present.min().map { $0...present.max()! })
                    #expect([nil, values.count - present.count].contains(absentCount(field, block: block)))
                    for selection in Self.selections(of: range.count) {
                        var selected: [Int64] = [17]
                        try read(field, block: block, rows: selection, into: &selected)
                        #expect(selected == selection.rows.map { values[Int($0)] }, "\(field.name)")
                    }
                    if field == .sequence { sequences += values } else {
                        for (row, value) in zip(range, values) where value != absentInteger { rows[row][field] = .integer(value) }
                    }
                case .dictionary:
                    var codes: [UInt32] = [17]
                    try read(field, block: block, into: &codes)
                    #expect(codes.count == range.count)
                    for selection in Self.selections(of: range.count) {
                        var selected: [UInt32] = [17]
                        try read(field, block: block, rows: selection, into: &selected)
                        #expect(selected == selection.rows.map { codes[Int($0)] }, "\(field.name)")
                    }
                    for (row, code) in zip(range, codes) where code != 0 {
                        counts[Int(code) - 1] += 1
                        rows[row][field] = .text(dictionary[Int(code) - 1])
                    }
                case .text:
                    var texts = StringTable(["left over"])
                    try read(field, block: block, into: &texts)
                    #expect(texts.count == range.count)
                    for (row, index) in zip(range, 0..<texts.count) where texts.length(index) > 0 { rows[row][field] = .text(texts[index]) }
                }
            }
            if field.kind == .dictionary, contains(field) { #expect(try valueCounts(field) == counts) }
        }
        let times = rows.compactMap { row in if case .integer(let time)? = row[.time] { time } else { nil } }
        #expect(timeBounds.first.microseconds == times.min() && timeBounds.last.microseconds == times.max())
        #expect(sequenceBounds.lowerBound == sequences.min() && sequenceBounds.upperBound == sequences.max())
        return Array(zip(sequences, rows))
    }

    /// Few, many, neighbouring and no rows.
    private static func selections(of rows: Int) -> [RowSelection] {
        [{ $0 % 37 == 11 }, { $0 % 8 != 3 }, { $0 < 20 || $0 > rows - 20 }, { _ in false }].map { (isSelected: (Int) -> Bool) in
            var selection = RowSelection()
            selection.select((0..<rows).map { isSelected($0) ? 1 : 0 })
            return selection
        }
    }
}
