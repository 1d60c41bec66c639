/// Recognises an object's known keys in a few nanoseconds: a perfect-enough hash of length and first and last bytes, then one comparison.
///
///     enum Key: UInt8, CaseIterable { case latency = 1, status }
///     static let keys = JSONKeys([("latency", 1), ("status", 2)])
package struct JSONKeys: Sendable {
    private let names: StringTable
    private let numbers: [UInt8]
    /// Slot -> index in `names` plus 1; 0 is empty.
    private let slots: [UInt16]

    /// - Parameter keys: the names with the numbers (1...255) that ``number(of:)`` shall give; names must differ.
    package init(_ keys: [(String, UInt8)]) {
        var capacity = 16
        while capacity < keys.count * 4 { capacity *= 2 }
        var slots = [UInt16](repeating: 0, count: capacity)
        let names = StringTable(keys.map(\.0))
        for index in keys.indices {
            var slot = unsafe names.withBytes(index) { unsafe Self.hash($0) } & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(index + 1)
        }
        self.names = names
        self.slots = slots
        numbers = keys.map(\.1)
    }

    /// The number of the key spelled by `bytes`, or 0 when it is not among the known ones (or is written with escapes).
    package func number(of bytes: UnsafeRawBufferPointer) -> UInt8 {
        var slot = unsafe Self.hash(bytes) & (slots.count - 1)
        while true {
            let entry = Int(slots[slot])
            if entry == 0 { return 0 }
            let isSame = unsafe names.withBytes(entry - 1) { unsafe ByteComparison.areEqual($0, bytes) }
            if isSame { return numbers[entry - 1] }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = bytes.count
        guard count > 0 else { return 0 }
        var value = UInt64(count)
        if count >= 8 {
            value ^= unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            value = value &* 0x9E37_79B9_7F4A_7C15
            value ^= unsafe bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else {
            for index in 0..<count { value = unsafe (value &<< 8) ^ UInt64(bytes[index]) ^ (value &>> 40) }
        }
        value = value &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: value &>> 40)
    }
}
