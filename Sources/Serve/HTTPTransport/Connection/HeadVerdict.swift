import NIOHTTP1

/// What a request's head says about its body and its connection, and whether the request can be served at all.
struct HeadVerdict: Equatable, Sendable {
    /// How the body's end is found (RFC 9112, 6.3).
    enum Framing: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    /// Whether the client wants to keep the connection.
    var keepsAlive: Bool
    var framing: Framing
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool
    /// Whether the body is compressed with gzip.
    var isGzip: Bool
    /// Whether the client takes a gzip-compressed response.
    var acceptsGzip: Bool
    /// Why the request cannot be served; nil when it can.
    var rejection: Rejection?

    /// Reads the head in one pass over its fields.
    init(_ head: HTTPRequestHead) {
        var fields = Fields()
        for (name, value) in head.headers { fields.take(name: name, value: value) }
        keepsAlive = head.isKeepAlive && !fields.wantsUpgrade && head.method != .CONNECT
        acceptsGzip = fields.acceptsGzip
        isGzip = fields.contentCoding == .gzip
        // RFC 9110, 10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that expectation."
        expectsContinue = !head.isHTTP10 && fields.expectation == .continue
        framing = fields.isChunked ? .chunked : fields.contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
        rejection = fields.rejection(for: head)
    }
}

/// The header fields that decide, as far as they have been read.
private struct Fields {
    enum Expectation { case none, `continue`, other }
    enum ContentCoding { case none, gzip, snappy, other }

    var hosts = 0
    var contentLengths = 0
    /// Nil when absent or not a number.
    var contentLength: Int?
    var hasTransferCoding = false
    var isChunked = false
    var expectation = Expectation.none
    var contentCoding = ContentCoding.none
    var acceptsGzip = false
    /// The client offers another protocol, after which the parser reads no further HTTP; we stay with HTTP/1.1, and close after the response.
    var wantsUpgrade = false

    /// Names are told apart by their length first: most fields are none of these.
    mutating func take(name: String, value: String) {
        switch name.utf8.count {
        case 4 where equal(name, "host"): hosts += 1
        case 6 where equal(name, "expect"): expectation = equal(trimmed(value), "100-continue") ? .continue : .other
        case 7 where equal(name, "upgrade"): wantsUpgrade = true
        case 14 where equal(name, "content-length"):
            contentLengths += 1
            contentLength = value.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int(value) : nil
        case 15 where equal(name, "accept-encoding"): acceptsGzip = acceptsGzip || BodyCoding.acceptsGzip(value)
        case 16 where equal(name, "content-encoding"): take(contentCoding: value)
        case 17 where equal(name, "transfer-encoding"):
            isChunked = !hasTransferCoding && equal(trimmed(value), "chunked")
            hasTransferCoding = true
        default: break
        }
    }

    private mutating func take(contentCoding value: String) {
        let coding = trimmed(value)
        if equal(coding, "identity") || coding.isEmpty { return }
        let isGzip = equal(coding, "gzip") || equal(coding, "x-gzip")
        // Snappy is left to the handlers that expect it: Prometheus's remote write means the block format by it, others the framed one.
        let known: ContentCoding = isGzip ? .gzip : equal(coding, "snappy") ? .snappy : .other
        contentCoding = contentCoding == .none ? known : .other
    }

    func rejection(for head: HTTPRequestHead) -> Rejection? {
        // RFC 9112, 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host header field
        // and to any request message that contains more than one Host header field line".
        if hosts > 1 || (hosts == 0 && !head.isHTTP10) { return Rejection(.badRequest, "exactly one Host header field is required") }
        // Two ways to find the body's end let two readers of the same bytes see different requests (RFC 9112, 11.2).
        if hasTransferCoding && contentLengths > 0 { return Rejection(.badRequest, "Content-Length and Transfer-Encoding contradict each other") }
        if contentLengths > 1 || (contentLengths == 1 && contentLength == nil) { return Rejection(.badRequest, "Content-Length is not one number") }
        if hasTransferCoding && head.isHTTP10 { return Rejection(.badRequest, "HTTP/1.0 has no Transfer-Encoding") }
        if hasTransferCoding && !isChunked { return Rejection(.unsupportedTransfer, "the only supported Transfer-Encoding is chunked") }
        if head.isHTTP10, contentLengths == 0, [.POST, .PUT].contains(head.method) {
            return Rejection(.lengthRequired, "an HTTP/1.0 request with a body needs a Content-Length")
        }
        if expectation == .other, !head.isHTTP10 { return Rejection(.expectationFailed, "the only supported Expect is 100-continue") }
        if contentCoding == .other { return Rejection(.unsupportedCoding, "the only supported Content-Encoding is gzip") }
        return nil
    }
}

/// Compares ASCII without regard to case; `lowercase` must be in lower case.
func equal(_ text: some StringProtocol, _ lowercase: String) -> Bool {
    guard text.utf8.count == lowercase.utf8.count else { return false }
    return zip(text.utf8, lowercase.utf8).allSatisfy { byte, expected in
        (0x41...0x5A ~= byte ? byte | 0x20 : byte) == expected
    }
}

/// Without the spaces and tabs around it (RFC 9110, 5.6.3).
func trimmed(_ value: some StringProtocol) -> Substring {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let bytes = Substring(value).utf8.drop(while: isSpace)
    guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
    return Substring(bytes[...last])
}

extension HTTPRequestHead {
    /// Whether the client speaks HTTP/1.0: no chunks, no `100 Continue`, connections close unless asked otherwise.
    var isHTTP10: Bool { version.major == 1 && version.minor == 0 }
}
