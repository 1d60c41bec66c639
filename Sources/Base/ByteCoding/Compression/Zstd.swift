internal import CZstd

/// Zstandard (RFC 8878) frames through the system's libzstd.
package enum Zstd {
    /// One frame; level 1 unless told otherwise: on packed columns higher levels cost time and gain nothing.
    package static func compress(_ input: UnsafeRawBufferPointer, level: Int32 = 1) -> [UInt8] {
        let bound = ZSTD_compressBound(input.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let size = unsafe ZSTD_compress(buffer.baseAddress, bound, input.baseAddress, input.count, level)
            count = ZSTD_isError(size) == 0 ? size : 0
        }
    }

    package static func compress(_ input: [UInt8], level: Int32 = 1) -> [UInt8] {
        unsafe input.withUnsafeBytes { unsafe compress($0, level: level) }
    }

    /// Decompresses one frame whose decompressed size the caller knows.
    ///
    /// - Throws: `damaged` when the frame is broken or its content is not of exactly `size` bytes.
    package static func decompress(_ input: UnsafeRawBufferPointer, size: Int) throws(CompressionError) -> [UInt8] {
        let output = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let produced = unsafe ZSTD_decompress(buffer.baseAddress, size, input.baseAddress, input.count)
            count = ZSTD_isError(produced) == 0 ? produced : 0
        }
        guard output.count == size else { throw .damaged }
        return output
    }
}
