package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Why the server does not serve.
package enum HTTPServerError: Error, Equatable, Sendable {
    /// The address cannot be listened on; `cause` is the system's word.
    case cannotListen(host: String, port: Int, cause: String)
    /// The listening socket closed by itself.
    case listenerClosed
    /// The server ended before it listened.
    case stopped
}

/// An HTTP/1.1 server as a service: `run()` listens, serves, and returns when it was told to stop and its requests are done.
///
/// `run()` can be called once.
package final class HTTPServer: Service {
    private let context: ServerContext
    private let counterShards: [CounterShard]
    private let port = PortPromise()

    /// - Parameters:
    ///   - configuration: address, limits, time-outs.
    ///   - router: the routes, fixed from here on.
    ///   - logger: for the start, the stop, and broken responses; not for requests.
    package init(configuration: HTTPServerConfiguration, router: Router, logger: Logger) {
        context = ServerContext(configuration: configuration, router: router, logger: logger)
        counterShards = (0..<max(1, configuration.threads)).map { _ in CounterShard() }
    }

    /// The port that is listened on, which is the configured one unless that is 0. Waits until the server listens.
    ///
    /// - Throws: when it cannot listen, or has ended.
    package func boundPort() async throws(HTTPServerError) -> Int {
        try await port.value()
    }

    /// What the server has done so far; cheap enough to be asked every second.
    package func counters() -> TransportCounters {
        var total = TransportCounters()
        for shard in counterShards { total.add(shard.snapshot) }
        total.bodyBytesInFlight = context.budget.bytesInUse
        return total
    }

    /// Listens and serves until graceful shutdown, then lets running requests end (`drainTimeout`). Cancellation ends at once.
    ///
    /// - Throws: `HTTPServerError` when it cannot listen, or the listening socket breaks.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: counterShards.count)
        let outcome: Result<Void, any Error>
        do {
            try await serve(on: group)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        port.fulfil(.failure(.stopped))
        try await group.shutdownGracefully()
        try outcome.get()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        raiseFileLimit()
        let shards = try await makeShards(on: group)
        let listener = try await listen(on: group, shards: shards)
        let port = listener.localAddress?.port ?? context.configuration.port
        self.port.fulfil(.success(port))
        context.logger.info("listening", metadata: ["host": "\(context.configuration.host)", "port": "\(port)"])
        let isStopped = await waitForEnd(of: listener)
        await drain(shards, on: group.next())
        if !isStopped { throw HTTPServerError.listenerClosed }
    }

    private func raiseFileLimit() {
        // Beside the connections: parts, logs and maps of the store, in the same process.
        let wanted = context.configuration.connectionsMax + 2_048
        guard let limit = FileDescriptorLimit.raise(to: wanted), limit < wanted else { return }
        context.logger.warning("fewer files may be open than connections are allowed", metadata: ["limit": "\(limit)", "wanted": "\(wanted)"])
    }

    private func makeShards(on group: MultiThreadedEventLoopGroup) async throws -> [NIOLoopBound<EventLoopShard>] {
        var shards: [NIOLoopBound<EventLoopShard>] = []
        for (eventLoop, counters) in zip(group.makeIterator(), counterShards) {
            let tick = context.timeouts.tick
            let shard = eventLoop.submit { NIOLoopBound(EventLoopShard(eventLoop: eventLoop, counters: counters, tick: tick), eventLoop: eventLoop) }
            shards.append(try await shard.get())
        }
        return shards
    }

    private func listen(on group: MultiThreadedEventLoopGroup, shards: [NIOLoopBound<EventLoopShard>]) async throws(HTTPServerError) -> any Channel {
        let configuration = context.configuration
        let host = configuration.host.hasPrefix("[") && configuration.host.hasSuffix("]") ? String(configuration.host.dropFirst().dropLast()) : configuration.host
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // When the process has no file left, accepting waits a second instead of failing.
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler()) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 4_096, maximum: 256 * 1024))
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024))
            .childChannelInitializer { [context] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let shard = shards.first(where: { $0.eventLoop === channel.eventLoop }) else { throw HTTPServerError.stopped }
                    try Self.configure(channel, server: context, shard: shard.value)
                }
            }
        do {
            return try await bootstrap.bind(host: host, port: configuration.port).get()
        } catch {
            let failure = HTTPServerError.cannotListen(host: configuration.host, port: configuration.port, cause: "\(error)")
            port.fulfil(.failure(failure))
            throw failure
        }
    }

    private static func configure(_ channel: any Channel, server: ServerContext, shard: EventLoopShard) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = server.configuration.headerBytesMax
        limits.maxHeaderListSize = server.configuration.headerBytesMax
        limits.maxHeaderFieldCount = server.configuration.headerFieldsMax
        let meter = ByteMeter()
        try channel.pipeline.syncOperations.addHandlers([
            meter,
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)),
            ConnectionHandler(server: server, shard: shard, meter: meter),
        ])
    }

    /// Waits for shutdown, cancellation, or the listener's end; then stops accepting. Returns false if the listener ended first.
    private func waitForEnd(of listener: any Channel) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // Throws when cancelled, which ends the server as well.
                try? await gracefulShutdown()
                return true
            }
            group.addTask {
                try? await listener.closeFuture.get()
                return false
            }
            let isStopped = await group.next() ?? true
            listener.close(promise: nil)
            group.cancelAll()
            return isStopped
        }
    }

    /// Lets running requests end, then ends them.
    private func drain(_ shards: [NIOLoopBound<EventLoopShard>], on eventLoop: any EventLoop) async {
        if !Task.isCancelled {
            for shard in shards { shard.eventLoop.execute { shard.value.drain() } }
            let isIdle = await withTaskCancellationHandler {
                await context.activity.waitUntilIdle(timeout: context.timeouts.drain, on: eventLoop)
            } onCancel: {
                Self.closeAll(shards)
            }
            if isIdle { return }
        }
        Self.closeAll(shards)
        // Cancelled handlers return soon; one that ignores cancellation does not hold up the stop.
        if await !context.activity.waitUntilIdle(timeout: .seconds(1), on: eventLoop) {
            context.logger.warning("stopped while requests were still running")
        }
    }

    private static func closeAll(_ shards: [NIOLoopBound<EventLoopShard>]) {
        for shard in shards { shard.eventLoop.execute { shard.value.closeAll() } }
    }
}

/// The port, once it is known.
private final class PortPromise: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Result<Int, HTTPServerError>, Never>])
        case known(Result<Int, HTTPServerError>)
    }

    private let state = Mutex(State.waiting([]))

    /// Sets the outcome. A failure replaces a port: the server has ended.
    func fulfil(_ result: Result<Int, HTTPServerError>) {
        let waiters = state.withLock { state -> [CheckedContinuation<Result<Int, HTTPServerError>, Never>] in
            if case .known(.failure) = state { return [] }
            defer { state = .known(result) }
            guard case .waiting(let waiters) = state else { return [] }
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    func value() async throws(HTTPServerError) -> Int {
        let result = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Result<Int, HTTPServerError>? in
                switch state {
                case .known(let result): return result
                case .waiting(let waiters):
                    state = .waiting(waiters + [continuation])
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
        return try result.get()
    }
}
