internal import ByteCoding
package import GatewayModel

/// Series as a sender spells them, each with its key and with the number that the writer gave it: who sends the same series every few seconds has its
/// labels read and checked once.
///
/// Open addressing with linear probing at a load of at most one half. The hash is seeded anew for each cache, so that nobody who cannot read the
/// process's memory can make series collide.
package struct SeriesCache: Sendable {
    /// What a cache may hold before it starts anew: some 400 bytes a series.
    package static let seriesMax = 1_000_000
    package static let bytesMax = 256 << 20

    private var slots: [Int32]
    private var hashes: [UInt64] = []
    /// The spellings, and the keys' bytes, end to end.
    private var spellings = StringTable()
    private var keys = StringTable()
    /// One for each series.
    package private(set) var references: [SeriesReference] = []
    /// Counts how often the cache started anew: entries of an older generation mean nothing.
    package private(set) var generation = 0
    private let seed: UInt64
    private let seriesMax: Int
    private let bytesMax: Int

    package init(seriesMax: Int = SeriesCache.seriesMax, bytesMax: Int = SeriesCache.bytesMax) {
        slots = [Int32](repeating: -1, count: 64)
        seed = UInt64.random(in: .min ... .max)
        self.seriesMax = seriesMax
        self.bytesMax = bytesMax
    }

    package var count: Int { hashes.count }
    /// Bytes of spellings and keys.
    package var byteCount: Int { spellings.bytes.count + keys.bytes.count }

    /// The series that is spelled so; nil when it is not known.
    package func find(_ spelling: UnsafeRawBufferPointer) -> Int? {
        let hash = unsafe self.hash(spelling)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = Int(slots[slot])
            if entry < 0 { return nil }
            if hashes[entry] == hash, unsafe spellings.withBytes(entry, { unsafe ByteComparison.areEqual($0, spelling) }) { return entry }
            slot = (slot + 1) & mask
        }
    }

    /// Adds a series whose spelling is not known yet. A cache that is full starts anew.
    package mutating func insert(_ spelling: UnsafeRawBufferPointer, key: [UInt8]) -> Int {
        if hashes.count >= seriesMax || byteCount > bytesMax - spelling.count - key.count { removeAll() }
        if hashes.count * 2 >= slots.count { grow() }
        let hash = unsafe self.hash(spelling)
        hashes.append(hash)
        unsafe spellings.append(spelling)
        unsafe key.withUnsafeBytes { unsafe keys.append($0) }
        references.append(.none)
        place(hashes.count - 1)
        return hashes.count - 1
    }

    /// Appends a series' key.
    package func appendKey(_ entry: Int, to bytes: inout [UInt8]) { unsafe keys.withBytes(entry) { unsafe bytes.append(contentsOf: $0) } }

    package func key(_ entry: Int) -> [UInt8] { unsafe keys.withBytes(entry) { unsafe Array($0) } }

    /// Keeps the number that the writer gave a series.
    package mutating func learn(_ entry: Int, _ reference: SeriesReference) { references[entry] = reference }

    private mutating func removeAll() {
        let next = generation + 1
        self = SeriesCache(seriesMax: seriesMax, bytesMax: bytesMax)
        generation = next
    }

    private mutating func place(_ entry: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hashes[entry]) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(entry)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for entry in hashes.indices { place(entry) }
    }

    /// A multiply-and-mix hash from a secret start, eight bytes a step.
    private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = Self.mix(seed ^ UInt64(truncatingIfNeeded: bytes.count), 0x9E37_79B9_7F4A_7C15)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = Self.mix(state ^ word, seed | 1)
            offset &+= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            tail |= unsafe UInt64(bytes[offset]) &<< shift
            shift &+= 8
            offset &+= 1
        }
        return Self.mix(state ^ tail, 0xD6E8_FEB8_6659_FD93)
    }

    @inline(__always) private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
