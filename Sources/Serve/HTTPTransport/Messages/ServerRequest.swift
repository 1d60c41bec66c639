package import NIOCore
package import NIOHTTP1

/// A request as a handler gets it: complete, decoded, within all limits.
package struct ServerRequest: Sendable {
    /// The method as sent, in upper case; `HEAD` also where a `GET` route answers it.
    package let method: String
    /// The request target as sent.
    package let uri: String
    /// The path as sent, percent-encoded, without the query.
    package let path: String
    /// Decoded components of the path; empty ones (`//`, a last `/`) are left out, and there are no `.` and `..`.
    package let pathComponents: [String]
    /// The query's parts, decoded, in the order sent; repeated names are kept.
    package let queryItems: [QueryItem]
    /// Header fields as sent; after decompression without `Content-Encoding` and `Content-Length`, which no longer hold.
    package internal(set) var headers: HTTPHeaders
    /// The body, without chunk framing, decompressed. Its reader index is at its start.
    package internal(set) var body: ByteBuffer
    /// The peer's address without port, such as `127.0.0.1` or `::1`; empty when unknown.
    package let remoteAddress: String
    /// Whether the peer is this machine.
    package let isLoopback: Bool
    /// HTTP/1.1 or HTTP/1.0.
    package let version: HTTPVersion
    /// The pattern that matched, which gives captures their names; nil outside a route.
    var pattern: RoutePattern?

    init(
        head: HTTPRequestHead, target: RequestTarget, body: ByteBuffer, peer: PeerAddress
    ) {
        method = head.method.rawValue
        uri = head.uri
        path = target.path
        pathComponents = target.components
        queryItems = target.query
        headers = head.headers
        self.body = body
        remoteAddress = peer.text
        isLoopback = peer.isLoopback
        version = head.version
    }

    /// A request without a connection, for calling `Router.respond(to:)` directly.
    ///
    /// - Parameters:
    ///   - method: in upper case.
    ///   - uri: a path with or without query, percent-encoded.
    ///   - headers: default none.
    ///   - body: default empty.
    ///   - remoteAddress: default loopback.
    /// - Throws: when the target is one that the server would answer with 400.
    package init(
        method: String, uri: String, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer(), remoteAddress: String = "127.0.0.1"
    ) throws(RequestTargetError) {
        self.init(
            head: HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: uri, headers: headers),
            target: try RequestTarget(uri), body: body, peer: PeerAddress(text: remoteAddress))
    }

    /// The first value of a query parameter; empty for `?name`, nil when it is absent.
    package func query(_ name: String) -> String? {
        queryItems.first { $0.name == name }?.value
    }

    /// All values of a query parameter, in the order sent.
    package func queryValues(_ name: String) -> [String] {
        queryItems.filter { $0.name == name }.map(\.value)
    }

    /// The decoded path component that the route's `{name}` captured; for `{name...}` the rest of the path, joined by `/`. Nil for a name that the
    /// route does not have.
    package func parameter(_ name: String) -> String? {
        pattern?.capture(name, in: pathComponents)
    }
}

/// Who is at the other end of a connection.
struct PeerAddress: Equatable, Sendable {
    /// Address without port; empty when unknown.
    let text: String
    /// 127.0.0.0/8, `::1`, either of them mapped into IPv6, or a Unix socket.
    let isLoopback: Bool

    init(text: String) {
        let plain = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...]
        self.init(text: text, isLoopback: plain.hasPrefix("127.") || plain == "::1")
    }

    init(_ address: SocketAddress?) {
        switch address {
        case .v4, .v6: self.init(text: address?.ipAddress ?? "")
        case .unixDomainSocket: self.init(text: "", isLoopback: true)
        case nil: self.init(text: "")
        }
    }

    private init(text: String, isLoopback: Bool) {
        self.text = text
        self.isLoopback = isLoopback
    }
}
