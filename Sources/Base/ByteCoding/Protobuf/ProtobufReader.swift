/// Why a protobuf message could not be read.
package struct ProtobufError: Error, Equatable, Sendable {
    /// Bytes from the start of the outermost message.
    package let offset: Int
    /// What was expected there.
    package let expected: String

    package init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }

    /// A sentence for people.
    package var reason: String { "broken protobuf at byte \(offset): expected \(expected)" }
}

/// The key in front of each value: a field's number, and how its value is written.
package struct ProtobufKey: Sendable, Equatable {
    /// Source: Protocol Buffers documentation, "Encoding", message structure.
    package enum WireType: UInt8, Sendable {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        /// The two ends of the old groups; refused.
        case groupStart = 3
        case groupEnd = 4
        case fixed32 = 5
    }

    package let field: Int
    package let wireType: WireType

    @inlinable package init(field: Int, wireType: WireType) {
        self.field = field
        self.wireType = wireType
    }
}

/// Walks one protobuf message in place: no schema, no tree, no allocation. The caller asks for keys and reads or skips each value.
///
/// It borrows the bytes and must not outlive the `withUnsafeBytes` call it was made in. Readers of inner messages keep the offsets of the outermost.
@safe package struct ProtobufReader {
    @usableFromInline let source: UnsafeRawBufferPointer
    @usableFromInline package private(set) var offset: Int
    /// Where the message ends.
    @usableFromInline package let end: Int

    @inlinable package init(_ source: UnsafeRawBufferPointer) {
        unsafe self.init(source, 0..<source.count)
    }

    @inlinable init(_ source: UnsafeRawBufferPointer, _ range: Range<Int>) {
        unsafe self.source = source
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    /// The key of the next value; nil at the end of the message.
    package mutating func nextKey() throws(ProtobufError) -> ProtobufKey? {
        guard offset < end else { return nil }
        let start = offset
        let key = try readVarint()
        guard let wireType = ProtobufKey.WireType(rawValue: UInt8(key & 7)), key >> 3 > 0, key >> 3 <= 0x1fff_ffff else {
            throw ProtobufError(offset: start, expected: "a field's key")
        }
        return ProtobufKey(field: Int(key >> 3), wireType: wireType)
    }

    package mutating func readVarint() throws(ProtobufError) -> UInt64 {
        // Most keys and lengths take one byte.
        if offset < end {
            let byte = unsafe source[offset]
            if byte < 0x80 {
                offset &+= 1
                return UInt64(byte)
            }
        }
        return try readLongVarint()
    }

    private mutating func readLongVarint() throws(ProtobufError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64, offset < end {
            let byte = unsafe source[offset]
            offset &+= 1
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        throw ProtobufError(offset: start, expected: "a variable-length integer")
    }

    package mutating func readInt64() throws(ProtobufError) -> Int64 { Int64(bitPattern: try readVarint()) }

    /// A `sint32` or `sint64`: the sign in the lowest bit.
    package mutating func readZigZag() throws(ProtobufError) -> Int64 {
        let value = try readVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    package mutating func readFixed64() throws(ProtobufError) -> UInt64 {
        guard end &- offset >= 8 else { throw ProtobufError(offset: offset, expected: "eight bytes") }
        defer { offset &+= 8 }
        return unsafe UInt64(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    package mutating func readDouble() throws(ProtobufError) -> Double { Double(bitPattern: try readFixed64()) }

    /// The place of a string, of bytes or of an inner message.
    package mutating func readRange() throws(ProtobufError) -> Range<Int> {
        let start = offset
        let length = try readVarint()
        guard length <= UInt64(end &- offset) else { throw ProtobufError(offset: start, expected: "a length within the message") }
        let range = offset..<offset &+ Int(length)
        offset = range.upperBound
        return range
    }

    /// A reader of the inner message that comes next.
    package mutating func readMessage() throws(ProtobufError) -> ProtobufReader { unsafe ProtobufReader(source, try readRange()) }

    /// A reader of an inner message whose place is known from ``readRange()``.
    package func message(_ range: Range<Int>) -> ProtobufReader {
        precondition(range.lowerBound >= 0 && range.upperBound <= end, "a range of this message")
        return unsafe ProtobufReader(source, range)
    }

    /// The bytes of a range from ``readRange()``; valid as long as the source.
    package func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= end, "a range of this message")
        return unsafe UnsafeRawBufferPointer(rebasing: source[range])
    }

    /// A string; must be UTF-8.
    package mutating func readString() throws(ProtobufError) -> String {
        let range = try readRange()
        guard unsafe UTF8Text.firstInvalid(bytes(range)) == nil else { throw ProtobufError(offset: range.lowerBound, expected: "text in UTF-8") }
        return unsafe String(decoding: bytes(range), as: UTF8.self)
    }

    /// Skips a value that is not of interest.
    package mutating func skip(_ wireType: ProtobufKey.WireType) throws(ProtobufError) {
        switch wireType {
        case .varint: _ = try readVarint()
        case .fixed64: _ = try readFixed64()
        case .bytes: _ = try readRange()
        case .fixed32:
            guard end &- offset >= 4 else { throw ProtobufError(offset: offset, expected: "four bytes") }
            offset &+= 4
        case .groupStart, .groupEnd: throw ProtobufError(offset: offset, expected: "a value that is no group")
        }
    }

    /// Checks that a known field is written as its type demands.
    package func expect(_ wireType: ProtobufKey.WireType, _ key: ProtobufKey) throws(ProtobufError) {
        guard key.wireType == wireType else { throw ProtobufError(offset: offset, expected: "field \(key.field) as \(wireType)") }
    }
}
