/// Where records are kept: what Collect hands batches to.
package protocol RequestWriter: Sendable {
    /// Makes the batch and its deletions durable and visible, all of it at once, and only then returns.
    ///
    /// The writer numbers the records: it sets the `sequence` column itself, consecutive and in row order, over the rows that were stored.
    /// Called concurrently; concurrent batches share one synchronisation to disk.
    /// Rows without `time` are a slip of the caller.
    /// - Parameter identity: which rows take the place of kept records, which documents go, and whether messages that were sent again are left out.
    func append(_ batch: RecordBatch, identity: BatchIdentity) async throws(StorageError) -> AppendReceipt

    /// Removes records by their sequence numbers; returns when that is durable and visible.
    ///
    /// - Returns: for each number whether there was such a record.
    func remove(_ sequences: [Int64]) async throws(StorageError) -> [Bool]
}

extension RequestWriter {
    /// Appends a batch whose document ids are new (others are refused) and whose other rows are never duplicates.
    package func append(_ batch: RecordBatch) async throws(StorageError) -> AppendReceipt { try await append(batch, identity: .distinct) }
}

/// How the rows of a batch relate to records that are kept already.
package struct BatchIdentity: Sendable, Equatable {
    /// Rows that take the place of the kept record with their document id (`index`), one element a row or none; other rows whose document id is
    /// known are refused (`create`).
    package var replaces: [Bool]
    /// Documents that go, in the order in which they were asked for; between the rows, because a sender may index, delete and index the same again.
    package var deletions: [DocumentDeletion]
    /// Whether rows without a document id that repeat a message of the last hours are left out (``MessageKeys``).
    package var leavesOutDuplicates: Bool

    package init(replaces: [Bool] = [], deletions: [DocumentDeletion] = [], leavesOutDuplicates: Bool = false) {
        self.replaces = replaces
        self.deletions = deletions
        self.leavesOutDuplicates = leavesOutDuplicates
    }

    /// No row replaces another, none is a duplicate.
    package static let distinct = BatchIdentity()
}

/// A document as its sender names it.
package struct DocumentName: Sendable, Hashable {
    package let index: String
    package let id: String

    package init(index: String, id: String) {
        self.index = index
        self.id = id
    }
}

/// A document that goes.
package struct DocumentDeletion: Sendable, Equatable {
    package let document: DocumentName
    /// Rows of the batch that come before; the batch's count when it comes last.
    package let rowsBefore: Int

    package init(_ document: DocumentName, rowsBefore: Int) {
        self.document = document
        self.rowsBefore = rowsBefore
    }
}

/// What became of an appended batch.
package struct AppendReceipt: Sendable, Equatable {
    /// The sequence number of the first stored row; the others follow one by one.
    package let firstSequence: Int64
    /// Rows of the batch that were refused because their document id exists, ascending.
    package let conflicts: [Int]
    /// Rows that were left out because the same message is kept already, ascending.
    package let duplicates: [Int]
    /// Rows that took the place of a record that was kept before, ascending.
    package let replaced: [Int]
    /// The version of the document in each row of `replaced`: 2 for the first that took another's place.
    package let replacedVersions: [Int64]
    /// For each deletion the version that the document has with it, 2 or more; 0 when there was no such document.
    package let deletedVersions: [Int64]

    package init(
        firstSequence: Int64, conflicts: [Int] = [], duplicates: [Int] = [], replaced: [Int] = [], replacedVersions: [Int64] = [], deletedVersions: [Int64] = []
    ) {
        self.firstSequence = firstSequence
        self.conflicts = conflicts
        self.duplicates = duplicates
        self.replaced = replaced
        self.replacedVersions = replacedVersions
        self.deletedVersions = deletedVersions
    }
}
