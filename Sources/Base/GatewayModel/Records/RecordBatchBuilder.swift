internal import ByteCoding

/// Turns drafts, one record at a time, into a ``RecordBatch``. Columns that no record fills cost nothing.
///
/// One task at a time owns a builder; it is not Sendable.
@safe package final class RecordBatchBuilder {
    /// Distinct values kept per dictionary column of one batch; further ones become ``otherValue`` and are counted, as are those that
    /// ``KnownValues`` does not admit.
    /// A dimension with more values than this is an identifier: nobody can read such a chart, and memory must stay bounded.
    package let distinctValuesMax: Int

    /// The value that stands for those beyond the limit.
    package static let otherValue: StaticString = "_other"

    @exclusivity(unchecked) package private(set) var count = 0
    /// Values replaced by ``otherValue`` since the last ``seal()``.
    @exclusivity(unchecked) package private(set) var cappedValues = 0

    /// Decides over values that the batch does not have yet; nil when only the batch's own limit holds.
    private let known: KnownValues?
    private let integerFields: [Int]
    private let dictionaryFields: [Int]
    private let textFields: [Int]
    private let integers: ColumnMatrix<Int64>
    private let codes: ColumnMatrix<UInt32>
    private let interners: UncountedReferences<StringInterner>
    private let texts: UncountedReferences<TextColumnBuffer>

    package init(distinctValuesMax: Int = 1 << 20, known: KnownValues? = nil) {
        self.distinctValuesMax = distinctValuesMax
        self.known = known
        integerFields = RequestField.allCases.filter { $0.kind == .integer }.map { Int($0.rawValue) }
        dictionaryFields = RequestField.allCases.filter { $0.kind == .dictionary }.map { Int($0.rawValue) }
        textFields = RequestField.allCases.filter { $0.kind == .text }.map { Int($0.rawValue) }
        integers = ColumnMatrix(columns: integerFields.count, absent: absentInteger)
        codes = ColumnMatrix(columns: dictionaryFields.count, absent: 0)
        interners = UncountedReferences(dictionaryFields.map { _ in StringInterner() })
        texts = UncountedReferences(textFields.map { _ in TextColumnBuffer() })
    }

    /// Appends the draft as the next row.
    package func append(_ draft: RequestDraft) {
        let row = unsafe count
        integers.reserve(rows: row &+ 1)
        codes.reserve(rows: row &+ 1)
        for column in 0..<integerFields.count {
            let value = draft.rawInteger(integerFields[column])
            if value != absentInteger { integers.set(value, column: column, row: row) }
        }
        for column in 0..<dictionaryFields.count {
            let bytes = unsafe draft.rawText(dictionaryFields[column])
            guard bytes.count > 0 else { continue }
            codes.set(interners.with(column) { unsafe code(bytes, $0, dictionaryFields[column]) }, column: column, row: row)
        }
        for column in 0..<textFields.count {
            let bytes = unsafe draft.rawText(textFields[column])
            if bytes.count > 0 { texts.with(column) { unsafe $0.set(bytes, row: row) } }
        }
        unsafe count = row &+ 1
    }

    /// The rows appended since the last seal, as a batch; the builder is empty afterwards.
    package func seal() -> RecordBatch {
        var batch = unsafe RecordBatch(count: count)
        for (column, index) in integerFields.enumerated() {
            if let values = unsafe integers.take(column: column, rows: count) { batch[Self.field(index)] = .integers(values) }
        }
        for (column, index) in dictionaryFields.enumerated() {
            guard let values = unsafe codes.take(column: column, rows: count) else { continue }
            batch[Self.field(index)] = .codes(values, values: interners.with(column) { $0.takeTable() })
        }
        for (column, index) in textFields.enumerated() {
            if let table = texts.with(column, { unsafe $0.take(rows: count) }) { batch[Self.field(index)] = .texts(table) }
        }
        unsafe count = 0
        unsafe cappedValues = 0
        return batch
    }

    private func code(_ bytes: UnsafeRawBufferPointer, _ interner: StringInterner, _ field: Int) -> UInt32 {
        if let code = unsafe interner.lookup(bytes) { return code &+ 1 }
        if interner.count < distinctValuesMax, unsafe known?.admits(bytes, field) ?? true { return unsafe interner.intern(bytes) &+ 1 }
        let other = unsafe UnsafeRawBufferPointer(start: Self.otherValue.utf8Start, count: Self.otherValue.utf8CodeUnitCount)
        unsafe cappedValues &+= 1
        return unsafe interner.intern(other) &+ 1
    }

    private static func field(_ index: Int) -> RequestField { RequestField(rawValue: UInt8(index)) ?? .time }
}
