/// Gives equal 64-bit keys equal small numbers: 0, 1, 2, ... in order of first sight.
///
/// Open addressing with linear probing at a load of at most one half.
struct KeyTable: Sendable {
    /// `keys[number]` is the key.
    private(set) var keys: [UInt64] = []
    /// Number plus 1; 0 is empty. A power of two of them.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)

    var count: Int { keys.count }

    /// Bytes of memory held.
    var bytes: Int { keys.capacity * 8 + slots.count * 4 }

    /// The number of `key`, given now if it is new.
    mutating func number(of key: UInt64) -> UInt32 {
        reserve(1)
        let slot = Self.find(key, slots.span, keys.span)
        let entry = slots[slot]
        if entry != 0 { return entry &- 1 }
        keys.append(key)
        slots[slot] = UInt32(keys.count)
        return UInt32(keys.count - 1)
    }

    /// The number of `key` if it is known.
    func known(_ key: UInt64) -> Int? {
        let entry = slots[Self.find(key, slots.span, keys.span)]
        return entry == 0 ? nil : Int(entry) - 1
    }

    /// Replaces the codes in `cells` by the numbers of the keys `cells[i] * factor + codes[i]`.
    mutating func number(_ cells: inout [UInt32], factor: UInt64, codes: [UInt32]) {
        precondition(cells.count == codes.count, "one code per row")
        var last = UInt64.max
        var lastNumber: UInt32 = 0
        for index in cells.indices {
            let key = UInt64(cells[index]) &* factor &+ UInt64(codes[index])
            // Neighbouring rows often belong together.
            if key != last || index == 0 {
                last = key
                lastNumber = number(of: key)
            }
            cells[index] = lastNumber
        }
    }

    private mutating func reserve(_ more: Int) {
        guard (keys.count + more) * 2 > slots.count else { return }
        var capacity = slots.count
        while (keys.count + more) * 2 > capacity { capacity *= 2 }
        var grown = [UInt32](repeating: 0, count: capacity)
        for (number, key) in keys.enumerated() {
            var slot = Self.start(key, capacity)
            while grown[slot] != 0 { slot = (slot &+ 1) & (capacity &- 1) }
            grown[slot] = UInt32(number + 1)
        }
        slots = grown
    }

    /// The slot that holds `key`, or the empty one where it belongs.
    @inline(__always) private static func find(_ key: UInt64, _ slots: Span<UInt32>, _ keys: Span<UInt64>) -> Int {
        var slot = start(key, slots.count)
        while true {
            let entry = slots[slot]
            if entry == 0 || keys[Int(entry &- 1)] == key { return slot }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
    }

    @inline(__always) private static func start(_ key: UInt64, _ capacity: Int) -> Int {
        Int(truncatingIfNeeded: BitMix.mix(key)) & (capacity &- 1)
    }
}

/// A cheap mixing of 64 bits: the halves of the product with an odd constant, folded.
enum BitMix {
    @inline(__always) static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
