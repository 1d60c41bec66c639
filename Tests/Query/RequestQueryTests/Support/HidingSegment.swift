import ByteCoding
import GatewayModel

/// A segment some rows of which were deleted after it was written.
final class HidingSegment: RecordSegment {
    private let inner: BatchSegment
    private let hidden: [Int]

    init(_ batch: RecordBatch, hidden: [Int]) {
        inner = BatchSegment(batch)
        self.hidden = hidden.sorted()
    }

    var rowCount: Int { inner.rowCount }
    var timeBounds: (first: Timestamp, last: Timestamp) { inner.timeBounds }
    var sequenceBounds: ClosedRange<Int64> { inner.sequenceBounds }
    var hiddenCount: Int { hidden.count }
    func hiddenRows(ofBlock block: Int) -> [UInt16] {
        let rows = rows(ofBlock: block)
        return hidden.filter(rows.contains).map { UInt16($0 - rows.lowerBound) }
    }
    func contains(_ field: RequestField) -> Bool { inner.contains(field) }
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try inner.dictionary(field) }
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] { try inner.valueCounts(field) }
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? { inner.bounds(field, block: block) }
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) { try inner.read(field, block: block, into: &values) }
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) { try inner.read(field, block: block, into: &codes) }
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) { try inner.read(field, block: block, into: &texts) }
}
