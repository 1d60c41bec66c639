package import ByteCoding

/// The keys by which a message that a sender sends again is known: 64-bit keyed hashes over what the sender said of the call.
///
/// Made column by column, from a batch as well as from what is stored, with the same result: so nothing but the records themselves needs to be kept.
/// A value that is absent adds nothing. What the receiver adds (time of reception, price, number) and what rules make of other values (provider, model,
/// error class) is left out, so that a new version of the rules does not make old messages new.
///
/// The sender's ids do not stand alone: some gateways log a constant or reused id, and the attempts of one request share theirs. They decide
/// how rows of one body relate: see ``isIdentified``.
package struct MessageKeys: Sendable {
    /// The fields that make up a key, ids last.
    package static let integerFields: [RequestField] = [
        .time, .duration, .status, .requestSize, .responseSize, .inputTokens, .outputTokens, .totalTokens, .timeToFirstToken, .upstreamDuration,
    ]
    package static let dictionaryFields: [RequestField] = [.source, .index, .client, .path, .method, .serverAddress, .gatewayNode, .clientAddress]
    package static let textFields: [RequestField] = [.requestID, .providerRequestID, .responseID, .traceID, .spanID, .documentID]

    /// One element a row; never 0 but where a document id says who the row is.
    package private(set) var keys: [UInt64]
    /// Rows whose sender named the request: two of them that are equal are the same message even in one body. Rows without any id are not: a body
    /// with two equal calls holds two calls.
    package private(set) var isIdentified: [Bool]
    private var isDocument: [Bool] = []
    private let key: SipHash

    /// Begins the keys of so many rows; nothing is mixed in yet.
    package init(rows: Int, key: SipHash) {
        self.key = key
        keys = [UInt64](repeating: key.key1 | 1, count: rows)
        isIdentified = [Bool](repeating: false, count: rows)
    }

    /// The keys of a batch's rows.
    package init(of batch: RecordBatch, key: SipHash) {
        self.init(rows: batch.count, key: key)
        for field in Self.integerFields { if case .integers(let values) = batch[field] { mix(values, field) } }
        for field in Self.dictionaryFields { if case .codes(let codes, let values) = batch[field] { mix(codes, Self.hashes(of: values, key: key), field) } }
        for field in Self.textFields { if case .texts(let values) = batch[field] { mix(values, field) } }
        finish()
    }

    /// The hashes of a dictionary's values.
    package static func hashes(of values: StringTable, key: SipHash) -> [UInt64] {
        (0..<values.count).map { value in unsafe values.withBytes(value) { unsafe key($0) } }
    }

    package mutating func mix(_ values: [Int64], _ field: RequestField) {
        let (salt, factor) = salt(field)
        var keys = keys
        self.keys = []
        for row in keys.indices where values[row] != absentInteger { keys[row] = Self.fold(keys[row] ^ UInt64(bitPattern: values[row]) &+ salt, factor) }
        self.keys = keys
    }

    /// - Parameter hashes: of the dictionary's values.
    package mutating func mix(_ codes: [UInt32], _ hashes: [UInt64], _ field: RequestField) {
        let (salt, factor) = salt(field)
        var keys = keys
        self.keys = []
        for row in keys.indices where codes[row] != 0 { keys[row] = Self.fold(keys[row] ^ hashes[Int(codes[row]) - 1] &+ salt, factor) }
        self.keys = keys
    }

    package mutating func mix(_ values: StringTable, _ field: RequestField) {
        let (salt, factor) = salt(field)
        var keys = keys
        self.keys = []
        if field == .documentID {
            isDocument = (0..<keys.count).map { values.length($0) > 0 }
        } else {
            let names = field == .requestID || field == .providerRequestID
            for row in keys.indices where values.length(row) > 0 {
                keys[row] = Self.fold(keys[row] ^ (unsafe values.withBytes(row) { unsafe key($0) }) &+ salt, factor)
                if names { isIdentified[row] = true }
            }
        }
        self.keys = keys
    }

    /// Ends the keys: 0 for rows with a document id, and no other is 0.
    package mutating func finish() {
        for row in keys.indices { keys[row] = !isDocument.isEmpty && isDocument[row] ? 0 : max(1, Self.fold(keys[row], key.key0 | 1)) }
    }

    /// The key of the next call that is equal in everything to the one with this key, in one body without ids.
    package static func next(after key: UInt64) -> UInt64 { max(1, fold(key ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)) }

    /// Gives equal rows without ids keys of their own, first come first numbered, as if they had come one after another.
    package mutating func numberRepetitions() {
        guard keys.count > 1 else { return }
        // A table of the batch's keys, at most half full; 0 is a free slot.
        let mask = (1 << (Int.bitWidth - (2 * keys.count - 1).leadingZeroBitCount)) - 1
        var slots = [UInt64](repeating: 0, count: mask + 1)
        var keys = keys
        self.keys = []
        for row in keys.indices where keys[row] != 0 && !isIdentified[row] {
            while !Self.insert(keys[row], &slots, mask) { keys[row] = Self.next(after: keys[row]) }
        }
        self.keys = keys
    }

    private static func insert(_ key: UInt64, _ slots: inout [UInt64], _ mask: Int) -> Bool {
        var slot = Int(truncatingIfNeeded: key) & mask
        while slots[slot] != 0 {
            if slots[slot] == key { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = key
        return true
    }

    /// Each field mixes with constants of its own, so that values cannot change places unseen.
    private func salt(_ field: RequestField) -> (UInt64, UInt64) {
        let number = UInt64(field.rawValue) &+ 1
        return (key.key0 &* number, (key.key1 ^ (number &* 0xA076_1D64_78BD_642F)) | 1)
    }

    /// The two halves of a 128-bit product, folded: the mixing step of wyhash (Wang Yi, public domain).
    @inline(__always) private static func fold(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
