package import NIOHTTP1

/// Why the transport refused a request before a handler saw it. The raw value is the word of the `reason` label on counters.
package enum RejectionReason: String, CaseIterable, Sendable {
    /// The bytes are not HTTP/1.1: request line, header fields, chunk framing, path encoding, contradicting lengths.
    case badRequest = "bad_request"
    /// The body is not of its declared coding: damaged or truncated gzip.
    case badCoding = "bad_coding"
    /// The head did not arrive in time.
    case headerTimeout = "header_timeout"
    /// The body stopped arriving.
    case bodyTimeout = "body_timeout"
    /// An HTTP/1.0 request with a body that does not say its length.
    case lengthRequired = "length_required"
    /// The body, or what it decompresses to, exceeds the limit.
    case bodyTooLarge = "body_too_large"
    /// A media coding other than gzip.
    case unsupportedCoding = "unsupported_coding"
    /// An `Expect` other than `100-continue`.
    case expectationFailed = "expectation_failed"
    /// Request line and header fields exceed the limit.
    case headerTooLarge = "header_too_large"
    /// All requests' bodies together exceed the limit.
    case bodyMemory = "body_memory"
    /// A transfer coding other than `chunked`.
    case unsupportedTransfer = "unsupported_transfer"
    /// Too many connections are open.
    case connections = "connections"
    /// Too many requests were sent ahead on one connection, which is closed without an answer to them.
    case pipelineDepth = "pipeline_depth"

    /// The status of the answer.
    package var status: HTTPResponseStatus {
        switch self {
        case .badRequest, .badCoding: .badRequest
        case .headerTimeout, .bodyTimeout: .requestTimeout
        case .lengthRequired: .lengthRequired
        case .bodyTooLarge: .payloadTooLarge
        case .unsupportedCoding: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .bodyMemory, .pipelineDepth: .tooManyRequests
        case .unsupportedTransfer: .notImplemented
        case .connections: .serviceUnavailable
        }
    }

    /// Seconds after which the client may try again; nil where trying again cannot help.
    var retryAfterSeconds: Int? {
        switch self {
        case .bodyMemory, .connections: 1
        case .badRequest, .badCoding, .headerTimeout, .bodyTimeout, .lengthRequired, .bodyTooLarge, .unsupportedCoding, .expectationFailed,
            .headerTooLarge, .unsupportedTransfer, .pipelineDepth:
            nil
        }
    }
}

/// A refusal: its reason, with the sentence that tells the sender what is wrong.
struct Rejection: Error, Equatable, Sendable {
    let reason: RejectionReason
    let sentence: String

    init(_ reason: RejectionReason, _ sentence: String) {
        self.reason = reason
        self.sentence = sentence
    }
}

/// A request that was refused before a handler saw it, as `HTTPServerConfiguration.renderFailure` gets it.
package struct TransportFailure: Sendable {
    /// Why, as a closed set.
    package let reason: RejectionReason
    /// Status that the response should carry.
    package let status: HTTPResponseStatus
    /// Why, as a sentence for the sender, without a full stop.
    package let sentence: String
    /// The request target as sent; nil when the request line itself could not be read.
    package let uri: String?
    /// The length of the body as the client declared it; nil when it did not.
    package let declaredBytes: Int?

    /// - Parameters:
    ///   - reason: why; gives the status.
    ///   - sentence: why, for the sender.
    ///   - uri: the request target, if known.
    ///   - declaredBytes: the body's length, if known.
    package init(reason: RejectionReason, sentence: String, uri: String?, declaredBytes: Int? = nil) {
        self.reason = reason
        self.status = reason.status
        self.sentence = sentence
        self.uri = uri
        self.declaredBytes = declaredBytes
    }

    /// The default rendering: one line of text.
    package static func plainText(_ failure: TransportFailure) -> ServerResponse {
        ServerResponse(status: failure.status, contentType: "text/plain; charset=utf-8", text: failure.sentence + "\n")
    }
}
