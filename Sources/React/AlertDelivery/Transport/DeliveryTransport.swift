package import ConfigurationText

/// How messages leave the program.
package protocol DeliveryTransport: Sendable {
    /// Sends one request and reads the start of the answer. Follows no redirects and refuses addresses that the settings forbid.
    ///
    /// - Throws: when there was no answer at all; any status is an answer.
    func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer
    /// Hands one message to a mail server.
    ///
    /// - Returns: who of the recipients was refused although the message was taken for the others.
    /// - Throws: when nobody gets it.
    func send(_ mail: MailEnvelope) async throws(DeliveryFailure) -> MailReceipt
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
    /// How the URL came about: decides over addresses of this machine and of private networks.
    package var addressee: Addressee

    package enum Addressee: Sendable {
        /// The operator wrote the URL: where it has an address instead of a name, that is meant.
        case configured
        /// A template made the URL, perhaps of labels that come from elsewhere.
        case derived
        /// A server of the operator's own, as other Alertmanagers are: it may well be in a private network.
        case ownServer
    }

    package init(
        url: String, headers: [(name: String, value: String)], body: [UInt8], access: HTTPAccess = HTTPAccess(), timeoutSeconds: Double = 10, addressee: Addressee = .configured
    ) {
        self.url = url
        self.headers = headers
        self.body = body
        self.access = access
        self.timeoutSeconds = timeoutSeconds
        self.addressee = addressee
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
    /// On whose behalf to log in (PLAIN's authorisation identity); nil for oneself.
    package var identity: String?
    /// What CRAM-MD5 computes with; nil for the password.
    package var secret: SecretText?
    /// Whether a server without STARTTLS is refused.
    package var requiresTLS: Bool
    package var tls: HTTPAccess.TLS
    /// Whether the connection is encrypted from its first byte; nil for what the port means (465: yes).
    package var usesImplicitTLS: Bool?
    package var from: String
    package var recipients: [String]
    /// Headers and body, lines ending with CRLF, dots not doubled.
    package var message: [UInt8]
    package var timeoutSeconds: Double

    package init(
        smartHost: String, hello: String, username: String? = nil, password: SecretText? = nil, identity: String? = nil, secret: SecretText? = nil, requiresTLS: Bool = true,
        tls: HTTPAccess.TLS = HTTPAccess.TLS(), usesImplicitTLS: Bool? = nil, from: String, recipients: [String], message: [UInt8], timeoutSeconds: Double = 15
    ) {
        self.smartHost = smartHost
        self.hello = hello
        self.username = username
        self.password = password
        self.identity = identity
        self.secret = secret
        self.requiresTLS = requiresTLS
        self.tls = tls
        self.usesImplicitTLS = usesImplicitTLS
        self.from = from
        self.recipients = recipients
        self.message = message
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What a mail server made of a message that it took.
package struct MailReceipt: Sendable, Equatable {
    /// A recipient that the server did not want.
    package struct Refusal: Sendable, Equatable {
        package var recipient: String
        /// The server's words.
        package var reason: String
        /// Whether the same message may reach this recipient later (a 4xx: greylisting, a full mailbox). Send it to these alone: the others have it.
        package var isRetryable: Bool

        package init(recipient: String, reason: String, isRetryable: Bool) {
            self.recipient = recipient
            self.reason = reason
            self.isRetryable = isRetryable
        }
    }

    package var refused: [Refusal]

    package init(refused: [Refusal] = []) { self.refused = refused }
}

/// Why a message did not arrive.
package struct DeliveryFailure: Error, Sendable, Equatable {
    /// A sentence without secrets.
    package var message: String
    /// Whether another attempt may end better.
    package var isRetryable: Bool
    /// Seconds that the receiver asked to wait.
    package var retryAfterSeconds: Double?
    /// Whether the message was on its way when it failed: the receiver may have it.
    package var mayHaveArrived: Bool

    package init(_ message: String, isRetryable: Bool, retryAfterSeconds: Double? = nil, mayHaveArrived: Bool = false) {
        self.message = message
        self.isRetryable = isRetryable
        self.retryAfterSeconds = retryAfterSeconds
        self.mayHaveArrived = mayHaveArrived
    }
}
