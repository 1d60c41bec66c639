import NIOCore
import NIOHTTP1

/// Where the server listens, and every limit and time-out of its connections.
///
/// A client can make the server hold at most `connectionsMax` sockets, `inFlightBodyBytesMax` bytes of request bodies and, for each connection,
/// `headerBytesMax` bytes of head and one response above the socket's write buffer.
package struct HTTPServerConfiguration: Sendable {
    /// An IPv4 or IPv6 address (with or without brackets) or a host name. Default `127.0.0.1`: nothing is offered to a network unless asked.
    package var host: String
    /// TCP port; 0 takes any free one, which `HTTPServer.boundPort()` tells.
    package var port: Int
    /// Event loops, one thread each. Default: half the cores, at least one, because handlers' own work runs on the concurrency pool, which has a
    /// thread a core, and one loop answers tens of thousands of requests a second.
    package var threads: Int

    /// Bytes of request line and header fields, together. Default 64 KiB: eight times what common servers take, for long queries and tokens.
    /// Beyond: 431.
    package var headerBytesMax = 64 * 1024
    /// Header fields of one request, trailers included. Default 256, several times what browsers and proxies send. Beyond: 431.
    package var headerFieldsMax = 256
    /// Bytes of one request's body, before and after decompression. Default 100 MiB, Elasticsearch's `http.max_content_length`. Beyond: 413.
    package var bodyBytesMax = 100 * 1024 * 1024
    /// Bytes of all requests' bodies that are being received or handled. Default 512 MiB: five bodies of the largest size, and well below the memory
    /// of a small machine. Beyond: 429 with `Retry-After: 1`.
    package var inFlightBodyBytesMax = 512 * 1024 * 1024
    /// Open connections. Default 10,000: ten times what a fleet of gateways and dashboards holds, at some 10 KiB each. Beyond: 503, and closed.
    package var connectionsMax = 10_000
    /// Bytes of an upload that are read and thrown away after it was refused, so that a client that writes before it reads sees the answer and not a
    /// reset. Default 256 MiB: bodies somewhat over the limit are the usual mistake, and throwing bytes away costs no memory.
    package var discardBytesMax = 256 * 1024 * 1024

    /// From the connection's opening, or a later request's first byte, until the head is complete. Default 15 s. Beyond: 408.
    package var headerTimeout: Duration = .seconds(15)
    /// Between two pieces of a body. Default 30 s. Beyond: 408.
    package var bodyIdleTimeout: Duration = .seconds(30)
    /// Between two requests of a connection. Default 75 s, longer than the 60 s for which common clients and balancers keep one, so that they close
    /// first and do not write into a closing connection.
    package var keepAliveTimeout: Duration = .seconds(75)
    /// For a client that takes nothing of the response that waits for it. Default 60 s. Beyond: closed.
    package var writeIdleTimeout: Duration = .seconds(60)
    /// From a refusal until the connection is closed at last, see `discardBytesMax`. Default 10 s.
    package var lingerTimeout: Duration = .seconds(10)
    /// For requests that run when the server is told to stop. Default 10 s; event streams end at once.
    package var drainTimeout: Duration = .seconds(10)

    /// Bodies from this size on are compressed when the client takes gzip. Default 1,024 bytes: smaller ones fit one packet either way.
    package var responseCompressionBytesMin = 1_024
    /// gzip level of responses. Default 1: of the levels the fastest, and text shrinks to about a fifth already.
    package var responseCompressionLevel: Int32 = 1

    /// Turns a request's refusal, which happened before any handler saw it, into a response; the transport adds what the protocol needs
    /// (`Connection: close`, `Retry-After`). Default: one line of plain text. Must return `.none` or `.bytes`; a stream is taken for `.none`.
    package var renderFailure: @Sendable (TransportFailure) -> ServerResponse = TransportFailure.plainText

    /// - Parameters:
    ///   - host: see ``host``.
    ///   - port: see ``port``.
    package init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
        self.threads = max(1, System.coreCount / 2)
    }
}
