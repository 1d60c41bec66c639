internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// A batch on its way to the log, with all that can be made before its sequence numbers are known.
struct PreparedAppend: Sendable {
    /// What a deletion is about.
    enum Target: Sendable {
        /// Whatever record has the document now, by its hash.
        case document(UInt64)
        /// One record, and the hash of the document that it is, if it is one.
        case record(Int64, document: UInt64?)
    }

    /// `time` present in all rows, no `sequence`. Empty when the append only deletes.
    let batch: RecordBatch
    let frames: [EncodedFrame]
    let documents: [(row: Int, hash: UInt64)]
    /// Rows that may take the place of a known document; empty when none may.
    let replaces: [Bool]
    /// Ascending by the rows before them.
    let deletions: [(rowsBefore: Int, target: Target)]
    /// Keys by which repeated messages are known, one a row, 0 for none; empty when they are not looked for.
    let messageKeys: [UInt64]
    /// Bytes of its frames.
    let bytes: Int

    init(_ batch: RecordBatch, _ identity: BatchIdentity = .distinct, key: SipHash) {
        let batch = batch.compacting()
        self.batch = batch
        frames = batch.count > 0 ? EncodedFrame.frames(of: batch) : []
        documents = DocumentHashes.of(batch, key: key)
        replaces = identity.replaces.contains(true) ? identity.replaces : []
        deletions = identity.deletions.map { ($0.rowsBefore, .document(DocumentHashes.hash(index: $0.document.index, id: $0.document.id, key: key))) }
        messageKeys = identity.leavesOutDuplicates ? Self.messageKeys(of: batch, key) : []
        bytes = Self.bytes(of: frames)
    }

    /// An append that only removes records.
    init(removing records: [(sequence: Int64, document: UInt64?)]) {
        batch = RecordBatch()
        (frames, documents, replaces, messageKeys, bytes) = ([], [], [], [], 0)
        deletions = records.map { (0, .record($0.sequence, document: $0.document)) }
    }

    private static func messageKeys(of batch: RecordBatch, _ key: SipHash) -> [UInt64] {
        var keys = MessageKeys(of: batch, key: key)
        keys.numberRepetitions()
        return keys.keys
    }

    static func bytes(of frames: [EncodedFrame]) -> Int { frames.reduce(0) { $0 + $1.payload.count + LogFrameHeader.bytes } }

    /// The hashes of all documents that it names.
    var documentHashes: [UInt64] {
        documents.map(\.hash) + deletions.compactMap { deletion in
            switch deletion.target {
            case .document(let hash): hash
            case .record(_, let hash): hash
            }
        }
    }

    /// Whether known documents must be looked at.
    var asksForDocuments: Bool { !documents.isEmpty || !deletions.isEmpty }
}

/// How an appender hears what became of its batch.
typealias AppendContinuation = CheckedContinuation<Result<AppendReceipt, StorageError>, Never>

struct QueuedAppend: Sendable {
    let prepared: PreparedAppend
    let continuation: AppendContinuation
}
