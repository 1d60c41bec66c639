package import ConfigurationText

/// How messages leave the program.
package protocol DeliveryTransport: Sendable {
    /// Sends one request and reads the start of the answer. Follows no redirects and refuses addresses that the settings forbid.
    ///
    /// - Throws: when there was no answer at all; any status is an answer.
    func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer
    /// Hands one message to a mail server.
    func send(_ mail: MailEnvelope) async throws(DeliveryFailure)
}

/// A request to a receiver.
package struct DeliveryRequest: Sendable {
    /// With the secret that it may hold: never to be logged.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var access: HTTPAccess
    /// Seconds for the whole call.
    package var timeoutSeconds: Double

    package init(url: String, headers: [(name: String, value: String)], body: [UInt8], access: HTTPAccess = HTTPAccess(), timeoutSeconds: Double = 10) {
        self.url = url
        self.headers = headers
        self.body = body
        self.access = access
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What a receiver answered.
package struct DeliveryAnswer: Sendable {
    package var status: Int
    /// Of the answer's headers only what decides over another attempt: seconds or an HTTP date.
    package var retryAfter: String?
    /// The first bytes, ``bodyBytesMax`` at most.
    package var body: [UInt8]

    /// More of an answer is not read.
    package static let bodyBytesMax = 16_384

    package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// A message for a mail server, ready to be sent.
package struct MailEnvelope: Sendable {
    /// `host:port`.
    package var smartHost: String
    /// What we call ourselves.
    package var hello: String
    package var username: String?
    package var password: SecretText?
    /// Whether a server without STARTTLS is refused.
    package var requiresTLS: Bool
    package var tls: HTTPAccess.TLS
    package var from: String
    package var recipients: [String]
    /// Headers and body, lines ending with CRLF, dots not doubled.
    package var message: [UInt8]
    package var timeoutSeconds: Double

    package init(
        smartHost: String, hello: String, username: String? = nil, password: SecretText? = nil, requiresTLS: Bool = true, tls: HTTPAccess.TLS = HTTPAccess.TLS(),
        from: String, recipients: [String], message: [UInt8], timeoutSeconds: Double = 15
    ) {
        self.smartHost = smartHost
        self.hello = hello
        self.username = username
        self.password = password
        self.requiresTLS = requiresTLS
        self.tls = tls
        self.from = from
        self.recipients = recipients
        self.message = message
        self.timeoutSeconds = timeoutSeconds
    }
}

/// Why a message did not arrive.
package struct DeliveryFailure: Error, Sendable, Equatable {
    /// A sentence without secrets.
    package var message: String
    /// Whether another attempt may end better.
    package var isRetryable: Bool
    /// Seconds that the receiver asked to wait.
    package var retryAfterSeconds: Double?

    package init(_ message: String, isRetryable: Bool, retryAfterSeconds: Double? = nil) {
        self.message = message
        self.isRetryable = isRetryable
        self.retryAfterSeconds = retryAfterSeconds
    }
}
