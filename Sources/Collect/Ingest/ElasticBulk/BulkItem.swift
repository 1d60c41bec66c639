package import ByteCoding

/// The operations of a `_bulk` request.
package enum BulkOperation: UInt8, Sendable, CaseIterable {
    case index, create, update, delete

    /// The key in the request's action line and in the answer.
    package var name: String {
        switch self {
        case .index: "index"
        case .create: "create"
        case .update: "update"
        case .delete: "delete"
        }
    }

    /// Why a partial document cannot be taken.
    package static let updateReason = """
        [update] is not supported: Gatewatch keeps what it reads of a document, not the document, so a part of one cannot be put into it; [index] the whole \
        document under the same _id
        """
}

/// One action of a `_bulk` request and what came of it, in the request's order.
package struct BulkItem: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// The record stands in this row of the batch.
        case row(Int)
        /// It is this one of the deletions.
        case deletion(Int)
        /// The item was refused.
        case failed(BulkItemError)
    }

    package let operation: BulkOperation
    /// Position in ``BulkResult/indices``.
    package let index: Int
    /// The `_id` the sender gave; nil when the server is to make one.
    package let id: String?
    package let outcome: Outcome
}

/// An item's error as Elasticsearch words it.
package struct BulkItemError: Sendable, Equatable {
    /// For example `document_parsing_exception`.
    package let type: String
    package let reason: String
    /// The HTTP status of the item.
    package let status: Int
}

/// What came of a `_bulk` body.
package struct BulkResult: Sendable {
    package var result: IngestResult
    /// One entry an action, in order.
    package var items: [BulkItem]
    /// The names of the indices that the items name.
    package var indices: StringTable
}

/// Why a whole `_bulk` body is refused: nothing of it is kept. Worded as Elasticsearch does.
package struct BulkRequestError: Error, Equatable, Sendable {
    /// For example `illegal_argument_exception`.
    package let type: String
    package let reason: String
    /// Line of the body, from 1; 0 when no line is at fault.
    package let line: Int
    /// The HTTP status to answer.
    package let status: Int

    static func malformed(_ line: Int, _ rest: String) -> BulkRequestError {
        BulkRequestError(type: "illegal_argument_exception", reason: "Malformed action/metadata line [\(line)], \(rest)", line: line, status: 400)
    }

    static func invalid(_ reason: String) -> BulkRequestError {
        BulkRequestError(type: "action_request_validation_exception", reason: "Validation Failed: 1: \(reason);", line: 0, status: 400)
    }
}
