import ByteCoding
import GatewayModel

/// A segment of which some rows are hidden.
final class HidingSegment: RecordSegment {
    let base: any RecordSegment
    private let hidden: [[UInt16]]

    init(_ base: any RecordSegment, hiding rows: Set<Int>) {
        self.base = base
        hidden = (0..<base.blockCount).map { block in
            let range = base.rows(ofBlock: block)
            return rows.filter { range.contains($0) }.map { UInt16($0 - range.lowerBound) }.sorted()
        }
    }

    var rowCount: Int { base.rowCount }
    var timeBounds: (first: Timestamp, last: Timestamp) { base.timeBounds }
    var sequenceBounds: ClosedRange<Int64> { base.sequenceBounds }
    var hiddenCount: Int { hidden.reduce(0) { $0 + $1.count } }
    func hiddenRows(ofBlock block: Int) -> [UInt16] { hidden[block] }
    func contains(_ field: RequestField) -> Bool { base.contains(field) }
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try base.dictionary(field) }
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] { try base.valueCounts(field) }
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? { base.bounds(field, block: block) }
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) { try base.read(field, block: block, into: &values) }
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) { try base.read(field, block: block, into: &codes) }
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) { try base.read(field, block: block, into: &texts) }
}
