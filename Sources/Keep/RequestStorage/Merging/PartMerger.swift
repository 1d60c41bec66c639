internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// Writes one part from the rows of several, column by column and block by block.
///
/// Memory is bounded by the order (a byte a row), the dictionaries, and a block of each source for each of the few columns that are read
/// together; no column is ever whole in memory.
struct PartMerger {
    private let sources: [MergeSource]
    private let order: MergeOrder
    private let checkpoint: MergeCheckpoint
    private let blocks: [Range<Int>]
    /// Kept for the columns that are predicted from them.
    private var parents: [RequestField: JoinedDictionary] = [:]

    /// - Parameters:
    ///   - sources: at most ``MergeOrder/sourcesMax``, of one day.
    ///   - checkpoint: called after every block.
    /// - Returns: the bytes of the file; nil, and nothing written, when all rows are hidden.
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` with the name of the source that cannot be read, what `checkpoint` throws, or what writing met.
    static func merge(
        _ sources: [MergeSource], day: Int32, number: UInt64, to path: String, files: any FileLayer, _ checkpoint: @escaping MergeCheckpoint
    ) throws(StorageError) -> Int? {
        guard let order = try MergeOrder(sources, checkpoint) else { return nil }
        return try PartFile.write(to: path, files: files) { (file) throws(StorageError) in
            var merger = PartMerger(sources, order, checkpoint)
            var directory = PartDirectory(number: number, day: day, rows: order.sources.count, times: order.times, sequences: order.sequences)
            for field in merger.fields {
                if let column = try merger.column(field, &file) { directory.columns.append(column) }
            }
            return directory
        }
    }

    private init(_ sources: [MergeSource], _ order: MergeOrder, _ checkpoint: @escaping MergeCheckpoint) {
        self.sources = sources
        self.order = order
        self.checkpoint = checkpoint
        blocks = PartWriter.blocks(order.sources.count)
    }

    private var fields: [RequestField] { PartRows.ordered(RequestField.allCases.filter { field in sources.contains { $0.segment.contains(field) } }) }

    /// nil when all rows that have the field are hidden.
    private mutating func column(_ field: RequestField, _ file: inout PartFile) throws(StorageError) -> PartColumn? {
        switch field.kind {
        case .integer: try integerColumn(field, &file)
        case .dictionary: try dictionaryColumn(field, &file)
        case .text: try textColumn(field, &file)
        }
    }

    private func integers(_ field: RequestField) -> ColumnDrawing<DrawnIntegers> {
        ColumnDrawing(sources.map { DrawnIntegers(field: field, source: $0) }, order)
    }

    private func codes(_ field: RequestField, _ dictionary: JoinedDictionary) -> ColumnDrawing<DrawnCodes> {
        ColumnDrawing(zip(sources, dictionary.maps).map { DrawnCodes(field: field, source: $0, map: $1) }, order)
    }

    private func integerColumn(_ field: RequestField, _ file: inout PartFile) throws(StorageError) -> PartColumn {
        var drawing = integers(field)
        let terms = ColumnPrediction.of(field).map { $0.plus + $0.minus } ?? []
        var termDrawings = terms.filter { term in sources.contains { $0.segment.contains(term) } }.map { ($0, integers($0)) }
        var chunks: [PartChunk] = []
        for rows in blocks {
            var blockTerms: [RequestField: [Int64]] = [:]
            for index in termDrawings.indices { blockTerms[termDrawings[index].0] = try termDrawings[index].1.draw(rows) }
            chunks.append(try file.putIntegers(field, try drawing.draw(rows), terms: blockTerms))
            try checkpoint()
        }
        return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
    }

    private mutating func dictionaryColumn(_ field: RequestField, _ file: inout PartFile) throws(StorageError) -> PartColumn? {
        let dictionary = try JoinedDictionary(field, sources)
        guard dictionary.ranked.count > 0 else { return nil }
        if DictionaryPrediction.parents.values.contains(field) { parents[field] = dictionary }
        let parent = DictionaryPrediction.parents[field].flatMap { name in parents[name].map { (field: name, dictionary: $0) } }
        let rule = try parent.map { (parent) throws(StorageError) in try self.rule(field, dictionary, parent.field, parent.dictionary) } ?? []
        var drawing = codes(field, dictionary)
        var parentDrawing = parent.map { codes($0.field, $0.dictionary) }
        var chunks: [PartChunk] = []
        for rows in blocks {
            let parentCodes = try parentDrawing?.draw(rows)
            chunks.append(try file.putCodes(try drawing.draw(rows), parent: parentCodes.map { ($0, rule) }))
            try checkpoint()
        }
        return try file.putDictionary(field, dictionary.ranked, rule: rule, chunks: chunks)
    }

    private func textColumn(_ field: RequestField, _ file: inout PartFile) throws(StorageError) -> PartColumn {
        var drawing = ColumnDrawing(sources.map { DrawnTexts(field: field, source: $0) }, order)
        var chunks: [PartChunk] = []
        for rows in blocks {
            let texts = try drawing.draw(rows)
            chunks.append(try file.putTexts(texts, rows: 0..<texts.count))
            try checkpoint()
        }
        return PartColumn(field: field, dictionary: nil, values: 0, chunks: chunks)
    }

    /// The rule between a column and its parent over all sources' rows: made anew, since what held in each may not hold in all.
    private func rule(
        _ field: RequestField, _ dictionary: JoinedDictionary, _ parent: RequestField, _ parentDictionary: JoinedDictionary
    ) throws(StorageError) -> [UInt32] {
        var vote = MajorityVote(parentValues: parentDictionary.ranked.count)
        var codes: [UInt32] = []
        var parentCodes: [UInt32] = []
        for (index, source) in sources.enumerated() {
            for block in 0..<source.segment.blockCount {
                try source.codes(field, block: block, into: &codes)
                try source.codes(parent, block: block, into: &parentCodes)
                guard JoinedDictionary.translate(&codes, dictionary.maps[index]) else { throw source.unknownCode(field) }
                guard JoinedDictionary.translate(&parentCodes, parentDictionary.maps[index]) else { throw source.unknownCode(parent) }
                vote.add(codes, parent: parentCodes)
                try checkpoint()
            }
        }
        return vote.rule
    }
}
