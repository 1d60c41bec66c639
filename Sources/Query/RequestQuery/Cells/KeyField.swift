internal import ByteCoding
internal import GatewayModel

/// How a group field's values become small codes in one segment; code 0 is "absent".
struct KeyField: Sendable {
    let field: RequestField
    private(set) var coding: Coding
    /// Codes, 0 included; `1 << 32` when that is not known beforehand.
    let cardinality: UInt64

    enum Coding: Sendable {
        /// The segment's own codes.
        case dictionary(StringTable)
        /// The value's distance from the segment's smallest, plus 1.
        case offset(lowest: Int64)
        /// Numbers given in order of first sight, plus 1.
        case numbered(KeyTable)
    }

    /// Integers that spread further are numbered by a hash table.
    private static let spreadMax: Int64 = 65_536

    init(_ field: RequestField, segment: any RecordSegment) throws(StorageError) {
        self.field = field
        if field.kind == .dictionary {
            let table = try segment.dictionary(field)
            coding = .dictionary(table)
            cardinality = UInt64(table.count + 1)
            return
        }
        var lowest = Int64.max
        var highest = Int64.min
        for block in 0..<segment.blockCount {
            guard let bounds = segment.bounds(field, block: block) else { continue }
            lowest = min(lowest, bounds.lowerBound)
            highest = max(highest, bounds.upperBound)
        }
        let (spread, overflow) = highest.subtractingReportingOverflow(lowest)
        if lowest > highest {
            coding = .offset(lowest: 0)
            cardinality = 1
        } else if !overflow, spread < Self.spreadMax {
            coding = .offset(lowest: lowest)
            cardinality = UInt64(spread) + 2
        } else {
            coding = .numbered(KeyTable())
            cardinality = 1 << 32
        }
    }

    /// The rows' codes.
    mutating func codes(_ columns: ColumnBlock, into codes: inout [UInt32]) {
        switch coding {
        case .dictionary: codes = columns.codes(field)
        case .offset(let lowest):
            let values = columns.integers(field)
            MaskKernel.resize(&codes, values.count)
            let limit = UInt64(cardinality - 1)
            for index in values.indices {
                let distance = UInt64(bitPattern: values[index] &- lowest)
                codes[index] = distance < limit ? UInt32(truncatingIfNeeded: distance) &+ 1 : 0
            }
        case .numbered(var table):
            let values = columns.integers(field)
            MaskKernel.resize(&codes, values.count)
            // Let go of the second reference, which would make the first change copy the table.
            coding = .offset(lowest: 0)
            for index in values.indices { codes[index] = values[index] == absentInteger ? 0 : table.number(of: UInt64(bitPattern: values[index])) &+ 1 }
            coding = .numbered(table)
        }
    }

    /// The integer that a code (not 0) stands for; nil for dictionary fields.
    func integer(_ code: UInt32) -> Int64? {
        switch coding {
        case .dictionary: nil
        case .offset(let lowest): lowest &+ Int64(code) &- 1
        case .numbered(let table): Int64(bitPattern: table.keys[Int(code) - 1])
        }
    }
}
