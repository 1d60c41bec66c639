/// A JSON value as a tree, for small documents that people write: queries, policies, mappings. Not for records: see ``JSONScanner``.
package indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONScanner.Number)
    case string(String)
    case array([JSONValue])
    /// Members in the order of the text; a repeated name stands twice, lookups find the last.
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Parses one document; nothing may follow it.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        if let offset = unsafe UTF8Text.firstInvalid(bytes) { throw JSONError(.invalidUTF8, at: offset) }
        var scanner = unsafe JSONScanner(bytes)
        let value = try read(&scanner, depth: 0)
        try scanner.expectEnd()
        return value
    }

    package static func parse(_ text: String) throws(JSONError) -> JSONValue {
        var text = text
        let result = text.withUTF8 { bytes -> Result<JSONValue, JSONError> in
            do throws(JSONError) { return unsafe .success(try parse(UnsafeRawBufferPointer(bytes))) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func read(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONScanner.depthMax else { throw JSONError(.tooDeep, at: scanner.position) }
        switch try scanner.peek() {
        case .null:
            try scanner.readNull()
            return .null
        case .bool: return .bool(try scanner.readBool())
        case .number: return .number(try scanner.readNumber())
        case .string: return .string(text(try scanner.readString(), of: scanner))
        case .array:
            try scanner.beginArray()
            var elements: [JSONValue] = []
            var first = true
            while try scanner.nextElement(&first) { elements.append(try read(&scanner, depth: depth + 1)) }
            return .array(elements)
        case .object:
            try scanner.beginObject()
            var members: [Member] = []
            var first = true
            while let key = try scanner.nextKey(&first) {
                members.append(Member(name: text(key, of: scanner), value: try read(&scanner, depth: depth + 1)))
            }
            return .object(members)
        }
    }

    private static func text(_ token: JSONScanner.Text, of scanner: borrowing JSONScanner) -> String {
        let bytes = unsafe scanner.bytes(of: token)
        guard token.hasEscapes else { return unsafe String(decoding: bytes, as: UTF8.self) }
        var unescaped: [UInt8] = []
        unsafe JSONText.unescape(bytes, into: &unescaped)
        return String(decoding: unescaped, as: UTF8.self)
    }

    // MARK: Looking inside

    /// The member of an object; nil for other kinds and when it is not there.
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members.last { $0.name == name }?.value } else { nil }
    }

    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var double: Double? { if case .number(let number) = self { number.double } else { nil } }

    /// The exact integer: of an integer number, or of one such as `5.0`.
    package var integer: Int64? {
        guard case .number(let number) = self else { return nil }
        return number.integer ?? Int64(exactly: number.double)
    }

    /// The kind's name, for error messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Writes the value as compact JSON.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .number(let number): if let integer = number.integer { writer.value(integer) } else { writer.value(number.double) }
        case .string(let text): writer.value(text)
        case .array(let elements): writer.array { for element in elements { element.write(to: &$0) } }
        case .object(let members):
            writer.object {
                for member in members {
                    $0.key(member.name)
                    member.value.write(to: &$0)
                }
            }
        }
    }
}
