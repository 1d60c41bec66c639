internal import ByteCoding
internal import GatewayModel

/// Numbers the cells (group x bucket) of one segment while it is scanned.
///
/// A group's number is built from its fields' codes, one field after the other, in a mixed radix; where the product of the cardinalities grows too
/// large, the numbers are handed out by a hash table instead, in order of first sight. The same is then done with group and bucket.
/// Cells are laid out bucket by bucket, because the records of a block lie in few buckets: its cells are then neighbours in memory.
struct CellKeys: Sendable {
    private(set) var fields: [KeyField]
    let buckets: BucketKernel
    /// One per field: the numbers of the groups of the fields so far; nil where the radix serves.
    private var groupTables: [KeyTable?]
    /// Groups; nil where they are numbered as they come.
    private let groupCount: Int?
    /// nil where the radix serves.
    private var cellTable: KeyTable?

    private var numbers: [UInt32] = []
    private var codes: [UInt32] = []
    private var bucketNumbers: [UInt32] = []

    /// Tables without hashing hold at most this many cells: some megabytes, which still fit the caches in part.
    private static let denseCellsMax = 1 << 18

    init(_ by: [RequestField], segment: any RecordSegment, buckets: BucketKernel) throws(StorageError) {
        var fields: [KeyField] = []
        for field in by { fields.append(try KeyField(field, segment: segment)) }
        self.fields = fields
        self.buckets = buckets
        // A small segment must not pay for a large empty table.
        let denseMax = UInt64(max(4_096, min(Self.denseCellsMax, 2 * segment.rowCount)))
        var groups: UInt64? = 1
        groupTables = []
        for field in fields {
            let (product, overflow) = (groups ?? .max).multipliedReportingOverflow(by: field.cardinality)
            groups = overflow || product > denseMax ? nil : product
            groupTables.append(groups == nil ? KeyTable() : nil)
        }
        groupCount = groups.map { Int($0) }
        let cells = groups.map { $0 * UInt64(buckets.count) }
        if let cells, cells <= denseMax { cellTable = nil } else { cellTable = KeyTable() }
    }

    /// All cells there can be; nil where they are numbered as they come.
    var denseCellCount: Int? { cellTable == nil ? groupCount.map { $0 * buckets.count } : nil }

    /// Cells so far.
    var cellCount: Int { cellTable?.count ?? denseCellCount ?? 0 }

    /// Bytes of memory held by the tables.
    var bytes: Int { groupTables.reduce(cellTable?.bytes ?? 0) { $0 + ($1?.bytes ?? 0) } }

    /// The same without the memory for a block's rows.
    func withoutScratch() -> CellKeys {
        var result = self
        (result.numbers, result.codes, result.bucketNumbers) = ([], [], [])
        return result
    }

    /// The cells of the rows in `columns`, whose group columns, and time unless all lie in `bucket`, are loaded.
    ///
    /// - Parameter bucket: the rows' bucket, counted from the question's first; nil when it must be looked up row by row.
    mutating func assign(_ columns: ColumnBlock, bucket: Int?) -> CellAssignment {
        if fields.isEmpty { return assignBuckets(columns, bucket) }
        numberGroups(columns)
        if let bucket {
            let offset = bucket - buckets.first
            if offset == 0, cellTable == nil { return .mixed(numbers) }
            MaskKernel.resize(&bucketNumbers, numbers.count)
            for index in bucketNumbers.indices { bucketNumbers[index] = UInt32(offset) }
        } else {
            buckets.fill(columns.integers(.time), into: &bucketNumbers)
        }
        if cellTable == nil {
            RadixKernel.combine(&numbers, factor: 1, codes: bucketNumbers, codeFactor: UInt32(groupCount ?? 1))
        } else {
            swap(&numbers, &bucketNumbers)
            cellTable?.number(&numbers, factor: 1 << 32, codes: bucketNumbers)
        }
        return .mixed(numbers)
    }

    /// A cell taken apart: its bucket, counted from the question's first, and the number of its group in this segment.
    func place(_ cell: Int) -> (bucket: Int, group: Int) {
        if let cellTable {
            let key = cellTable.keys[cell]
            return (buckets.first + Int(key >> 32), Int(key & 0xFFFF_FFFF))
        }
        let groups = groupCount ?? 1
        return (buckets.first + cell / groups, cell % groups)
    }

    /// One more than the highest group number so far.
    var groupNumbers: Int { groupCount ?? groupTables.last??.count ?? 1 }

    /// A group's codes, one per field (of ``ColumnQuery/fieldsMax``, which is more than ``QueryLimits/groupFieldsMax``).
    func codes(ofGroup group: Int) -> InlineArray<8, UInt32> {
        var codes = InlineArray<8, UInt32>(repeating: 0)
        var rest = UInt64(group)
        for index in fields.indices.reversed() {
            if let table = groupTables[index] { rest = table.keys[Int(rest)] }
            codes[index] = UInt32(truncatingIfNeeded: rest % fields[index].cardinality)
            rest /= fields[index].cardinality
        }
        return codes
    }

    private mutating func numberGroups(_ columns: ColumnBlock) {
        for index in fields.indices {
            if index == 0 {
                fields[0].codes(columns, into: &numbers)
                if groupTables[0] == nil { continue }
                codes = numbers
                for row in numbers.indices { numbers[row] = 0 }
            } else {
                fields[index].codes(columns, into: &codes)
            }
            if groupTables[index] != nil {
                groupTables[index]?.number(&numbers, factor: fields[index].cardinality, codes: codes)
            } else {
                RadixKernel.combine(&numbers, factor: UInt32(fields[index].cardinality), codes: codes, codeFactor: 1)
            }
        }
    }

    /// Without groups a block falls into few stretches of one bucket each.
    private mutating func assignBuckets(_ columns: ColumnBlock, _ bucket: Int?) -> CellAssignment {
        if let bucket { return .runs([CellRun(cell: cell(bucket - buckets.first), rows: 0..<columns.count)]) }
        buckets.fill(columns.integers(.time), into: &bucketNumbers)
        if let runs = RadixKernel.runs(bucketNumbers) {
            return .runs(runs.map { CellRun(cell: cell($0.cell), rows: $0.rows) })
        }
        if cellTable == nil { return .mixed(bucketNumbers) }
        numbers = bucketNumbers
        MaskKernel.resize(&codes, numbers.count)
        for index in codes.indices { codes[index] = 0 }
        cellTable?.number(&numbers, factor: 1 << 32, codes: codes)
        return .mixed(numbers)
    }

    private mutating func cell(_ bucket: Int) -> Int {
        if cellTable == nil { return bucket }
        return Int(cellTable?.number(of: UInt64(bucket) << 32) ?? 0)
    }
}

/// The loops that build numbers from codes.
enum RadixKernel {
    /// `numbers[i] = numbers[i] * factor + codes[i] * codeFactor`
    static func combine(_ numbers: inout [UInt32], factor: UInt32, codes: [UInt32], codeFactor: UInt32) {
        let codes = codes.span
        var target = numbers.mutableSpan
        precondition(codes.count == target.count, "one code per row")
        for index in codes.indices { unsafe target[unchecked: index] = target[unchecked: index] &* factor &+ codes[unchecked: index] &* codeFactor }
    }

    /// The stretches of equal numbers; nil when they are so short (below 16 rows on average) that going row by row is faster.
    static func runs(_ numbers: [UInt32]) -> [CellRun]? {
        let span = numbers.span
        var runs: [CellRun] = []
        var start = 0
        while start < span.count {
            let number = span[start]
            var end = start &+ 1
            while end < span.count, span[end] == number { end &+= 1 }
            runs.append(CellRun(cell: Int(number), rows: start..<end))
            if runs.count > 16, runs.count * 16 > span.count { return nil }
            start = end
        }
        return runs
    }
}
