/// What a connection does next: the decisions of HTTP/1.1 without its bytes.
///
/// Events go in, one action comes out; there is no clock and no I/O. The channel handler performs the actions, keeps the buffers, and starts the timer
/// that ``timer`` asks for. It holds back what a pipelining client sends while ``isBusy``, so that requests are answered one after the other.
struct ConnectionMachine: Sendable {
    /// The numbers that decide.
    struct Limits: Equatable, Sendable {
        var bodyBytesMax: Int
        var discardBytesMax: Int
    }

    enum State: Equatable, Sendable {
        /// Nothing of a request is here. -> readingHead, receiving, lingering, closed.
        case idle
        /// A part of a head is here. -> receiving, lingering, closed.
        case readingHead
        /// The head was accepted and the body is on its way. -> handling, lingering, closed.
        case receiving(bodyBytes: Int)
        /// The whole request is with its handler. -> responding, lingering, closed.
        case handling
        /// The response has begun. -> idle, closing, closed.
        case responding(isEventStream: Bool)
        /// The last response is written; the connection closes once it left. -> closed.
        case closing
        /// A refusal is written; what the client still sends is thrown away. -> closing, closed.
        case lingering(discardedBytes: Int)
        /// -> nothing.
        case closed
    }

    enum Action: Equatable, Sendable {
        case none
        /// Make room for a body of this length, if it is known; tell the client to send it, if it waits for that.
        case receiveBody(expectedBytes: Int?, sendContinue: Bool)
        /// Keep this piece of the body.
        case keep
        /// Throw this piece away.
        case discard
        /// The request is complete: call its handler.
        case dispatch
        /// Write the refusal as the last response, end the output, throw away what was kept of the body.
        case reject(Rejection)
        /// The client is gone or the server stops: cancel the handler's task.
        case cancelHandler
        /// The response is complete: take the next request.
        case serveNext
        /// Close when everything written has left.
        case closeAfterFlush
        /// Close now.
        case close
        /// Cancel the handler's task and close now.
        case cancelHandlerAndClose
    }

    /// The time-out that runs.
    enum Timer: Equatable, Sendable {
        case none, header, keepAlive, bodyIdle, linger
    }

    private let limits: Limits
    private(set) var state = State.idle
    /// Whether no request has been seen yet: the first one's time runs from the opening of the connection.
    private var isFresh = true
    /// What the current request, and then its response, say about the connection.
    private var persists = true
    private var isDraining = false
    private var isInputClosed = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// Whether the client's next request has to wait.
    var isBusy: Bool {
        switch state {
        case .handling, .responding, .closing: true
        case .idle, .readingHead, .receiving, .lingering, .closed: false
        }
    }

    /// Whether the current response should announce that the connection stays open.
    var keepsAlive: Bool { persists && !isDraining && !isInputClosed }

    /// The time-out that runs in this state. `bodyIdle` starts anew with every piece of the body, the others when they are first asked for.
    var timer: Timer {
        switch state {
        case .idle: isFresh ? .header : .keepAlive
        case .readingHead: .header
        case .receiving: .bodyIdle
        case .lingering: .linger
        case .handling, .responding, .closing, .closed: .none
        }
    }
}

// MARK: - What the client does

extension ConnectionMachine {
    /// Bytes arrived that are not a whole head yet.
    mutating func headStarted() -> Action {
        if state == .idle { state = .readingHead }
        return .none
    }

    /// A head arrived and was examined.
    mutating func head(_ verdict: HeadVerdict) -> Action {
        switch state {
        case .idle, .readingHead:
            isFresh = false
            persists = verdict.keepsAlive
            if let rejection = verdict.rejection { return reject(rejection) }
            if case .length(let bytes) = verdict.framing, bytes > limits.bodyBytesMax { return reject(bodyTooLarge) }
            state = .receiving(bodyBytes: 0)
            switch verdict.framing {
            case .none: return .receiveBody(expectedBytes: 0, sendContinue: false)
            case .length(let bytes): return .receiveBody(expectedBytes: bytes, sendContinue: verdict.expectsContinue && bytes > 0)
            case .chunked: return .receiveBody(expectedBytes: nil, sendContinue: verdict.expectsContinue)
            }
        case .lingering:
            return .discard
        case .receiving, .handling, .responding, .closing, .closed:
            return giveUp()
        }
    }

    /// A piece of the body arrived.
    mutating func body(bytes: Int) -> Action {
        switch state {
        case .receiving(let received):
            guard bytes <= limits.bodyBytesMax - received else { return reject(bodyTooLarge, alreadyDiscarded: bytes) }
            state = .receiving(bodyBytes: received + bytes)
            return .keep
        case .lingering:
            return discard(bytes: bytes)
        case .idle, .readingHead, .handling, .responding, .closing, .closed:
            return giveUp()
        }
    }

    /// The request is complete.
    mutating func end() -> Action {
        switch state {
        case .receiving:
            state = .handling
            return .dispatch
        case .lingering:
            // Everything that the client meant to send is read: closing cannot reset what it has not read yet.
            state = .closing
            return .closeAfterFlush
        case .idle, .readingHead, .handling, .responding, .closing, .closed:
            return giveUp()
        }
    }

    /// What arrived is not HTTP, or a limit of the head was exceeded, or there is no memory for the body.
    mutating func refused(_ rejection: Rejection) -> Action {
        switch state {
        case .idle, .readingHead, .receiving: return reject(rejection)
        case .lingering, .closing, .closed: return .none
        case .handling, .responding: return giveUp()
        }
    }

    /// Bytes arrived after what was refused, no longer taken apart.
    mutating func discard(bytes: Int) -> Action {
        guard case .lingering(let discarded) = state else { return .discard }
        guard bytes <= limits.discardBytesMax - discarded else {
            state = .closed
            return .close
        }
        state = .lingering(discardedBytes: discarded + bytes)
        return .discard
    }

    /// The client will send nothing more. It may be gone, or still wait for the answer: the two cannot be told apart before something is written, so
    /// the handler is told to stop (as Go's net/http does) and what it still answers is sent.
    mutating func inputClosed() -> Action {
        isInputClosed = true
        switch state {
        case .idle, .readingHead, .receiving:
            state = .closed
            return .close
        case .handling, .responding:
            return .cancelHandler
        case .lingering:
            state = .closing
            return .closeAfterFlush
        case .closing, .closed:
            return .none
        }
    }

    /// The connection is gone.
    mutating func channelClosed() -> Action {
        defer { state = .closed }
        switch state {
        case .handling, .responding: return .cancelHandler
        case .idle, .readingHead, .receiving, .closing, .lingering, .closed: return .none
        }
    }
}

// MARK: - What the handler does

extension ConnectionMachine {
    /// The response's head is about to be written.
    ///
    /// - Parameters:
    ///   - closes: the handler, or the body's framing (HTTP/1.0 without a length), ends the connection with this response.
    ///   - isEventStream: the response has no end of its own.
    mutating func responseStarted(closes: Bool, isEventStream: Bool) -> Action {
        guard state == .handling else { return giveUp() }
        persists = keepsAlive && !closes
        state = .responding(isEventStream: isEventStream)
        return isDraining && isEventStream ? .cancelHandler : .none
    }

    /// The response is complete, and the client takes it fast enough.
    mutating func responseEnded() -> Action {
        guard case .responding = state else { return giveUp() }
        if keepsAlive {
            state = .idle
            return .serveNext
        }
        state = .closing
        return .closeAfterFlush
    }

    /// The request was refused after all, before its handler: its body is not what it was declared to be.
    mutating func handlingRefused(_ rejection: Rejection) -> Action {
        guard state == .handling else { return giveUp() }
        // The request is read to its end: nothing is left to be thrown away.
        state = .closing
        return .reject(rejection)
    }

    /// The response broke off and cannot be ended regularly.
    mutating func responseAborted() -> Action {
        guard state != .closed else { return .none }
        state = .closed
        return .close
    }
}

// MARK: - What time and the server do

extension ConnectionMachine {
    /// The time-out of ``timer`` has passed.
    mutating func timedOut() -> Action {
        switch state {
        case .readingHead:
            return reject(Rejection(.headerTimeout, "the request's head did not arrive in time"))
        case .receiving:
            return reject(Rejection(.bodyTimeout, "the request's body stopped arriving"))
        case .idle, .lingering:
            state = .closed
            return .close
        case .handling, .responding, .closing, .closed:
            return .none
        }
    }

    /// The client has taken nothing of what is written to it for too long.
    mutating func writeStalled() -> Action {
        let wasHandled = isBusy && state != .closing
        state = .closed
        return wasHandled ? .cancelHandlerAndClose : .close
    }

    /// The server stops: the running request is the last one.
    mutating func drain() -> Action {
        isDraining = true
        switch state {
        case .idle:
            state = .closed
            return .close
        case .lingering:
            state = .closing
            return .closeAfterFlush
        case .responding(isEventStream: true):
            return .cancelHandler
        case .readingHead, .receiving, .handling, .responding(isEventStream: false), .closing, .closed:
            return .none
        }
    }

    private var bodyTooLarge: Rejection {
        Rejection(.bodyTooLarge, "the request's body exceeds the limit of \(limits.bodyBytesMax) bytes")
    }

    private mutating func reject(_ rejection: Rejection, alreadyDiscarded: Int = 0) -> Action {
        isFresh = false
        persists = false
        state = .lingering(discardedBytes: alreadyDiscarded)
        return .reject(rejection)
    }

    /// An event that the state does not know, which the order of HTTP's parts rules out: the connection is not worth more thought.
    private mutating func giveUp() -> Action {
        guard state != .closed else { return .none }
        let wasHandled = isBusy && state != .closing
        state = .closed
        return wasHandled ? .cancelHandlerAndClose : .close
    }
}
