internal import ByteCoding

/// Finds series by the bytes of their labels: open addressing with linear probing at a load of at most one half.
///
/// The hash is seeded for each process, so that nobody can prepare labels that all fall on one place.
struct KeyTable {
    private var slots: [UInt32] = []
    private var hashes: [UInt32] = []
    private(set) var count = 0
    private let seed = UInt64.random(in: .min ... .max)

    /// The series with this key; nil when there is none.
    func series(_ key: UnsafeRawBufferPointer, among all: [KeptSeries?]) -> KeptSeries? {
        guard !slots.isEmpty else { return nil }
        let hash = unsafe digest(key)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if hashes[slot] == hash, let known = all[Int(slots[slot])], unsafe known.key.withUnsafeBytes({ unsafe ByteComparison.areEqual($0, key) }) { return known }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a series whose key is not there.
    mutating func insert(_ series: KeptSeries) {
        if count * 2 >= slots.count { grow() }
        let hash = unsafe series.key.withUnsafeBytes { unsafe digest($0) }
        Self.place(series.id, hash, &slots, &hashes)
        count += 1
    }

    private static func place(_ id: UInt32, _ hash: UInt32, _ slots: inout [UInt32], _ hashes: inout [UInt32]) {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = id
        hashes[slot] = hash
    }

    private mutating func grow() {
        let capacity = max(64, slots.count * 2)
        var (grownSlots, grownHashes) = ([UInt32](repeating: 0, count: capacity), [UInt32](repeating: 0, count: capacity))
        for slot in slots.indices where slots[slot] != 0 { Self.place(slots[slot], hashes[slot], &grownSlots, &grownHashes) }
        (slots, hashes) = (grownSlots, grownHashes)
    }

    private func digest(_ key: UnsafeRawBufferPointer) -> UInt32 {
        var state = seed ^ UInt64(truncatingIfNeeded: key.count)
        var offset = 0
        while offset &+ 8 <= key.count {
            state = unsafe Self.mix(state ^ key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var tail: UInt64 = 0
        while offset < key.count {
            tail = tail &<< 8 | UInt64(unsafe key[offset])
            offset &+= 1
        }
        state = Self.mix(state ^ tail)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
