package import ByteCoding
package import GatewayModel
internal import Synchronization

/// An immutable part on disk: a mapped file, decoded block by block as it is read.
///
/// Each chunk's checksum is verified on its first reading. Reading needs no lock but the two short ones around what has been verified and
/// the dictionaries that have been read. The file may be removed while the part lives.
package final class Part: RecordSegment {
    /// The file as errors name it, from the store's folder on.
    package let name: String
    let directory: PartDirectory
    /// Bytes on disk.
    let bytes: Int
    /// The position of a field's column in the directory, by the field's raw value; -1 when no row has it.
    private let positions: [Int8]
    private let image: FileImage
    private let verified: Mutex<[Bool]>
    /// Whether anything was read since ``releaseIfIdle()`` last looked.
    private let isTouched = Atomic<Bool>(false)
    private let dictionaries = Mutex<[RequestField: RankedDictionary.Decoded]>([:])
    /// The tables that stand for the part, once they are there, and the bytes of their file.
    private let attached = Mutex<(tables: [RollupTable], bytes: Int, isCurrent: Bool)>(([], 0, false))

    /// - Throws: ``StorageError/damaged(file:what:offset:)`` when the header or the directory is, ``StorageError/unsupportedFormat(file:version:)``
    ///   when a newer program wrote the part.
    init(_ image: FileImage, name: String) throws(StorageError) {
        self.image = image
        self.name = name
        bytes = image.count
        directory = try PartOpening.directory(image, name)
        image.releasePages()
        var positions = [Int8](repeating: -1, count: RequestField.tableSize)
        for (position, column) in directory.columns.enumerated() { positions[Int(column.field.rawValue)] = Int8(clamping: position) }
        self.positions = positions
        verified = Mutex([Bool](repeating: false, count: directory.columns.count * (directory.blocks + 1)))
    }

    // MARK: RecordSegment

    package var rowCount: Int { directory.rows }

    package var timeBounds: (first: Timestamp, last: Timestamp) {
        (Timestamp(microseconds: directory.times.lowerBound), Timestamp(microseconds: directory.times.upperBound))
    }

    package var sequenceBounds: ClosedRange<Int64> { directory.sequences }

    package func contains(_ field: RequestField) -> Bool { positions[Int(field.rawValue)] >= 0 }

    package func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try load(field)?.values ?? StringTable() }

    package func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] { try load(field)?.counts ?? [] }

    package func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? {
        guard field.kind == .integer, let chunk = chunk(field, block)?.chunk, chunk.lowest <= chunk.highest else { return nil }
        return chunk.lowest...chunk.highest
    }

    package func absentCount(_ field: RequestField, block: Int) -> Int? {
        chunk(field, block).map { Int($0.chunk.absentees) } ?? rows(ofBlock: block).count
    }

    package func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) {
        try read(field, block, nil, &values)
    }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into values: inout [Int64]) throws(StorageError) {
        try read(field, block, rows, &values)
    }

    package func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) { try read(field, block, nil, &codes) }

    package func read(_ field: RequestField, block: Int, rows: RowSelection, into codes: inout [UInt32]) throws(StorageError) {
        try read(field, block, rows, &codes)
    }

    package func test(
        _ field: RequestField, block: Int, rows: RowSelection?, _ condition: IntegerCondition, into mask: inout [UInt8]
    ) throws(StorageError) {
        guard field.kind == .integer, let (chunk, place) = chunk(field, block), !chunk.isPredicted else {
            var values: [Int64] = []
            try read(field, block, rows, &values)
            mask = values.map(condition.test)
            return
        }
        unsafe try withContent(chunk, place) { (bytes) throws(ByteReadingError) in
            unsafe try IntegerBlock.test(
                bytes, count: self.rows(ofBlock: block).count, rows: rows, lowest: condition.lowest, width: condition.width, flip: condition.isInverted ? 1 : 0, into: &mask)
        }
    }

    package func test(_ field: RequestField, block: Int, rows: RowSelection?, passes: [UInt8], into mask: inout [UInt8]) throws(StorageError) {
        guard field.kind == .dictionary, let (chunk, place) = chunk(field, block), !chunk.isPredicted else {
            var codes: [UInt32] = []
            try read(field, block, rows, &codes)
            mask = codes.map { Int($0) < passes.count ? passes[Int($0)] : 0 }
            return
        }
        unsafe try withContent(chunk, place) { (bytes) throws(ByteReadingError) in
            unsafe try IntegerBlock.test(bytes, count: self.rows(ofBlock: block).count, rows: rows, passes: passes, into: &mask)
        }
    }

    /// - Parameter selection: the rows to read; nil for all of the block.
    private func read(_ field: RequestField, _ block: Int, _ selection: RowSelection?, _ values: inout [Int64]) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard field.kind == .integer, let (chunk, place) = chunk(field, block) else { return Self.fill(&values, selection?.count ?? rows, absentInteger) }
        unsafe try withContent(chunk, place) { (bytes) throws(ByteReadingError) in
            if let selection { unsafe try IntegerBlock.decode(bytes, rows: selection, into: &values) } else { unsafe try IntegerBlock.decode(bytes, count: rows, into: &values) }
        }
        guard chunk.isPredicted, let prediction = ColumnPrediction.of(field) else { return }
        var term: [Int64] = []
        for (others, sign) in [(prediction.plus, Int64(1)), (prediction.minus, -1)] {
            for other in others where contains(other) {
                try read(other, block, selection, &term)
                ColumnPrediction.add(term, sign: sign, to: &values)
            }
        }
    }

    private func read(_ field: RequestField, _ block: Int, _ selection: RowSelection?, _ codes: inout [UInt32]) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard field.kind == .dictionary, let (chunk, place) = chunk(field, block) else { return Self.fill(&codes, selection?.count ?? rows, 0) }
        unsafe try withContent(chunk, place) { (bytes) throws(ByteReadingError) in
            if let selection { unsafe try IntegerBlock.decode(bytes, rows: selection, into: &codes) } else { unsafe try IntegerBlock.decode(bytes, count: rows, into: &codes) }
        }
        guard chunk.isPredicted, let parent = DictionaryPrediction.parents[field] else { return }
        var parents: [UInt32] = []
        try read(parent, block, selection, &parents)
        DictionaryPrediction.resolve(&codes, parent: parents, rule: try load(field)?.rule ?? [])
    }

    package func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) {
        let rows = rows(ofBlock: block).count
        guard field.kind == .text, let (chunk, place) = chunk(field, block) else {
            texts.removeAll()
            for _ in 0..<rows { texts.appendEmpty() }
            return
        }
        unsafe try withContent(chunk, place) { (bytes) throws(ByteReadingError) in texts = unsafe try TextBlock.decode(bytes, count: rows) }
    }

    /// Gives back the memory of pages and dictionaries when nothing was read since the last call.
    func releaseIfIdle() {
        if isTouched.exchange(false, ordering: .relaxed) { return }
        image.releasePages()
        dictionaries.withLock { $0 = [:] }
    }

    /// Bytes on disk of each column, dictionary included: what a record costs, and where.
    package var columnBytes: [RequestField: Int] {
        var bytes: [RequestField: Int] = [:]
        for column in directory.columns {
            bytes[column.field] = column.chunks.reduce(Int(column.dictionary?.length ?? 0)) { $0 + Int($1.length) }
        }
        return bytes
    }

    /// Reads every chunk again and says which are damaged; empty when the part is whole.
    func damage() -> [StorageError] {
        directory.columns.enumerated().flatMap { position, column in
            (column.chunks + [column.dictionary].compactMap(\.self)).compactMap { chunk in
                isIntact(chunk) ? nil : .damaged(file: name, what: "the checksum of \(column.field.name)", offset: chunk.range.lowerBound)
            }
        }
    }

    // MARK: Rollups

    package var rollups: [any RollupSegment] { attached.withLock { $0.tables } }
    /// Whether it has tables as this version makes them; those of older versions answer less until they are made again.
    var hasRollups: Bool { attached.withLock { !$0.tables.isEmpty && $0.isCurrent } }
    /// Bytes on disk of its tables; 0 where there are none.
    var rollupBytes: Int { attached.withLock { $0.bytes } }

    /// Bytes of the columns of its tables, by step in seconds and kind.
    var rollupColumnBytes: [String: Int] {
        attached.withLock { $0.tables }.reduce(into: [:]) { bytes, table in bytes.merge(table.columnBytes, uniquingKeysWith: +) }
    }

    func attach(_ file: RollupFile) {
        let tables = file.tables()
        attached.withLock { $0 = (tables, file.bytes, file.version == RollupFormat.version) }
    }

    // MARK: Chunks

    /// A field's chunk of a block and its place in `verified`; nil when no row has the field.
    private func chunk(_ field: RequestField, _ block: Int) -> (chunk: PartChunk, place: Int)? {
        let position = Int(positions[Int(field.rawValue)])
        guard position >= 0, directory.columns[position].chunks.indices.contains(block) else { return nil }
        return (directory.columns[position].chunks[block], position * (directory.blocks + 1) + block)
    }

    private func load(_ field: RequestField) throws(StorageError) -> RankedDictionary.Decoded? {
        let position = Int(positions[Int(field.rawValue)])
        guard position >= 0, let chunk = directory.columns[position].dictionary else { return nil }
        if let known = dictionaries.withLock({ $0[field] }) { return known }
        var loaded: RankedDictionary.Decoded?
        let values = directory.columns[position].values
        let parentValues = DictionaryPrediction.parents[field].map { self.values($0) } ?? 0
        unsafe try withContent(chunk, position * (directory.blocks + 1) + directory.blocks) { (bytes) throws(ByteReadingError) in
            loaded = unsafe try RankedDictionary.decode(bytes, values: values, parentValues: parentValues)
        }
        let result = loaded
        dictionaries.withLock { $0[field] = result }
        return result
    }

    /// The number of values in a field's dictionary.
    private func values(_ field: RequestField) -> Int {
        let position = Int(positions[Int(field.rawValue)])
        return position >= 0 ? directory.columns[position].values : 0
    }

    private func isIntact(_ chunk: PartChunk) -> Bool {
        unsafe image.withBytes(chunk.range) { unsafe Checksum.crc32($0) == chunk.checksum } ?? false
    }

    /// Calls `body` with the chunk's bytes, verified and not compressed.
    private func withContent(_ chunk: PartChunk, _ place: Int, _ body: (UnsafeRawBufferPointer) throws(ByteReadingError) -> Void) throws(StorageError) {
        isTouched.store(true, ordering: .relaxed)
        let isVerified = verified.withLock { $0[place] }
        if !isVerified {
            guard isIntact(chunk) else { throw damaged(chunk, "its checksum does not fit") }
            verified.withLock { $0[place] = true }
        }
        do throws(ByteReadingError) {
            unsafe try image.withBytes(chunk.range) { (bytes) throws(ByteReadingError) in
                guard chunk.isCompressed else { return unsafe try body(bytes) }
                guard let content = unsafe try? Zstd.decompress(bytes, size: Int(chunk.rawBytes)) else {
                    throw ByteReadingError(offset: 0, expected: "a Zstandard frame")
                }
                let result = unsafe content.withUnsafeBytes { content -> Result<Void, ByteReadingError> in
                    do throws(ByteReadingError) { return unsafe .success(try body(content)) } catch { return .failure(error) }
                }
                try result.get()
            }
        } catch {
            throw damaged(chunk, "expected \(error.expected)")
        }
    }

    private func damaged(_ chunk: PartChunk, _ what: String) -> StorageError {
        .damaged(file: name, what: what, offset: chunk.range.lowerBound)
    }

    private static func fill<T>(_ values: inout [T], _ rows: Int, _ value: T) {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(value, count: rows))
    }
}

