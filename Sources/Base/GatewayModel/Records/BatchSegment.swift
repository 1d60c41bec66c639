package import ByteCoding
internal import Synchronization

/// A batch in memory, readable as a segment.
package final class BatchSegment: RecordSegment {
    package let batch: RecordBatch
    package let timeBounds: (first: Timestamp, last: Timestamp)
    package let sequenceBounds: ClosedRange<Int64>
    /// By field, the bounds of each block: found when a query first asks, because most batches are merged or flushed before any does.
    private let knownBounds = Mutex<[RequestField: [ClosedRange<Int64>?]]>([:])

    /// - Parameter batch: not empty, with the `time` and `sequence` columns.
    package init(_ batch: RecordBatch) {
        self.batch = batch
        let times = (batch.integers(.time) ?? []).filter { $0 != absentInteger }
        timeBounds = (Timestamp(microseconds: times.min() ?? 0), Timestamp(microseconds: times.max() ?? 0))
        let sequences = (batch.integers(.sequence) ?? []).filter { $0 != absentInteger }
        sequenceBounds = (sequences.min() ?? 0)...(sequences.max() ?? 0)
    }

    package var rowCount: Int { batch.count }

    package func contains(_ field: RequestField) -> Bool { batch[field] != nil }

    package func dictionary(_ field: RequestField) throws(StorageError) -> StringTable {
        if case .codes(_, let values) = batch[field] { values } else { StringTable() }
    }

    package func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] {
        guard case .codes(let codes, let values) = batch[field] else { return [] }
        var counts = [Int](repeating: 0, count: values.count + 1)
        for code in codes { counts[Int(code)] += 1 }
        return Array(counts.dropFirst())
    }

    package func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? {
        if let known = knownBounds.withLock({ $0[field] }) { return known[block] }
        guard let values = batch.integers(field) else { return nil }
        let bounds = (0..<blockCount).map { Self.bounds(of: values[rows(ofBlock: $0)]) }
        knownBounds.withLock { $0[field] = bounds }
        return bounds[block]
    }

    private static func bounds(of values: ArraySlice<Int64>) -> ClosedRange<Int64>? {
        var lowest = Int64.max
        var highest = Int64.min
        for value in values where value != absentInteger {
            lowest = min(lowest, value)
            highest = max(highest, value)
        }
        return lowest <= highest ? lowest...highest : nil
    }

    package func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) {
        let rows = rows(ofBlock: block)
        values.removeAll(keepingCapacity: true)
        if let all = batch.integers(field) { values.append(contentsOf: all[rows]) } else { values.append(contentsOf: repeatElement(absentInteger, count: rows.count)) }
    }

    package func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) {
        let rows = rows(ofBlock: block)
        codes.removeAll(keepingCapacity: true)
        if case .codes(let all, _) = batch[field] { codes.append(contentsOf: all[rows]) } else { codes.append(contentsOf: repeatElement(0, count: rows.count)) }
    }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into values: inout [Int64]) throws(StorageError) {
        guard let all = batch.integers(field) else { return Self.fill(&values, rows.count, absentInteger) }
        rows.copy(all[self.rows(ofBlock: block)], into: &values)
    }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into codes: inout [UInt32]) throws(StorageError) {
        guard case .codes(let all, _) = batch[field] else { return Self.fill(&codes, rows.count, 0) }
        rows.copy(all[self.rows(ofBlock: block)], into: &codes)
    }

    private static func fill<T>(_ values: inout [T], _ count: Int, _ value: T) {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(value, count: count))
    }

    package func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) {
        let rows = rows(ofBlock: block)
        texts.removeAll()
        guard case .texts(let all) = batch[field] else {
            for _ in rows { texts.appendEmpty() }
            return
        }
        for row in rows { texts.append(row, of: all) }
    }
}
