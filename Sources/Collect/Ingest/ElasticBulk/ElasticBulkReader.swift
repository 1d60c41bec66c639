internal import ByteCoding
internal import GatewayModel

/// Walks a `_bulk` body: action lines, each (but for `delete`) followed by a line with the document.
///
/// A document that cannot be read costs its item; a broken action line costs the whole body, because from there on nobody
/// knows which lines are documents. Senders that name one index and no ids repeat the same action line: an equal one is not read again.
struct ElasticBulkReader {
    /// The index of items whose own is empty (APISIX resolves a bad name template to `""`): the records must not be lost for it.
    static let unnamedIndex = "unnamed"

    private let defaultIndex: String?
    private var items: [BulkItem] = []
    private let indexNames = StringInterner()
    /// By index: what is wrong with its name, and the shape its documents had last.
    private var indexFaults: [String?] = []
    private var indexHints: [RecordShape] = []
    /// The action that is in force for the next document.
    private var operation = BulkOperation.index
    private var index = 0
    private var id: String?
    private var previousLine = 0..<0
    /// Rows that may take the place of a kept record.
    private var replacingRows: [Int] = []
    private var deletions: [DocumentDeletion] = []

    init(defaultIndex: String?) { self.defaultIndex = defaultIndex }

    mutating func read(_ body: UnsafeRawBufferPointer, with decoder: inout ItemDecoder) throws(BulkRequestError) -> BulkResult {
        var lines = unsafe LineCursor(body)
        while let line = lines.next() {
            // Elasticsearch passes over empty lines where an action is expected.
            if line.range.isEmpty { continue }
            try unsafe readAction(body, line)
            if operation == .delete {
                try delete(line, &decoder)
                continue
            }
            guard let document = lines.next(), !document.range.isEmpty || !lines.isAtEnd else {
                refuse(line, .missingDocument, "the action line [\(line.number)] has no document behind it", &decoder)
                continue
            }
            unsafe readDocument(body, document, &decoder)
        }
        if items.isEmpty { throw .invalid("no requests added") }
        var result = decoder.finish()
        result.identity.deletions = deletions
        if !replacingRows.isEmpty {
            result.identity.replaces = [Bool](repeating: false, count: result.batch.count)
            for row in replacingRows { result.identity.replaces[row] = true }
        }
        return BulkResult(result: result, items: items, indices: indexNames.table)
    }

    /// A deletion stands where its sender put it: between the documents before and those behind.
    private mutating func delete(_ line: LineCursor.Line, _ decoder: inout ItemDecoder) throws(BulkRequestError) {
        guard let id else { throw .invalid("an id must be provided for a delete") }
        if let fault = indexFaults[index] { return refuse(line, .invalidIndexName, fault, &decoder) }
        if id.isEmpty { return refuse(line, .emptyID, "if _id is specified it must not be empty", &decoder) }
        let name = DocumentName(index: indexNames.table[index], id: id)
        deletions.append(DocumentDeletion(name, rowsBefore: decoder.rowCount))
        // An item, but not a document that was received.
        decoder.itemsBefore += 1
        add(.deletion(deletions.count - 1))
    }

    private mutating func readAction(_ body: UnsafeRawBufferPointer, _ line: LineCursor.Line) throws(BulkRequestError) {
        let text = unsafe UnsafeRawBufferPointer(rebasing: body[line.range])
        let isRepeated = unsafe !previousLine.isEmpty && LooseText.areEqual(text, UnsafeRawBufferPointer(rebasing: body[previousLine]))
        if isRepeated { return }
        let action = unsafe try BulkActionLine(text, number: line.number)
        operation = action.operation
        id = action.id.map { String(decoding: $0, as: UTF8.self) }
        let given = action.index.map { String(decoding: $0, as: UTF8.self) }
        guard let name = given ?? defaultIndex else { throw .invalid("index is missing") }
        index = Int(indexNames.intern(name.isEmpty ? Self.unnamedIndex : name))
        if index == indexFaults.count {
            indexFaults.append(name.isEmpty ? nil : IndexName.fault(in: name))
            indexHints.append(.apisix)
        }
        previousLine = line.range
    }

    private mutating func readDocument(_ body: UnsafeRawBufferPointer, _ line: LineCursor.Line, _ decoder: inout ItemDecoder) {
        if let fault = indexFaults[index] { return refuse(line, .invalidIndexName, fault, &decoder) }
        if id?.isEmpty == true { return refuse(line, .emptyID, "if _id is specified it must not be empty", &decoder) }
        if operation == .update {
            return refuse(line, .unsupportedOperation, BulkOperation.updateReason, &decoder)
        }
        let destination = ItemDecoder.Destination(index: index, id: id)
        let place = ItemDecoder.Place(range: line.range, line: line.number, column: 1)
        let names = indexNames
        let decoded = unsafe decoder.decode(body, place, hint: &indexHints[index], destination, names: names)
        switch decoded {
        case .row(let row):
            if operation == .index, id != nil { replacingRows.append(row) }
            items.append(BulkItem(operation: operation, index: index, id: id, outcome: .row(row)))
        case .refused(let rejected):
            let reason = "[\(rejected.line):\(rejected.column)] failed to parse: \(rejected.reason)"
            add(.failed(BulkItemError(type: "document_parsing_exception", reason: reason, status: 400)))
        }
    }

    private mutating func refuse(_ line: LineCursor.Line, _ code: RejectionCode, _ reason: String, _ decoder: inout ItemDecoder) {
        decoder.refuse(ItemDecoder.Place(range: line.range, line: line.number, column: 1), ItemFailure(code, reason: reason), offset: 0)
        let type = code == .invalidIndexName ? "invalid_index_name_exception" : "illegal_argument_exception"
        add(.failed(BulkItemError(type: type, reason: reason, status: 400)))
    }

    private mutating func add(_ outcome: BulkItem.Outcome) {
        items.append(BulkItem(operation: operation, index: index, id: id, outcome: outcome))
    }
}
