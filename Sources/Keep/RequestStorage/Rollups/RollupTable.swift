package import ByteCoding
package import GatewayModel
internal import Synchronization

/// One table of a rollup file, read as a segment.
package final class RollupTable: RollupSegment {
    private let file: RollupFile
    private let directory: RollupTableDirectory
    /// The columns' names, by themselves: every question looks through those of every table.
    private let names: [RollupColumnName]
    /// Of each column whether its chunks' checksums fit; nil while nobody has looked.
    private let intact: Mutex<[Bool?]>

    init(_ file: RollupFile, _ directory: RollupTableDirectory) {
        self.file = file
        self.directory = directory
        names = directory.columns.map(\.name)
        intact = Mutex(Array(repeating: nil, count: names.count))
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
        has(.time) && has(.records)
            && demand.dimensions.allSatisfy { !contains($0) || has(RollupColumnName(kind: .dimension, field: $0)) && file.hasIntactDictionary($0) }
            && demand.sums.allSatisfy { !contains($0) || has(RollupColumnName(kind: .sum, field: $0)) }
            && demand.sketches.allSatisfy { !contains($0) || has(RollupColumnName(kind: .sketch, field: $0)) }
            && demand.counts.allSatisfy { !contains($0) || has(RollupColumnName(kind: .counts, field: $0)) }
            // A column of absentees that is not there is intact: it says the same of all rows.
            && demand.sums.allSatisfy { place(of: RollupColumnName(kind: .absentees, field: $0)).map(isIntact) ?? true }
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

    private func chunk(_ name: RollupColumnName, _ block: Int) -> RollupChunk? { place(of: name).map { directory.columns[$0].chunks[block] } }

    /// Where a column stands. There are some dozens of columns, and thousands of tables: looking through them is cheaper than a table of places.
    private func place(of name: RollupColumnName) -> Int? { names.firstIndex(of: name) }

    /// Whether a column is there and its checksums fit.
    private func has(_ name: RollupColumnName) -> Bool { place(of: name).map(isIntact) ?? false }

    private func isIntact(_ place: Int) -> Bool {
        if let known = intact.withLock({ $0[place] }) { return known }
        let isIntact = directory.columns[place].chunks.allSatisfy(file.isIntact)
        intact.withLock { $0[place] = isIntact }
        return isIntact
    }

    private func read(_ name: RollupColumnName, _ block: Int, _ missing: Int64, into values: inout [Int64]) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard let chunk = chunk(name, block) else {
            values = Array(repeating: missing, count: rows)
            return
        }
        unsafe try file.withContent(chunk) { (bytes) throws(ByteReadingError) in unsafe try IntegerBlock.decode(bytes, count: rows, into: &values) }
    }
}
