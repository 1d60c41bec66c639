import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// Bodies up to here are copied behind their head, to leave in one write; above, a second write costs less than the copy.
    private static let copiedBodyBytesMax = 16 * 1024

    /// Writes the whole answer to the request of that number, unless the connection went on without it.
    func respond(_ response: ServerResponse, exchange: Int) {
        guard isAwaited(exchange), let current else { return }
        task = nil
        let closes = response.closesConnection
        perform(machine.responseStarted(closes: closes, isEventStream: false))
        var body: ByteBuffer?
        var framing = ResponseFraming.length(0)
        switch response.body {
        case .none: break
        case .bytes(let bytes): (body, framing) = (bytes, .length(bytes.readableBytes))
        case .stream(let length, _): framing = length.map { .length($0) } ?? streamFraming(current)
        }
        write(response, framing: framing, body: current.isHead ? nil : body)
        endResponse()
    }

    /// Refuses the request of that number after all: its body is not what its head says.
    func refuse(_ rejection: Rejection, exchange: Int) {
        guard isAwaited(exchange) else { return }
        perform(machine.handlingRefused(rejection))
    }

    /// Writes the head of a streamed answer; its body comes through `writeStream`.
    func startStream(_ response: ServerResponse, declaredBytes: Int?, flow: StreamFlow, exchange: Int) {
        guard isAwaited(exchange), let current else { return flow.update { $0.fail(.clientGone) } }
        self.flow = flow
        let framing = declaredBytes.map { .length($0) } ?? streamFraming(current)
        perform(machine.responseStarted(closes: response.closesConnection || framing == .untilClose, isEventStream: response.isEventStream))
        write(response, framing: framing, body: nil)
        flush()
    }

    /// Writes a piece of a streamed answer.
    func writeStream(_ bytes: ByteBuffer, of flow: StreamFlow) {
        guard self.flow === flow, let context else { return flow.update { $0.fail(.clientGone) } }
        if streamIsChunked {
            var chunk = context.channel.allocator.buffer(capacity: bytes.readableBytes + 16)
            chunk.writeChunk(bytes)
            write(chunk)
        } else {
            write(bytes)
        }
        flush()
        let isWritable = context.channel.isWritable
        flow.update { $0.taken(bytes.readableBytes, isWritable: isWritable) }
    }

    /// Ends a streamed answer: regularly, or by closing when the producer failed before the end that the client expects.
    func endStream(_ flow: StreamFlow, hasFailed: Bool) {
        guard self.flow === flow else { return }
        self.flow = nil
        task = nil
        // An event stream has no end of its own: one that the server ends is complete.
        let isEventStream = machine.state == .responding(isEventStream: true)
        guard !hasFailed || isEventStream, flow.isComplete, let context else { return perform(machine.responseAborted()) }
        if streamIsChunked {
            var last = context.channel.allocator.buffer(capacity: 5)
            last.writeStaticString("0\r\n\r\n")
            write(last)
        }
        flush()
        endResponse()
    }

    /// Answers a request that no handler saw, and ends the connection.
    func reject(_ rejection: Rejection) {
        body.discard(budget: server.budget)
        task = nil
        guard let context, context.channel.isActive else { return }
        shard.counters.update { $0.rejections[rejection.reason, default: 0] += 1 }
        var response = server.configuration.renderFailure(
            TransportFailure(
                reason: rejection.reason, sentence: rejection.sentence, uri: current?.head.uri,
                declaredBytes: current?.head.headers.first(name: "Content-Length").flatMap { Int($0) }))
        if let seconds = rejection.reason.retryAfterSeconds { response.headers.replaceOrAdd(name: "Retry-After", value: String(seconds)) }
        if rejection.reason == .unsupportedCoding { response.headers.replaceOrAdd(name: "Accept-Encoding", value: "gzip") }
        var body = ByteBuffer()
        if case .bytes(let bytes) = response.body { body = bytes }
        write(response, framing: .length(body.readableBytes), body: current?.isHead == true ? nil : body)
        if machine.state == .closing { return closeAfterFlush() }
        // The output ends, so that a client which waits for that sees it; the input stays open until the client has seen the answer.
        afterFlush { $0.close(mode: .output, promise: nil) }
    }

    /// Closes once everything written has left.
    func closeAfterFlush() {
        afterFlush { $0.close(promise: nil) }
    }

    /// Tells the client to send the body (RFC 9110, 10.1.1).
    func writeContinue() {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        write(buffer)
        flush()
    }
}

extension ConnectionHandler {
    private func isAwaited(_ exchange: Int) -> Bool { exchange == exchangeNumber && machine.state == .handling }

    private func streamFraming(_ current: Current) -> ResponseFraming {
        current.head.isHTTP10 ? .untilClose : .chunked
    }

    private var streamIsChunked: Bool { framing == .chunked }

    /// The response is written. The next request waits until this client has taken most of it, so that nobody can pile up responses.
    private func endResponse() {
        guard let context else { return }
        if !isInBurst { flush() } else { needsFlush = true }
        if context.channel.isWritable { return perform(machine.responseEnded()) }
        awaitsWritable = true
        flush()
    }

    /// Writes head and body.
    private func write(_ response: ServerResponse, framing: ResponseFraming, body: ByteBuffer?) {
        guard let context else { return }
        let hasBody = response.status.mayHaveResponseBody
        let framing = hasBody ? framing : .none
        self.framing = framing
        let bodyBytes = hasBody ? body?.readableBytes ?? 0 : 0
        let isCopied = bodyBytes <= Self.copiedBodyBytesMax
        var buffer = context.channel.allocator.buffer(capacity: 256 + (isCopied ? bodyBytes : 0))
        buffer.writeResponseHead(
            status: response.status, headers: response.headers, framing: framing, connection: connectionOption, date: shard.date.now())
        if isCopied, hasBody, let body { buffer.writeImmutableBuffer(body) }
        shard.counters.update { $0.countResponse(status: response.status.code) }
        write(buffer)
        if !isCopied, let body { write(body) }
    }

    /// What the response has to say of the connection.
    private var connectionOption: ConnectionOption {
        guard machine.keepsAlive else { return .close }
        return current?.head.isHTTP10 == true ? .keepAlive : .implicit
    }

    private func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        submittedBytes += bytes.readableBytes
        shard.counters.update { $0.bytesOut += bytes.readableBytes }
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Runs `action` when everything written so far has left, if the connection is still there.
    private func afterFlush(_ action: @escaping (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        needsFlush = false
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            if let context = self?.context { action(context) }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }
}

extension ServerResponse {
    /// Whether the handler wants the connection closed.
    fileprivate var closesConnection: Bool {
        headers.contains(name: "Connection") && headers[canonicalForm: "Connection"].contains { equal($0, "close") }
    }

    fileprivate var isEventStream: Bool {
        headers.first(name: "Content-Type").map { $0.hasPrefix(eventStreamContentType) } ?? false
    }
}
