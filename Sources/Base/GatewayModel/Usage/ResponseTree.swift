internal import ByteCoding

/// The parts of a response body that can hold usage, as a tree; the rest of the body is checked and skipped.
///
/// Bodies may hold megabytes of text or embeddings; of the top level only numbers, short texts and the members that some format
/// keeps its usage in are kept.
indirect enum ResponseTree {
    case object([String: ResponseTree])
    case array([ResponseTree])
    case number(JSONScanner.Number)
    case text(String)
    /// `true`, `false`, `null`, and everything that was skipped.
    case other

    /// Usage is some three deep; deeper values are skipped.
    static let depthMax = 6
    /// The largest usage known has some 60 values. A body that hides a large tree there is refused.
    static let valuesMax = 2_000
    /// Longer texts are skipped: models, kinds and media have short names.
    static let textBytesMax = 256

    /// Members of the top level whose whole tree is kept.
    private static let kept: Set<String> = ["usage", "usageMetadata", "meta", "x_groq", "amazon-bedrock-invocationMetrics"]

    subscript(key: String) -> ResponseTree? {
        guard case .object(let members) = self, let member = members[key], !member.isOther else { return nil }
        return member
    }

    var isObject: Bool { if case .object = self { true } else { false } }

    private var isOther: Bool { if case .other = self { true } else { false } }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The count that a value spells: a whole number of 0 or more, as a number or as digits in a string.
    var count: Int64? {
        switch self {
        case .number(let number):
            guard let whole = number.integer ?? Int64(exactly: number.double) else { return nil }
            return (0...TokenUsage.countMax).contains(whole) ? whole : nil
        case .text(let text):
            guard let whole = Int64(text), (0...TokenUsage.countMax).contains(whole) else { return nil }
            return whole
        case .object, .array, .other: return nil
        }
    }

    // MARK: Reading

    /// Reads a body's top level.
    init(body: UnsafeRawBufferPointer) throws(UsageExtractionError) {
        var reader = unsafe Reader(scanner: JSONScanner(body))
        let tree: ResponseTree?
        do throws(JSONError) {
            tree = try reader.scanner.peek() == .object ? try reader.topLevel() : nil
            if tree != nil { try reader.scanner.expectEnd() }
        } catch {
            throw .json(error)
        }
        guard let tree else { throw .notAnObject }
        guard reader.values <= Self.valuesMax else { throw .tooManyValues }
        self = tree
    }

    private struct Reader {
        var scanner: JSONScanner
        var values = 0

        mutating func topLevel() throws(JSONError) -> ResponseTree {
            var members: [String: ResponseTree] = [:]
            try scanner.beginObject()
            var first = true
            while let token = try scanner.nextKey(&first) {
                let key = text(token)
                switch try scanner.peek() {
                case .object, .array:
                    if let key, ResponseTree.kept.contains(key) { members[key] = try value(depth: 1) } else { try scanner.skipValue() }
                case .number, .string:
                    if let key { members[key] = try value(depth: 1) } else { try scanner.skipValue() }
                case .bool, .null: try scanner.skipValue()
                }
            }
            return .object(members)
        }

        /// Once ``ResponseTree/valuesMax`` is exceeded nothing more is kept.
        private mutating func value(depth: Int) throws(JSONError) -> ResponseTree {
            values += 1
            guard depth <= ResponseTree.depthMax, values <= ResponseTree.valuesMax else {
                try scanner.skipValue()
                return .other
            }
            switch try scanner.peek() {
            case .object: return try object(depth: depth)
            case .array: return try array(depth: depth)
            case .number: return .number(try scanner.readNumber())
            case .string:
                guard let text = text(try scanner.readString()) else { return .other }
                return .text(text)
            case .bool, .null:
                try scanner.skipValue()
                return .other
            }
        }

        private mutating func object(depth: Int) throws(JSONError) -> ResponseTree {
            var members: [String: ResponseTree] = [:]
            try scanner.beginObject()
            var first = true
            while let token = try scanner.nextKey(&first) {
                let key = text(token)
                let member = try value(depth: depth + 1)
                if let key { members[key] = member }
            }
            return .object(members)
        }

        private mutating func array(depth: Int) throws(JSONError) -> ResponseTree {
            var elements: [ResponseTree] = []
            try scanner.beginArray()
            var first = true
            while try scanner.nextElement(&first) { elements.append(try value(depth: depth + 1)) }
            return .array(elements)
        }

        /// A token's content; nil when it is longer than ``ResponseTree/textBytesMax``.
        private func text(_ token: JSONScanner.Text) -> String? {
            guard token.count <= ResponseTree.textBytesMax else { return nil }
            let bytes = unsafe scanner.bytes(of: token)
            guard token.hasEscapes else { return unsafe String(decoding: bytes, as: UTF8.self) }
            var unescaped: [UInt8] = []
            unsafe JSONText.unescape(bytes, into: &unescaped)
            return String(decoding: unescaped, as: UTF8.self)
        }
    }
}
