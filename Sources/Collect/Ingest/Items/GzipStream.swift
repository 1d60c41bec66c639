internal import CZlib

/// Decompresses gzip (RFC 1952) piece by piece, members one after another, in constant memory.
@safe final class GzipStream {
    private var stream = unsafe z_stream()
    private let isReady: Bool
    private var isInsideMember = true

    init() { isReady = unsafe gw_inflate_init(&stream) == Z_OK }

    deinit { if isReady { unsafe inflateEnd(&stream) } }

    /// Decompresses as much of `input` as fits into `output`.
    ///
    /// - Returns: bytes of the input that were used and bytes of the output that were filled; nil when the data are damaged.
    func read(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> (used: Int, filled: Int)? {
        guard isReady else { return nil }
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        unsafe stream.avail_in = UInt32(clamping: input.count)
        unsafe stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.avail_out = UInt32(clamping: output.count)
        loop: while unsafe stream.avail_in > 0 && stream.avail_out > 0 {
            isInsideMember = true
            switch unsafe inflate(&stream, Z_NO_FLUSH) {
            case Z_OK: continue
            case Z_BUF_ERROR: break loop
            case Z_STREAM_END:
                isInsideMember = false
                guard unsafe inflateReset(&stream) == Z_OK else { return nil }
            default: return nil
            }
        }
        return unsafe (input.count - Int(stream.avail_in), output.count - Int(stream.avail_out))
    }

    /// Whether the data may end here: behind a member, not inside one.
    var isComplete: Bool { !isInsideMember }
}
