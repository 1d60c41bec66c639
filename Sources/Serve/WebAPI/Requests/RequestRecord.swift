internal import GatewayModel
internal import RequestQuery

/// One record of a page of records.
struct RequestRecord: Sendable {
    let batch: RecordBatch
    let row: Int

    /// An integer field in inside units; nil when absent.
    func integer(_ field: RequestField) -> Int64? { batch.integer(field, row: row) }

    func text(_ field: RequestField) -> String? { batch.text(field, row: row) }

    /// The id by which clients know the record: the sender's own, else the one made from its number.
    var documentID: String { text(.documentID) ?? RecordID.text(integer(.sequence) ?? 0) }
}

extension RecordBatch {
    /// The rows, one after the other.
    var records: [RequestRecord] { (0..<count).map { RequestRecord(batch: self, row: $0) } }
}
