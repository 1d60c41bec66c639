/// A binary layout ended too early or holds an impossible value.
package struct ByteReadingError: Error, Equatable, Sendable {
    /// Where the reader stood, in bytes from the start.
    package let offset: Int
    /// What was expected there.
    package let expected: String

    package init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
}

/// Reads little-endian binary layouts with every length checked: the reading half of the on-disk formats.
///
/// It borrows the bytes: use it only while they live (inside `withUnsafeBytes`, or over a mapping that its owner keeps).
@safe package struct ByteReader {
    private let source: UnsafeRawBufferPointer
    package private(set) var offset: Int

    package init(_ source: UnsafeRawBufferPointer, offset: Int = 0) {
        unsafe self.source = source
        self.offset = offset
    }

    package var remaining: Int { unsafe source.count - offset }

    package mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ what: String = "an integer") throws(ByteReadingError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw ByteReadingError(offset: offset, expected: what) }
        defer { offset += size }
        return unsafe T(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    package mutating func readBytes(_ count: Int, _ what: String = "bytes") throws(ByteReadingError) -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw ByteReadingError(offset: offset, expected: what) }
        defer { offset += count }
        return unsafe UnsafeRawBufferPointer(rebasing: source[offset..<offset + count])
    }

    package mutating func readLengthPrefixedString(_ what: String = "a string") throws(ByteReadingError) -> String {
        let count = try Int(read(UInt32.self, what))
        return unsafe String(decoding: try readBytes(count, what), as: UTF8.self)
    }

    package mutating func readVarint(_ what: String = "a variable-length integer") throws(ByteReadingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let byte = try read(UInt8.self, what)
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw ByteReadingError(offset: offset, expected: what)
    }
}
