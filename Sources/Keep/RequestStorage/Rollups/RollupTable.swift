package import ByteCoding
package import GatewayModel

/// One table of a rollup file, read as a segment.
package final class RollupTable: RollupSegment {
    private let file: RollupFile
    private let directory: RollupTableDirectory

    init(_ file: RollupFile, _ directory: RollupTableDirectory) {
        self.file = file
        self.directory = directory
    }

    /// Bytes of its columns, by step in seconds and kind.
    var columnBytes: [String: Int] {
        directory.columns.reduce(into: [:]) { bytes, column in
            bytes["\(directory.step / 1_000_000) s \(column.name.kind)", default: 0] += column.chunks.reduce(0) { $0 + Int($1.length) }
        }
    }

    // MARK: RecordSegment

    package var rowCount: Int { directory.rows }

    package var timeBounds: (first: Timestamp, last: Timestamp) {
        (Timestamp(microseconds: file.directory.times.lowerBound), Timestamp(microseconds: file.directory.times.upperBound))
    }

    package var sequenceBounds: ClosedRange<Int64> { file.directory.sequences }

    package func contains(_ field: RequestField) -> Bool { file.directory.contains(field) }

    package func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try file.dictionary(field) }

    package func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] {
        var counts = [Int](repeating: 0, count: try dictionary(field).count + 1)
        var codes: [UInt32] = []
        var records: [Int64] = []
        for block in 0..<blockCount {
            try read(field, block: block, into: &codes)
            try readRecords(block: block, into: &records)
            for (code, records) in zip(codes, records) where Int(code) < counts.count { counts[Int(code)] += Int(records) }
        }
        return Array(counts.dropFirst())
    }

    package func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? {
        guard field.kind == .integer, let chunk = chunk(name(of: field), block), chunk.lowest <= chunk.highest else { return nil }
        return chunk.lowest...chunk.highest
    }

    package func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) {
        try read(name(of: field), block, absentInteger, into: &values)
    }

    package func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard let chunk = chunk(name(of: field), block) else {
            codes = Array(repeating: 0, count: rows)
            return
        }
        unsafe try file.withContent(chunk) { (bytes) throws(ByteReadingError) in unsafe try IntegerBlock.decode(bytes, count: rows, into: &codes) }
    }

    package func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) {
        texts.removeAll()
        for _ in rows(ofBlock: block) { texts.appendEmpty() }
    }

    // MARK: RollupSegment

    package var step: Int64? { directory.step == 0 ? nil : directory.step }

    package func serves(_ demand: RollupDemand) -> Bool {
        let dimensions = demand.dimensions.filter(contains)
        var needed = [RollupColumnName.time, .records]
        needed += dimensions.map { RollupColumnName(kind: .dimension, field: $0) }
        needed += demand.sums.filter(contains).map { RollupColumnName(kind: .sum, field: $0) }
        needed += demand.sketches.filter(contains).map { RollupColumnName(kind: .sketch, field: $0) }
        needed += demand.counts.filter(contains).map { RollupColumnName(kind: .counts, field: $0) }
        guard needed.allSatisfy({ chunks($0) != nil }) else { return false }
        needed += demand.sums.map { RollupColumnName(kind: .absentees, field: $0) }
        return needed.allSatisfy(isIntact) && dimensions.allSatisfy(file.hasIntactDictionary)
    }

    package func readRecords(block: Int, into counts: inout [Int64]) throws(StorageError) { try read(.records, block, 0, into: &counts) }

    package func readSums(_ field: RequestField, block: Int, into sums: inout [Int64], absentees: inout [Int64]) throws(StorageError) {
        guard contains(field) else {
            sums = Array(repeating: 0, count: rows(ofBlock: block).count)
            return try readRecords(block: block, into: &absentees)
        }
        try read(RollupColumnName(kind: .sum, field: field), block, 0, into: &sums)
        try read(RollupColumnName(kind: .absentees, field: field), block, 0, into: &absentees)
    }

    package func readSketches(_ field: RequestField, block: Int) throws(StorageError) -> EncodedSketches {
        let rows = rows(ofBlock: block).count
        guard let chunk = chunk(RollupColumnName(kind: .sketch, field: field), block) else { return EncodedSketches(Array(repeating: ValueSketch(), count: rows)) }
        return unsafe try file.withContent(chunk) { (bytes) throws(ByteReadingError) in unsafe try EncodedSketches(bytes, rowCount: rows) }
    }

    package func readCounts(_ field: RequestField, block: Int) throws(StorageError) -> SlotCounts {
        let rows = rows(ofBlock: block).count
        let slots = ValueLimits.counted(field)?.slotCount ?? 1
        guard let chunk = chunk(RollupColumnName(kind: .counts, field: field), block) else { return SlotCounts(rowCount: rows, slotCount: slots) }
        return unsafe try file.withContent(chunk) { (bytes) throws(ByteReadingError) in unsafe try SlotCounts(bytes, rowCount: rows, slotCount: slots) }
    }

    // MARK: Columns

    private func name(of field: RequestField) -> RollupColumnName { field == .time ? .time : RollupColumnName(kind: .dimension, field: field) }

    private func chunk(_ name: RollupColumnName, _ block: Int) -> RollupChunk? { chunks(name)?[block] }

    /// A column's chunks. There are some dozens of columns, and thousands of tables: looking through them is cheaper than a table of places.
    private func chunks(_ name: RollupColumnName) -> [RollupChunk]? { directory.columns.first { $0.name == name }?.chunks }

    /// A column that is not there is intact: it says the same of all rows.
    private func isIntact(_ name: RollupColumnName) -> Bool { chunks(name)?.allSatisfy(file.isIntact) ?? true }

    private func read(_ name: RollupColumnName, _ block: Int, _ missing: Int64, into values: inout [Int64]) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard let chunk = chunk(name, block) else {
            values = Array(repeating: missing, count: rows)
            return
        }
        unsafe try file.withContent(chunk) { (bytes) throws(ByteReadingError) in unsafe try IntegerBlock.decode(bytes, count: rows, into: &values) }
    }
}
