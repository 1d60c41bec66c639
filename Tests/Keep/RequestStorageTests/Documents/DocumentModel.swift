import ByteCoding
import GatewayModel
import KeepTestSupport
import Testing

/// The naive store of documents and messages: what a sender may expect.
struct DocumentModel {
    private(set) var rows: [Int64: Row] = [:]
    private var documents: [String: (sequence: Int64, version: Int64)] = [:]
    /// How many equal messages are kept.
    private var messages: [Row: Int] = [:]
    private var next: Int64 = 1

    /// What an append of this batch makes of the store, and what its sender hears.
    mutating func apply(_ batch: RecordBatch, _ identity: BatchIdentity) -> AppendReceipt {
        var conflicts: [Int] = [], duplicates: [Int] = [], replaced: [Int] = [], versions: [Int64] = [], deleted: [Int64] = []
        var inBatch: [Row: Int] = [:]
        let first = next
        for row in 0...batch.count {
            for deletion in identity.deletions where deletion.rowsBefore == row { deleted.append(remove(deletion.document.id)) }
            if row == batch.count { break }
            var content = RecordOracle.row(batch, row)
            if let id = batch.text(.documentID, row: row) {
                if let known = documents[id] {
                    guard identity.replaces.isEmpty == false, identity.replaces[row] else {
                        conflicts.append(row)
                        continue
                    }
                    replaced.append(row)
                    versions.append(known.version + 1)
                    content[.documentVersion] = .integer(known.version + 1)
                    rows[known.sequence] = nil
                }
                documents[id] = (next, (documents[id]?.version ?? 0) + 1)
            } else if identity.leavesOutDuplicates {
                let message = content.filter { $0.key != .receivedAt }
                let place = message[.requestID] != nil ? 0 : inBatch[message, default: 0]
                inBatch[message, default: 0] += 1
                guard messages[message, default: 0] <= place else {
                    duplicates.append(row)
                    continue
                }
                messages[message, default: 0] += 1
            }
            rows[next] = content
            next += 1
        }
        return AppendReceipt(
            firstSequence: first, conflicts: conflicts, duplicates: duplicates, replaced: replaced, replacedVersions: versions, deletedVersions: deleted)
    }

    /// Removes by number; whether there was such a record.
    mutating func remove(_ sequence: Int64) -> Bool {
        guard let row = rows.removeValue(forKey: sequence) else { return false }
        if case .text(let id)? = row[.documentID] { documents[id] = nil }
        return true
    }

    private mutating func remove(_ id: String) -> Int64 {
        guard let known = documents.removeValue(forKey: id) else { return 0 }
        rows[known.sequence] = nil
        return known.version + 1
    }

    /// Numbers that were given to a batch that came to nothing are not used again.
    mutating func skip(to sequence: Int64) { next = max(next, sequence) }

    func sequence(of id: String) -> Int64? { documents[id]?.sequence }
}

/// Random appends with few ids and few messages, so that they meet again.
struct DocumentTraffic {
    var random: SeededGenerator
    let now: Timestamp
    var days: Int64 = 3

    static let ids = (0..<12).map { "doc-\($0)" }

    mutating func next() -> (RecordBatch, BatchIdentity) {
        let count = Int.random(in: 0...6, using: &random)
        let isLookedFor = !random.oneIn(4)
        var batch = RecordBatch(count: count)
        if count > 0 {
            batch[.time] = .integers((0..<count).map { _ in time() })
            batch[.receivedAt] = .integers([Int64](repeating: now.microseconds, count: count))
            batch[.source] = .codes([UInt32](repeating: 1, count: count), values: StringTable([isLookedFor ? "elasticsearch" : "import"]))
            batch[.index] = .codes([UInt32](repeating: 1, count: count), values: StringTable(["logs"]))
            let ids = (0..<count).map { _ in random.oneIn(2) ? Self.ids.randomElement(using: &random)! : "" }
            if ids.contains(where: { !$0.isEmpty }) { batch[.documentID] = .texts(StringTable(ids)) }
            let names = (0..<count).map { _ in random.oneIn(2) ? "request-\(Int.random(in: 0..<3, using: &random))" : "" }
            if names.contains(where: { !$0.isEmpty }) { batch[.requestID] = .texts(StringTable(names)) }
            let statuses = (0..<count).map { _ in [200, 500, absentInteger].randomElement(using: &random)! }
            if statuses.contains(where: { $0 != absentInteger }) { batch[.status] = .integers(statuses) }
        }
        var identity = BatchIdentity(leavesOutDuplicates: isLookedFor)
        if random.oneIn(2) { identity.replaces = (0..<count).map { _ in !random.oneIn(3) } }
        let places = (0..<Int.random(in: 0...2, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
        identity.deletions = places.map { DocumentDeletion(DocumentName(index: "logs", id: Self.ids.randomElement(using: &random)!), rowsBefore: $0) }
        return (batch, identity)
    }

    private mutating func time() -> Int64 {
        now.microseconds - Int64.random(in: 0..<days, using: &random) * Timestamp.microsecondsPerDay - Int64.random(in: 0..<3, using: &random)
    }
}
