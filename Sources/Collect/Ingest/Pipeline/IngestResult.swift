package import GatewayModel

/// What came of a body: the records to store, and what was refused. Counts are of this body alone.
package struct IngestResult: Sendable {
    /// The records, one row a kept item, in the items' order; empty when nothing is to be stored.
    package var batch: RecordBatch
    /// For each row of the batch the item that it came from.
    package var itemOfRow: [Int]
    /// The refused items, in the body's order; at most ``rejectedListedMax``.
    package var rejected: [RejectedItem]
    package var counters: IngestCounters
    /// Which rows take the place of kept records, and which documents go.
    package var identity = BatchIdentity()

    /// Refused items listed with place and reason; further ones are only counted, so that a body of garbage costs little memory.
    package static let rejectedListedMax = 10_000
}

/// Counts of one body.
package struct IngestCounters: Sendable, Equatable {
    /// Bytes of the body, decompressed; 0 when it came in pieces.
    package var bytes = 0
    /// Items seen, good and bad.
    package var received = 0
    /// Items refused, by code (position: its raw value).
    package var rejected = [Int](repeating: 0, count: RejectionCode.allCases.count)
    /// Values refused while their record was kept, by field (position: its raw value).
    package var rejectedFields = [UInt32](repeating: 0, count: RequestField.tableSize)
    /// Values of dimensions replaced by `_other`.
    package var cappedValues = 0
    /// The latest completion time among the records; nil when there are none.
    package var newest: Timestamp?

    package init() {}

    package var rejectedTotal: Int { rejected.reduce(0, +) }
}
