internal import ByteCoding
internal import GatewayModel

/// The keyed hashes by which the store knows documents: SipHash of index, a zero byte, and id.
enum DocumentHashes {
    static func hash(index: String, id: String, key: SipHash) -> UInt64 {
        let bytes = Array(index.utf8) + [0] + Array(id.utf8)
        return unsafe bytes.withUnsafeBytes { unsafe key($0) }
    }

    /// The rows of a batch that have a document id, with their hashes.
    static func of(_ batch: RecordBatch, key: SipHash) -> [(row: Int, hash: UInt64)] {
        guard case .texts(let ids) = batch[.documentID] else { return [] }
        guard case .codes(let codes, let values) = batch[.index] else { return of(ids, codes: [], indices: StringTable(), key: key) }
        return of(ids, codes: codes, indices: values, key: key)
    }

    /// The same for a block: `codes` are those of the index column, or empty when no row has an index.
    static func of(_ ids: StringTable, codes: [UInt32], indices: StringTable, key: SipHash) -> [(row: Int, hash: UInt64)] {
        var found: [(row: Int, hash: UInt64)] = []
        var bytes: [UInt8] = []
        for row in 0..<ids.count where ids.length(row) > 0 {
            bytes.removeAll(keepingCapacity: true)
            let code = codes.isEmpty ? 0 : Int(codes[row])
            if code > 0 { unsafe indices.withBytes(code - 1) { unsafe bytes.append(contentsOf: $0) } }
            bytes.append(0)
            unsafe ids.withBytes(row) { unsafe bytes.append(contentsOf: $0) }
            unsafe found.append((row, bytes.withUnsafeBytes { unsafe key($0) }))
        }
        return found
    }

    /// Calls `body` with the hash and sequence of every document in a part.
    static func forEach(in part: Part, key: SipHash, _ body: (UInt64, Int64) -> Void) throws(StorageError) {
        guard part.contains(.documentID) else { return }
        let indices = try part.dictionary(.index)
        var ids = StringTable()
        var codes: [UInt32] = []
        var sequences: [Int64] = []
        for block in 0..<part.blockCount {
            try part.read(.documentID, block: block, into: &ids)
            try part.read(.index, block: block, into: &codes)
            try part.read(.sequence, block: block, into: &sequences)
            for (row, hash) in of(ids, codes: codes, indices: indices, key: key) { body(hash, sequences[row]) }
        }
    }
}
