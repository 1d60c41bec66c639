/// Recognises an object's known keys: what the readers spend most of their lookups on.
///
/// Problem: an APISIX entry has some sixty keys, so ten nanoseconds a key are already a third of the time there is. Idea: a key of at most 32
/// bytes is four words loaded over each other (the two first and the two last groups of eight bytes) and its length, so
/// that equal words mean equal keys and nothing is compared byte by byte. The words are hashed into a table whose multiplier is searched for
/// when the set is made, so that no two keys share a slot: a lookup is one slot and five comparisons, hit or miss.
///
/// `@unchecked Sendable` holds because nothing of a set is written after `init` has returned.
@safe final class KeySet: @unchecked Sendable {
    /// Longest key that can be in a set, in bytes.
    static let keyBytesMax = 32

    private struct Words: Equatable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var last: UInt64 = 0
        var count: UInt64 = 0

        /// Loads never leave the key: shorter ones are put together from smaller overlapping loads.
        @inline(__always) init(_ bytes: UnsafeRawBufferPointer) {
            let length = bytes.count
            count = UInt64(truncatingIfNeeded: length)
            if length >= 8 {
                first = unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
                last = unsafe bytes.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
                if length > 16 {
                    second = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                    third = unsafe bytes.loadUnaligned(fromByteOffset: length &- 16, as: UInt64.self)
                }
            } else if length >= 4 {
                first = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
                last = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: length &- 4, as: UInt32.self))
            } else if length > 0 {
                first = unsafe UInt64(bytes[0]) | UInt64(bytes[length &>> 1]) &<< 8 | UInt64(bytes[length &- 1]) &<< 16
            }
        }

        @inline(__always) func slot(_ multiplier: UInt64, _ mask: UInt64) -> Int {
            let mixed = (first ^ (last &<< 7 | last &>> 57) ^ count &<< 3) &* multiplier
            return Int(truncatingIfNeeded: (mixed &>> 40) & mask)
        }
    }

    private struct Slot {
        let words: Words
        let number: UInt8
    }

    /// Safe: written only before `init` returns, freed in `deinit`, and every index is masked to its size.
    private let slots: UnsafeMutablePointer<Slot>
    private let multiplier: UInt64
    private let mask: UInt64

    /// - Parameter keys: names with the numbers (1...255) that ``number(of:)`` gives; names differ and have at most ``keyBytesMax`` bytes.
    init(_ keys: [(String, UInt8)]) {
        let words = keys.map { key -> Words in
            precondition(key.0.utf8.count <= Self.keyBytesMax && key.1 > 0, "key \(key.0) is too long for a KeySet")
            return unsafe Array(key.0.utf8).withUnsafeBytes { unsafe Words($0) }
        }
        (multiplier, mask) = Self.search(words)
        let size = Int(mask) + 1
        unsafe slots = .allocate(capacity: size)
        // An empty slot has a length that no key has.
        var empty = unsafe Words(UnsafeRawBufferPointer(start: nil, count: 0))
        empty.count = .max
        unsafe slots.initialize(repeating: Slot(words: empty, number: 0), count: size)
        for (word, key) in zip(words, keys) { unsafe slots[word.slot(multiplier, mask)] = Slot(words: word, number: key.1) }
    }

    deinit { unsafe slots.deallocate() }

    /// The number of the key, 0 when it is not in the set (or is written with escapes).
    @inline(__always) func number(of key: UnsafeRawBufferPointer) -> UInt8 {
        let words = unsafe Words(key)
        let slot = unsafe slots[words.slot(multiplier, mask)]
        return slot.words == words ? slot.number : 0
    }

    /// A multiplier and a table size for which all keys have slots of their own. It ends: with every size the table doubles, and different keys
    /// have different words.
    private static func search(_ words: [Words]) -> (UInt64, UInt64) {
        var size: UInt64 = 16
        var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        while size < UInt64(words.count) * 2 { size *= 2 }
        while true {
            for _ in 0..<256 {
                if Set(words.map { $0.slot(multiplier, size - 1) }).count == words.count { return (multiplier, size - 1) }
                multiplier = multiplier &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 | 1
            }
            size *= 2
        }
    }
}
