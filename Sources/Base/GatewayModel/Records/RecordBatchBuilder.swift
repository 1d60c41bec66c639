internal import ByteCoding

/// Turns drafts, one record at a time, into a ``RecordBatch``. Columns that no record fills cost nothing.
///
/// One task at a time owns a builder; it is not Sendable.
@safe package final class RecordBatchBuilder {
    /// Distinct values kept per dictionary column of one batch; further ones become ``otherValue`` and are counted.
    /// A dimension with more values than this is an identifier: nobody can read such a chart, and memory must stay bounded.
    package let distinctValuesMax: Int

    /// The value that stands for those beyond the limit.
    package static let otherValue: StaticString = "_other"

    @exclusivity(unchecked) package private(set) var count = 0
    /// Values replaced by ``otherValue`` since the last ``seal()``.
    @exclusivity(unchecked) package private(set) var cappedValues = 0

    private let integerFields: [Int]
    private let dictionaryFields: [Int]
    private let textFields: [Int]
    private let integers: [ColumnBuffer<Int64>]
    private let codes: [ColumnBuffer<UInt32>]
    private var interners: [StringInterner]
    private var texts: [StringTable?]

    package init(distinctValuesMax: Int = 1 << 20) {
        self.distinctValuesMax = distinctValuesMax
        integerFields = RequestField.allCases.filter { $0.kind == .integer }.map { Int($0.rawValue) }
        dictionaryFields = RequestField.allCases.filter { $0.kind == .dictionary }.map { Int($0.rawValue) }
        textFields = RequestField.allCases.filter { $0.kind == .text }.map { Int($0.rawValue) }
        integers = integerFields.map { _ in ColumnBuffer(absent: absentInteger) }
        codes = dictionaryFields.map { _ in ColumnBuffer(absent: 0) }
        interners = dictionaryFields.map { _ in StringInterner() }
        texts = textFields.map { _ in nil }
    }

    /// Appends the draft as the next row.
    package func append(_ draft: RequestDraft) {
        for (position, index) in integerFields.enumerated() {
            let value = draft.rawInteger(index)
            if value != absentInteger { unsafe integers[position].set(value, row: count) }
        }
        for (position, index) in dictionaryFields.enumerated() {
            let bytes = unsafe draft.rawText(index)
            if bytes.count > 0 { unsafe codes[position].set(unsafe code(bytes, interners[position]), row: count) }
        }
        for (position, index) in textFields.enumerated() {
            let bytes = unsafe draft.rawText(index)
            if bytes.count > 0 { unsafe append(bytes, text: position) }
        }
        unsafe count &+= 1
    }

    /// The rows appended since the last seal, as a batch; the builder is empty afterwards.
    package func seal() -> RecordBatch {
        var batch = unsafe RecordBatch(count: count)
        for (position, index) in integerFields.enumerated() {
            if let values = unsafe integers[position].take(rows: count) { batch[Self.field(index)] = .integers(values) }
        }
        for (position, index) in dictionaryFields.enumerated() {
            guard let values = unsafe codes[position].take(rows: count) else { continue }
            batch[Self.field(index)] = .codes(values, values: interners[position].table)
            interners[position] = StringInterner()
        }
        for (position, index) in textFields.enumerated() {
            guard var table = texts[position] else { continue }
            while unsafe table.count < count { table.appendEmpty() }
            batch[Self.field(index)] = .texts(table)
            texts[position] = nil
        }
        unsafe count = 0
        unsafe cappedValues = 0
        return batch
    }

    private func code(_ bytes: UnsafeRawBufferPointer, _ interner: StringInterner) -> UInt32 {
        if interner.count < distinctValuesMax { return unsafe interner.intern(bytes) &+ 1 }
        if let known = unsafe interner.lookup(bytes) { return known &+ 1 }
        unsafe cappedValues &+= 1
        let other = unsafe UnsafeRawBufferPointer(start: Self.otherValue.utf8Start, count: Self.otherValue.utf8CodeUnitCount)
        return unsafe interner.intern(other) &+ 1
    }

    private func append(_ bytes: UnsafeRawBufferPointer, text position: Int) {
        if texts[position] == nil { texts[position] = StringTable() }
        while let rows = texts[position]?.count, unsafe rows < count { texts[position]?.appendEmpty() }
        unsafe texts[position]?.append(bytes)
    }

    private static func field(_ index: Int) -> RequestField { RequestField(rawValue: UInt8(index)) ?? .time }
}

/// A growing column in raw memory: appending to an array that is a class's property costs twenty times as much (exclusivity checks).
@safe private final class ColumnBuffer<Element: BitwiseCopyable> {
    private let absent: Element
    @exclusivity(unchecked) private var base: UnsafeMutablePointer<Element>?
    @exclusivity(unchecked) private var capacity = 0
    @exclusivity(unchecked) private var used = 0

    init(absent: Element) {
        self.absent = absent
        unsafe base = nil
    }

    deinit { unsafe base?.deallocate() }

    /// Sets the value of `row`, which lies behind all rows set before; the rows between are absent.
    func set(_ value: Element, row: Int) {
        if unsafe row >= capacity { grow(row + 1) }
        guard let base = unsafe base else { return }
        while unsafe used < row {
            unsafe base[used] = absent
            unsafe used &+= 1
        }
        unsafe base[row] = value
        unsafe used = row &+ 1
    }

    /// The column, filled up to `rows`; nil when no row was set. Leaves the buffer empty, its memory kept for the next batch.
    func take(rows: Int) -> [Element]? {
        guard unsafe used > 0 else { return nil }
        if unsafe rows > capacity { grow(rows) }
        guard let base = unsafe base else { return nil }
        while unsafe used < rows {
            unsafe base[used] = absent
            unsafe used &+= 1
        }
        unsafe used = 0
        return unsafe Array(UnsafeBufferPointer(start: base, count: rows))
    }

    private func grow(_ rows: Int) {
        let grown = unsafe max(1_024, capacity * 2, rows)
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: grown)
        if let base = unsafe base {
            unsafe memory.update(from: base, count: used)
            unsafe base.deallocate()
        }
        unsafe base = memory
        unsafe capacity = grown
    }
}
