import NIOCore
import NIOPosix
import Synchronization

/// A client that sends and sees raw bytes, so that tests can break the protocol and see exactly what the server answers.
final class RawClient: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The client's connection ended before what the test waits for had come.
    struct Ended: Error, CustomStringConvertible {
        let received: String
        var description: String { "connection ended after: \(received)" }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let client: RawClient
        init(_ client: RawClient) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.change { $0.bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView) }
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? ChannelEvent, event == .inputClosed { client.change { $0.isClosed = true } }
        }
        func channelInactive(context: ChannelHandlerContext) { client.change { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    static func connect(port: Int, host: String = "127.0.0.1", readsNothing: Bool = false) async throws -> RawClient {
        let client = RawClient()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: !readsNothing)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Receiver(client)) }
            }
            .connect(host: host, port: port).get()
        client.channel.withLock { $0 = channel }
        return client
    }

    /// Hands bytes to the socket without waiting for them to leave: the server may have closed already, which is for the answer to tell.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Hands bytes to the socket and waits until it took them.
    func sendAndWait(_ text: String) async throws {
        try await channel.withLock { $0 }?.writeAndFlush(ByteBuffer(string: text))
    }

    /// Ends the sending half: the server sees the input's end and can still answer.
    func closeOutput() { channel.withLock { $0 }?.close(mode: .output, promise: nil) }

    func close() async { try? await channel.withLock { $0 }?.close() }

    /// Everything received until the server closes.
    func receivedToEnd() async -> String {
        while true {
            let (bytes, isClosed) = state.withLock { ($0.bytes, $0.isClosed) }
            if isClosed { return String(decoding: bytes, as: UTF8.self) }
            await changed(since: bytes.count)
        }
    }

    /// Waits until the bytes received contain `text`.
    func received(_ text: String) async throws {
        while true {
            let (bytes, isClosed) = state.withLock { ($0.bytes, $0.isClosed) }
            if String(decoding: bytes, as: UTF8.self).contains(text) { return }
            if isClosed { throw Ended(received: String(decoding: bytes, as: UTF8.self)) }
            await changed(since: bytes.count)
        }
    }

    /// Takes the next whole response off what was received.
    func response(toHead: Bool = false) async throws -> RawResponse {
        while true {
            let (bytes, isClosed) = state.withLock { ($0.bytes, $0.isClosed) }
            if let (response, count) = RawResponse.parse(bytes, toHead: toHead, isClosed: isClosed) {
                state.withLock { $0.bytes.removeFirst(count) }
                return response
            }
            if isClosed { throw Ended(received: String(decoding: bytes, as: UTF8.self)) }
            await changed(since: bytes.count)
        }
    }

    private func change(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A cancelled wait takes the connection for closed, so that a test which runs out of time fails instead of hanging.
    private func changed(since count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNew = state.withLock { state in
                    if state.bytes.count != count || state.isClosed { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isNew { continuation.resume() }
            }
        } onCancel: {
            change { $0.isClosed = true }
        }
    }
}

/// A response taken apart by an independent, simple reader.
struct RawResponse {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Nil while bytes are missing.
    static func parse(_ bytes: [UInt8], toHead: Bool, isClosed: Bool) -> (RawResponse, Int)? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].drop { $0 == " " }.description : ""
        }
        let rest = bytes[headEnd.upperBound...]
        if toHead || status < 200 || status == 204 || status == 304 { return (RawResponse(status: status, headers: headers, body: []), headEnd.upperBound) }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            guard rest.count >= length else { return nil }
            return (RawResponse(status: status, headers: headers, body: Array(rest.prefix(length))), headEnd.upperBound + length)
        }
        if headers["transfer-encoding"] == "chunked" {
            guard let (body, end) = dechunked(rest) else { return nil }
            return (RawResponse(status: status, headers: headers, body: body), end)
        }
        return isClosed ? (RawResponse(status: status, headers: headers, body: Array(rest)), bytes.count) : nil
    }

    private static func dechunked(_ bytes: ArraySlice<UInt8>) -> (body: [UInt8], end: Int)? {
        var body: [UInt8] = []
        var rest = bytes
        while let line = rest.firstRange(of: Array("\r\n".utf8)), let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) {
            let start = line.upperBound
            guard bytes.endIndex >= start + size + 2 else { return nil }
            body.append(contentsOf: bytes[start..<start + size])
            rest = bytes[(start + size + 2)...]
            if size == 0 { return (body, rest.startIndex) }
        }
        return nil
    }
}
