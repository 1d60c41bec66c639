internal import ByteCoding
internal import Glibc

/// A number as sources write it: a JSON number, or a string that spells one.
enum LooseNumber {
    /// `null`, `""`, or nginx's `-`: the source says that it has no value.
    case absent
    /// Something else than a number.
    case wrong
    case number(JSONScanner.Number)

    /// Reads a number from text; of a list that nginx writes on retries (`0.5, 1.2` or `502 : 200`) the last entry counts.
    init(text: UnsafeRawBufferPointer) {
        let last = unsafe LooseText.lastEntry(text)
        if unsafe last.count == 0 || (last.count == 1 && last[0] == UInt8(ascii: "-")) {
            self = .absent
        } else if let number = unsafe NumberText.parse(last) {
            self = .number(number)
        } else {
            self = .wrong
        }
    }
}

/// A truth value as sources write it.
enum LooseBool {
    case absent
    case wrong
    case value(Bool)

    init(text: UnsafeRawBufferPointer) {
        switch text.count {
        case 0: self = .absent
        case 1: self = unsafe text[0] == UInt8(ascii: "1") ? .value(true) : text[0] == UInt8(ascii: "0") ? .value(false) : .wrong
        case 4: self = unsafe LooseText.equals(text, "true") ? .value(true) : .wrong
        case 5: self = unsafe LooseText.equals(text, "false") ? .value(false) : .wrong
        default: self = .wrong
        }
    }
}

/// Small looks at texts that need no copy.
enum LooseText {
    /// `text` without the ASCII white space around it.
    static func trim(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = text.count
        while start < end, unsafe text[start] <= 0x20 { start += 1 }
        while end > start, unsafe text[end - 1] <= 0x20 { end -= 1 }
        return unsafe UnsafeRawBufferPointer(rebasing: text[start..<end])
    }

    /// The last entry of a list in nginx's form: entries by commas, groups of tries by ` : `.
    static func lastEntry(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = text.count
        while start > 0 {
            let byte = unsafe text[start - 1]
            if byte == UInt8(ascii: ",") { break }
            if byte == UInt8(ascii: " "), start > 1, unsafe text[start - 2] == UInt8(ascii: ":") { break }
            start -= 1
        }
        return unsafe trim(UnsafeRawBufferPointer(rebasing: text[start...]))
    }

    /// Whether two texts are the same bytes.
    @inline(__always) static func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        guard let first = one.baseAddress, let second = other.baseAddress else { return true }
        return unsafe memcmp(first, second, one.count) == 0
    }

    /// Whether the bytes are those of `word`.
    @inline(__always) static func equals(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        unsafe areEqual(text, UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Whether the bytes are those of `word`, upper and lower case of ASCII letters alike; `word` is in lower case.
    static func equalsIgnoringCase(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<text.count where unsafe lowercase(text[index]) != word.utf8Start[index] { return false }
        return true
    }

    static func hasSuffix(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return false }
        return unsafe equals(UnsafeRawBufferPointer(rebasing: text[(text.count - count)...]), word)
    }

    static func hasPrefix(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return false }
        return unsafe equals(UnsafeRawBufferPointer(rebasing: text[..<count]), word)
    }

    /// Where `word` begins first in `text`; nil when nowhere. For short words in short texts.
    static func find(_ word: StaticString, in text: UnsafeRawBufferPointer) -> Int? {
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return nil }
        for start in 0...(text.count - count) {
            if unsafe equals(UnsafeRawBufferPointer(rebasing: text[start..<start + count]), word) { return start }
        }
        return nil
    }

    static func firstIndex(of byte: UInt8, in text: UnsafeRawBufferPointer) -> Int? {
        for index in 0..<text.count where unsafe text[index] == byte { return index }
        return nil
    }

    @inline(__always) static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

    /// Not 0 when one of the eight bytes is no hexadecimal digit.
    @inline(__always) static func nonHexDigits(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        // In bytes below 0x80 adding 0x80 - n sets the high bit from n on; nothing is carried into the next byte.
        let low = word & ~highs
        let letters = low | (ones &* 0x20)
        let isDigit = (low &+ (ones &* (0x80 - 0x30))) & ~(low &+ (ones &* (0x80 - 0x3a)))
        let isLetter = (letters &+ (ones &* (0x80 - 0x61))) & ~(letters &+ (ones &* (0x80 - 0x67)))
        return (~(isDigit | isLetter) | word) & highs
    }

    @inline(__always) static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") <= 5 }
}

extension JSONScanner {
    /// Reads whatever value comes next as a number.
    mutating func readLooseNumber() throws(JSONError) -> LooseNumber {
        switch try peek() {
        case .number: return .number(try readNumber())
        case .string:
            let token = try readString()
            return unsafe LooseNumber(text: bytes(of: token))
        case .null:
            try readNull()
            return .absent
        case .bool, .object, .array:
            try skipValue()
            return .wrong
        }
    }

    /// Reads whatever value comes next as a truth value.
    mutating func readLooseBool() throws(JSONError) -> LooseBool {
        switch try peek() {
        case .bool: return .value(try readBool())
        case .string:
            let token = try readString()
            return unsafe LooseBool(text: bytes(of: token))
        case .number:
            let number = try readNumber()
            return number.double == 1 ? .value(true) : number.double == 0 ? .value(false) : .wrong
        case .null:
            try readNull()
            return .absent
        case .object, .array:
            try skipValue()
            return .wrong
        }
    }

    /// Counts the elements of the array that comes next; nil when it is no array. An empty table that arrives as `{}` counts as 0.
    mutating func countElements() throws(JSONError) -> Int? {
        guard try peek() == .array else {
            try skipValue()
            return nil
        }
        try beginArray()
        var first = true
        var count = 0
        while try nextElement(&first) {
            try skipValue()
            count += 1
        }
        return count
    }

    /// Walks the members of the object that comes next. `body` is given the key's number in `keys` (0 when unknown), the key, and must read or skip the value.
    ///
    /// - Returns: false when the value was no object and has been skipped.
    @inline(__always) mutating func eachMember(
        _ keys: KeySet, _ body: (UInt8, Text, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) -> Bool {
        guard try peek() == .object else {
            try skipValue()
            return false
        }
        try beginObject()
        var first = true
        while let key = try nextKey(&first) {
            try body(unsafe keys.number(of: bytes(of: key)), key, &self)
        }
        return true
    }

    /// Walks the elements of the array that comes next; any other value is skipped.
    @inline(__always) mutating func eachElement(_ body: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        guard try peek() == .array else { return try skipValue() }
        try beginArray()
        var first = true
        while try nextElement(&first) { try body(&self) }
    }
}
