import NIOCore
import NIOPosix
import Synchronization

/// A receiver on a port of this machine that notes what it is sent and answers by the path.
final class StubReceiver: Sendable {
    enum Answer: Sendable {
        /// As it goes over the wire.
        case raw(String)
        /// Status line and body of a short answer.
        case status(Int, body: String = "", headers: [String] = [])
        /// Nothing, for ever.
        case hang
        /// A head, and then bytes without end.
        case endless
        /// The connection is closed.
        case close
    }

    let port: Int
    private let channel: any Channel
    private let noted: Requests

    private final class Requests: Sendable {
        let list = Mutex<[String]>([])
    }

    /// Requests as they came, head and body.
    var requests: [String] { noted.list.withLock { $0 } }
    func url(_ path: String, host: String = "127.0.0.1") -> String { "http://\(host):\(port)\(path)" }

    static func start(_ answer: @escaping @Sendable (String) -> Answer) async throws -> StubReceiver {
        let requests = Requests()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler { request in
                    requests.list.withLock { $0.append(request) }
                    return answer(request.split(separator: " ").dropFirst().first.map(String.init) ?? "")
                }) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StubReceiver(channel, requests)
    }

    private init(_ channel: any Channel, _ requests: Requests) {
        self.channel = channel
        noted = requests
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var text = ""
        private let answer: (String) -> Answer

        init(_ answer: @escaping (String) -> Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard let head = text.range(of: "\r\n\r\n") else { return }
            let length = text[..<head.lowerBound].split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
            guard text[head.upperBound...].utf8.count >= length else { return }
            let request = text
            text = ""
            switch answer(request) {
            case .raw(let text): write(text, context)
            case .status(let status, let body, let headers):
                write((["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers).joined(separator: "\r\n") + "\r\n\r\n" + body, context)
            case .hang: break
            case .endless:
                write("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n", context)
                pour(context)
            case .close: context.close(promise: nil)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil) }

        private func pour(_ context: ChannelHandlerContext) {
            let written = context.eventLoop.makePromise(of: Void.self)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            written.futureResult.whenSuccess { bound.value.0.pour(bound.value.1) }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: UInt8(ascii: "x"), count: 65_536)), promise: written)
        }
    }
}

extension String {
    /// The place of the first occurrence.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        let (text, part) = (Array(utf8), Array(part.utf8))
        guard text.count >= part.count else { return nil }
        for start in 0...(text.count - part.count) where text[start..<start + part.count].elementsEqual(part) {
            return utf8.index(startIndex, offsetBy: start)..<utf8.index(startIndex, offsetBy: start + part.count)
        }
        return nil
    }
}
