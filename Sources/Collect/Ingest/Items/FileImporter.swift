package import GatewayModel

/// Why a file cannot be read on.
package enum ImportError: Error, Equatable, Sendable {
    /// The system refused a read: its error number.
    case unreadable(code: Int32)
    /// The compressed data are damaged, at this byte of the file or shortly before.
    case damagedGzip(offset: Int64)
    /// The compressed data end too early.
    case truncatedGzip
}

/// Reads records from a file or a pipe in pieces: JSON arrays, objects, or lines, plain or gzip (told by its first bytes), in constant memory.
///
///     var importer = FileImporter(descriptor: 0, pipeline: pipeline, context: context)
///     while let piece = try importer.next() { try await store.append(piece.batch) }
///
/// The documents of damaged compressed data up to the damage are given before the error is thrown.
package struct FileImporter {
    /// Rows of one piece: large enough that a batch's fixed costs vanish, small enough that it is some 5 MB in memory.
    package var rowsMax = 10_000

    private let pipeline: IngestPipeline
    private let deadLetters: DeadLetterFile?
    private var context: IngestContext
    private var input: ImportInput
    private var splitter = ItemSplitter()
    private var pieces: IngestPipeline.PieceProgress
    private var buffer: [UInt8] = []
    /// Bytes at the front of `buffer` that are done with.
    private var start = 0
    /// The input has ended, or failed.
    private var isInputAtEnd = false
    private var failure: ImportError?

    /// Bytes read from the descriptor so far, for a progress display.
    package var bytesRead: Int64 { input.bytesRead }
    /// Documents seen so far, good and bad.
    package var itemsRead: Int { pieces.items }

    /// - Parameters:
    ///   - descriptor: an open descriptor, which stays the caller's.
    ///   - shape: what the documents are; nil to tell by looking at them.
    ///   - deadLetters: where refused documents go; nil drops them. An import waits for the file, so that none is lost to a full queue.
    package init(descriptor: Int32, pipeline: IngestPipeline, context: IngestContext, shape: RecordShape? = nil, deadLetters: DeadLetterFile? = nil) {
        self.deadLetters = deadLetters
        input = ImportInput(descriptor: descriptor)
        self.pipeline = pipeline
        self.context = context
        pieces = IngestPipeline.PieceProgress(hint: shape ?? context.door.usualShape)
    }

    /// The next records; nil at the end of the input. A piece may have no rows when all its documents were refused.
    ///
    /// - Parameter receivedAt: the time of reception of the records of this piece; the context's when nil.
    package mutating func next(receivedAt: Timestamp? = nil) throws(ImportError) -> IngestResult? {
        if let receivedAt { context.receivedAt = receivedAt }
        while !pieces.isAtEnd {
            let result = readBuffered()
            if result.counters.received > 0 { return result }
            if pieces.isAtEnd { break }
            fill()
        }
        if let failure {
            self.failure = nil
            throw failure
        }
        return nil
    }

    /// Reads documents from what is buffered.
    private mutating func readBuffered() -> IngestResult {
        let context = context
        let isFinal = isInputAtEnd
        let pipeline = pipeline
        let rowsMax = rowsMax
        let from = start
        var splitter = splitter
        var pieces = pieces
        let bytesBefore = pieces.bytes
        let deadLetters = deadLetters
        var result = unsafe buffer.withUnsafeBytes { bytes in
            let unread = unsafe UnsafeRawBufferPointer(rebasing: bytes[from...])
            let result = unsafe pipeline.readPiece(unread, &splitter, &pieces, isFinal: isFinal, rowsMax: rowsMax, context)
            if let deadLetters { unsafe Self.keep(result.rejected, of: unread, from: bytesBefore, context, in: deadLetters) }
            return result
        }
        result.counters.bytes = pieces.consumed
        splitter.drop(pieces.consumed)
        start += pieces.consumed
        pieces.bytes += pieces.consumed
        self.splitter = splitter
        self.pieces = pieces
        return result
    }

    /// Writes refused documents to the dead-letter file, some at a time.
    private static func keep(_ rejected: [RejectedItem], of unread: UnsafeRawBufferPointer, from offset: Int, _ context: IngestContext, in file: DeadLetterFile) {
        for start in stride(from: 0, to: rejected.count, by: DeadLetter.lettersPerBodyMax) {
            let items = Array(rejected[start..<min(rejected.count, start + DeadLetter.lettersPerBodyMax)])
            file.submit(unsafe DeadLetter.letters(for: items, of: unread, from: offset, context))
            file.flush()
        }
    }

    /// Adds more input to the buffer. What fails ends the input and is reported when the documents before it have been given.
    private mutating func fill() {
        guard !isInputAtEnd else { return }
        buffer.removeSubrange(..<start)
        start = 0
        do throws(ImportError) {
            try input.read(into: &buffer)
            isInputAtEnd = input.isAtEnd
        } catch {
            failure = error
            isInputAtEnd = true
        }
    }
}
