internal import ByteCoding
internal import GatewayModel

/// Turns calls into the columns of a batch, one column at a time. A column that no call fills stays absent.
struct ColumnWriter {
    private let calls: ArraySlice<DemoCall>
    private(set) var batch: RecordBatch

    init(_ calls: ArraySlice<DemoCall>) {
        self.calls = calls
        batch = RecordBatch(count: calls.count)
    }

    /// An integer column; ``absentInteger`` where `value` says so.
    mutating func integers(_ field: RequestField, _ value: (borrowing DemoCall) -> Int64) {
        var column: [Int64] = []
        column.reserveCapacity(calls.count)
        var isPresent = false
        for index in calls.indices {
            let number = value(calls[index])
            isPresent = isPresent || number != absentInteger
            column.append(number)
        }
        if isPresent { batch[field] = .integers(column) }
    }

    /// An integer column of small numbers; absent where negative.
    mutating func counts(_ field: RequestField, _ value: (borrowing DemoCall) -> some FixedWidthInteger) {
        integers(field) { call in
            let number = value(call)
            return number < 0 ? absentInteger : Int64(number)
        }
    }

    /// A dictionary column. Its dictionary holds only the strings that occur, in order of first use.
    /// - Parameter code: k for string k - 1 of `values`, 0 for absent.
    mutating func codes(_ field: RequestField, _ values: StringTable, _ code: (borrowing DemoCall) -> Int) {
        var column: [UInt32] = []
        column.reserveCapacity(calls.count)
        var given = [UInt32](repeating: 0, count: values.count + 1)
        var used = StringTable()
        for index in calls.indices {
            let number = code(calls[index])
            if number > 0, given[number] == 0 {
                used.append(number - 1, of: values)
                given[number] = UInt32(used.count)
            }
            column.append(given[number])
        }
        if !used.isEmpty { batch[field] = .codes(column, values: used) }
    }

    /// A text column.
    /// - Parameter append: appends the call's string to the bytes, or nothing where it is absent.
    mutating func texts(_ field: RequestField, bytesPerRow: Int, _ append: (borrowing DemoCall, inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(calls.count * bytesPerRow)
        var ends: [UInt32] = []
        ends.reserveCapacity(calls.count)
        for index in calls.indices {
            append(calls[index], &bytes)
            ends.append(UInt32(bytes.count))
        }
        if !bytes.isEmpty, let table = StringTable(bytes: bytes, ends: ends) { batch[field] = .texts(table) }
    }
}

/// Hexadecimal digits of random numbers: the ids of the demo's records.
enum HexText {
    /// Appends the lower `count` digits of a number, the highest first; `count` is 1...16.
    static func append(_ number: UInt64, digits count: Int, to bytes: inout [UInt8]) {
        var shift = UInt64(count) &* 4
        while shift > 0 {
            shift &-= 4
            let nibble = UInt8(truncatingIfNeeded: (number &>> shift) & 15)
            bytes.append(nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10))
        }
    }
}
