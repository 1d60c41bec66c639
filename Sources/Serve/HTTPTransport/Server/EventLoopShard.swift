import NIOCore

/// The connections of one event loop, and what they share without locks. Used on that loop only.
final class EventLoopShard {
    let eventLoop: any EventLoop
    let counters: CounterShard
    var date = DateHeader()
    private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    private var sweep: RepeatedTask?
    private let tick: TimeAmount
    /// Whether the server stops: new connections are closed at once.
    private(set) var isDraining = false

    init(eventLoop: any EventLoop, counters: CounterShard, tick: TimeAmount) {
        self.eventLoop = eventLoop
        self.counters = counters
        self.tick = tick
    }

    /// Takes a connection into care, and looks at deadlines from the first one on.
    func add(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = connection
        guard sweep == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweep = eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in bound.value.checkDeadlines() }
    }

    /// Forgets a connection; an idle loop sleeps.
    func remove(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = nil
        guard connections.isEmpty else { return }
        sweep?.cancel()
        sweep = nil
    }

    private func checkDeadlines() {
        let now = NIODeadline.now()
        for connection in Array(connections.values) { connection.checkDeadlines(now: now) }
    }

    /// Closes idle connections, makes running requests the last ones, ends event streams.
    func drain() {
        isDraining = true
        for connection in Array(connections.values) { connection.drain() }
    }

    /// Closes every connection, cancelling what runs.
    func closeAll() {
        for connection in Array(connections.values) { connection.closeNow() }
    }
}

/// Counts what the socket delivers, before it is taken apart. Used on its event loop only.
final class ByteMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var bytes = 0

    /// Bytes since the last call.
    func take() -> Int {
        defer { bytes = 0 }
        return bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }
}
