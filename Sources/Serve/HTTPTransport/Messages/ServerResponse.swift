package import NIOCore
package import NIOHTTP1

/// What a handler answers.
///
/// The transport owns the framing: `Content-Length`, `Transfer-Encoding` and `Date` set by a handler are replaced; `Connection: close` set by a
/// handler closes the connection after the response. Bodies of text types are compressed when the client takes it, unless `Content-Encoding` is
/// set already.
package struct ServerResponse: Sendable {
    /// Status line.
    package var status: HTTPResponseStatus
    /// Header fields, in the order in which they are sent. Control characters in values are sent as spaces (no response splitting).
    package var headers: HTTPHeaders
    /// What follows the head; dropped, its length kept, for `HEAD`, 204 and 304.
    package var body: ResponseBody

    /// - Parameters:
    ///   - status: default 200.
    ///   - headers: default none.
    ///   - body: default empty.
    package init(status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:], body: ResponseBody = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A body of one media type.
    package init(status: HTTPResponseStatus = .ok, contentType: String, body: ResponseBody) {
        self.init(status: status, headers: ["Content-Type": contentType], body: body)
    }

    /// A body of text, sent as UTF-8.
    package init(status: HTTPResponseStatus = .ok, contentType: String = "text/plain; charset=utf-8", text: String) {
        self.init(status: status, contentType: contentType, body: .text(text))
    }
}

/// The body of a response.
package enum ResponseBody: Sendable {
    /// No bytes; `Content-Length: 0` where the status allows a body.
    case none
    /// The whole body at once.
    case bytes(ByteBuffer)
    /// A body that is made while it is sent: `write` is called once, off the event loops, after the head went out, and the body ends when it returns.
    /// It is cancelled when the client leaves. When it throws, the connection is closed without the body's end, so that the client does not take a
    /// part for the whole. Not called for `HEAD`. Without `contentLength` (bytes) the body is chunked; with it, `write` must give exactly as many.
    case stream(contentLength: Int? = nil, write: @Sendable (ResponseWriter) async throws -> Void)

    /// A body of bytes in an array.
    package static func bytes(_ bytes: [UInt8]) -> ResponseBody { .bytes(ByteBuffer(bytes: bytes)) }

    /// A body of text, as UTF-8.
    package static func text(_ text: String) -> ResponseBody { .bytes(ByteBuffer(string: text)) }
}

/// The media type of server-sent events. Streams of it end at once when the server stops, and their end is regular; they are never compressed.
package let eventStreamContentType = "text/event-stream"
