/// Where records are kept: what Collect hands batches to.
package protocol RequestWriter: Sendable {
    /// Makes the batch durable and visible, in this order, and only then returns.
    ///
    /// The writer numbers the records: it sets the `sequence` column itself, consecutive and in row order, over the rows that were stored.
    /// Rows whose `documentID` (together with `index`) is already kept are refused and reported; the others of the batch are stored.
    /// Called concurrently; concurrent batches share one synchronisation to disk.
    /// Rows without `time` are a slip of the caller.
    func append(_ batch: RecordBatch) async throws(StorageError) -> AppendReceipt
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

    package init(firstSequence: Int64, conflicts: [Int] = [], duplicates: [Int] = [], replaced: [Int] = []) {
        self.firstSequence = firstSequence
        self.conflicts = conflicts
        self.duplicates = duplicates
        self.replaced = replaced
    }
}
