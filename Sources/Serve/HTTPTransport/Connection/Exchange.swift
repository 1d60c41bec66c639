import Logging
import NIOCore
import NIOHTTP1

/// One request on its way through its handler, in one task: decompress, route, answer, compress, hand back to the connection.
struct Exchange: Sendable {
    /// Bodies above this size are compressed off the event loop even where the handler ran on it: 32 KiB take some 0.3 ms.
    private static let inlineCompressionBytesMax = 32 * 1024

    /// The connection's number of the request.
    let number: Int
    let request: ServerRequest
    let match: RouteMatch
    let verdict: HeadVerdict
    /// What the body took from the budget.
    let reservedBytes: Int
    let server: ServerContext
    let counters: CounterShard
    let eventLoop: any EventLoop
    let connection: NIOLoopBound<ConnectionHandler>

    /// Whether the handler may begin on the event loop.
    var startsOnEventLoop: Bool {
        guard !verdict.isGzip, case .found(let route) = match else { return false }
        return route.execution == .eventLoop
    }

    /// Runs to the end of the response. Called once.
    func run() async {
        let started = ContinuousClock.now
        await exchange()
        let duration = ContinuousClock.now - started
        counters.update {
            $0.requestsInFlight -= 1
            $0.durations.add(duration)
        }
        server.activity.leave()
    }

    private func exchange() async {
        var request = request
        var heldBytes = reservedBytes
        do throws(Rejection) { try decompress(&request, &heldBytes) } catch {
            server.budget.release(heldBytes)
            return onEventLoop { [number] in $0.refuse(error, exchange: number) }
        }
        var response = await server.router.answer(request, by: match)
        server.budget.release(heldBytes)
        await compress(&response)
        switch response.body {
        case .none, .bytes:
            onEventLoop { [number, response] in $0.respond(response, exchange: number) }
        case .stream(let declaredBytes, let produce):
            guard request.method != "HEAD", response.status.mayHaveResponseBody else {
                return onEventLoop { [number, response] in $0.respond(response, exchange: number) }
            }
            await stream(response, declaredBytes: declaredBytes, produce)
        }
    }

    /// Decompresses the body in place, and takes the memory for what it has become.
    private func decompress(_ request: inout ServerRequest, _ heldBytes: inout Int) throws(Rejection) {
        guard verdict.isGzip else { return }
        request.body = try BodyCoding.decompress(request.body, limit: server.configuration.bodyBytesMax)
        let growth = max(0, request.body.readableBytes - heldBytes)
        guard server.budget.reserve(growth) else {
            throw Rejection(.bodyMemory, "the bodies of all requests together exceed \(server.configuration.inFlightBodyBytesMax) bytes")
        }
        heldBytes += growth
        request.headers.remove(name: "Content-Encoding")
        request.headers.remove(name: "Content-Length")
    }

    private func compress(_ response: inout ServerResponse) async {
        guard case .bytes(let body) = response.body else { return }
        if body.readableBytes > Self.inlineCompressionBytesMax { await leaveEventLoop() }
        BodyCoding.compress(
            &response, bytesMin: server.configuration.responseCompressionBytesMin, level: server.configuration.responseCompressionLevel,
            isAccepted: verdict.acceptsGzip)
    }

    private func stream(_ response: ServerResponse, declaredBytes: Int?, _ produce: @Sendable (ResponseWriter) async throws -> Void) async {
        let flow = StreamFlow(connection: connection, eventLoop: eventLoop, declaredBytes: declaredBytes)
        onEventLoop { [number] in $0.startStream(response, declaredBytes: declaredBytes, flow: flow, exchange: number) }
        await leaveEventLoop()
        var hasFailed = false
        do {
            try await produce(ResponseWriter(flow: flow))
        } catch {
            hasFailed = true
            logUnlessGone(error)
        }
        onEventLoop { [hasFailed] in $0.endStream(flow, hasFailed: hasFailed) }
    }

    /// A producer that ends because nobody listens is no news; any other end cuts a response short.
    private func logUnlessGone(_ error: any Error) {
        if error is CancellationError || error is ResponseWriterError && error as? ResponseWriterError != .lengthExceeded { return }
        server.logger.error("a streamed response broke off", metadata: ["uri": "\(request.uri)", "error": "\(error)"])
    }

    /// Goes on on the concurrency pool if this is the event loop.
    private func leaveEventLoop() async {
        if eventLoop.inEventLoop { await Task.yield() }
    }

    private func onEventLoop(_ action: @escaping @Sendable (ConnectionHandler) -> Void) {
        if eventLoop.inEventLoop { return action(connection.value) }
        eventLoop.execute { [connection] in action(connection.value) }
    }
}
