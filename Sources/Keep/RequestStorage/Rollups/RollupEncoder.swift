internal import ByteCoding
internal import GatewayModel

/// Puts the bytes of a rollup file together.
struct RollupEncoder {
    private var directory: RollupDirectory
    private var bytes = RollupFormat.header()

    init(_ directory: RollupDirectory) { self.directory = directory }

    mutating func add(_ dictionary: StringTable, of field: RequestField) {
        var encoded: [UInt8] = []
        TextBlock.encode(dictionary, rows: 0..<dictionary.count, effort: .small, into: &encoded)
        directory.dictionaries.append((field, dictionary.count, put(encoded)))
    }

    /// - Parameter measures: the positions of the measures that get columns.
    mutating func add(_ table: RollupAccumulator, measures: [Int]) {
        var entry = RollupTableDirectory(step: table.shape.step, rows: table.rowCount)
        entry.columns.append((.time, integers(table.times)))
        entry.columns.append((.records, integers(table.records)))
        var rest = table.keys
        for dimension in table.dimensions.reversed() {
            let values = rest.map { dimension.stored($0 % dimension.cardinality) }
            for row in rest.indices { rest[row] /= dimension.cardinality }
            entry.columns.append((RollupColumnName(kind: .dimension, field: dimension.field), integers(values)))
        }
        for measure in measures where table.shape.sums?.contains(RollupShape.measures[measure]) ?? true {
            let field = RollupShape.measures[measure]
            entry.columns.append((RollupColumnName(kind: .sum, field: field), integers(table.sums[measure])))
            let absentees = table.absentees[measure]
            if absentees.contains(where: { $0 != 0 }) { entry.columns.append((RollupColumnName(kind: .absentees, field: field), integers(absentees))) }
            if let place = table.shape.counted.firstIndex(of: field), let slots = ValueLimits.counted(field)?.slotCount {
                let chunks = Self.blocks(table.rowCount).map { rows in
                    put(SlotCounts(rowMajor: table.counts[place][(rows.lowerBound * slots)..<(rows.upperBound * slots)], slotCount: slots).bytes)
                }
                entry.columns.append((RollupColumnName(kind: .counts, field: field), chunks))
            }
            guard let place = table.shape.sketches.firstIndex(of: field) else { continue }
            let chunks = Self.blocks(table.rowCount).map { put(EncodedSketches(Array(table.sketches[place][$0])).bytes) }
            entry.columns.append((RollupColumnName(kind: .sketch, field: field), chunks))
        }
        directory.tables.append(entry)
    }

    consuming func finish() -> [UInt8] {
        let offset = bytes.count
        let encoded = directory.encode()
        var tail = ByteWriter()
        tail.write(UInt64(offset))
        tail.write(UInt32(encoded.count))
        tail.write(Checksum.crc32(encoded))
        tail.write(RollupFormat.magic)
        bytes += encoded
        bytes += tail.bytes
        return bytes
    }

    private static func blocks(_ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: rows, by: RecordSegmentLayout.blockRows).map { $0..<min(rows, $0 + RecordSegmentLayout.blockRows) }
    }

    private mutating func integers(_ values: [Int64]) -> [RollupChunk] {
        Self.blocks(values.count).map { rows in
            let block = Array(values[rows])
            var encoded: [UInt8] = []
            IntegerBlock.encode(block, effort: .small, into: &encoded)
            var chunk = put(encoded)
            let present = block.filter { $0 != absentInteger }
            if let lowest = present.min(), let highest = present.max() { (chunk.lowest, chunk.highest) = (lowest, highest) }
            return chunk
        }
    }

    /// Appends bytes, compressed where that takes off a fifth.
    private mutating func put(_ content: [UInt8]) -> RollupChunk {
        var stored = content
        var flags: UInt8 = 0
        if content.count >= 64 {
            let compressed = Zstd.compress(content)
            if !compressed.isEmpty, compressed.count < content.count * 4 / 5 {
                stored = compressed
                flags = RollupChunk.zstdFlag
            }
        }
        var chunk = RollupChunk(
            offset: UInt32(bytes.count), length: UInt32(stored.count), rawBytes: UInt32(content.count), checksum: Checksum.crc32(stored))
        chunk.flags = flags
        bytes += stored
        return chunk
    }
}
