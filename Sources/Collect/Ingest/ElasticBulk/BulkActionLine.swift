internal import ByteCoding

/// The action line before a document.
///
/// Wording of the errors: Elasticsearch `BulkRequestParser.parse`, branch 8.19.
struct BulkActionLine {
    private(set) var operation = BulkOperation.index
    /// The index named in the line; nil when it names none.
    private(set) var index: [UInt8]?
    private(set) var id: [UInt8]?

    private static let operations = KeySet([("index", 1), ("create", 2), ("update", 3), ("delete", 4)])
    private static let parameters = KeySet([
        ("_index", 1), ("_id", 2), ("op_type", 3), ("_type", 4), ("routing", 4), ("_routing", 4), ("pipeline", 4), ("require_alias", 4),
        ("require_data_stream", 4), ("dynamic_templates", 4), ("version", 4), ("_version", 4), ("version_type", 4), ("_version_type", 4),
        ("if_seq_no", 4), ("if_primary_term", 4), ("retry_on_conflict", 4), ("_retry_on_conflict", 4), ("list_executed_pipelines", 4), ("_source", 4),
    ])

    /// What is wrong with a line, behind its number.
    private enum Fault: Error {
        case wording(String)
        case unknownParameter(String)
        case json(JSONError)
    }

    /// - Parameter number: the line's number in the body, from 1, for messages.
    init(_ text: UnsafeRawBufferPointer, number: Int) throws(BulkRequestError) {
        var scanner = unsafe JSONScanner(text)
        do throws(Fault) { try read(&scanner) } catch {
            switch error {
            case .wording(let rest): throw .malformed(number, rest)
            case .unknownParameter(let name):
                let reason = "Action/metadata line [\(number)] contains an unknown parameter [\(name)]"
                throw BulkRequestError(type: "illegal_argument_exception", reason: reason, line: number, status: 400)
            case .json(let error):
                throw .malformed(number, "expected START_OBJECT but found text that is no JSON object (\(error.reason), column \(error.offset + 1))")
            }
        }
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(Fault) {
        try Self.expect(.object, "START_OBJECT", &scanner)
        try Self.json { () throws(JSONError) in try scanner.beginObject() }
        var first = true
        guard let name = try Self.nextKey(&scanner, &first) else { throw .wording("expected FIELD_NAME but found [END_OBJECT]") }
        guard let operation = unsafe BulkOperation(rawValue: Self.operations.number(of: scanner.bytes(of: name)) &- 1) else {
            let found = unsafe String(decoding: scanner.bytes(of: name), as: UTF8.self)
            throw .wording("expected field [create], [delete], [index] or [update] but found [\(found.prefix(64))]")
        }
        self.operation = operation
        try Self.expect(.object, "START_OBJECT", &scanner)
        try Self.json { () throws(JSONError) in try scanner.beginObject() }
        var firstParameter = true
        while let key = try Self.nextKey(&scanner, &firstParameter) { try readParameter(key, &scanner) }
        guard try Self.nextKey(&scanner, &first) == nil else { throw .wording("expected END_OBJECT but found [FIELD_NAME]") }
        try Self.json { () throws(JSONError) in try scanner.expectEnd() }
    }

    private mutating func readParameter(_ key: JSONScanner.Text, _ scanner: inout JSONScanner) throws(Fault) {
        switch unsafe Self.parameters.number(of: scanner.bytes(of: key)) {
        case 1: index = try Self.text(&scanner)
        case 2: id = try Self.text(&scanner)
        case 3: if try Self.text(&scanner) == Array("create".utf8) { operation = .create }
        case 4: try Self.json { () throws(JSONError) in try scanner.skipValue() }
        default: throw .unknownParameter(unsafe String(decoding: scanner.bytes(of: key), as: UTF8.self))
        }
    }

    /// A string, or a number taken as it is written; nil for null.
    private static func text(_ scanner: inout JSONScanner) throws(Fault) -> [UInt8]? {
        let result: Result<[UInt8]?, Fault>
        do throws(JSONError) {
            switch try scanner.peek() {
            case .string:
                let token = try scanner.readString()
                var text: [UInt8] = []
                unsafe JSONText.unescape(scanner.bytes(of: token), into: &text)
                result = .success(text)
            case .number, .bool:
                let start = scanner.position
                try scanner.skipValue()
                result = unsafe .success(Array(scanner.bytes(from: start)))
            case .null:
                try scanner.readNull()
                result = .success(nil)
            case .object: result = .failure(.wording("expected a simple value but found [START_OBJECT]"))
            case .array: result = .failure(.wording("expected a simple value but found [START_ARRAY]"))
            }
        } catch {
            throw .json(error)
        }
        return try result.get()
    }

    private static func expect(_ kind: JSONScanner.Kind, _ word: String, _ scanner: inout JSONScanner) throws(Fault) {
        var found = kind
        try json { () throws(JSONError) in found = try scanner.peek() }
        guard found != kind else { return }
        throw .wording("expected \(word) but found [\(tokenName(found))]")
    }

    private static func nextKey(_ scanner: inout JSONScanner, _ first: inout Bool) throws(Fault) -> JSONScanner.Text? {
        do throws(JSONError) { return try scanner.nextKey(&first) } catch { throw .json(error) }
    }

    private static func json(_ body: () throws(JSONError) -> Void) throws(Fault) {
        do throws(JSONError) { try body() } catch { throw .json(error) }
    }

    /// The names of Elasticsearch's `XContentParser.Token`.
    private static func tokenName(_ kind: JSONScanner.Kind) -> String {
        switch kind {
        case .object: "START_OBJECT"
        case .array: "START_ARRAY"
        case .string: "VALUE_STRING"
        case .number: "VALUE_NUMBER"
        case .bool: "VALUE_BOOLEAN"
        case .null: "VALUE_NULL"
        }
    }
}
