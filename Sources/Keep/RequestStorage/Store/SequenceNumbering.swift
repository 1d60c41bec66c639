internal import ByteCoding
internal import GatewayModel

/// An append with its numbers: what goes to the log and to memory.
struct NumberedAppend: Sendable {
    let firstSequence: Int64
    /// Refused rows of the batch as it came, ascending.
    let conflicts: [Int]
    let frames: [EncodedFrame]
    let documents: [(hash: UInt64, sequence: Int64)]
    /// The stored rows with their `sequence`; nil when all were refused.
    let batch: RecordBatch?

    var bytes: Int { frames.reduce(0) { $0 + $1.payload.count + LogFrameHeader.bytes } }
    var lastSequence: Int64 { firstSequence + Int64(batch?.count ?? 0) - 1 }
}

/// Numbers the rows of a group's batches one by one and refuses documents that are known, from before or from earlier in the group.
struct SequenceNumbering {
    /// The number of the next row.
    private(set) var next: Int64
    /// Hashes of documents that are stored or stand in a batch that was numbered before.
    private var known: Set<UInt64>
    private let key: SipHash

    init(next: Int64, known: Set<UInt64>, key: SipHash) {
        self.next = next
        self.known = known
        self.key = key
    }

    mutating func number(_ append: PreparedAppend) -> NumberedAppend {
        var conflicts: [Int] = []
        for document in append.documents where !known.insert(document.hash).inserted { conflicts.append(document.row) }
        guard !conflicts.isEmpty else { return number(append, conflicts: []) }
        let refused = Set(conflicts)
        let rows = (0..<append.batch.count).filter { !refused.contains($0) }
        guard !rows.isEmpty else { return NumberedAppend(firstSequence: next, conflicts: conflicts, frames: [], documents: [], batch: nil) }
        return number(PreparedAppend(append.batch.gathering(rows), key: key), conflicts: conflicts)
    }

    private mutating func number(_ append: PreparedAppend, conflicts: [Int]) -> NumberedAppend {
        let first = next
        next += Int64(append.batch.count)
        var batch = append.batch
        batch[.sequence] = .integers(Array(first..<next))
        let documents = append.documents.map { (hash: $0.hash, sequence: first + Int64($0.row)) }
        return NumberedAppend(firstSequence: first, conflicts: conflicts, frames: append.frames, documents: documents, batch: batch)
    }
}
