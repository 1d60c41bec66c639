internal import ByteCoding
internal import GatewayModel

/// Writes rows as a part file: sorted by time, column by column, each block of a column in the encoding that its values ask for.
struct PartWriter {
    private let files: any FileLayer
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var offset = 0

    /// Bytes collected before a write.
    private static let writeBytes = 1 << 20

    /// Writes the part under a temporary name, synchronises and renames it; the folder's synchronisation is the caller's.
    ///
    /// - Parameter batches: rows with `time` and `sequence`, in order of sequence; not empty.
    /// - Returns: the bytes of the file.
    static func write(
        _ batches: [RecordBatch], day: Int32, number: UInt64, to path: String, files: any FileLayer
    ) throws(StorageError) -> Int {
        let temporary = path + StorePaths.temporarySuffix
        let file = try files.create(temporary, isPrivate: false)
        do throws(StorageError) {
            defer { files.close(file) }
            var writer = PartWriter(files: files, file: file)
            let bytes = try writer.write(PartRows(batches), day: day, number: number)
            try files.synchronize(file)
            try files.rename(temporary, to: path)
            return bytes
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    private init(files: any FileLayer, file: OpenFile) {
        self.files = files
        self.file = file
    }

    private mutating func write(_ rows: PartRows, day: Int32, number: UInt64) throws(StorageError) -> Int {
        try put(PartFormat.header())
        var directory = PartDirectory(number: number, day: day, rows: rows.count, times: rows.times, sequences: rows.sequences)
        var terms: [RequestField: [Int64]] = [:]
        var parents: [RequestField: (codes: [UInt32], values: Int)] = [:]
        for field in rows.fields {
            switch rows.column(field) {
            case .integers(let values):
                if ColumnPrediction.terms.contains(field) { terms[field] = values }
                directory.columns.append(try integerColumn(field, values, terms))
            case .codes(let codes, let values):
                let ranked = RankedDictionary(codes, values)
                let codes = codes.map { ranked.ranks[Int($0)] }
                if DictionaryPrediction.parents.values.contains(field) { parents[field] = (codes, values.count) }
                directory.columns.append(try dictionaryColumn(field, codes, ranked, parent: DictionaryPrediction.parents[field].flatMap { parents[$0] }))
            case .texts(let texts):
                directory.columns.append(try textColumn(field, texts))
            }
        }
        let directoryOffset = offset
        let encoded = directory.encode()
        try put(encoded)
        try put(PartFormat.tail(directoryOffset: directoryOffset, directory: encoded))
        try drain()
        return offset
    }

    // MARK: Columns

    private mutating func integerColumn(_ field: RequestField, _ values: [Int64], _ terms: [RequestField: [Int64]]) throws(StorageError) -> PartColumn {
        var chunks: [PartChunk] = []
        for rows in Self.blocks(values.count) {
            let block = Array(values[rows])
            var best: [UInt8] = []
            var flags: UInt8 = 0
            IntegerBlock.encode(block, effort: .small, into: &best)
            if let prediction = ColumnPrediction.of(field), let residuals = Self.residuals(block, prediction, terms, rows) {
                var predicted: [UInt8] = []
                IntegerBlock.encode(residuals, effort: .small, into: &predicted)
                // Decoding reads the other columns too: that must be worth it.
                if predicted.count < best.count * 9 / 10 { (best, flags) = (predicted, PartChunk.predictedFlag) }
            }
            var chunk = try putChunk(best, flags: flags)
            Self.describe(block, in: &chunk)
            chunks.append(chunk)
        }
        return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
    }

    private mutating func dictionaryColumn(
        _ field: RequestField, _ codes: [UInt32], _ ranked: RankedDictionary, parent: (codes: [UInt32], values: Int)?
    ) throws(StorageError) -> PartColumn {
        let rule = parent.map { DictionaryPrediction.rule(codes, parent: $0.codes, parentValues: $0.values) } ?? []
        var chunks: [PartChunk] = []
        for rows in Self.blocks(codes.count) {
            var best: [UInt8] = []
            var flags: UInt8 = 0
            IntegerBlock.encode(codes[rows].map { Int64($0) }, effort: .small, into: &best)
            if let parent {
                var predicted: [UInt8] = []
                let exceptions = DictionaryPrediction.exceptions(codes[rows], parent: parent.codes[rows], rule: rule)
                IntegerBlock.encode(exceptions, effort: .small, into: &predicted)
                if predicted.count < best.count * 3 / 4 { (best, flags) = (predicted, PartChunk.predictedFlag) }
            }
            // Codes are what scans read most: the frame must save a quarter to be worth its time.
            var chunk = try putChunk(best, flags: flags, worth: (3, 4))
            chunk.absentees = UInt32(codes[rows].count { $0 == 0 })
            chunks.append(chunk)
        }
        let usesRule = chunks.contains(where: \.isPredicted)
        let dictionary = try putChunk(ranked.encode(rule: usesRule ? rule : []), flags: 0)
        return PartColumn(field: field, dictionary: dictionary, values: ranked.ranks.count - 1, chunks: chunks)
    }

    private mutating func textColumn(_ field: RequestField, _ texts: StringTable) throws(StorageError) -> PartColumn {
        var chunks: [PartChunk] = []
        for rows in Self.blocks(texts.count) {
            var encoded: [UInt8] = []
            TextBlock.encode(texts, rows: rows, effort: .small, into: &encoded)
            // Text blocks compress themselves.
            var chunk = try putChunk(encoded, flags: 0, worth: (0, 1))
            chunk.absentees = UInt32(rows.count { texts.length($0) == 0 })
            chunks.append(chunk)
        }
        return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
    }

    private static func blocks(_ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: rows, by: RecordSegmentLayout.blockRows).map { $0..<min(rows, $0 + RecordSegmentLayout.blockRows) }
    }

    /// The block less its prediction; nil when a difference would be taken for "absent".
    private static func residuals(
        _ block: [Int64], _ prediction: ColumnPrediction, _ terms: [RequestField: [Int64]], _ rows: Range<Int>
    ) -> [Int64]? {
        guard (prediction.plus + prediction.minus).contains(where: { terms[$0] != nil }) else { return nil }
        var residuals = block
        for field in prediction.plus { if let term = terms[field] { ColumnPrediction.add(Array(term[rows]), sign: -1, to: &residuals) } }
        for field in prediction.minus { if let term = terms[field] { ColumnPrediction.add(Array(term[rows]), sign: 1, to: &residuals) } }
        return zip(block, residuals).allSatisfy { ($0 == absentInteger) == ($1 == absentInteger) } ? residuals : nil
    }

    private static func describe(_ block: [Int64], in chunk: inout PartChunk) {
        var lowest = Int64.max
        var highest = Int64.min
        var absentees: UInt32 = 0
        for value in block {
            if value == absentInteger { absentees += 1 } else { lowest = min(lowest, value) }
            highest = max(highest, value)
        }
        chunk.absentees = absentees
        if absentees < block.count { (chunk.lowest, chunk.highest) = (lowest, highest) }
    }

    // MARK: Bytes

    /// Writes the bytes, compressed where they then take less than the share `worth` of themselves.
    private mutating func putChunk(_ bytes: [UInt8], flags: UInt8, worth: (of: Int, in: Int) = (4, 5)) throws(StorageError) -> PartChunk {
        var stored = bytes
        var flags = flags
        if worth.of > 0, bytes.count >= 64 {
            let compressed = Zstd.compress(bytes)
            if !compressed.isEmpty, compressed.count < bytes.count * worth.of / worth.in {
                stored = compressed
                flags |= PartChunk.zstdFlag
            }
        }
        let chunk = PartChunk(
            offset: UInt64(offset), length: UInt32(stored.count), rawBytes: UInt32(bytes.count), checksum: Checksum.crc32(stored), flags: flags)
        try put(stored)
        return chunk
    }

    private mutating func put(_ bytes: [UInt8]) throws(StorageError) {
        buffer += bytes
        offset += bytes.count
        if buffer.count >= Self.writeBytes { try drain() }
    }

    private mutating func drain() throws(StorageError) {
        try files.writeAll(buffer, to: file)
        buffer.removeAll(keepingCapacity: true)
    }
}
