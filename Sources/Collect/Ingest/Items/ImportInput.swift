internal import Glibc

/// The bytes of a file or pipe, decompressed when they are gzip (told by the first two), a piece at a time.
struct ImportInput {
    /// Bytes read at once: a pipe gives 64 KiB at most, a disk is at full speed from here on.
    static let chunkBytes = 1 << 20

    private let descriptor: Int32
    private var compressed: [UInt8] = []
    private var used = 0
    private var gzip: GzipStream?
    private var hasBegun = false
    /// Nothing more comes.
    private(set) var isAtEnd = false
    /// Bytes taken from the descriptor.
    private(set) var bytesRead: Int64 = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Appends up to ``chunkBytes`` bytes to `target`; at the end of the input sets ``isAtEnd``.
    mutating func read(into target: inout [UInt8]) throws(ImportError) {
        if !hasBegun {
            hasBegun = true
            var head: [UInt8] = []
            try readChunk(into: &head)
            guard head.starts(with: [0x1f, 0x8b]) else { return target.append(contentsOf: head) }
            gzip = GzipStream()
            compressed = head
        }
        guard let gzip else { return try readChunk(into: &target) }
        try inflate(gzip, into: &target)
    }

    private mutating func inflate(_ gzip: GzipStream, into target: inout [UInt8]) throws(ImportError) {
        if used == compressed.count {
            compressed.removeAll(keepingCapacity: true)
            used = 0
            var chunk: [UInt8] = []
            swap(&chunk, &compressed)
            try readChunk(into: &chunk)
            swap(&chunk, &compressed)
            if isAtEnd {
                if !gzip.isComplete { throw .truncatedGzip }
                return
            }
        }
        let before = target.count
        let from = used
        let input = compressed
        target.append(contentsOf: repeatElement(0, count: Self.chunkBytes))
        let done = unsafe target.withUnsafeMutableBytes { output in
            unsafe input.withUnsafeBytes { input in
                unsafe gzip.read(UnsafeRawBufferPointer(rebasing: input[from...]), into: UnsafeMutableRawBufferPointer(rebasing: output[before...]))
            }
        }
        target.removeSubrange((before + (done?.filled ?? 0))...)
        guard let done else { throw .damagedGzip(offset: bytesRead) }
        used += done.used
    }

    private mutating func readChunk(into target: inout [UInt8]) throws(ImportError) {
        let before = target.count
        let file = descriptor
        target.append(contentsOf: repeatElement(0, count: Self.chunkBytes))
        var count = 0
        repeat {
            count = unsafe target.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress.map { unsafe $0 + before }, Self.chunkBytes) }
        } while count < 0 && errno == EINTR
        let code = errno
        target.removeSubrange((before + max(0, count))...)
        if count < 0 { throw .unreadable(code: code) }
        if count == 0 { isAtEnd = true }
        bytesRead += Int64(count)
    }
}
