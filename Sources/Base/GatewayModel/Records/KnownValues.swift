internal import ByteCoding
internal import Synchronization

/// Which values of each dimension are kept as they are: those seen in the recent past, and new ones while there is room.
///
/// Dimensions such as `model`, `client` and `path` come out of what clients send. A client that makes up a new one with each request would fill every
/// dictionary, every group and every chart, so a dimension has a limit: when it is reached, new values become ``RecordBatchBuilder/otherValue`` and are
/// counted. A value that was admitted stays admitted as long as it is seen; one that was not seen for ``days`` days makes room.
///
/// One table is shared by all threads. It is asked once for each distinct value of a batch, not once a record, under a lock of the dimension's own;
/// only values that are refused ask each time. Values are known by a keyed 64-bit hash, some 40 bytes each in memory: two values that share one are taken
/// for each other, which admits one value too many in some 10^19 / limit.
package final class KnownValues: Sendable {
    /// Values of one dimension that are admitted.
    package let valuesMax: Int
    /// Days that a value is remembered after it was seen last.
    package let days: Int32
    private let tables: [Table]
    private let hash: SipHash
    private let today: @Sendable () -> Int32

    /// - Parameters:
    ///   - valuesMax: values of one dimension, at least 1.
    ///   - days: days without a sight after which a value makes room, at least 1.
    ///   - today: tells the day, in UTC days since 1970.
    package init(valuesMax: Int, days: Int, today: @escaping @Sendable () -> Int32 = { Timestamp.now().utcDay }) {
        self.valuesMax = valuesMax
        self.days = Int32(clamping: days)
        self.today = today
        hash = SipHash(key0: .random(in: .min ... .max), key1: .random(in: .min ... .max))
        tables = (0..<RequestField.tableSize).map { _ in Table() }
    }

    /// Whether a value is kept as it is. Called at each sight of a value that the batch at hand does not have yet.
    package func admits(_ bytes: UnsafeRawBufferPointer, _ field: RequestField) -> Bool {
        unsafe admits(bytes, Int(field.rawValue), seen: today(), isCounted: true)
    }

    func admits(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool { unsafe admits(bytes, index, seen: today(), isCounted: true) }

    private func admits(_ bytes: UnsafeRawBufferPointer, _ index: Int, seen day: Int32, isCounted: Bool) -> Bool {
        let key = unsafe hash(bytes)
        let (valuesMax, days) = (valuesMax, days)
        return tables[index].state.withLock { state in
            if let last = state.lastSeen[key] {
                if last < day { state.lastSeen[key] = day }
                return true
            }
            if state.lastSeen.count >= valuesMax { state.forget(before: day - days, on: day) }
            guard state.lastSeen.count < valuesMax else {
                if isCounted { state.refused += 1 }
                return false
            }
            state.lastSeen[key] = day
            return true
        }
    }

    /// Takes the values of a store's recent records as known, so that a restart changes nothing; the newest first, as many as there is room for.
    ///
    /// Reads the dictionaries of the segments of the last ``days`` days. While it runs values are admitted as they come.
    ///
    /// - Returns: dictionaries that could not be read; the store itself tells of them.
    @discardableResult
    package func learn(from reader: any RequestReader) -> Int {
        let day = today()
        let first = Timestamp(microseconds: (Int64(day) - Int64(days)) * Timestamp.microsecondsPerDay)
        let snapshot = reader.snapshot(of: TimeRange(from: first, to: TimeRange.all.to))
        var unreadable = 0
        for segment in snapshot.segments.sorted(by: { $0.timeBounds.last > $1.timeBounds.last }) {
            let seen = min(segment.timeBounds.last.utcDay, day)
            for field in RequestField.allCases where field.kind == .dictionary && segment.contains(field) {
                do throws(StorageError) { learn(try segment.dictionary(field), field, seen: seen) } catch { unreadable += 1 }
            }
        }
        return unreadable
    }

    private func learn(_ values: StringTable, _ field: RequestField, seen day: Int32) {
        for index in 0..<values.count where values.length(index) > 0 {
            unsafe values.withBytes(index) { _ = unsafe admits($0, Int(field.rawValue), seen: day, isCounted: false) }
        }
    }

    /// For each dimension that has any: the values known, and how many values of records were refused since the start.
    package var figures: [(field: RequestField, known: Int, refused: Int64)] {
        RequestField.allCases.compactMap { field in
            let (known, refused) = tables[Int(field.rawValue)].state.withLock { ($0.lastSeen.count, $0.refused) }
            return known > 0 || refused > 0 ? (field, known, refused) : nil
        }
    }

    /// The values of one dimension.
    private final class Table: Sendable {
        let state = Mutex(State())
    }

    private struct State {
        /// The day on which each value was seen last, by the value's hash.
        var lastSeen: [UInt64: Int32] = [:]
        var refused: Int64 = 0
        /// The day on which old values were looked for last: looking costs as much as there are values.
        private var lookedOn: Int32?

        mutating func forget(before day: Int32, on today: Int32) {
            guard lookedOn != today else { return }
            lookedOn = today
            lastSeen = lastSeen.filter { $0.value >= day }
        }
    }
}
