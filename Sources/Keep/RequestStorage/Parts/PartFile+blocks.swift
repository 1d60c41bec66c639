internal import ByteCoding
internal import GatewayModel

/// One block of one column, in the encoding that its values ask for: what flushes and merges write parts with.
extension PartFile {
    /// What most questions add up or compare: a frame that saves less than three quarters costs their scans more than it is worth.
    private static let addedUpMost: Set<RequestField> = [.duration, .status, .inputTokens, .outputTokens, .totalTokens, .cost]

    /// - Parameters:
    ///   - block: the rows' values.
    ///   - terms: the same rows of the columns that predictions are made from, as far as the part has them.
    mutating func putIntegers(_ field: RequestField, _ block: [Int64], terms: [RequestField: [Int64]]) throws(StorageError) -> PartChunk {
        var best: [UInt8] = []
        var flags: UInt8 = 0
        IntegerBlock.encode(block, effort: .small, into: &best)
        if let prediction = ColumnPrediction.of(field), let residuals = Self.residuals(block, prediction, terms) {
            var predicted: [UInt8] = []
            IntegerBlock.encode(residuals, effort: .small, into: &predicted)
            // Decoding reads the other columns too: that must be worth it.
            if predicted.count < best.count * 9 / 10 { (best, flags) = (predicted, PartChunk.predictedFlag) }
        }
        var chunk = try putChunk(best, flags: flags, worth: Self.addedUpMost.contains(field) ? (1, 4) : (4, 5))
        Self.describe(block, in: &chunk)
        return chunk
    }

    /// - Parameters:
    ///   - codes: the rows' codes.
    ///   - parent: the same rows' codes of the field's parent and the rule between them; nil when the part has no parent column.
    mutating func putCodes(_ codes: [UInt32], parent: (codes: [UInt32], rule: [UInt32])?) throws(StorageError) -> PartChunk {
        var best: [UInt8] = []
        var flags: UInt8 = 0
        IntegerBlock.encode(codes.map { Int64($0) }, effort: .small, into: &best)
        if let parent {
            var predicted: [UInt8] = []
            IntegerBlock.encode(DictionaryPrediction.exceptions(codes, parent: parent.codes, rule: parent.rule), effort: .small, into: &predicted)
            if predicted.count < best.count * 3 / 4 { (best, flags) = (predicted, PartChunk.predictedFlag) }
        }
        // Codes are what scans read most: the frame must save a quarter to be worth its time.
        var chunk = try putChunk(best, flags: flags, worth: (3, 4))
        chunk.absentees = UInt32(codes.count { $0 == 0 })
        return chunk
    }

    mutating func putTexts(_ texts: StringTable, rows: Range<Int>) throws(StorageError) -> PartChunk {
        var encoded: [UInt8] = []
        TextBlock.encode(texts, rows: rows, effort: .small, into: &encoded)
        // Text blocks compress themselves.
        var chunk = try putChunk(encoded, flags: 0, worth: (0, 1))
        chunk.absentees = UInt32(rows.count { texts.length($0) == 0 })
        return chunk
    }

    /// Writes a dictionary behind its column's blocks.
    mutating func putDictionary(_ field: RequestField, _ ranked: RankedDictionary, rule: [UInt32], chunks: [PartChunk]) throws(StorageError) -> PartColumn {
        let usesRule = chunks.contains(where: \.isPredicted)
        let dictionary = try putChunk(ranked.encode(rule: usesRule ? rule : []), flags: 0)
        return PartColumn(field: field, dictionary: dictionary, values: ranked.count, chunks: chunks)
    }

    /// The block less its prediction; nil when a difference would be taken for "absent".
    private static func residuals(_ block: [Int64], _ prediction: ColumnPrediction, _ terms: [RequestField: [Int64]]) -> [Int64]? {
        guard (prediction.plus + prediction.minus).contains(where: { terms[$0] != nil }) else { return nil }
        var residuals = block
        for field in prediction.plus { if let term = terms[field] { ColumnPrediction.add(term, sign: -1, to: &residuals) } }
        for field in prediction.minus { if let term = terms[field] { ColumnPrediction.add(term, sign: 1, to: &residuals) } }
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
}
