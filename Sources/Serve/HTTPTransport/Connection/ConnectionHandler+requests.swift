import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// Takes one part of a request.
    func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): receive(head)
        case .body(var piece): receive(&piece)
        case .end: perform(machine.end())
        }
    }

    private func receive(_ head: HTTPRequestHead) {
        var verdict = HeadVerdict(head)
        var target: RequestTarget?
        if verdict.rejection == nil {
            do throws(RequestTargetError) { target = try RequestTarget(head.uri) } catch {
                verdict.rejection = Rejection(.badRequest, error.sentence)
            }
        }
        current = Current(head: head, verdict: verdict, target: target)
        perform(machine.head(verdict))
    }

    private func receive(_ piece: inout ByteBuffer) {
        let action = machine.body(bytes: piece.readableBytes)
        guard case .keep = action else { return perform(action) }
        armTimer()
        if !body.append(&piece, expectedBytes: current?.declaredBytes, budget: server.budget) { perform(machine.refused(bodyMemoryFull)) }
    }

    private var bodyMemoryFull: Rejection {
        Rejection(.bodyMemory, "the bodies of all requests together exceed \(server.configuration.inFlightBodyBytesMax) bytes")
    }

    /// Does what the machine decided.
    func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .none, .discard, .keep:
            break
        case .receiveBody(let expectedBytes, let sendContinue):
            guard body.begin(expectedBytes: expectedBytes, budget: server.budget) else { return perform(machine.refused(bodyMemoryFull)) }
            if sendContinue { writeContinue() }
        case .dispatch:
            dispatch()
        case .reject(let rejection):
            reject(rejection)
        case .cancelHandler:
            task?.cancel()
        case .serveNext:
            current = nil
            restartTimer()
            pump()
        case .closeAfterFlush:
            closeAfterFlush()
        case .close:
            context?.close(promise: nil)
        case .cancelHandlerAndClose:
            task?.cancel()
            context?.close(promise: nil)
        }
    }

    /// Gives the complete request to its handler. A compressed body is always decompressed off the event loop.
    private func dispatch() {
        guard let current, let target = current.target, let context else { return }
        let (bytes, reservedBytes) = body.take()
        let received = meter.take()
        shard.counters.update {
            $0.requestsInFlight += 1
            $0.bytesIn += received
        }
        server.activity.enter()
        exchangeNumber += 1
        let request = ServerRequest(head: current.head, target: target, body: bytes, peer: peer)
        let match = server.router.match(method: request.method, components: request.pathComponents)
        let exchange = Exchange(
            number: exchangeNumber, request: request, match: match, verdict: current.verdict, reservedBytes: reservedBytes,
            server: server, counters: shard.counters, eventLoop: context.eventLoop, connection: NIOLoopBound(self, eventLoop: context.eventLoop))
        let number = exchangeNumber
        let task = exchange.startsOnEventLoop ? Task.immediate { await exchange.run() } : Task { await exchange.run() }
        // A handler that answered at once may have let the next request begin.
        if number == exchangeNumber, machine.isBusy { self.task = task }
    }
}
