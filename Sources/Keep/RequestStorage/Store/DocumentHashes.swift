internal import ByteCoding
internal import GatewayModel

/// Where a document is.
struct DocumentPlace: Sendable, Equatable {
    /// The number of the record that has it.
    let sequence: Int64
    /// How often it was stored, from 1; counted to ``versionMax``.
    let version: Int64

    static let versionMax: Int64 = 1 << 15

    /// Numbers stay below this: as many records would take 250 years at 30,000 a second.
    private static let sequenceBits: Int64 = 48

    init(sequence: Int64, version: Int64) {
        self.sequence = sequence
        self.version = min(max(1, version), Self.versionMax)
    }

    /// A place as one positive word: the number below, the version less one above.
    init(packed: Int64) { self.init(sequence: packed & (1 << Self.sequenceBits - 1), version: packed >> Self.sequenceBits + 1) }

    var packed: Int64 { (version - 1) << Self.sequenceBits | sequence }
}

/// Which record each document id belongs to, for the newest ids up to a limit. Made from the stored rows when it is first asked, so that a store that
/// nobody sends documents to starts at once and keeps no memory for them.
struct KnownDocuments: Sendable {
    private var table: IdentifierTable
    /// Whether the stored rows have been read.
    private(set) var isLoaded = false

    init(max: Int) { table = IdentifierTable(max: max) }

    func place(_ hash: UInt64) -> DocumentPlace? { table.value(of: hash).map { DocumentPlace(packed: $0) } }

    /// Notes what the stored rows say; older rows first.
    mutating func load(_ documents: [(hash: UInt64, place: DocumentPlace)]) {
        for document in documents { table.set(document.hash, document.place.packed) }
    }

    mutating func finishLoading() { isLoaded = true }

    /// Notes what an append changed.
    mutating func note(_ changes: [UInt64: DocumentPlace?]) {
        guard isLoaded else { return }
        for (hash, place) in changes {
            if let place { table.set(hash, place.packed) } else if let known = table.value(of: hash) { table.remove(hash, value: known) }
        }
    }

    /// Forgets a document if it is still at that place.
    mutating func forget(_ hash: UInt64, _ place: DocumentPlace) { table.remove(hash, value: place.packed) }
}

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

    /// Calls `body` with the hash and place of every document of a segment that is not hidden.
    static func forEach(in segment: any RecordSegment, key: SipHash, _ body: (UInt64, DocumentPlace) -> Void) throws(StorageError) {
        guard segment.contains(.documentID) else { return }
        for block in 0..<segment.blockCount {
            let hidden = Set(segment.hiddenRows(ofBlock: block))
            for found in try documents(in: segment, block: block, key: key) where !hidden.contains(UInt16(found.row)) { body(found.hash, found.place) }
        }
    }

    /// The documents of a block, hidden ones included.
    static func documents(in segment: any RecordSegment, block: Int, key: SipHash) throws(StorageError) -> [(row: Int, hash: UInt64, place: DocumentPlace)] {
        var ids = StringTable()
        var codes: [UInt32] = []
        var sequences: [Int64] = []
        var versions: [Int64] = []
        try segment.read(.documentID, block: block, into: &ids)
        try segment.read(.index, block: block, into: &codes)
        try segment.read(.sequence, block: block, into: &sequences)
        if segment.contains(.documentVersion) { try segment.read(.documentVersion, block: block, into: &versions) }
        return of(ids, codes: codes, indices: try segment.dictionary(.index), key: key).map { row, hash in
            (row, hash, DocumentPlace(sequence: sequences[row], version: versions.isEmpty ? 1 : versions[row]))
        }
    }
}
