/// One message on its way to a mail server: what came from the server goes in, what is to be said comes out. No clock, no sockets.
///
///     greeting -> EHLO (or HELO) -> [STARTTLS -> handshake -> EHLO again] -> [AUTH] -> MAIL -> RCPT ... -> DATA -> message -> QUIT
///
/// Source: RFC 5321; RFC 3207 (STARTTLS); RFC 4954 (AUTH); RFC 1870 (SIZE). Commands go one by one: a message in a minute gains nothing by pipelining, and
/// an answer that comes before its question then shows a server that cannot be trusted.
package struct SMTPDialogue: Sendable {
    /// What one message needs.
    package struct Plan: Sendable {
        package var hello: String
        package var from: String
        package var recipients: [String]
        package var message: [UInt8]
        package var credentials: SMTPCredentials?
        /// Whether STARTTLS is asked for, and a server without it refused.
        package var requiresTLS: Bool
        /// Whether the connection leads to this very machine: only there is a password said in the clear.
        package var isLoopback: Bool
        /// Whether the connection is encrypted from its first byte (port 465).
        package var isImplicitTLS: Bool

        package init(
            hello: String, from: String, recipients: [String], message: [UInt8], credentials: SMTPCredentials? = nil, requiresTLS: Bool = true,
            isLoopback: Bool = false, isImplicitTLS: Bool = false
        ) {
            self.hello = hello
            self.from = from
            self.recipients = recipients
            self.message = message
            self.credentials = credentials
            self.requiresTLS = requiresTLS
            self.isLoopback = isLoopback
            self.isImplicitTLS = isImplicitTLS
        }
    }

    /// What the one who holds the connection has to do.
    package enum Action: Sendable, Equatable {
        case send([UInt8])
        /// Encrypt, verify the server's name, and call ``secured()``.
        case startTLS
        /// Over: close the connection after what was sent.
        case finish(Outcome)
    }

    package enum Outcome: Sendable, Equatable {
        case delivered(MailReceipt)
        case failed(DeliveryFailure)
    }

    private enum State {
        case greeting
        case hello
        /// The older greeting, for servers that do not know EHLO.
        case plainHello
        case startTLS
        case handshake
        case authentication(SMTPAuthentication)
        case sender
        /// Waiting for the answer to the recipient of this number.
        case recipient(Int)
        case data
        case message
        case over
    }

    /// A whole dialogue has some 40 lines of the server; who writes more does not want to take a message.
    package static let bytesMax = 1 << 18

    private let plan: Plan
    private var state = State.greeting
    private var reader = SMTPReplyReader()
    private var extensions = SMTPExtensions()
    private var isSecured: Bool
    private var refused: [MailReceipt.Refusal] = []
    private var bytesRead = 0
    /// Whether the answer to what was said last has come.
    private var isAnswered = false

    package init(_ plan: Plan) {
        self.plan = plan
        isSecured = plan.isImplicitTLS
    }

    package var isOver: Bool { if case .over = state { true } else { false } }

    // MARK: What happens

    /// Bytes came from the server.
    package mutating func received(_ bytes: some Collection<UInt8>) -> [Action] {
        guard !isOver else { return [] }
        // What was said in the clear after the server agreed to encrypt may have been put there by somebody else (RFC 3207, 6).
        if case .handshake = state { return [] }
        bytesRead += bytes.count
        guard bytesRead <= Self.bytesMax else { return fail("the mail server wrote more than \(Self.bytesMax) bytes", isRetryable: true) }
        reader.append(bytes)
        let reply: SMTPReply
        do throws(SMTPReplyReader.Fault) {
            guard let next = try reader.next() else { return [] }
            reply = next
        } catch { return fail(error.message, isRetryable: true) }
        isAnswered = true
        defer { isAnswered = false }
        if reply.code == 421 { return fail("the mail server closes the connection: \(words(of: reply))", isRetryable: true) }
        let actions = answer(to: reply)
        if case .handshake = state {
            reader.discard()
        } else if !isOver, !reader.isEmpty {
            return fail("the mail server answered before it was asked", isRetryable: true)
        }
        return actions
    }

    /// The connection is encrypted now, and the server is who it says.
    package mutating func secured() -> [Action] {
        isSecured = true
        guard case .handshake = state else { return [] }
        // What was offered in the clear is void (RFC 3207, 4.2).
        extensions = SMTPExtensions()
        reader.discard()
        state = .hello
        return say("EHLO \(plan.hello)")
    }

    /// The connection ended before the dialogue did.
    package mutating func closed(_ reason: String = "") -> [Action] {
        isOver ? [] : fail("the connection to the mail server ended \(place)\(reason.isEmpty ? "" : ": " + reason)", isRetryable: true)
    }

    /// There is no more time. Whoever holds the connection says how long it took.
    package mutating func expired(_ seconds: String) -> [Action] { isOver ? [] : fail("the mail server did not take the message within \(seconds): it ended \(place)", isRetryable: true) }

    // MARK: Answers

    private mutating func answer(to reply: SMTPReply) -> [Action] {
        switch state {
        case .greeting:
            guard reply.code == 220 else { return refuse(reply, "greeted with") }
            state = .hello
            return say("EHLO \(plan.hello)")
        case .hello:
            if (500..<600).contains(reply.code) {
                state = .plainHello
                return say("HELO \(plan.hello)")
            }
            guard reply.isPositive else { return refuse(reply, "answered EHLO with") }
            extensions = SMTPExtensions(reply)
            return afterHello()
        case .plainHello:
            guard reply.isPositive else { return refuse(reply, "answered HELO with") }
            return afterHello()
        case .startTLS:
            guard reply.code == 220 else { return refuse(reply, "answered STARTTLS with") }
            state = .handshake
            return [.startTLS]
        case .authentication(let authentication): return authenticate(authentication, reply)
        case .sender:
            guard reply.isPositive else { return refuse(reply, "refused the sender \(plan.from):") }
            state = .recipient(0)
            return say("RCPT TO:<\(plan.recipients[0])>")
        case .recipient(let index): return afterRecipient(index, reply)
        case .data:
            guard reply.code == 354 else { return refuse(reply, "answered DATA with") }
            state = .message
            return [.send(SMTPBody.stuffed(plan.message))]
        case .message:
            guard reply.isPositive else { return refuse(reply, "refused the message:") }
            return finish(.delivered(MailReceipt(refused: refused)))
        case .handshake, .over: return []
        }
    }

    private mutating func afterHello() -> [Action] {
        if plan.requiresTLS, !isSecured {
            guard extensions.hasStartTLS else {
                return fail("the mail server offers no STARTTLS, and require_tls is on: nothing was sent in the clear", isRetryable: false)
            }
            state = .startTLS
            return say("STARTTLS")
        }
        if let size = extensions.sizeMax, plan.message.count > size {
            return fail("the message of \(plan.message.count) bytes is larger than the mail server takes (\(size))", isRetryable: false)
        }
        // A relay that asks nobody who they are may be used with the credentials that others need.
        guard let credentials = plan.credentials, !extensions.mechanisms.isEmpty else { return sender() }
        guard isSecured || plan.isLoopback else {
            return fail("the password of the mail server is not sent in the clear: set require_tls", isRetryable: false)
        }
        guard let authentication = SMTPAuthentication(offered: extensions.mechanisms, isSecured: isSecured, credentials) else {
            let offered = extensions.mechanisms.sorted().prefix(8).joined(separator: ", ")
            return fail("of the mail server's ways to log in (\(offered.prefix(200))) none is known here: PLAIN, LOGIN, CRAM-MD5", isRetryable: false)
        }
        state = .authentication(authentication)
        return say(authentication.command)
    }

    private mutating func authenticate(_ authentication: SMTPAuthentication, _ reply: SMTPReply) -> [Action] {
        if reply.code == 235 { return sender() }
        guard reply.code == 334 else {
            return fail("the mail server did not accept the user and password: \(words(of: reply))", isRetryable: reply.isTransient)
        }
        var authentication = authentication
        guard let line = authentication.answer(reply) else {
            return fail("the mail server asked for more than \(authentication.mechanism.rawValue) has to say", isRetryable: false)
        }
        state = .authentication(authentication)
        return say(line)
    }

    private mutating func sender() -> [Action] {
        // A line end in an address would be a further command.
        let addresses = [plan.from] + plan.recipients
        guard !plan.recipients.isEmpty, addresses.allSatisfy(MailAddress.isSafe) else { return fail("there is no recipient with a valid address", isRetryable: false) }
        state = .sender
        return say("MAIL FROM:<\(plan.from)>")
    }

    private mutating func afterRecipient(_ index: Int, _ reply: SMTPReply) -> [Action] {
        if !reply.isPositive {
            refused.append(MailReceipt.Refusal(recipient: plan.recipients[index], reason: words(of: reply), isRetryable: reply.isTransient))
        }
        let next = index + 1
        if next < plan.recipients.count {
            state = .recipient(next)
            return say("RCPT TO:<\(plan.recipients[next])>")
        }
        guard refused.count < plan.recipients.count else {
            let first = refused.first.map { "\($0.recipient): \($0.reason)" } ?? ""
            return fail("the mail server refused every recipient; \(first)", isRetryable: refused.contains { $0.isRetryable })
        }
        state = .data
        return say("DATA")
    }

    // MARK: Ends

    private func say(_ line: String) -> [Action] { [.send(Array((line + "\r\n").utf8))] }

    private mutating func refuse(_ reply: SMTPReply, _ what: String) -> [Action] {
        fail("the mail server \(what) \(words(of: reply))", isRetryable: !(500..<600).contains(reply.code))
    }

    private mutating func fail(_ message: String, isRetryable: Bool) -> [Action] {
        // The server may have taken the message, and only its answer is missing.
        var mayHaveArrived = false
        if case .message = state, isRetryable { mayHaveArrived = !isAnswered }
        return finish(.failed(DeliveryFailure(message, isRetryable: isRetryable, mayHaveArrived: mayHaveArrived)))
    }

    private mutating func finish(_ outcome: Outcome) -> [Action] {
        defer { state = .over }
        // Politeness; the answer is not waited for. During the handshake nothing can be said.
        if case .handshake = state { return [.finish(outcome)] }
        return say("QUIT") + [.finish(outcome)]
    }

    /// What the server said, without what must not be repeated.
    private func words(of reply: SMTPReply) -> String {
        let sentence = reply.sentence
        return plan.credentials?.occurs(in: sentence) == true ? reply.codes : sentence
    }

    private var place: String {
        switch state {
        case .greeting: "before it greeted"
        case .hello, .plainHello: "after EHLO"
        case .startTLS: "after STARTTLS"
        case .handshake: "during the TLS handshake"
        case .authentication: "while logging in"
        case .sender, .recipient: "while the addresses were told"
        case .data: "after DATA"
        case .message: "before the message was accepted"
        case .over: ""
        }
    }
}
