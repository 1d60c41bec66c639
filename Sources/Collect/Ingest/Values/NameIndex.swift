internal import ByteCoding

/// Finds a name's position in a fixed list: a frozen hash table without allocation or locks, for more names and longer ones than a ``KeySet`` takes.
struct NameIndex: Sendable {
    private let names: StringTable
    /// Slot -> position in `names` plus 1; 0 is empty. At most half of the slots are used, so a search ends.
    private let slots: [UInt16]

    /// - Parameter list: different names, fewer than 65,535.
    init(_ list: [String]) {
        var capacity = 16
        while capacity < list.count * 4 { capacity *= 2 }
        names = StringTable(list)
        var slots = [UInt16](repeating: 0, count: capacity)
        for position in list.indices {
            var slot = unsafe names.withBytes(position) { unsafe Self.hash($0) } & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(position + 1)
        }
        self.slots = slots
    }

    /// The position of `name`; nil when it is not in the list.
    func number(of name: UnsafeRawBufferPointer) -> Int? {
        var slot = unsafe Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if unsafe names.withBytes(position, { unsafe LooseText.areEqual($0, name) }) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a, 64 bits, folded; names are short.
    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<name.count { state = unsafe (state ^ UInt64(name[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (state ^ (state &>> 29)) & 0xFFFF_FFFF)
    }
}
