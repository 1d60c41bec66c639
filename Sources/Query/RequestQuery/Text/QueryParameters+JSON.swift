internal import ByteCoding

/// A JSON object's value as the question's keys accept it.
private enum JSONParameter {
    case null
    case bool(Bool)
    /// With the text as it was written, which tells seconds from milliseconds exactly.
    case number(String, Int64?)
    case string(String)
    case list([String])
}

extension QueryParameters {
    /// The keys of a question, for the hint of an unknown one.
    static let names = ["from", "to", "every", "measures", "by", "where", "order", "limit", "offset", "other", "time_zone", "rollups"]

    /// Sets the key `name` from the value at the scanner's position.
    ///
    /// - Returns: false when there is no such key; the value was then not read.
    /// - Throws: `invalid_request` when the value has the wrong type or is not JSON.
    mutating func set(_ name: String, from scanner: inout JSONScanner) throws(QueryError) -> Bool {
        guard Self.names.contains(name) else { return false }
        let value = try Self.read(&scanner, name)
        switch name {
        case "from": from = try Self.text(value, name)
        case "to": to = try Self.text(value, name)
        case "every": if case .null = value { every = "" } else { every = try Self.text(value, name) }
        case "measures": measures = try Self.list(value, name)
        case "by": by = try Self.list(value, name)
        case "where": `where` = try Self.text(value, name)
        case "order": order = try Self.text(value, name)
        case "limit": limit = try Self.integer(value, name)
        case "offset": offset = try Self.integer(value, name)
        case "rollups": rollups = try Self.text(value, name)
        case "other": other = try Self.bool(value, name)
        default: timeZone = try Self.text(value, name)
        }
        return true
    }

    /// The value of a key that is not of a question: a string, or the text of an integer; nil for null.
    static func plainText(from scanner: inout JSONScanner, _ name: String) throws(QueryError) -> String? {
        switch try read(&scanner, name) {
        case .null: return nil
        case .string(let text): return text
        case .number(let text, _?): return text
        case .bool, .number, .list: throw wrongType(name, "a string or an integer")
        }
    }

    private static func text(_ value: JSONParameter, _ name: String) throws(QueryError) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text
        case .number(let text, _) where name == "from" || name == "to": return text
        case .list(let texts) where name == "order" && texts.count == 1: return texts[0]
        case .bool, .number, .list: throw wrongType(name, "a string")
        }
    }

    private static func list(_ value: JSONParameter, _ name: String) throws(QueryError) -> [String]? {
        switch value {
        case .null: return nil
        case .string(let text): return [text]
        case .list(let texts): return texts
        case .bool, .number: throw wrongType(name, "a list of strings")
        }
    }

    private static func integer(_ value: JSONParameter, _ name: String) throws(QueryError) -> Int? {
        switch value {
        case .null: return nil
        case .number(_, let integer?): return Int(clamping: integer)
        case .bool, .number, .string, .list: throw wrongType(name, "an integer")
        }
    }

    private static func bool(_ value: JSONParameter, _ name: String) throws(QueryError) -> Bool? {
        switch value {
        case .null: return nil
        case .bool(let bool): return bool
        case .number, .string, .list: throw wrongType(name, "true or false")
        }
    }

    private static func wrongType(_ name: String, _ expected: String) -> QueryError {
        QueryError(.invalidRequest, "'\(name)' must be \(expected)", field: name)
    }

    private static func read(_ scanner: inout JSONScanner, _ name: String) throws(QueryError) -> JSONParameter {
        do throws(JSONError) {
            switch try scanner.peek() {
            case .null:
                try scanner.readNull()
                return .null
            case .bool: return .bool(try scanner.readBool())
            case .string: return .string(scanner.string(try scanner.readString()))
            case .number:
                let start = scanner.position
                let number = try scanner.readNumber()
                let text = unsafe String(decoding: scanner.bytes(from: start), as: UTF8.self)
                return .number(text.trimmingSpaces(), number.integer)
            case .array:
                if let texts = try Self.readStrings(&scanner) { return .list(texts) }
            case .object: break
            }
        } catch {
            throw QueryError(json: error)
        }
        throw wrongType(name, name == "measures" || name == "by" ? "a list of strings" : "a plain value")
    }

    /// The strings of an array; nil when it holds anything else or more than any key accepts.
    private static func readStrings(_ scanner: inout JSONScanner) throws(JSONError) -> [String]? {
        var texts: [String] = []
        var first = true
        try scanner.beginArray()
        while try scanner.nextElement(&first) {
            guard try scanner.peek() == .string, texts.count <= QueryLimits.measuresMax else { return nil }
            texts.append(scanner.string(try scanner.readString()))
        }
        return texts
    }
}

extension JSONScanner {
    /// A string token's content.
    func string(_ text: Text) -> String {
        guard text.hasEscapes else { return unsafe String(decoding: bytes(of: text), as: UTF8.self) }
        var content: [UInt8] = []
        unsafe JSONText.unescape(bytes(of: text), into: &content)
        return String(decoding: content, as: UTF8.self)
    }
}

extension QueryError {
    /// A body that is not JSON.
    init(json error: JSONError) {
        self.init(.invalidRequest, "the body is not JSON: \(error.reason), at byte \(error.offset)")
    }
}
