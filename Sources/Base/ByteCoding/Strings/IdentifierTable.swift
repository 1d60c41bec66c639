/// A large map from 64-bit keyed hashes to positive integers: which record each document id belongs to.
///
/// Two tables of half the limit each: when the younger is full the older is forgotten, so that memory is bounded and the newest half to
/// whole of the limit is always known. Open addressing with linear probing at a load of at most three quarters; 16 bytes a slot.
/// Two ids whose hashes collide are taken for one; with a keyed 64-bit hash and 5 million ids that happens once in a million stores.
package struct IdentifierTable: Sendable {
    private var young: HashSlots
    private var old: HashSlots
    private let half: Int

    /// - Parameter max: entries kept at most, at least 2.
    package init(max: Int) {
        half = Swift.max(1, max / 2)
        young = HashSlots()
        old = HashSlots()
    }

    /// Entries, removed ones included until they are forgotten.
    package var count: Int { young.count + old.count }

    /// The value of a key; nil when unknown, forgotten or removed.
    package func value(of key: UInt64) -> Int64? {
        let value = young.value(of: key) ?? old.value(of: key) ?? 0
        return value > 0 ? value : nil
    }

    /// Sets a key's value, which must be positive.
    package mutating func set(_ key: UInt64, _ value: Int64) {
        if young.count >= half, young.value(of: key) == nil {
            old = young
            young = HashSlots()
        }
        young.set(key, value)
    }

    /// Removes a key if it still has this value.
    package mutating func remove(_ key: UInt64, value: Int64) {
        if young.value(of: key) == value { young.set(key, 0) }
        if old.value(of: key) == value { old.set(key, 0) }
    }
}

/// One open-addressing table. Key 0 is kept apart, because 0 marks a free slot.
private struct HashSlots: Sendable {
    private var keys: [UInt64] = []
    private var values: [Int64] = []
    private var valueOfZero: Int64?
    private(set) var count = 0

    func value(of key: UInt64) -> Int64? {
        guard key != 0 else { return valueOfZero }
        guard !keys.isEmpty else { return nil }
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: key) & mask
        while keys[slot] != 0 {
            if keys[slot] == key { return values[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    mutating func set(_ key: UInt64, _ value: Int64) {
        guard key != 0 else {
            if valueOfZero == nil { count += 1 }
            valueOfZero = value
            return
        }
        if count * 4 >= keys.count * 3 { grow() }
        if insert(key, value) { count += 1 }
    }

    private mutating func insert(_ key: UInt64, _ value: Int64) -> Bool {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: key) & mask
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
        let isNew = keys[slot] == 0
        keys[slot] = key
        values[slot] = value
        return isNew
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = [UInt64](repeating: 0, count: max(64, oldKeys.count * 2))
        values = [Int64](repeating: 0, count: keys.count)
        for slot in oldKeys.indices where oldKeys[slot] != 0 { _ = insert(oldKeys[slot], oldValues[slot]) }
    }
}
