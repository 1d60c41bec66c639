internal import ByteCoding
internal import GatewayModel
internal import Synchronization

/// The messages of the last hours, made from the stored rows when it is first asked.
struct KnownMessages: Sendable {
    var table: MessageKeyTable
    var isLoaded = false

    init(_ configuration: StoreConfiguration) {
        table = MessageKeyTable(max: configuration.duplicateKeysMax, windowSeconds: configuration.duplicateWindowSeconds)
    }
}

extension RequestStore {
    // MARK: On the write queue

    /// Reads what the group needs to know of stored rows and has not been read since the start.
    func loadWhatIsAsked(_ group: [QueuedAppend]) {
        if group.contains(where: { $0.prepared.asksForDocuments }) { loadDocuments() }
        if group.contains(where: { !$0.prepared.messageKeys.isEmpty }) { loadMessages() }
    }

    /// Knows the documents of the newest segments again, as many as the limit allows, oldest first so that the newest are forgotten last.
    func loadDocuments() {
        guard !documents.withLock({ $0.isLoaded }) else { return }
        var rows = 0
        var newest: [any RecordSegment] = []
        for segment in snapshot(of: .all).segments.sorted(by: { $0.sequenceBounds.upperBound > $1.sequenceBounds.upperBound }) where segment.contains(.documentID) {
            guard rows < configuration.documentIDsMax else { break }
            rows += segment.rowCount
            newest.append(segment)
        }
        for segment in newest.reversed() {
            var found: [(hash: UInt64, place: DocumentPlace)] = []
            do throws(StorageError) {
                try DocumentHashes.forEach(in: segment, key: key) { hash, place in found.append((hash, place)) }
            } catch {
                noteDamage(error, consequence: "documents of this part may be stored twice")
            }
            documents.withLock { $0.load(found) }
        }
        documents.withLock { $0.finishLoading() }
    }

    /// Knows the messages of the window again, as many as the limit allows.
    private func loadMessages() {
        guard !messages.withLock({ $0.isLoaded }) else { return }
        let since = configuration.clock().microseconds - Int64(configuration.duplicateWindowSeconds) * Timestamp.microsecondsPerSecond
        var blocks: [(segment: any RecordSegment, block: Int, last: Int64)] = []
        let state = state.withLock { $0 }
        for segment in state.segments {
            for block in 0..<segment.blockCount {
                if let bounds = segment.bounds(.receivedAt, block: block), bounds.upperBound >= since { blocks.append((segment, block, bounds.upperBound)) }
            }
        }
        blocks.sort { $0.last > $1.last }
        var rows = 0
        let wanted = blocks.prefix { block in
            defer { rows += block.segment.rows(ofBlock: block.block).count }
            return rows < configuration.duplicateKeysMax
        }
        var reader = MessageKeyReader(key: key)
        for (segment, block, _) in wanted.reversed() {
            do throws(StorageError) {
                let found = try reader.read(segment, block, since: since)
                messages.withLock { messages in for message in found { messages.table.load(message) } }
            } catch {
                noteDamage(error, consequence: "messages that are sent again may be stored twice")
            }
        }
        messages.withLock { $0.isLoaded = true }
    }

    /// Tells the log and every later snapshot about damage that was found after the start.
    private func noteDamage(_ error: StorageError, consequence: String) {
        guard case .damaged(let file, let what, let offset) = error else { return }
        configuration.onEvent(.damaged(file: file, what: what, offset: offset))
        state.withLock { state in
            guard state.notes.count < StoreState.notesMax else { return }
            state.notes.append("\(file) is damaged at byte \(offset) (\(what)): \(consequence)")
        }
    }
}

/// Makes the keys of stored rows.
struct MessageKeyReader {
    struct Message {
        let key: UInt64
        let receivedAt: Int64
        let isIdentified: Bool
    }

    private let key: SipHash
    /// The hashes of the dictionaries of the segment that was read last.
    private var segment: ObjectIdentifier?
    private var hashes: [RequestField: [UInt64]] = [:]

    init(key: SipHash) { self.key = key }

    /// The messages of a block that came at `since` or later, in its order.
    mutating func read(_ segment: any RecordSegment, _ block: Int, since: Int64) throws(StorageError) -> [Message] {
        if self.segment != ObjectIdentifier(segment) {
            self.segment = ObjectIdentifier(segment)
            hashes = [:]
            for field in MessageKeys.dictionaryFields where segment.contains(field) {
                hashes[field] = MessageKeys.hashes(of: try segment.dictionary(field), key: key)
            }
        }
        var keys = MessageKeys(rows: segment.rows(ofBlock: block).count, key: key)
        var integers: [Int64] = []
        var codes: [UInt32] = []
        var texts = StringTable()
        for field in MessageKeys.integerFields where segment.contains(field) {
            try segment.read(field, block: block, into: &integers)
            keys.mix(integers, field)
        }
        for field in MessageKeys.dictionaryFields where segment.contains(field) {
            try segment.read(field, block: block, into: &codes)
            keys.mix(codes, hashes[field] ?? [], field)
        }
        for field in MessageKeys.textFields where segment.contains(field) {
            try segment.read(field, block: block, into: &texts)
            keys.mix(texts, field)
        }
        keys.finish()
        try segment.read(.receivedAt, block: block, into: &integers)
        return keys.keys.indices.compactMap { row in
            guard keys.keys[row] != 0, integers[row] >= since else { return nil }
            return Message(key: keys.keys[row], receivedAt: integers[row], isIdentified: keys.isIdentified[row])
        }
    }
}

extension MessageKeyTable {
    /// Notes a stored message. Equal ones without ids stood in one body and get the keys that they got there.
    mutating func load(_ message: MessageKeyReader.Message) {
        var key = message.key
        while !insert(key, at: Timestamp(microseconds: message.receivedAt)), !message.isIdentified { key = MessageKeys.next(after: key) }
    }
}
