internal import ByteCoding

/// Why a document is not kept. A closed list: the label `reason` of the counters.
package enum RejectionCode: UInt8, CaseIterable, Sendable {
    case brokenJSON, invalidUTF8, tooDeep, notAnObject, unknownShape, tooOld, tooNew, tooLarge, invalidIndexName, emptyID, missingDocument
    case unsupportedOperation, unreadableRest

    /// The code in answers, counters and the dead-letter file.
    package var name: String {
        switch self {
        case .brokenJSON: "broken_json"
        case .invalidUTF8: "invalid_utf8"
        case .tooDeep: "too_deep"
        case .notAnObject: "not_an_object"
        case .unknownShape: "unknown_shape"
        case .tooOld: "too_old"
        case .tooNew: "too_new"
        case .tooLarge: "too_large"
        case .invalidIndexName: "invalid_index_name"
        case .emptyID: "empty_id"
        case .missingDocument: "missing_document"
        case .unsupportedOperation: "unsupported_operation"
        case .unreadableRest: "unreadable_rest"
        }
    }
}

/// One document that was not kept: the others of its batch are.
package struct RejectedItem: Sendable, Equatable {
    /// Position among the items of the body, from 0.
    package let item: Int
    /// Line of the body where the trouble is, from 1.
    package let line: Int
    /// Byte in that line, from 1.
    package let column: Int
    /// The field at fault; nil when it is the document as a whole.
    package let field: String?
    package let code: RejectionCode
    /// A sentence for people.
    package let reason: String
    /// Where the document stands in the body, in bytes.
    package let byteRange: Range<Int>

    package init(item: Int, line: Int, column: Int, field: String? = nil, code: RejectionCode, reason: String, byteRange: Range<Int>) {
        self.item = item
        self.line = line
        self.column = column
        self.field = field
        self.code = code
        self.reason = reason
        self.byteRange = byteRange
    }
}

/// Why one document was refused while it was read, before its place in the body is known.
struct ItemFailure {
    let code: RejectionCode
    /// Bytes from the start of the document.
    let offset: Int
    let field: String?
    let reason: String

    init(_ code: RejectionCode, at offset: Int = 0, field: String? = nil, reason: String) {
        self.code = code
        self.offset = offset
        self.field = field
        self.reason = reason
    }

    init(_ error: JSONError) {
        let code: RejectionCode = switch error.code {
        case .invalidUTF8: .invalidUTF8
        case .tooDeep: .tooDeep
        case .unexpectedEnd, .unexpectedCharacter, .invalidNumber, .invalidString, .trailingCharacters: .brokenJSON
        }
        self.init(code, at: error.offset, reason: error.reason)
    }
}
