internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// An append with its numbers: what goes to the log and to memory.
struct NumberedAppend: Sendable {
    var receipt: AppendReceipt
    var frames: [EncodedFrame] = []
    /// The documents that it stored or deleted, and which record has each now; nil for deleted ones.
    var documents: [UInt64: DocumentPlace?] = [:]
    /// Records that it deletes or replaces; some may be its own.
    var hidden: [Int64] = []
    /// The stored rows with their `sequence`; nil when there are none.
    var batch: RecordBatch?

    var bytes: Int { PreparedAppend.bytes(of: frames) }
    var lastSequence: Int64 { receipt.firstSequence + Int64(batch?.count ?? 0) - 1 }
}

/// Numbers the rows of a group's batches one by one, and decides about each what the records before it make of it: stored, refused, left out,
/// or stored in the place of another.
struct SequenceNumbering {
    /// The number of the next row.
    private(set) var next: Int64
    /// The group's documents that are stored, or stand in a batch that was numbered before; nil for deleted ones.
    private var known: [UInt64: DocumentPlace?]
    /// Records that may yet be hidden.
    private var hiddenRoom: Int
    private let isHidden: (Int64) -> Bool
    private var hiddenInGroup: Set<Int64> = []
    private let key: SipHash

    init(next: Int64, known: [UInt64: DocumentPlace?], hiddenRoom: Int, key: SipHash, isHidden: @escaping (Int64) -> Bool) {
        self.next = next
        self.known = known
        self.hiddenRoom = hiddenRoom
        self.key = key
        self.isHidden = isHidden
    }

    /// - Parameters:
    ///   - keys: the messages of the last hours; those of the append are added.
    ///   - noted: is given the keys that were added, so that they can be taken out again when the group comes to nothing.
    /// - Throws: ``StorageError/full(reason:)`` when more records would be hidden than may be; nothing of the append counts then.
    mutating func number(_ append: PreparedAppend, _ keys: inout MessageKeyTable, noted: inout [UInt64], now: Timestamp) throws(StorageError) -> NumberedAppend {
        if !append.asksForDocuments, append.messageKeys.isEmpty { return store(append, Verdicts()) }
        var verdicts = Verdicts()
        let before = noted.count
        for (row, key) in append.messageKeys.enumerated() where key != 0 {
            if keys.insert(key, at: now) { noted.append(key) } else { verdicts.duplicates.append(row) }
        }
        if append.asksForDocuments { judgeDocuments(append, &verdicts) }
        guard verdicts.hidden.count <= hiddenRoom else {
            for key in noted[before...] { keys.remove(key) }
            noted.removeSubrange(before...)
            throw .full(reason: "too many deleted and replaced records wait to be merged away; replacing and deleting goes on when they are")
        }
        return store(append, verdicts)
    }

    // MARK: Deciding

    private struct Verdicts {
        var conflicts: [Int] = []
        var duplicates: [Int] = []
        var replaced: [Int] = []
        var replacedVersions: [Int64] = []
        var deletedVersions: [Int64] = []
        private(set) var hidden: [Int64] = []
        private(set) var hiddenSet: Set<Int64> = []
        var documents: [UInt64: DocumentPlace?] = [:]
        /// Versions above 1, by row.
        var versions: [(row: Int, version: Int64)] = []

        mutating func hide(_ sequence: Int64) {
            hidden.append(sequence)
            hiddenSet.insert(sequence)
        }
    }

    /// Goes through documents and deletions in the order in which their sender put them.
    private func judgeDocuments(_ append: PreparedAppend, _ verdicts: inout Verdicts) {
        var deletions = append.deletions[...]
        var duplicates = verdicts.duplicates[...]
        // Rows before the one at hand that get no number.
        var left = 0
        for document in append.documents {
            while let deletion = deletions.first, deletion.rowsBefore <= document.row {
                judge(deletion.target, &verdicts)
                deletions.removeFirst()
            }
            while let duplicate = duplicates.first, duplicate < document.row {
                duplicates.removeFirst()
                left += 1
            }
            guard let place = place(document.hash, verdicts) else {
                verdicts.documents[document.hash] = DocumentPlace(sequence: next + Int64(document.row - left), version: 1)
                continue
            }
            guard !append.replaces.isEmpty, append.replaces[document.row] else {
                verdicts.conflicts.append(document.row)
                left += 1
                continue
            }
            let version = place.version + 1
            verdicts.hide(place.sequence)
            verdicts.replaced.append(document.row)
            verdicts.replacedVersions.append(version)
            verdicts.versions.append((document.row, version))
            verdicts.documents[document.hash] = DocumentPlace(sequence: next + Int64(document.row - left), version: version)
        }
        for deletion in deletions { judge(deletion.target, &verdicts) }
    }

    private func judge(_ target: PreparedAppend.Target, _ verdicts: inout Verdicts) {
        switch target {
        case .document(let hash):
            guard let place = place(hash, verdicts) else { return verdicts.deletedVersions.append(0) }
            verdicts.hide(place.sequence)
            verdicts.deletedVersions.append(place.version + 1)
            verdicts.documents[hash] = .some(nil)
        case .record(let sequence, let hash):
            let place = hash.flatMap { self.place($0, verdicts) }
            // It may have been replaced or deleted since it was looked up.
            let isGone = isHidden(sequence) || hiddenInGroup.contains(sequence) || verdicts.hiddenSet.contains(sequence)
            if isGone { return verdicts.deletedVersions.append(0) }
            verdicts.hide(sequence)
            verdicts.deletedVersions.append((place?.version ?? 1) + 1)
            if let hash, place?.sequence == sequence { verdicts.documents[hash] = .some(nil) }
        }
    }

    private func place(_ hash: UInt64, _ verdicts: Verdicts) -> DocumentPlace? {
        if let own = verdicts.documents[hash] { return own }
        return known[hash] ?? nil
    }

    // MARK: Numbering

    private mutating func store(_ append: PreparedAppend, _ verdicts: Verdicts) -> NumberedAppend {
        let first = next
        let receipt = AppendReceipt(
            firstSequence: first, conflicts: verdicts.conflicts, duplicates: verdicts.duplicates, replaced: verdicts.replaced,
            replacedVersions: verdicts.replacedVersions, deletedVersions: verdicts.deletedVersions)
        var numbered = NumberedAppend(receipt: receipt)
        let (kept, frames) = keep(append, verdicts)
        if var batch = kept {
            next += Int64(batch.count)
            batch[.sequence] = .integers(Array(first..<next))
            numbered.batch = batch
        }
        numbered.hidden = verdicts.hidden
        numbered.frames = EncodedFrame.frames(hiding: verdicts.hidden, isContinued: kept != nil) + frames
        numbered.documents = verdicts.documents
        known.merge(verdicts.documents) { $1 }
        hiddenRoom -= verdicts.hidden.count
        hiddenInGroup.formUnion(verdicts.hiddenSet)
        return numbered
    }

    /// The rows that are stored, with their versions, and their frames: those that were prepared when all rows are stored as they came.
    private func keep(_ append: PreparedAppend, _ verdicts: Verdicts) -> (RecordBatch?, [EncodedFrame]) {
        guard append.batch.count > 0 else { return (nil, []) }
        if verdicts.conflicts.isEmpty, verdicts.duplicates.isEmpty, verdicts.versions.isEmpty { return (append.batch, append.frames) }
        var batch = append.batch
        if !verdicts.versions.isEmpty {
            var versions = [Int64](repeating: absentInteger, count: batch.count)
            for (row, version) in verdicts.versions { versions[row] = version }
            batch[.documentVersion] = .integers(versions)
        }
        let gone = Set(verdicts.conflicts + verdicts.duplicates)
        if gone.count == batch.count { return (nil, []) }
        if !gone.isEmpty { batch = batch.gathering((0..<batch.count).filter { !gone.contains($0) }) }
        return (batch, EncodedFrame.frames(of: batch))
    }
}
