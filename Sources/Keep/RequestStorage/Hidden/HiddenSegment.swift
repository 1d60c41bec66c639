internal import ByteCoding
internal import GatewayModel

/// A segment with some of its rows hidden: what a snapshot shows in its place. Immutable; another set of hidden rows is another object.
final class HiddenSegment: RecordSegment {
    let base: any RecordSegment
    /// The numbers that were looked for in the segment, ascending; some may stand in another one whose bounds overlap.
    let candidates: [Int64]
    /// The numbers of its hidden rows, ascending.
    let sequences: [Int64]
    /// By block, ascending.
    private let rows: [[UInt16]]

    let hiddenCount: Int

    /// - Throws: when the numbers of the rows cannot be read.
    convenience init(_ base: any RecordSegment, hiding candidates: [Int64]) throws(StorageError) {
        let found = try RowFinder(candidates).rows(in: base)
        self.init(base, candidates, found)
    }

    private init(_ base: any RecordSegment, _ candidates: [Int64], _ found: [RowFinder.Place]) {
        self.base = base
        self.candidates = candidates
        sequences = found.map(\.sequence).sorted()
        var rows = [[UInt16]](repeating: [], count: base.blockCount)
        for place in found { rows[place.block].append(UInt16(place.row)) }
        self.rows = rows
        hiddenCount = found.count
    }

    func hiddenRows(ofBlock block: Int) -> [UInt16] { rows[block] }

    /// The segment's rows that are not hidden, counted from its first.
    var shownRows: [Int] {
        (0..<blockCount).flatMap { block in
            let hidden = Set(rows[block])
            let all = self.rows(ofBlock: block)
            return hidden.isEmpty ? Array(all) : all.filter { !hidden.contains(UInt16($0 - all.lowerBound)) }
        }
    }

    var rowCount: Int { base.rowCount }
    var timeBounds: (first: Timestamp, last: Timestamp) { base.timeBounds }
    var sequenceBounds: ClosedRange<Int64> { base.sequenceBounds }
    func contains(_ field: RequestField) -> Bool { base.contains(field) }
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try base.dictionary(field) }
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] { try base.valueCounts(field) }
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? { base.bounds(field, block: block) }
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) { try base.read(field, block: block, into: &values) }
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) { try base.read(field, block: block, into: &codes) }
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) { try base.read(field, block: block, into: &texts) }
}

/// Finds rows by their sequence numbers. Blocks whose bounds hold none of them are not read.
struct RowFinder {
    struct Place {
        let sequence: Int64
        let block: Int
        /// Counted from the block's first row.
        let row: Int
    }

    private let wanted: [Int64]
    /// One bit for the low bits of each wanted number: most rows are told apart by it, because numbers are dense.
    private let bits: [UInt64]

    /// - Parameter wanted: ascending.
    init(_ wanted: [Int64]) {
        self.wanted = wanted
        let words = max(1, 1 << (Int.bitWidth - max(1, wanted.count / 8).leadingZeroBitCount))
        var bits = [UInt64](repeating: 0, count: words)
        for sequence in wanted { bits[Int(truncatingIfNeeded: sequence >> 6) & (words - 1)] |= 1 << UInt64(truncatingIfNeeded: sequence & 63) }
        self.bits = bits
    }

    /// The rows of a segment that are wanted, in its order.
    func rows(in segment: any RecordSegment) throws(StorageError) -> [Place] {
        var places: [Place] = []
        var sequences: [Int64] = []
        for block in 0..<segment.blockCount {
            guard let bounds = segment.bounds(.sequence, block: block), contains(in: bounds) else { continue }
            try segment.read(.sequence, block: block, into: &sequences)
            for (row, sequence) in sequences.enumerated() where isWanted(sequence) { places.append(Place(sequence: sequence, block: block, row: row)) }
        }
        return places
    }

    private func contains(in bounds: ClosedRange<Int64>) -> Bool {
        let place = HiddenSequences.place(of: bounds.lowerBound, in: wanted)
        return place < wanted.count && wanted[place] <= bounds.upperBound
    }

    @inline(__always) private func isWanted(_ sequence: Int64) -> Bool {
        guard bits[Int(truncatingIfNeeded: sequence >> 6) & (bits.count - 1)] >> UInt64(truncatingIfNeeded: sequence & 63) & 1 == 1 else { return false }
        let place = HiddenSequences.place(of: sequence, in: wanted)
        return place < wanted.count && wanted[place] == sequence
    }
}
