internal import CZstd
internal import Synchronization

extension Zstd {
    /// Decompresses one frame into memory of exactly its size, with a context that is used again: for many small frames.
    ///
    /// - Throws: `damaged` when the frame is broken or its content is not of exactly `target.count` bytes.
    package static func decompress(_ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws(CompressionError) {
        guard let context = contexts.withLock({ $0.popLast() }) ?? DecompressionContext() else { throw .damaged }
        let produced = unsafe ZSTD_decompressDCtx(context.pointer, target.baseAddress, target.count, input.baseAddress, input.count)
        contexts.withLock { contexts in if contexts.count < contextsMax { contexts.append(context) } }
        guard ZSTD_isError(produced) == 0, produced == target.count else { throw .damaged }
    }

    /// Contexts kept for the next callers, 8: more threads than cores decompress only for moments, and each context takes 160 kB.
    private static let contextsMax = 8
    private static let contexts = Mutex<[DecompressionContext]>([])
}

/// The working memory of a decompression.
///
/// `@unchecked Sendable` holds because whoever takes it from the list is its only user until it is put back; the list's mutex orders
/// what they do, and Zstandard's contexts belong to no thread.
@safe private final class DecompressionContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// nil when there is no memory.
    init?() {
        guard let made = unsafe ZSTD_createDCtx() else { return nil }
        unsafe pointer = made
    }

    deinit { unsafe ZSTD_freeDCtx(pointer) }
}
