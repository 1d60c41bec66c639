internal import GatewayModel

/// The keys of the messages of the last hours: which of them a sender sends again.
///
/// Two tables of half the limit each: when the younger is full, or as old as the window, the older is forgotten whole. A slot is one word of 8 bytes:
/// the upper 56 bits of a key and, in the lower 8, when it came, in units of a 48th of the window; a load of at most three quarters makes that
/// 11 to 21 bytes a key. Open addressing with linear probing.
///
/// Two different messages whose 56 bits are equal are taken for one: with 4 million keys and as many new messages a day, once in some twelve years.
struct MessageKeyTable: Sendable {
    private var young = KeySlots()
    private var old = KeySlots()
    /// When the first key of the younger table came.
    private var youngSince: Int64?
    private let half: Int
    private let unitMicroseconds: Int64
    /// Keys that were forgotten within the window, because there were too many.
    private(set) var forgotten: Int64 = 0

    /// Units of a window.
    private static let units: Int64 = 48

    /// - Parameters:
    ///   - max: keys kept at most, at least 2.
    ///   - windowSeconds: how long a key is known: this long, and up to a 48th longer.
    init(max: Int, windowSeconds: Int) {
        half = Swift.max(1, max / 2)
        unitMicroseconds = Swift.max(1, Int64(windowSeconds)) * Timestamp.microsecondsPerSecond / Self.units
    }

    /// Keys held, those included that are too old and not yet forgotten.
    var count: Int { young.count + old.count }

    /// Notes a message.
    ///
    /// - Parameter key: not 0.
    /// - Returns: false when the same came within the window before.
    mutating func insert(_ key: UInt64, at time: Timestamp) -> Bool {
        let unit = time.microseconds / unitMicroseconds
        if let stamp = young.stamp(of: key) ?? old.stamp(of: key), isWithin(stamp, unit) { return false }
        makeRoom(time.microseconds)
        young.set(key, stamp: UInt8(truncatingIfNeeded: unit))
        return true
    }

    /// Forgets a message that was noted and then not stored.
    mutating func remove(_ key: UInt64) { young.remove(key) }

    /// Whether a stamp lies in the window before `unit`. One from the future, before the clock was set back, does.
    private func isWithin(_ stamp: UInt8, _ unit: Int64) -> Bool {
        let age = UInt8(truncatingIfNeeded: unit) &- stamp
        return age <= UInt8(Self.units) || age > 192
    }

    private mutating func makeRoom(_ now: Int64) {
        let window = unitMicroseconds * Self.units
        let since = youngSince ?? now
        if youngSince == nil { youngSince = now }
        let isFull = young.count >= half
        guard isFull || now - since > window else { return }
        // The stamps go round after five windows: what is older than two must not come back to life.
        if now - since > 2 * window {
            old = KeySlots()
        } else {
            if isFull, now - since <= window { forgotten += Int64(old.count) }
            old = young
        }
        young = KeySlots()
        youngSince = now
    }
}

/// One open-addressing table of words. 0 is a free slot; 1 to 255 are slots whose key was removed, which no key looks like.
private struct KeySlots: Sendable {
    private var words: [UInt64] = []
    private(set) var count = 0

    private static let stampMask: UInt64 = 0xFF

    /// The word of a key without its stamp, never below 256.
    private static func word(_ key: UInt64) -> UInt64 { Swift.max(256, key & ~stampMask) }

    private func start(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 8) & (words.count - 1) }

    private func slot(of word: UInt64) -> Int? {
        guard !words.isEmpty else { return nil }
        var slot = start(word)
        while words[slot] != 0 {
            if words[slot] & ~Self.stampMask == word { return slot }
            slot = (slot + 1) & (words.count - 1)
        }
        return nil
    }

    func stamp(of key: UInt64) -> UInt8? {
        slot(of: Self.word(key)).map { UInt8(truncatingIfNeeded: words[$0]) }
    }

    mutating func set(_ key: UInt64, stamp: UInt8) {
        let word = Self.word(key)
        if let slot = slot(of: word) {
            words[slot] = word | UInt64(stamp)
            return
        }
        if count * 4 >= words.count * 3 { grow() }
        place(word | UInt64(stamp))
        count += 1
    }

    mutating func remove(_ key: UInt64) {
        if let slot = slot(of: Self.word(key)) { words[slot] = 1 }
    }

    private mutating func place(_ word: UInt64) {
        var slot = start(word)
        while words[slot] != 0 { slot = (slot + 1) & (words.count - 1) }
        words[slot] = word
    }

    private mutating func grow() {
        let before = words
        words = [UInt64](repeating: 0, count: max(64, before.count * 2))
        count = 0
        for word in before where word > Self.stampMask {
            place(word)
            count += 1
        }
    }
}
