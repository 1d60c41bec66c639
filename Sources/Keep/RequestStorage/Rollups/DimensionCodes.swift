internal import ByteCoding
internal import GatewayModel

/// How the values of a part's dimensions become small codes; 0 is "absent".
struct DimensionCodes: Sendable {
    let field: RequestField
    /// Codes, 0 included.
    let cardinality: UInt64
    /// Of integer fields, the value of code 1.
    let lowest: Int64

    /// - Returns: nil when no record has the field, or it has too many values to be a dimension.
    init?(_ field: RequestField, _ segment: any RecordSegment) throws(StorageError) {
        guard segment.contains(field) else { return nil }
        self.field = field
        if field.kind == .dictionary {
            lowest = 0
            cardinality = UInt64(try segment.dictionary(field).count + 1)
        } else {
            var low = Int64.max
            var high = Int64.min
            for block in 0..<segment.blockCount {
                guard let bounds = segment.bounds(field, block: block) else { continue }
                low = min(low, bounds.lowerBound)
                high = max(high, bounds.upperBound)
            }
            let (spread, overflow) = high.subtractingReportingOverflow(low)
            guard low <= high, !overflow, spread < RollupShape.valuesMax else { return nil }
            lowest = low
            cardinality = UInt64(spread) + 2
        }
        guard cardinality <= RollupShape.valuesMax else { return nil }
    }

    /// Reads the codes of a block.
    func read(_ segment: any RecordSegment, block: Int, _ scratch: inout [Int64], into codes: inout [UInt32]) throws(StorageError) {
        if field.kind == .dictionary { return try segment.read(field, block: block, into: &codes) }
        try segment.read(field, block: block, into: &scratch)
        if codes.count != scratch.count { codes = Array(repeating: 0, count: scratch.count) }
        for index in codes.indices {
            let distance = UInt64(bitPattern: scratch[index] &- lowest)
            codes[index] = distance < cardinality - 1 ? UInt32(truncatingIfNeeded: distance) + 1 : 0
        }
    }

    /// What a column of a table holds for a code: the code itself, or the integer.
    func stored(_ code: UInt64) -> Int64 {
        if field.kind == .dictionary { return Int64(code) }
        return code == 0 ? absentInteger : lowest + Int64(code) - 1
    }
}
