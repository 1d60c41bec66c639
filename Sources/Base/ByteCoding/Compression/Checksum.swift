internal import CZlib

/// CRC-32 (ISO 3309, the polynomial of gzip) through the system's zlib: the checksum of every frame and block on disk.
package enum Checksum {
    package static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var value: UInt = 0
        var offset = 0
        while offset < bytes.count {
            let length = min(bytes.count - offset, 1 << 30)
            let start = unsafe bytes.baseAddress.map { unsafe $0.advanced(by: offset).assumingMemoryBound(to: UInt8.self) }
            value = unsafe CZlib.crc32(value, start, UInt32(length))
            offset += length
        }
        return UInt32(truncatingIfNeeded: value)
    }

    package static func crc32(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe crc32($0) } }
}
