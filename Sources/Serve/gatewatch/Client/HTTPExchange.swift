import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why a Gatewatch server could not be asked.
enum HTTPExchangeError: Error, CustomStringConvertible {
    case invalidAddress(String)
    case unreachable(address: String, reason: String)
    case closedEarly
    case tooLarge(bytesMax: Int)

    var description: String {
        switch self {
        case .invalidAddress(let text): "'\(text)' is not an address such as http://127.0.0.1:7600"
        case .unreachable(let address, let reason): "no Gatewatch answers at \(address): \(reason)"
        case .closedEarly: "the server closed the connection before it answered"
        case .tooLarge(let bytesMax): "the answer is larger than \(bytesMax) bytes"
        }
    }
}

/// Where a Gatewatch server is, and what to present to it.
struct ServerAddress: Sendable {
    let host: String
    let port: Int
    /// A path prefix without a trailing slash; usually empty.
    let prefix: String
    /// The value of the `Authorization` header, if any.
    let authorization: String?

    /// - Parameters:
    ///   - text: `http://host:port`, optionally with `user:password@` and a path. Only plain HTTP is spoken.
    ///   - defaultPort: the port when the text has none.
    init(_ text: String, defaultPort: Int = 7600) throws {
        guard let components = URLComponents(string: text.contains("://") ? text : "http://" + text), components.scheme == "http",
            let host = components.host, !host.isEmpty
        else { throw HTTPExchangeError.invalidAddress(text) }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = components.port ?? defaultPort
        prefix = components.path.hasSuffix("/") ? String(components.path.dropLast()) : components.path
        authorization = components.user.map { "Basic " + Data("\($0):\(components.password ?? "")".utf8).base64EncodedString() }
    }

    /// For messages: without credentials.
    var description: String { "http://\(host):\(port)\(prefix)" }
}

/// One HTTP request to a Gatewatch server and its whole answer: what the command line needs, and no more.
struct HTTPExchange: Sendable {
    /// The most bytes of an answer that are taken.
    static let answerBytesMax = 1 << 30

    let address: ServerAddress

    func send(_ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [], answerBytesMax: Int = Self.answerBytesMax) async throws -> (
        status: Int, body: [UInt8]) {
        let channel: NIOAsyncChannel<HTTPClientResponsePart, SendableRequestPart>
        do {
            channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(5))
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(RequestPartHandler())
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch { throw HTTPExchangeError.unreachable(address: address.description, reason: "\(error)") }
        return try await channel.executeThenClose { inbound, outbound in
            var head = HTTPRequestHead(version: .http1_1, method: method, uri: address.prefix + path)
            head.headers = HTTPHeaders([("Host", "\(address.host):\(address.port)"), ("Content-Length", "\(body.count)"), ("Connection", "close")] + headers)
            if let authorization = address.authorization { head.headers.add(name: "Authorization", value: authorization) }
            try await outbound.write(.head(head))
            if !body.isEmpty { try await outbound.write(.body(ByteBuffer(bytes: body))) }
            try await outbound.write(.end)
            var status = 0
            var answer: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let buffer):
                    answer.append(contentsOf: buffer.readableBytesView)
                    guard answer.count <= answerBytesMax else { throw HTTPExchangeError.tooLarge(bytesMax: answerBytesMax) }
                case .end: return (status, answer)
                }
            }
            throw HTTPExchangeError.closedEarly
        }
    }
}

/// The request's parts, in a form that crosses to the event loop.
enum SendableRequestPart: Sendable {
    case head(HTTPRequestHead)
    case body(ByteBuffer)
    case end
}

private final class RequestPartHandler: ChannelOutboundHandler {
    typealias OutboundIn = SendableRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart
        switch unwrapOutboundIn(data) {
        case .head(let head): part = .head(head)
        case .body(let buffer): part = .body(.byteBuffer(buffer))
        case .end: part = .end(nil)
        }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
