/// Walks a JSON text (RFC 8259) in place: no tree, no copies, eight bytes a step through strings. The hot path of every door.
///
/// The caller drives it: `beginObject`, then `nextKey` until it is nil, and for each key exactly one of the `read...` calls or `skipValue`.
/// Everything walked is checked (structure, numbers, escapes, control characters); UTF-8 is checked once for the whole body by the caller with ``UTF8Text``.
///
/// It borrows the bytes and must not outlive the `withUnsafeBytes` call it was made in.
@safe package struct JSONScanner {
    /// Nesting beyond this is refused: request records are some six deep; a bomb must not cost stack.
    package static let depthMax = 128

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: Int
    /// Where the next read starts, in bytes from the start of the text.
    @usableFromInline package var position: Int

    /// A scanner over `bytes`.
    @inlinable package init(_ bytes: UnsafeRawBufferPointer) {
        if let address = bytes.baseAddress {
            unsafe base = address.assumingMemoryBound(to: UInt8.self)
            end = bytes.count
        } else {
            unsafe base = UnsafePointer(bitPattern: 1).unsafelyUnwrapped
            end = 0
        }
        position = 0
    }

    package enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    /// A string token: where its bytes stand between the quotes, and whether it holds escapes.
    @frozen package struct Text: Sendable, Equatable {
        package let start: Int
        package let count: Int
        package let hasEscapes: Bool

        @inlinable package init(start: Int, count: Int, hasEscapes: Bool) {
            self.start = start
            self.count = count
            self.hasEscapes = hasEscapes
        }
    }

    @inlinable @inline(__always) package func bytes(of text: Text) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + text.start, count: text.count)
    }

    /// The raw bytes from `start` to the current position.
    @inlinable package func bytes(from start: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + start, count: position - start)
    }

    @inlinable package var isAtEnd: Bool { position >= end }

    /// Machines write JSON without white space: then this is one comparison.
    @inlinable @inline(__always) package mutating func skipSpace() {
        if position < end, unsafe base[position] > 0x20 { return }
        skipSpaceSlowly()
    }

    @usableFromInline @inline(never) mutating func skipSpaceSlowly() {
        while position < end {
            let byte = unsafe base[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// What kind of value comes next, without reading it.
    @inlinable @inline(__always) package mutating func peek() throws(JSONError) -> Kind {
        skipSpace()
        guard position < end else { throw JSONError(.unexpectedEnd, at: position) }
        switch unsafe base[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw JSONError(.unexpectedCharacter, at: position)
        }
    }

    @inlinable package mutating func beginObject() throws(JSONError) { try expect(UInt8(ascii: "{")) }
    @inlinable package mutating func beginArray() throws(JSONError) { try expect(UInt8(ascii: "[")) }

    /// The next key of the object being read, with its colon; nil behind the closing brace.
    ///
    /// - Parameter first: true for the first call behind `beginObject`; set to false by the call.
    @inlinable @inline(__always) package mutating func nextKey(_ first: inout Bool) throws(JSONError) -> Text? {
        // `,"` in all but the first member and in front of nothing else: the common case without a look at white space.
        if !first, position &+ 1 < end, unsafe base[position] == UInt8(ascii: ",") && base[position &+ 1] == UInt8(ascii: "\"") {
            position &+= 2
        } else {
            guard try beginKey(&first) else { return nil }
        }
        let key = try readStringContent()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Reads up to and with the opening quote of a key; false behind the closing brace.
    @usableFromInline mutating func beginKey(_ first: inout Bool) throws(JSONError) -> Bool {
        skipSpace()
        guard position < end else { throw JSONError(.unexpectedEnd, at: position) }
        if unsafe base[position] == UInt8(ascii: "}") {
            position &+= 1
            return false
        }
        if first { first = false } else { try expect(UInt8(ascii: ",")) }
        try expect(UInt8(ascii: "\""))
        return true
    }

    /// Whether the array being read has another element; false behind the closing bracket.
    @inlinable package mutating func nextElement(_ first: inout Bool) throws(JSONError) -> Bool {
        skipSpace()
        guard position < end else { throw JSONError(.unexpectedEnd, at: position) }
        if unsafe base[position] == UInt8(ascii: "]") {
            position &+= 1
            return false
        }
        if first { first = false } else { try expect(UInt8(ascii: ",")) }
        return true
    }

    @inlinable @inline(__always) package mutating func expect(_ byte: UInt8) throws(JSONError) {
        if position < end, unsafe base[position] == byte {
            position &+= 1
            return
        }
        try expectSlowly(byte)
    }

    @usableFromInline @inline(never) mutating func expectSlowly(_ byte: UInt8) throws(JSONError) {
        skipSpace()
        guard position < end else { throw JSONError(.unexpectedEnd, at: position) }
        guard unsafe base[position] == byte else { throw JSONError(.unexpectedCharacter, at: position) }
        position &+= 1
    }

    /// Reads a string token.
    @inlinable @inline(__always) package mutating func readString() throws(JSONError) -> Text {
        try expect(UInt8(ascii: "\""))
        return try readStringContent()
    }

    /// Reads a string behind its opening quote.
    @inlinable mutating func readStringContent() throws(JSONError) -> Text {
        let start = position
        // Eight bytes at a time up to the first quote, backslash or control character.
        var at = start
        while at &+ 8 <= end {
            let found = Self.specials(unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: at, as: UInt64.self))
            if found == 0 {
                at &+= 8
                continue
            }
            at &+= found.trailingZeroBitCount &>> 3
            guard unsafe base[at] == UInt8(ascii: "\"") else { break }
            position = at &+ 1
            return Text(start: start, count: at &- start, hasEscapes: false)
        }
        position = at
        return try readStringSlowly(from: start)
    }

    /// The rest of a string with escapes, or near the end of the text.
    @usableFromInline mutating func readStringSlowly(from start: Int) throws(JSONError) -> Text {
        var hasEscapes = false
        while true {
            guard position < end else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = unsafe base[position]
            if byte == UInt8(ascii: "\"") {
                let text = Text(start: start, count: position &- start, hasEscapes: hasEscapes)
                position &+= 1
                return text
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape()
            } else if byte < 0x20 {
                throw JSONError(.invalidString, at: position)
            } else {
                position &+= 1
            }
            while position &+ 8 <= end {
                let found = Self.specials(unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self))
                if found != 0 {
                    position &+= found.trailingZeroBitCount &>> 3
                    break
                }
                position &+= 8
            }
        }
    }

    /// The high bit of each byte of `word` that is a quote, a backslash or below 0x20. The lowest set bit is exact; higher ones may be
    /// false alarms, because a subtraction borrows only from bytes above a true one.
    @inlinable @inline(__always) static func specials(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        return ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- (ones &* 0x20)) & ~word) & highs
    }

    @usableFromInline mutating func skipEscape() throws(JSONError) {
        let at = position
        guard position &+ 1 < end else { throw JSONError(.unexpectedEnd, at: end) }
        switch unsafe base[position &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
        case UInt8(ascii: "u"):
            guard position &+ 6 <= end else { throw JSONError(.unexpectedEnd, at: end) }
            for index in 2..<6 {
                guard unsafe JSONText.hexDigit(base[position &+ index]) != nil else { throw JSONError(.invalidString, at: at) }
            }
            position &+= 6
        default:
            throw JSONError(.invalidString, at: at)
        }
    }

    /// Reads `true` or `false`.
    @inlinable package mutating func readBool() throws(JSONError) -> Bool {
        skipSpace()
        if matches("true") { return true }
        if matches("false") { return false }
        throw JSONError(.unexpectedCharacter, at: position)
    }

    /// Reads `null`.
    @inlinable package mutating func readNull() throws(JSONError) {
        skipSpace()
        guard matches("null") else { throw JSONError(.unexpectedCharacter, at: position) }
    }

    @usableFromInline mutating func matches(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end &- position >= count else { return false }
        for index in 0..<count where unsafe base[position &+ index] != word.utf8Start[index] { return false }
        position &+= count
        return true
    }

    /// Skips one value of any kind, checking it. Iterative: its depth is counted, not the stack's.
    package mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .string: _ = try readString()
        case .number: _ = try readNumber()
        case .bool: _ = try readBool()
        case .null: try readNull()
        case .object, .array: try skipContainer()
        }
    }

    private mutating func skipContainer() throws(JSONError) {
        // One bit a level: 1 for an object, 0 for an array.
        var isObject: UInt128 = 0
        var depth = 0
        var first = true
        repeat {
            if depth > 0 {
                // At the start of a member, or at the end of the innermost container.
                let more = isObject & 1 == 1 ? try nextKey(&first) != nil : try nextElement(&first)
                if !more {
                    isObject >>= 1
                    depth &-= 1
                    first = false
                    continue
                }
            }
            switch try peek() {
            case .string: _ = try readString()
            case .number: _ = try readNumber()
            case .bool: _ = try readBool()
            case .null: try readNull()
            case .object, .array:
                guard depth < Self.depthMax else { throw JSONError(.tooDeep, at: position) }
                let opensObject = unsafe base[position] == UInt8(ascii: "{")
                isObject = isObject << 1 | (opensObject ? 1 : 0)
                depth &+= 1
                position &+= 1
                first = true
            }
        } while depth > 0
    }

    /// Nothing but white space may follow.
    package mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard position >= end else { throw JSONError(.trailingCharacters, at: position) }
    }
}
