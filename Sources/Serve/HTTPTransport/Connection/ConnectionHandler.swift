import NIOCore
import NIOHTTP1
import Synchronization

/// One connection: turns what the channel says into the machine's events and performs its actions. Used on its event loop only.
///
/// The pipeline is ByteMeter, HTTP decoder, this. Requests are answered one after the other; what a pipelining client sends meanwhile waits in `queue`,
/// and as long as something waits, nothing more is read.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What arrived and waits for the running response.
    enum Pending {
        case part(HTTPServerRequestPart)
        case refusal(Rejection)
        case inputClosed
    }

    /// The most parts that wait: a thousand requests without bodies. A client that sends more before it reads an answer makes us hold far more memory
    /// than it sends bytes, and is cut off.
    private static let pendingPartsMax = 2_048

    /// Connections above the limit that may be open to be told so. Beyond, they are closed without a word: every one costs a file descriptor, which the
    /// store needs too.
    private static let refusedConnectionsMax = 256

    /// The request that is being received or answered.
    struct Current {
        let head: HTTPRequestHead
        let verdict: HeadVerdict
        let target: RequestTarget?

        var isHead: Bool { head.method == .HEAD }
        var declaredBytes: Int? {
            switch verdict.framing {
            case .none: 0
            case .length(let bytes): bytes
            case .chunked: nil
            }
        }
    }

    let server: ServerContext
    let shard: EventLoopShard
    let meter: ByteMeter
    var context: ChannelHandlerContext?
    var machine: ConnectionMachine
    var peer = PeerAddress(text: "")
    var current: Current?
    var body = BodyAccumulator()

    /// Numbers requests, so that an answer to an earlier one is recognised.
    var exchangeNumber = 0
    /// The handler of the current request; nil when it has answered.
    var task: Task<Void, Never>?
    /// The streamed response that is being written.
    var flow: StreamFlow?
    /// How the body of the response being written is delimited.
    var framing = ResponseFraming.none
    /// Whether the response is written but the socket has not taken enough of it yet.
    var awaitsWritable = false

    private var queue = CircularBuffer<Pending>(initialCapacity: 0)
    private var isPumping = false
    private var isReadHeldBack = false
    private var isPartSeen = false
    /// Whether the socket is being read: responses to a burst of requests leave together at its end.
    var isInBurst = false
    var needsFlush = false

    private var armedTimer = ConnectionMachine.Timer.none
    private var deadline: NIODeadline?
    /// Bytes written to the channel since it opened.
    var submittedBytes = 0
    private var sentBytes = 0
    private var sentAt = NIODeadline.now()
    private var holdsPlace = false

    init(server: ServerContext, shard: EventLoopShard, meter: ByteMeter) {
        self.server = server
        self.shard = shard
        self.meter = meter
        machine = ConnectionMachine(limits: server.machineLimits)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard !holdsPlace else { return }
        holdsPlace = true
        peer = PeerAddress(context.channel.remoteAddress)
        shard.add(self)
        server.activity.enter()
        let open = server.connectionsOpen.wrappingAdd(1, ordering: .relaxed).newValue
        shard.counters.update {
            $0.connectionsTotal += 1
            $0.connectionsOpen += 1
        }
        if shard.isDraining { return perform(machine.drain()) }
        if open > server.configuration.connectionsMax { refuseConnection(open: open) }
        armTimer()
    }

    private func refuseConnection(open: Int) {
        let limit = server.configuration.connectionsMax
        if open <= limit + Self.refusedConnectionsMax {
            return perform(machine.refused(Rejection(.connections, "the server has reached its limit of \(limit) connections")))
        }
        shard.counters.update { $0.rejections[.connections, default: 0] += 1 }
        closeNow()
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.channelClosed())
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        perform(machine.channelClosed())
        leave()
        self.context = nil
    }

    private func leave() {
        guard holdsPlace else { return }
        holdsPlace = false
        flow?.update { $0.fail(.clientGone) }
        flow = nil
        queue.removeAll()
        body.discard(budget: server.budget)
        deadline = nil
        shard.remove(self)
        server.connectionsOpen.wrappingSubtract(1, ordering: .relaxed)
        let bytes = meter.take()
        shard.counters.update {
            $0.connectionsOpen -= 1
            $0.bytesIn += bytes
        }
        server.activity.leave()
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isInBurst = true
        isPartSeen = true
        let part = unwrapInboundIn(data)
        guard mustWait else { return receive(part) }
        queue.append(.part(part))
        if queue.count > Self.pendingPartsMax {
            shard.counters.update { $0.rejections[.pipelineDepth, default: 0] += 1 }
            closeNow()
        }
    }

    /// Whether what arrives has to wait for the running response.
    private var mustWait: Bool { machine.isBusy || !queue.isEmpty }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInBurst = false
        if !isPartSeen, queue.isEmpty { perform(machine.headStarted()) }
        isPartSeen = false
        armTimer()
        if needsFlush { flush() }
        context.fireChannelReadComplete()
    }

    /// Holds back the channel's wish to read while the client is ahead of us.
    func read(context: ChannelHandlerContext) {
        if queue.isEmpty { context.read() } else { isReadHeldBack = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            // Behind waiting requests it waits too: they were sent before it.
            if queue.isEmpty { perform(machine.inputClosed()) } else { queue.append(.inputClosed) }
            armTimer()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            if mustWait { queue.append(.refusal(Rejection(error))) } else { perform(machine.refused(Rejection(error))) }
        case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes):
            perform(machine.discard(bytes: bytes.readableBytes))
        default:
            context.close(promise: nil)
        }
        armTimer()
    }

    /// Takes what waits, until a response has to be waited for again.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while !machine.isBusy, let next = queue.popFirst() {
            switch next {
            case .part(let part): receive(part)
            case .refusal(let rejection): perform(machine.refused(rejection))
            case .inputClosed: perform(machine.inputClosed())
            }
        }
        armTimer()
        if queue.isEmpty, isReadHeldBack {
            isReadHeldBack = false
            context?.read()
        }
    }

    // MARK: Output

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        flow?.update { $0.writabilityChanged(isWritable) }
        if isWritable, awaitsWritable {
            awaitsWritable = false
            perform(machine.responseEnded())
        }
        context.fireChannelWritabilityChanged()
    }

    func flush() {
        needsFlush = false
        context?.flush()
    }

    // MARK: Time

    /// Starts the machine's time-out if it is another one than before; the body's with every piece.
    func armTimer() {
        let timer = machine.timer
        if timer == armedTimer, timer != .bodyIdle { return }
        armedTimer = timer
        deadline = server.timeouts.duration(of: timer).map { .now() + $0 }
    }

    /// Forgets the time-out that runs: a new request has its own time, also if the one before came and went between two looks.
    func restartTimer() {
        armedTimer = .none
        deadline = nil
    }

    func checkDeadlines(now: NIODeadline) {
        if let deadline, now >= deadline {
            self.deadline = nil
            perform(machine.timedOut())
            armTimer()
        }
        guard let context, let waiting = bufferedBytes(context) else { return }
        let sent = submittedBytes - waiting
        if waiting == 0 || sent != sentBytes {
            (sentBytes, sentAt) = (sent, now)
        } else if now - sentAt > server.timeouts.writeIdle {
            shard.counters.update { $0.writeStalls += 1 }
            perform(machine.writeStalled())
        }
    }

    /// Bytes that the channel keeps for a client that does not take them.
    private func bufferedBytes(_ context: ChannelHandlerContext) -> Int? {
        guard context.channel.isActive else { return nil }
        // A channel that does not know the option is not a socket and cannot stall.
        return try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
    }

    func drain() {
        perform(machine.drain())
        armTimer()
    }

    /// Ends the connection whatever it does, as if its client had stalled.
    func closeNow() {
        perform(machine.writeStalled())
    }
}

extension Rejection {
    /// A refusal for bytes that the parser did not take.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self.init(.headerTooLarge, "the request's head exceeds the limit")
        case .invalidEOFState: self.init(.badRequest, "the connection's input ended inside a request")
        default: self.init(.badRequest, "not a valid HTTP/1.1 request (\(error))")
        }
    }
}
