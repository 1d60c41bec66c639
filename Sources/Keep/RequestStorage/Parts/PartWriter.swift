internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Writes rows from memory as a part file: sorted by time, column by column, block by block.
enum PartWriter {
    /// Writes the part under a temporary name, synchronises and renames it; the folder's synchronisation is the caller's.
    ///
    /// - Parameter batches: rows with `time` and `sequence`, in order of sequence; not empty.
    /// - Returns: the bytes of the file.
    static func write(
        _ batches: [RecordBatch], day: Int32, number: UInt64, to path: String, files: any FileLayer
    ) throws(StorageError) -> Int {
        try PartFile.write(to: path, files: files) { (file) throws(StorageError) in
            let rows = PartRows(batches)
            var columns = Columns()
            var directory = PartDirectory(number: number, day: day, rows: rows.count, times: rows.times, sequences: rows.sequences)
            for field in rows.fields { directory.columns.append(try columns.write(field, rows.column(field), to: &file)) }
            return directory
        }
    }

    /// The columns that later ones are predicted from, kept as they pass.
    private struct Columns {
        private var terms: [RequestField: [Int64]] = [:]
        private var parents: [RequestField: (codes: [UInt32], values: Int)] = [:]

        mutating func write(_ field: RequestField, _ column: RecordColumn, to file: inout PartFile) throws(StorageError) -> PartColumn {
            switch column {
            case .integers(let values):
                if ColumnPrediction.terms.contains(field) { terms[field] = values }
                return try integerColumn(field, values, &file)
            case .codes(let codes, let values):
                let ranked = RankedDictionary(codes, values)
                let codes = codes.map { ranked.ranks[Int($0)] }
                if DictionaryPrediction.parents.values.contains(field) { parents[field] = (codes, ranked.count) }
                return try dictionaryColumn(field, codes, ranked, &file)
            case .texts(let texts):
                var chunks: [PartChunk] = []
                for rows in PartWriter.blocks(texts.count) { chunks.append(try file.putTexts(texts, rows: rows)) }
                return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
            }
        }

        private func integerColumn(_ field: RequestField, _ values: [Int64], _ file: inout PartFile) throws(StorageError) -> PartColumn {
            let needed = ColumnPrediction.of(field).map { $0.plus + $0.minus } ?? []
            var chunks: [PartChunk] = []
            for rows in PartWriter.blocks(values.count) {
                var blockTerms: [RequestField: [Int64]] = [:]
                for term in needed { blockTerms[term] = terms[term].map { Array($0[rows]) } }
                chunks.append(try file.putIntegers(field, Array(values[rows]), terms: blockTerms))
            }
            return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
        }

        private func dictionaryColumn(
            _ field: RequestField, _ codes: [UInt32], _ ranked: RankedDictionary, _ file: inout PartFile
        ) throws(StorageError) -> PartColumn {
            let parent = DictionaryPrediction.parents[field].flatMap { parents[$0] }
            var vote = MajorityVote(parentValues: parent?.values ?? 0)
            if let parent { vote.add(codes, parent: parent.codes) }
            var chunks: [PartChunk] = []
            for rows in PartWriter.blocks(codes.count) {
                chunks.append(try file.putCodes(Array(codes[rows]), parent: parent.map { (Array($0.codes[rows]), vote.rule) }))
            }
            return try file.putDictionary(field, ranked, rule: vote.rule, chunks: chunks)
        }
    }

    /// The rows of each block.
    static func blocks(_ rows: Int) -> [Range<Int>] {
        stride(from: 0, to: rows, by: RecordSegmentLayout.blockRows).map { $0..<min(rows, $0 + RecordSegmentLayout.blockRows) }
    }
}
