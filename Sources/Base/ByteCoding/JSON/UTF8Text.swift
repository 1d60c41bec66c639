/// Whole-buffer checks of text: UTF-8 validity and line ends.
package enum UTF8Text {
    /// The offset of the first byte that is not part of valid UTF-8; nil when all is valid. ASCII runs are passed over eight bytes at a time.
    package static func firstInvalid(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        let count = bytes.count
        while offset < count {
            while offset &+ 8 <= count, unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { offset &+= 8 }
            guard offset < count else { return nil }
            guard let length = unsafe sequenceLength(bytes, offset) else { return offset }
            offset &+= length
        }
        return nil
    }

    /// The length of the valid sequence at `offset` (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
        let first = unsafe bytes[offset]
        switch first {
        case 0x00...0x7f: return 1
        case 0xc2...0xdf: return unsafe continuation(bytes, offset + 1, 0x80...0xbf) ? 2 : nil
        case 0xe0...0xef:
            let second: ClosedRange<UInt8> = first == 0xe0 ? 0xa0...0xbf : first == 0xed ? 0x80...0x9f : 0x80...0xbf
            return unsafe continuation(bytes, offset + 1, second) && continuation(bytes, offset + 2, 0x80...0xbf) ? 3 : nil
        case 0xf0...0xf4:
            let second: ClosedRange<UInt8> = first == 0xf0 ? 0x90...0xbf : first == 0xf4 ? 0x80...0x8f : 0x80...0xbf
            return unsafe continuation(bytes, offset + 1, second) && continuation(bytes, offset + 2, 0x80...0xbf)
                && continuation(bytes, offset + 3, 0x80...0xbf) ? 4 : nil
        default: return nil
        }
    }

    private static func continuation(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ allowed: ClosedRange<UInt8>) -> Bool {
        unsafe offset < bytes.count && allowed.contains(bytes[offset])
    }

    /// The offset of the first `\n` at or behind `start`, or the end of the bytes.
    package static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var offset = start
        while offset &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ (ones &* 0x0a)
            let found = (word &- ones) & ~word & 0x8080_8080_8080_8080
            if found != 0 { return offset &+ found.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < bytes.count, unsafe bytes[offset] != 0x0a { offset &+= 1 }
        return offset
    }
}
