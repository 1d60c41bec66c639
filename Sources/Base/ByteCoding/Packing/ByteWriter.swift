/// Builds little-endian binary layouts: the writing half of the on-disk formats.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package var count: Int { bytes.count }

    package mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ source: [UInt8]) { bytes.append(contentsOf: source) }

    package mutating func write(_ source: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: source) }

    /// A 32-bit length, then the UTF-8 bytes.
    package mutating func write(lengthPrefixed string: String) {
        let utf8 = Array(string.utf8)
        write(UInt32(utf8.count))
        write(utf8)
    }

    /// LEB128: seven bits a byte, least significant first.
    package mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Overwrites four bytes at `offset`, for lengths and checksums known only afterwards.
    package mutating func overwrite(_ value: UInt32, at offset: Int) {
        precondition(offset + 4 <= bytes.count, "overwrites what was written before")
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }

    /// Lets `body` append to the bytes directly.
    package mutating func appendDirectly(_ body: (inout [UInt8]) -> Void) { body(&bytes) }
}
