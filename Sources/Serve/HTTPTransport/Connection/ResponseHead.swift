import NIOCore
import NIOHTTP1

/// How a response's body is delimited.
enum ResponseFraming: Equatable {
    /// Status without a body (1xx, 204, 304): no length is sent.
    case none
    /// `Content-Length`, in bytes.
    case length(Int)
    /// `Transfer-Encoding: chunked`.
    case chunked
    /// By the connection's end; for HTTP/1.0, which has no chunks.
    case untilClose
}

/// What a response says of its connection.
enum ConnectionOption: Equatable {
    /// Nothing: HTTP/1.1 stays open.
    case implicit
    case close
    /// Said to HTTP/1.0 clients that asked for it.
    case keepAlive
}

extension ByteBuffer {
    /// Writes a status line and header fields, to their empty line.
    ///
    /// - Parameter date: the value of `Date`, RFC 9110, 6.6.1.
    mutating func writeResponseHead(
        status: HTTPResponseStatus, headers: HTTPHeaders, framing: ResponseFraming, connection: ConnectionOption, date: String
    ) {
        writeStaticString("HTTP/1.1 ")
        writeString(String(status.code))
        writeStaticString(" ")
        writeFieldText(status.reasonPhrase)
        writeStaticString("\r\nDate: ")
        writeString(date)
        writeStaticString("\r\n")
        for (name, value) in headers where !Self.isOwnedByTransport(name) {
            writeFieldText(name)
            writeStaticString(": ")
            writeFieldText(value)
            writeStaticString("\r\n")
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let bytes):
            writeStaticString("Content-Length: ")
            writeString(String(bytes))
            writeStaticString("\r\n")
        case .chunked: writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        switch connection {
        case .implicit: break
        case .close: writeStaticString("Connection: close\r\n")
        case .keepAlive: writeStaticString("Connection: keep-alive\r\n")
        }
        writeStaticString("\r\n")
    }

    /// Fields whose value follows from the framing, told apart by length first.
    private static func isOwnedByTransport(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: equal(name, "date")
        case 10: equal(name, "connection")
        case 14: equal(name, "content-length")
        case 17: equal(name, "transfer-encoding")
        default: false
        }
    }

    /// Writes text that must not end its line: control characters become spaces, or a value could begin a new field (response splitting).
    private mutating func writeFieldText(_ text: String) {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            writeBytes(text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 })
        } else {
            writeString(text)
        }
    }

    /// Writes one chunk (RFC 9112, 7.1) of at least one byte.
    mutating func writeChunk(_ bytes: ByteBuffer) {
        writeString(String(bytes.readableBytes, radix: 16))
        writeStaticString("\r\n")
        writeImmutableBuffer(bytes)
        writeStaticString("\r\n")
    }
}
