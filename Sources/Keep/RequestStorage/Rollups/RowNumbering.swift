/// Gives the rows of one stretch of time their numbers: equal keys get equal numbers, 0, 1, 2, ... in order of first sight.
///
/// Open addressing with linear probing at a load of at most one half; forgetting costs a pass over the slots.
struct RowNumbering: Sendable {
    /// `keys[number]` is the key.
    private(set) var keys: [UInt64] = []
    /// Number plus 1; 0 is empty. A power of two of them.
    private var slots = [UInt32](repeating: 0, count: 64)

    /// Forgets all keys.
    mutating func reset() {
        keys.removeAll(keepingCapacity: true)
        slots.withMutableSpan { $0.update(repeating: 0) }
    }

    /// Writes the numbers of a range of `input`, plus `base`, to the same range of `output`; stops early when there are more than `max` keys.
    ///
    /// - Returns: whether all were numbered.
    mutating func number(_ input: [UInt64], _ range: Range<Int>, base: Int, max: Int, into output: inout [UInt32]) -> Bool {
        reserve(min(range.count, max + 1))
        return Self.number(input.span, range, UInt32(base), max, &keys, &slots, &output)
    }

    private static func number(
        _ input: Span<UInt64>, _ range: Range<Int>, _ base: UInt32, _ max: Int, _ keys: inout [UInt64], _ slots: inout [UInt32], _ output: inout [UInt32]
    ) -> Bool {
        let mask = slots.count &- 1
        var slots = slots.mutableSpan
        var output = output.mutableSpan
        var last: UInt64 = 0
        var number: UInt32 = 0
        for index in range {
            let key = input[index]
            // Neighbouring rows often belong together.
            if key != last || number == 0 {
                last = key
                var slot = start(key) & mask
                while slots[slot] != 0, keys[Int(slots[slot] &- 1)] != key { slot = (slot &+ 1) & mask }
                if slots[slot] == 0 {
                    guard keys.count < max else { return false }
                    keys.append(key)
                    slots[slot] = UInt32(keys.count)
                }
                number = slots[slot]
            }
            output[index] = base &+ number &- 1
        }
        return true
    }

    private mutating func reserve(_ more: Int) {
        guard (keys.count + more) * 2 > slots.count else { return }
        var capacity = slots.count
        while (keys.count + more) * 2 > capacity { capacity *= 2 }
        var grown = [UInt32](repeating: 0, count: capacity)
        for (number, key) in keys.enumerated() {
            var slot = Self.start(key) & (capacity - 1)
            while grown[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            grown[slot] = UInt32(number + 1)
        }
        slots = grown
    }

    @inline(__always) private static func start(_ key: UInt64) -> Int {
        let product = (key ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }
}

extension Array {
    fileprivate mutating func withMutableSpan(_ body: (inout MutableSpan<Element>) -> Void) {
        var span = mutableSpan
        body(&span)
    }
}
