/// Gives equal byte strings equal small numbers: 0, 1, 2, ... in order of first sight.
///
/// Open addressing with linear probing at a load of at most one half; the strings stand in a ``StringTable``.
/// One owner at a time uses an interner; it is not Sendable.
@safe package final class StringInterner {
    @usableFromInline @exclusivity(unchecked) var slots: UnsafeMutablePointer<UInt32>
    @usableFromInline @exclusivity(unchecked) var hashes: UnsafeMutablePointer<UInt32>
    @usableFromInline @exclusivity(unchecked) var slotMask: Int
    @exclusivity(unchecked) package private(set) var table: StringTable

    package init() {
        unsafe slots = .allocate(capacity: 16)
        unsafe hashes = .allocate(capacity: 16)
        unsafe slots.initialize(repeating: 0, count: 16)
        unsafe hashes.initialize(repeating: 0, count: 16)
        unsafe slotMask = 15
        unsafe table = StringTable()
    }

    /// An interner that already knows `table`'s strings by their positions.
    package convenience init(_ table: StringTable) {
        self.init()
        for index in 0..<table.count {
            unsafe table.withBytes(index) { bytes in
                _ = unsafe intern(bytes)
            }
        }
    }

    deinit {
        unsafe slots.deallocate()
        unsafe hashes.deallocate()
    }

    package var count: Int { unsafe table.count }

    /// The number of `bytes`, given now if they are new.
    package func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let hash = unsafe Self.hash(bytes)
        var slot = unsafe Int(hash) & slotMask
        while true {
            let entry = unsafe slots[slot]
            if entry == 0 { break }
            if unsafe hashes[slot] == hash, unsafe isEqual(Int(entry) - 1, bytes) { return entry - 1 }
            slot = unsafe (slot + 1) & slotMask
        }
        unsafe table.append(bytes)
        unsafe slots[slot] = UInt32(table.count)
        unsafe hashes[slot] = hash
        if unsafe table.count * 2 > slotMask { grow() }
        return unsafe UInt32(table.count - 1)
    }

    /// The number of `bytes` if they are known.
    package func lookup(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        let hash = unsafe Self.hash(bytes)
        var slot = unsafe Int(hash) & slotMask
        while true {
            let entry = unsafe slots[slot]
            if entry == 0 { return nil }
            if unsafe hashes[slot] == hash, unsafe isEqual(Int(entry) - 1, bytes) { return entry - 1 }
            slot = unsafe (slot + 1) & slotMask
        }
    }

    package func intern(_ string: String) -> UInt32 {
        var string = string
        return string.withUTF8 { unsafe intern(UnsafeRawBufferPointer($0)) }
    }

    package func lookup(_ string: String) -> UInt32? {
        var string = string
        return string.withUTF8 { unsafe lookup(UnsafeRawBufferPointer($0)) }
    }

    /// The strings known so far; the interner is empty afterwards, its memory kept for the next ones.
    package func takeTable() -> StringTable {
        let taken = unsafe table
        unsafe table = StringTable()
        unsafe slots.update(repeating: 0, count: slotMask + 1)
        return taken
    }

    private func isEqual(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe table.withBytes(index) { known in unsafe ByteComparison.areEqual(known, bytes) }
    }

    private func grow() {
        let capacity = unsafe (slotMask + 1) * 2
        let grownSlots = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        let grownHashes = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        unsafe grownSlots.initialize(repeating: 0, count: capacity)
        unsafe grownHashes.initialize(repeating: 0, count: capacity)
        for old in unsafe 0...slotMask where unsafe slots[old] != 0 {
            var slot = unsafe Int(hashes[old]) & (capacity - 1)
            while unsafe grownSlots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            unsafe grownSlots[slot] = slots[old]
            unsafe grownHashes[slot] = hashes[old]
        }
        unsafe slots.deallocate()
        unsafe hashes.deallocate()
        unsafe slots = grownSlots
        unsafe hashes = grownHashes
        unsafe slotMask = capacity - 1
    }

    /// A multiply-and-mix hash, eight bytes a step. Not keyed: a client that crafts collisions slows only the batch it sends,
    /// whose size is limited, because dictionaries live per batch and per part.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = mix(state ^ word)
            offset &+= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            tail |= unsafe UInt64(bytes[offset]) &<< shift
            shift &+= 8
            offset &+= 1
        }
        state = mix(state ^ tail)
        return UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
