/// Remembers one small number for each (epoch, provider, model): a hash table with open addressing over raw memory.
///
/// It exists because the general way, an interner per name and a table over the two numbers, cost some 300 ns a record, most of it
/// reference counting and comparing bytes one by one. Names are copied into an arena; a look-up hashes and compares eight bytes a
/// step and touches no reference count.
@safe struct PriceMemo: ~Copyable {
    /// How many answers are remembered; then all is forgotten and found again. Clients choose names, and must not be able to fill the
    /// memory with them.
    static let answersMax = 16_384
    /// The most bytes of names that are remembered, for the same reason.
    static let nameBytesMax = 4 << 20

    private struct Slot {
        var hash: UInt64 = 0
        /// Where the names stand in the arena: the provider's, then the model's.
        var nameStart: UInt32 = 0
        var providerCount: UInt32 = 0
        var modelCount: UInt32 = 0
        var epoch: UInt32 = 0
        var answer: Int32 = 0
        var isUsed = false
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var slotMask: Int
    private var count = 0
    private var arena: UnsafeMutableRawPointer
    private var arenaCapacity: Int
    private var arenaUsed = 0

    private static let slotsAtStart = 512
    private static let arenaBytesAtStart = 16_384

    init() {
        unsafe slots = .allocate(capacity: Self.slotsAtStart)
        unsafe slots.initialize(repeating: Slot(), count: Self.slotsAtStart)
        slotMask = Self.slotsAtStart - 1
        unsafe arena = .allocate(byteCount: Self.arenaBytesAtStart, alignment: 8)
        arenaCapacity = Self.arenaBytesAtStart
    }

    deinit {
        unsafe slots.deallocate()
        unsafe arena.deallocate()
    }

    /// What names are looked up by: computed once, used for the search and for remembering.
    @safe struct Key {
        let epoch: UInt32
        let provider: UnsafeRawBufferPointer
        let model: UnsafeRawBufferPointer
        fileprivate let hash: UInt64

        init(epoch: UInt32, provider: UnsafeRawBufferPointer, model: UnsafeRawBufferPointer) {
            self.epoch = epoch
            unsafe self.provider = provider
            unsafe self.model = model
            // The provider's length is part of the start value, so that ("ab", "c") and ("a", "bc") differ.
            let start = UInt64(epoch) &<< 32 ^ UInt64(truncatingIfNeeded: provider.count)
            hash = unsafe PriceMemo.hash(model, PriceMemo.hash(provider, start))
        }
    }

    /// The remembered answer; nil when there is none.
    func answer(_ key: Key) -> Int32? {
        var index = Int(truncatingIfNeeded: key.hash) & slotMask
        while unsafe slots[index].isUsed {
            if unsafe slots[index].hash == key.hash, unsafe isEqual(slots[index], key) { return unsafe slots[index].answer }
            index = (index &+ 1) & slotMask
        }
        return nil
    }

    /// Remembers an answer to a key that has none yet; forgets all others first when the limits are reached.
    mutating func remember(_ key: Key, _ answer: Int32) {
        let bytes = unsafe key.provider.count + key.model.count
        guard bytes <= Self.nameBytesMax else { return }
        if count >= Self.answersMax || arenaUsed + bytes > Self.nameBytesMax { forget() }
        if (count + 1) * 2 > slotMask { grow() }
        reserve(bytes)
        unsafe insert(
            Slot(
                hash: key.hash, nameStart: UInt32(arenaUsed), providerCount: UInt32(key.provider.count), modelCount: UInt32(key.model.count),
                epoch: key.epoch, answer: answer, isUsed: true))
        unsafe append(key.provider)
        unsafe append(key.model)
        count += 1
    }

    // MARK: Slots

    private func isEqual(_ slot: Slot, _ key: Key) -> Bool {
        guard slot.epoch == key.epoch, unsafe Int(slot.providerCount) == key.provider.count, unsafe Int(slot.modelCount) == key.model.count else {
            return false
        }
        let name = unsafe arena + Int(slot.nameStart)
        return unsafe Self.isEqual(name, key.provider) && Self.isEqual(name + key.provider.count, key.model)
    }

    private mutating func insert(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.hash) & slotMask
        while unsafe slots[index].isUsed { index = (index + 1) & slotMask }
        unsafe slots[index] = slot
    }

    private mutating func grow() {
        let oldCount = slotMask + 1
        let old = unsafe slots
        unsafe slots = .allocate(capacity: oldCount * 2)
        unsafe slots.initialize(repeating: Slot(), count: oldCount * 2)
        slotMask = oldCount * 2 - 1
        for index in 0..<oldCount where unsafe old[index].isUsed { unsafe insert(old[index]) }
        unsafe old.deallocate()
    }

    private mutating func forget() {
        unsafe slots.update(repeating: Slot(), count: slotMask + 1)
        count = 0
        arenaUsed = 0
    }

    // MARK: Names

    private mutating func reserve(_ bytes: Int) {
        guard arenaUsed + bytes > arenaCapacity else { return }
        let capacity = max(arenaCapacity * 2, arenaUsed + bytes)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        unsafe grown.copyMemory(from: arena, byteCount: arenaUsed)
        unsafe arena.deallocate()
        unsafe arena = grown
        arenaCapacity = capacity
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { unsafe (arena + arenaUsed).copyMemory(from: source, byteCount: bytes.count) }
        arenaUsed += bytes.count
    }

    @inline(__always) private static func isEqual(_ known: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = unsafe known.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard unsafe word == bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            offset &+= 8
        }
        while offset < bytes.count {
            guard unsafe known.load(fromByteOffset: offset, as: UInt8.self) == bytes[offset] else { return false }
            offset &+= 1
        }
        return true
    }

    /// A multiply-and-mix hash, eight bytes a step. Not keyed: a client that crafts collisions slows its own ingest only until the
    /// limits make the table forget.
    @inline(__always) private static func hash(_ bytes: UnsafeRawBufferPointer, _ start: UInt64) -> UInt64 {
        var state = start ^ 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= bytes.count {
            state = mix(state ^ (unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        var tail: UInt64 = 1
        while offset < bytes.count {
            tail = tail &<< 8 | (unsafe UInt64(bytes[offset]))
            offset &+= 1
        }
        return mix(state ^ tail)
    }

    @inline(__always) private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
