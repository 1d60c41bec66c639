import NIOCore
import Synchronization

/// How much of a streamed body is under way, decided without its bytes: the producer waits while the socket takes no more, or while too much is
/// between the producer and the event loop.
struct StreamFlowState {
    /// Bytes handed over and not yet taken by the event loop, above which the producer waits. 256 KiB: enough to keep a fast client busy during one
    /// change of thread, little enough for thousands of streams.
    static let inTransitBytesMax = 256 * 1024

    private(set) var inTransitBytes = 0
    private var isWritable = true
    /// Bytes that are still due, when a length was declared.
    private var remainingBytes: Int?
    /// Why nothing more can be written; nil while it can.
    private(set) var failure: ResponseWriterError?

    /// - Parameter declaredBytes: the length announced in the head; nil when chunked.
    init(declaredBytes: Int?) {
        remainingBytes = declaredBytes
    }

    /// Whether the producer has to wait before it makes more.
    var mustWait: Bool { failure == nil && (!isWritable || inTransitBytes > Self.inTransitBytesMax) }

    /// Whether the body has the length that was declared, if one was.
    var isComplete: Bool { remainingBytes ?? 0 == 0 }

    /// The producer hands over bytes.
    mutating func submit(_ bytes: Int) throws(ResponseWriterError) {
        if let failure { throw failure }
        if let remainingBytes {
            guard bytes <= remainingBytes else { throw .lengthExceeded }
            self.remainingBytes = remainingBytes - bytes
        }
        inTransitBytes += bytes
    }

    /// The event loop has written bytes.
    mutating func taken(_ bytes: Int, isWritable: Bool) {
        inTransitBytes -= bytes
        self.isWritable = isWritable
    }

    /// The socket takes more, or no more.
    mutating func writabilityChanged(_ isWritable: Bool) {
        self.isWritable = isWritable
    }

    /// Nothing more can be written. The first reason stays.
    mutating func fail(_ failure: ResponseWriterError) {
        if self.failure == nil { self.failure = failure }
    }
}

/// The state of a streamed body, shared by its producer, on the concurrency pool, and its connection, on an event loop.
final class StreamFlow: Sendable {
    private struct Guarded {
        var state: StreamFlowState
        var waiters: [CheckedContinuation<ResponseWriterError?, Never>] = []
    }

    let eventLoop: any EventLoop
    let connection: NIOLoopBound<ConnectionHandler>
    private let guarded: Mutex<Guarded>

    init(connection: NIOLoopBound<ConnectionHandler>, eventLoop: any EventLoop, declaredBytes: Int?) {
        self.connection = connection
        self.eventLoop = eventLoop
        guarded = Mutex(Guarded(state: StreamFlowState(declaredBytes: declaredBytes)))
    }

    var isComplete: Bool { guarded.withLock { $0.state.isComplete } }

    /// Hands bytes to the event loop; returns whether the producer must now wait for `ready()`.
    func submit(_ bytes: ByteBuffer) throws(ResponseWriterError) -> Bool {
        let result = guarded.withLock { guarded -> Result<Bool, ResponseWriterError> in
            do throws(ResponseWriterError) { try guarded.state.submit(bytes.readableBytes) } catch { return .failure(error) }
            return .success(guarded.state.mustWait)
        }
        let mustWait = try result.get()
        eventLoop.execute { self.connection.value.writeStream(bytes, of: self) }
        return mustWait
    }

    /// Waits until more can be written; returns why nothing can, if so.
    func ready() async -> ResponseWriterError? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let failure = guarded.withLock { guarded -> ResponseWriterError?? in
                    if guarded.state.mustWait {
                        guarded.waiters.append(continuation)
                        return nil
                    }
                    return .some(guarded.state.failure)
                }
                if let failure { continuation.resume(returning: failure) }
            }
        } onCancel: {
            update { $0.fail(.cancelled) }
        }
    }

    /// Changes the state and lets the producer go on if it may.
    func update(_ change: (inout StreamFlowState) -> Void) {
        let (waiters, failure) = guarded.withLock { guarded -> ([CheckedContinuation<ResponseWriterError?, Never>], ResponseWriterError?) in
            change(&guarded.state)
            if guarded.state.mustWait { return ([], nil) }
            defer { guarded.waiters = [] }
            return (guarded.waiters, guarded.state.failure)
        }
        for waiter in waiters { waiter.resume(returning: failure) }
    }
}
