internal import ByteCoding
internal import GatewayModel

/// The rows of a part before it is written: several batches seen as one, in order of (time, sequence). One column at a time is put
/// together, so that writing a part needs little more memory than its widest column.
struct PartRows {
    private let batches: [RecordBatch]
    let count: Int
    let times: ClosedRange<Int64>
    let sequences: ClosedRange<Int64>
    /// The row of the joined batches that stands at each place; nil when they are in order already.
    private let order: [UInt32]?

    /// - Parameter batches: in order of sequence, with `time` and `sequence` in all rows.
    init(_ batches: [RecordBatch]) {
        self.batches = batches
        count = batches.reduce(0) { $0 + $1.count }
        let all = Self.integers(.time, batches)
        times = (all.min() ?? 0)...(all.max() ?? 0)
        let numbers = Self.integers(.sequence, batches)
        sequences = (numbers.min() ?? 0)...(numbers.max() ?? 0)
        order = Self.order(all)
    }

    /// Fields that some row has; terms of predictions before what they predict.
    var fields: [RequestField] {
        Self.ordered(RequestField.allCases.filter { field in batches.contains { $0[field] != nil } })
    }

    /// Fields in the order in which their columns are written.
    static func ordered(_ present: [RequestField]) -> [RequestField] {
        func isPredicted(_ field: RequestField) -> Bool { ColumnPrediction.of(field) != nil || DictionaryPrediction.parents[field] != nil }
        return present.filter { !isPredicted($0) } + present.filter(isPredicted)
    }

    /// A field's column in the part's order.
    func column(_ field: RequestField) -> RecordColumn {
        let column = RecordBatch.column(field, of: batches)
        guard let order else { return column }
        switch column {
        case .integers(let values): return .integers(Self.pick(values, order))
        case .codes(let codes, let values): return .codes(Self.pick(codes, order), values: values)
        case .texts(let texts): return .texts(Self.pick(texts, order))
        }
    }

    private static func integers(_ field: RequestField, _ batches: [RecordBatch]) -> [Int64] {
        if case .integers(let values) = RecordBatch.column(field, of: batches) { values } else { [] }
    }

    /// The order by time; rows of one time keep theirs, which is that of sequence.
    private static func order(_ times: [Int64]) -> [UInt32]? {
        if zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) { return nil }
        var rows = times.enumerated().map { (time: $1, row: UInt32($0)) }
        rows.sort { $0.time != $1.time ? $0.time < $1.time : $0.row < $1.row }
        return rows.map(\.row)
    }

    private static func pick<T: BitwiseCopyable>(_ values: [T], _ order: [UInt32]) -> [T] {
        unsafe [T](unsafeUninitializedCapacity: order.count) { buffer, count in
            for (index, row) in order.enumerated() { unsafe buffer[index] = values[Int(row)] }
            count = order.count
        }
    }

    private static func pick(_ texts: StringTable, _ order: [UInt32]) -> StringTable {
        var ends: [UInt32] = []
        ends.reserveCapacity(order.count)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: texts.bytes.count) { buffer, count in
            unsafe texts.bytes.withUnsafeBytes { source in
                let target = UnsafeMutableRawBufferPointer(buffer)
                for row in order {
                    let range = texts.range(Int(row))
                    if let from = source.baseAddress, let to = target.baseAddress, !range.isEmpty {
                        unsafe (to + count).copyMemory(from: from + range.lowerBound, byteCount: range.count)
                    }
                    count += range.count
                    ends.append(UInt32(count))
                }
            }
        }
        return StringTable(bytes: bytes, ends: ends) ?? StringTable()
    }
}

/// A dictionary with its values by falling frequency, so that most rows have small codes.
struct RankedDictionary {
    /// The new code of each old one; 0 stays 0.
    let ranks: [UInt32]
    /// Values by new code, and how many rows have each.
    private let values: StringTable
    private let counts: [Int64]

    init(_ codes: [UInt32], _ values: StringTable) {
        var counts = [Int64](repeating: 0, count: values.count + 1)
        for code in codes { counts[Int(code)] += 1 }
        self.init(values, counts: counts)
    }

    /// - Parameter counts: the rows of each old code, 0 included; values that no row has are left out, and their rank is 0.
    init(_ values: StringTable, counts: [Int64]) {
        let order = (1..<values.count + 1).filter { counts[$0] > 0 }.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
        var ranks = [UInt32](repeating: 0, count: values.count + 1)
        var ranked = StringTable()
        for (rank, code) in order.enumerated() {
            ranks[code] = UInt32(rank + 1)
            ranked.append(code - 1, of: values)
        }
        self.ranks = ranks
        self.values = ranked
        self.counts = order.map { counts[$0] }
    }

    /// Values.
    var count: Int { counts.count }

    /// u32 n | n bytes: an IntegerBlock of the counts | u32 m | m bytes: an IntegerBlock of the rule | a TextBlock of the values
    ///
    /// - Parameter rule: see ``DictionaryPrediction``; empty when no block uses it.
    func encode(rule: [UInt32]) -> [UInt8] {
        var writer = ByteWriter()
        for integers in [counts, rule.map { Int64($0) }] {
            var block: [UInt8] = []
            if !integers.isEmpty { IntegerBlock.encode(integers, effort: .small, into: &block) }
            writer.write(UInt32(block.count))
            writer.write(block)
        }
        writer.appendDirectly { TextBlock.encode(values, rows: 0..<values.count, effort: .small, into: &$0) }
        return writer.bytes
    }

    /// An encoded dictionary.
    struct Decoded: Sendable {
        var values = StringTable()
        var counts: [Int] = []
        var rule: [UInt32] = []
    }

    /// - Parameters:
    ///   - values: the number of values.
    ///   - parentValues: the number of the parent's values; 0 when the field has none.
    static func decode(_ bytes: UnsafeRawBufferPointer, values: Int, parentValues: Int) throws(ByteReadingError) -> Decoded {
        var reader = unsafe ByteReader(bytes)
        var decoded = Decoded()
        var counts: [Int64] = []
        unsafe try IntegerBlock.decode(try reader.readBytes(Int(try reader.read(UInt32.self)), "the counts"), count: values, into: &counts)
        decoded.counts = counts.map { Int(clamping: $0) }
        let rule = unsafe try reader.readBytes(Int(try reader.read(UInt32.self)), "the rule")
        if rule.count > 0 { unsafe try IntegerBlock.decode(rule, count: parentValues + 1, into: &decoded.rule) }
        decoded.values = unsafe try TextBlock.decode(try reader.readBytes(reader.remaining), count: values)
        return decoded
    }
}
