internal import AlertDelivery
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Carries a dialogue with a mail server over a connection: bytes in, bytes out, encryption when it is agreed, and an end in time.
final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: SMTPDialogue
    private let encryption: () throws -> NIOSSLClientHandler
    private let outcome: EventLoopPromise<SMTPDialogue.Outcome>
    private let seconds: Double
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - encryption: makes what encrypts the connection from then on, once.
    ///   - outcome: is fulfilled when the dialogue is over.
    ///   - seconds: for the whole dialogue.
    init(_ plan: SMTPDialogue.Plan, seconds: Double, encryption: @escaping () throws -> NIOSSLClientHandler, outcome: EventLoopPromise<SMTPDialogue.Outcome>) {
        dialogue = SMTPDialogue(plan)
        self.seconds = seconds
        self.encryption = encryption
        self.outcome = outcome
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(seconds * 1_000))) { [seconds] in
            self.perform(self.dialogue.expired(DurationSentence.seconds(seconds)), context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(dialogue.received(unwrapInboundIn(data).readableBytesView), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { perform(dialogue.secured(), context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(dialogue.closed(), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server that closes without saying goodbye in TLS has still said what it had to say.
        if case NIOSSLError.uncleanShutdown = error { return }
        perform(dialogue.closed(ConnectionSentence.of(error)), context)
        context.close(promise: nil)
    }

    private func perform(_ actions: [SMTPDialogue.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let bytes): context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
            case .startTLS:
                do { try context.pipeline.syncOperations.addHandler(encryption(), position: .first) } catch {
                    perform(dialogue.closed(ConnectionSentence.of(error)), context)
                }
            case .finish(let end):
                deadline?.cancel()
                outcome.succeed(end)
                context.close(promise: nil)
            }
        }
    }
}

/// Errors of connections in words.
enum ConnectionSentence {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as NIOSSLError: "TLS: \(error)"
        case let error as NIOSSLExtraError: "TLS: \(error)"
        case let error as BoringSSLError: "TLS: \(error)"
        case let error as IOError: "error \(error.errnoCode)"
        default: "\(type(of: error))"
        }
    }
}
