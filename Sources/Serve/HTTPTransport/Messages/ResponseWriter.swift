package import NIOCore

/// Why a streamed body cannot go on.
package enum ResponseWriterError: Error, Equatable, Sendable {
    /// The client closed the connection, or it broke.
    case clientGone
    /// The task was cancelled: the client is gone or the server stops.
    case cancelled
    /// More bytes were written than the response declared.
    case lengthExceeded
}

/// Writes the body of a streamed response, piece by piece. Every piece is sent at once: give small pieces only where their delay matters.
package struct ResponseWriter: Sendable {
    let flow: StreamFlow

    /// Sends bytes. Suspends while the client takes them more slowly than they are made (some 256 KiB are buffered). No bytes are no piece.
    ///
    /// - Throws: when nobody will read them; the producer should end. Errors stay: later calls throw too.
    package func write(_ bytes: ByteBuffer) async throws(ResponseWriterError) {
        guard bytes.readableBytes > 0 else { return }
        if Task.isCancelled { throw .cancelled }
        if try flow.submit(bytes), let failure = await flow.ready() { throw failure }
    }

    /// Sends bytes, see `write(_: ByteBuffer)`.
    package func write(_ bytes: [UInt8]) async throws(ResponseWriterError) {
        try await write(ByteBuffer(bytes: bytes))
    }

    /// Sends text as UTF-8, see `write(_: ByteBuffer)`.
    package func write(_ text: String) async throws(ResponseWriterError) {
        try await write(ByteBuffer(string: text))
    }
}
