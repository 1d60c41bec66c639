import ByteCoding
import GatewayModel

/// A record as a test writes it down: any fields, integers in inside units.
struct SampleRow: Sendable {
    var integers: [RequestField: Int64] = [:]
    var texts: [RequestField: String] = [:]

    var time: Int64 { integers[.time] ?? 0 }
    var sequence: Int64 { integers[.sequence] ?? 0 }

    /// Rows as a batch: dictionary columns with an unused value in front, so that codes differ from segment to segment.
    static func batch(_ rows: [SampleRow], unused: String = "unused") -> RecordBatch {
        var batch = RecordBatch(count: rows.count)
        for field in RequestField.allCases {
            switch field.kind {
            case .integer:
                if rows.contains(where: { $0.integers[field] != nil }) { batch[field] = .integers(rows.map { $0.integers[field] ?? absentInteger }) }
            case .dictionary:
                guard rows.contains(where: { $0.texts[field] != nil }) else { continue }
                let interner = StringInterner()
                _ = interner.intern(unused)
                let codes = rows.map { row in row.texts[field].map { interner.intern($0) + 1 } ?? 0 }
                batch[field] = .codes(codes, values: interner.table)
            case .text:
                if rows.contains(where: { $0.texts[field] != nil }) { batch[field] = .texts(StringTable(rows.map { $0.texts[field] ?? "" })) }
            }
        }
        return batch
    }

    /// A snapshot of segments of the given sizes, the last one taking what is left.
    static func snapshot(_ rows: [SampleRow], sizes: [Int] = []) -> StoreSnapshot {
        var segments: [any RecordSegment] = []
        var start = 0
        for size in sizes + [rows.count] where start < rows.count {
            let end = min(rows.count, start + size)
            if end > start { segments.append(BatchSegment(batch(Array(rows[start..<end]), unused: "unused\(start)"))) }
            start = end
        }
        return StoreSnapshot(segments: segments, sequence: rows.map(\.sequence).max() ?? 0)
    }
}

/// SplitMix64 (S. Vigna): a seeded generator, so that a failing case can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A store whose content is a snapshot made beforehand.
struct SampleReader: RequestReader {
    let content: StoreSnapshot

    func snapshot(of range: TimeRange) -> StoreSnapshot { content }
    func sequence(ofDocument id: String, index: String) -> Int64? { nil }
    var statistics: StoreStatistics { StoreStatistics() }
}

/// A segment whose columns cannot be read from some block on.
final class DamagedSegment: RecordSegment {
    private let inner: BatchSegment
    private let firstDamagedBlock: Int
    private let error = StorageError.damaged(file: "0001.part", what: "checksum", offset: 4_711)

    init(_ batch: RecordBatch, firstDamagedBlock: Int) {
        inner = BatchSegment(batch)
        self.firstDamagedBlock = firstDamagedBlock
    }

    var rowCount: Int { inner.rowCount }
    var timeBounds: (first: Timestamp, last: Timestamp) { inner.timeBounds }
    var sequenceBounds: ClosedRange<Int64> { inner.sequenceBounds }
    func contains(_ field: RequestField) -> Bool { inner.contains(field) }
    func dictionary(_ field: RequestField) throws(StorageError) -> StringTable { try inner.dictionary(field) }
    func valueCounts(_ field: RequestField) throws(StorageError) -> [Int] { throw error }
    func bounds(_ field: RequestField, block: Int) -> ClosedRange<Int64>? { inner.bounds(field, block: block) }
    func read(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) {
        guard block < firstDamagedBlock else { throw error }
        try inner.read(field, block: block, into: &values)
    }
    func read(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) {
        guard block < firstDamagedBlock else { throw error }
        try inner.read(field, block: block, into: &codes)
    }
    func read(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) {
        guard block < firstDamagedBlock else { throw error }
        try inner.read(field, block: block, into: &texts)
    }
}
