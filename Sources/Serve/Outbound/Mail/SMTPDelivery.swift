package import AlertDelivery
internal import ConfigurationText
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Hands messages to mail servers: one connection a message, within a bounded time.
package final class SMTPDelivery: Sendable {
    /// Seconds to connect in, to one address.
    private static let connectSeconds: Int64 = 5
    /// The longest a whole message may be set to take, in seconds.
    private static let timeoutSecondsMax: Double = 120
    /// Addresses of a mail server that are tried; the others are left for the next attempt.
    private static let addressesMax = 3
    /// Where mail servers expect TLS from the first byte.
    private static let implicitTLSPort = 465

    private let rules: AddressRules
    private let resolve: @Sendable (String) async throws -> [HostAddress]

    package convenience init(rules: AddressRules) { self.init(rules: rules, resolve: HostAddresses.resolve) }

    /// - Parameter resolve: tests stand in for the name server.
    init(rules: AddressRules, resolve: @escaping @Sendable (String) async throws -> [HostAddress]) {
        (self.rules, self.resolve) = (rules, resolve)
    }

    /// See ``DeliveryTransport/send(_:)-(MailEnvelope)``.
    package func send(_ mail: MailEnvelope) async throws(DeliveryFailure) -> MailReceipt {
        do {
            let seconds = min(max(mail.timeoutSeconds, 0.001), Self.timeoutSecondsMax)
            let late = DeliveryFailure("no connection to the mail server within \(DurationSentence.seconds(seconds))", isRetryable: true)
            let outcome = try await withTimeLimit(milliseconds: Int64(seconds * 1_000), late: late) { try await self.connect(mail, seconds) }
            switch try await Self.end(of: outcome.result, outcome.channel) {
            case .delivered(let receipt): return receipt
            case .failed(let failure): throw failure
            }
        } catch let failure as DeliveryFailure { throw failure } catch let fault as ConfigurationFault { throw DeliveryFailure(fault.message, isRetryable: true) } catch {
            throw DeliveryFailure("the connection to the mail server failed: \(ConnectionSentence.of(error))", isRetryable: true)
        }
    }

    /// A dialogue that is under way.
    private struct Dialogue: Sendable {
        var channel: any Channel
        var result: EventLoopFuture<SMTPDialogue.Outcome>
    }

    private static func end(of result: EventLoopFuture<SMTPDialogue.Outcome>, _ channel: any Channel) async throws -> SMTPDialogue.Outcome {
        try await withTaskCancellationHandler { try await result.get() } onCancel: { channel.close(promise: nil) }
    }

    // MARK: Connecting

    private func connect(_ mail: MailEnvelope, _ seconds: Double) async throws -> Dialogue {
        let (host, port) = try Self.hostAndPort(mail.smartHost)
        let addresses = try await addresses(host)
        let tls = try NIOSSLContext(configuration: mail.tls.clientConfiguration())
        // A certificate is checked against a name, or against the address that is connected to.
        let name = mail.tls.serverName ?? (HostAddress(host) == nil ? host : nil)
        let isImplicit = mail.usesImplicitTLS ?? (port == Self.implicitTLSPort)
        let credentials = try mail.username.map { username in
            SMTPCredentials(username: username, password: try mail.password?.reveal() ?? "", identity: mail.identity ?? "", secret: try mail.secret?.reveal())
        }
        var failure = DeliveryFailure("the mail server \(host) has no address", isRetryable: true)
        for address in addresses.prefix(Self.addressesMax) {
            let plan = SMTPDialogue.Plan(
                hello: Self.hello(mail.hello), from: mail.from, recipients: mail.recipients, message: mail.message, credentials: credentials, requiresTLS: mail.requiresTLS,
                isLoopback: AddressKind(address.bytes) == .loopback, isImplicitTLS: isImplicit)
            do {
                return try await Self.open(address, port, plan, seconds) { try NIOSSLClientHandler(context: tls, serverHostname: name) }
            } catch let error as CancellationError { throw error } catch {
                failure = DeliveryFailure("no connection to the mail server \(host):\(port): \(ConnectionSentence.of(error))", isRetryable: true)
            }
        }
        throw failure
    }

    private static func open(
        _ address: HostAddress, _ port: Int, _ plan: SMTPDialogue.Plan, _ seconds: Double, encryption: @escaping @Sendable () throws -> NIOSSLClientHandler
    ) async throws -> Dialogue {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: SMTPDialogue.Outcome.self)
        do {
            let channel = try await ClientBootstrap(group: loop).connectTimeout(.seconds(connectSeconds)).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if plan.isImplicitTLS { try channel.pipeline.syncOperations.addHandler(encryption()) }
                    try channel.pipeline.syncOperations.addHandler(SMTPHandler(plan, seconds: seconds, encryption: encryption, outcome: outcome))
                }
            }.connect(to: SocketAddress(ipAddress: address.text, port: port)).get()
            return Dialogue(channel: channel, result: outcome.futureResult)
        } catch {
            outcome.fail(error)
            throw error
        }
    }

    /// The addresses that may be connected to. The operator wrote the server's name: it may be of this machine or a network of his own, as mail relays are.
    private func addresses(_ host: String) async throws -> [HostAddress] {
        var addresses: [HostAddress]
        if let address = HostAddress(host) { addresses = [address] } else {
            do { addresses = try await resolve(host) } catch let failure as HostAddresses.Failure { throw DeliveryFailure(failure.message, isRetryable: true) }
        }
        for address in addresses {
            if let refusal = rules.refusal(AddressKind(address.bytes), host: host, isNamed: true) { throw DeliveryFailure(refusal, isRetryable: false) }
        }
        return addresses
    }

    /// `host:port`, with an IPv6 address in brackets.
    private static func hostAndPort(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port), colon > text.startIndex else {
            throw DeliveryFailure("the mail server must be written as host:port, not '\(text.prefix(200))'", isRetryable: false)
        }
        let host = String(text[..<colon])
        return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host, port)
    }

    /// What we call ourselves; a line end in it would be a further command.
    private static func hello(_ text: String) -> String {
        let name = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:[]".contains($0)) }
        return name.isEmpty ? "localhost" : name
    }
}
