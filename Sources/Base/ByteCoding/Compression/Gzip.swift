internal import CZlib

/// Why a compressed input could not be read.
package enum CompressionError: Error, Equatable, Sendable {
    /// The bytes are not of the format, or damaged.
    case damaged
    /// The input ends inside the compressed data.
    case truncated
    /// The output would exceed the caller's limit, in bytes.
    case tooLarge(limit: Int)
}

/// gzip (RFC 1952) and zlib (RFC 1950) through the system's zlib.
package enum Gzip {
    /// Whether `bytes` begin as a gzip member does.
    package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// Decompresses one or more gzip members, or one zlib stream.
    ///
    /// - Parameter limit: the most bytes of output; a bomb is refused when it reaches it, not after.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        guard input.count > 0 else { throw .truncated }
        var stream = unsafe z_stream()
        guard unsafe gw_inflate_init(&stream) == Z_OK else { throw .damaged }
        defer { unsafe inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(max(input.count &* 4, 4_096), 1 << 20))
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        unsafe stream.avail_in = UInt32(clamping: input.count)
        while true {
            let (status, produced) = unsafe chunk.withUnsafeMutableBufferPointer { buffer in
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(buffer.count)
                let status = unsafe inflate(&stream, Z_NO_FLUSH)
                return unsafe (status, buffer.count - Int(stream.avail_out))
            }
            guard output.count + produced <= limit else { throw .tooLarge(limit: limit) }
            output.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END:
                // Members may follow each other (RFC 1952, 2.2).
                if unsafe stream.avail_in == 0 { return output }
                guard unsafe inflateReset(&stream) == Z_OK else { throw .damaged }
            case Z_OK:
                if unsafe stream.avail_in == 0, produced < chunk.count { throw .truncated }
            case Z_BUF_ERROR:
                throw .truncated
            default:
                throw .damaged
            }
        }
    }

    package static func decompress(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        let result = unsafe input.withUnsafeBytes { bytes -> Result<[UInt8], CompressionError> in
            do throws(CompressionError) { return unsafe .success(try decompress(bytes, limit: limit)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// One gzip member.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    package static func compress(_ input: UnsafeRawBufferPointer, level: Int32 = 1) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe gw_deflate_init(&stream, level) == Z_OK else { return [] }
        return unsafe deflated(&stream, input)
    }

    /// One zlib stream (RFC 1950), as PNG holds it.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    package static func compressZlib(_ input: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe gw_deflate_init_zlib(&stream, level) == Z_OK else { return [] }
        return unsafe input.withUnsafeBytes { unsafe deflated(&stream, $0) }
    }

    private static func deflated(_ stream: inout z_stream, _ input: UnsafeRawBufferPointer) -> [UInt8] {
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(input.count)))
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        unsafe stream.avail_in = UInt32(clamping: input.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            unsafe stream.next_out = buffer.baseAddress
            unsafe stream.avail_out = UInt32(buffer.count)
            _ = unsafe deflate(&stream, Z_FINISH)
            count = unsafe buffer.count - Int(stream.avail_out)
        }
    }

    package static func compress(_ input: [UInt8], level: Int32 = 1) -> [UInt8] {
        unsafe input.withUnsafeBytes { unsafe compress($0, level: level) }
    }
}
