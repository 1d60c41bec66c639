internal import ByteCoding

/// Columns of fixed-size values while a batch is being filled, in one allocation. Raw memory, because a row sets some forty values: arrays behind
/// class references would cost ten times as much for reference counting and exclusivity checks.
@safe final class ColumnMatrix<Element: BitwiseCopyable> {
    private let absent: Element
    private let columns: Int
    @exclusivity(unchecked) private var base: UnsafeMutablePointer<Element>
    /// Whether a column has any value in the current batch.
    private let isUsed: UnsafeMutablePointer<Bool>
    /// Rows that fit.
    @exclusivity(unchecked) private var capacity = 1_024

    init(columns: Int, absent: Element) {
        self.columns = columns
        self.absent = absent
        unsafe base = .allocate(capacity: columns * 1_024)
        unsafe base.initialize(repeating: absent, count: columns * 1_024)
        unsafe isUsed = .allocate(capacity: columns)
        unsafe isUsed.initialize(repeating: false, count: columns)
    }

    deinit {
        unsafe base.deallocate()
        unsafe isUsed.deallocate()
    }

    /// Makes room for `rows` rows.
    func reserve(rows: Int) { if unsafe rows > capacity { grow(rows) } }

    /// Sets a value. The row must be reserved.
    @inline(__always) func set(_ value: Element, column: Int, row: Int) {
        unsafe base[column &* capacity &+ row] = value
        unsafe isUsed[column] = true
    }

    /// The first `rows` values of a column, which is absent everywhere afterwards; nil when it was.
    func take(column: Int, rows: Int) -> [Element]? {
        guard unsafe isUsed[column] else { return nil }
        let start = unsafe base + column * capacity
        let values = unsafe Array(UnsafeBufferPointer(start: start, count: rows))
        unsafe start.update(repeating: absent, count: rows)
        unsafe isUsed[column] = false
        return values
    }

    private func grow(_ rows: Int) {
        let grown = unsafe max(capacity * 2, rows)
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: columns * grown)
        for column in 0..<columns {
            unsafe (memory + column * grown).initialize(from: base + column * capacity, count: capacity)
            unsafe (memory + column * grown + capacity).initialize(repeating: absent, count: grown - capacity)
        }
        unsafe base.deallocate()
        unsafe base = memory
        unsafe capacity = grown
    }
}

/// A column of strings while a batch is being filled; rows that are passed over are empty.
@safe final class TextColumnBuffer {
    @exclusivity(unchecked) private var bytes: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var byteCapacity = 4_096
    @exclusivity(unchecked) private var byteCount = 0
    @exclusivity(unchecked) private var ends: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private var rowCapacity = 1_024
    @exclusivity(unchecked) private var rowCount = 0

    init() {
        unsafe bytes = .allocate(byteCount: 4_096, alignment: 1)
        unsafe ends = .allocate(capacity: 1_024)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe ends.deallocate()
    }

    /// Sets the string of `row`, which lies behind all rows set before.
    func set(_ source: UnsafeRawBufferPointer, row: Int) {
        fill(to: row)
        if unsafe byteCount + source.count > byteCapacity { unsafe growBytes(byteCount + source.count) }
        if let address = source.baseAddress { unsafe (bytes + byteCount).copyMemory(from: address, byteCount: source.count) }
        unsafe byteCount &+= source.count
        fill(to: row &+ 1)
    }

    /// The column, filled up to `rows`; nil when no row was set. Leaves the buffer empty.
    func take(rows: Int) -> StringTable? {
        guard unsafe rowCount > 0 else { return nil }
        fill(to: rows)
        let table = unsafe StringTable(
            bytes: Array(UnsafeRawBufferPointer(start: bytes, count: byteCount)), ends: Array(UnsafeBufferPointer(start: ends, count: rows)))
        unsafe byteCount = 0
        unsafe rowCount = 0
        return table
    }

    private func fill(to rows: Int) {
        if unsafe rows > rowCapacity { growRows(rows) }
        while unsafe rowCount < rows {
            unsafe ends[rowCount] = UInt32(byteCount)
            unsafe rowCount &+= 1
        }
    }

    private func growBytes(_ needed: Int) {
        let grown = unsafe max(byteCapacity * 2, needed)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 1)
        unsafe memory.copyMemory(from: bytes, byteCount: byteCount)
        unsafe bytes.deallocate()
        unsafe bytes = memory
        unsafe byteCapacity = grown
    }

    private func growRows(_ needed: Int) {
        let grown = unsafe max(rowCapacity * 2, needed)
        let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: grown)
        unsafe memory.initialize(from: ends, count: rowCount)
        unsafe ends.deallocate()
        unsafe ends = memory
        unsafe rowCapacity = grown
    }
}

/// References used in a hot loop without counting them; the array owns them.
@safe struct UncountedReferences<Object: AnyObject> {
    private let owners: [Object]
    private let references: [Unmanaged<Object>]

    init(_ objects: [Object]) {
        owners = objects
        unsafe references = objects.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Calls `body` with the object at `index`.
    @inline(__always) func with<R>(_ index: Int, _ body: (Object) -> R) -> R { unsafe references[index]._withUnsafeGuaranteedRef(body) }
}
