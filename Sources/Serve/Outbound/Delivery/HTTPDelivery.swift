package import AlertDelivery
internal import AsyncHTTPClient
internal import ConfigurationText
internal import Foundation
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Sends messages over HTTP and HTTPS: one POST a message, no redirects, no answer longer than a few kilobytes, nothing to places that the rules forbid.
package final class HTTPDelivery: Sendable {
    /// Seconds to connect in.
    private static let connectSeconds: Int64 = 5
    /// The longest a whole call may be set to take, in seconds.
    private static let timeoutSecondsMax: Double = 120
    /// Connections are closed soon after a message: the next one should not find one that the receiver has just closed, and not know whether it arrived.
    private static let idleSeconds: Int64 = 2

    private let pool = ClientPool()
    private let rules: AddressRules
    private let version: String
    private let resolve: @Sendable (String) async throws -> [HostAddress]

    package convenience init(version: String, rules: AddressRules) { self.init(version: version, rules: rules, resolve: HostAddresses.resolve) }

    /// - Parameter resolve: tests stand in for the name server.
    init(version: String, rules: AddressRules, resolve: @escaping @Sendable (String) async throws -> [HostAddress]) {
        (self.version, self.rules, self.resolve) = (version, rules, resolve)
    }

    package func shutdown() async { await pool.shutdown() }

    /// See ``DeliveryTransport/send(_:)-(DeliveryRequest)``.
    package func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer {
        let seconds = min(max(request.timeoutSeconds, 0.001), Self.timeoutSecondsMax)
        let late = DeliveryFailure("no answer within \(DurationSentence.seconds(seconds))", isRetryable: true, mayHaveArrived: true)
        do {
            return try await withTimeLimit(milliseconds: Int64(seconds * 1_000), late: late) { try await self.post(request, seconds) }
        } catch let failure as DeliveryFailure { throw failure } catch let fault as ConfigurationFault { throw DeliveryFailure(fault.message, isRetryable: true) } catch {
            throw Self.failure(error)
        }
    }

    private func post(_ delivery: DeliveryRequest, _ seconds: Double) async throws -> DeliveryAnswer {
        guard let url = URLComponents(string: delivery.url), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty else {
            throw DeliveryFailure("the receiver's address is not of the form http://host/path", isRetryable: false)
        }
        var kind = ClientPool.Kind(
            tls: delivery.access.tls, connectSeconds: Self.connectSeconds, retriesConnecting: false, idleSeconds: Self.idleSeconds)
        if let proxy = delivery.access.proxyURL { kind.proxy = try Self.proxy(proxy) } else { kind.override = try await destination(host, delivery.addressee) }
        var request = HTTPClientRequest(url: delivery.url)
        request.method = .POST
        request.headers = HTTPHeaders([("User-Agent", "gatewatch/\(version)")])
        for header in delivery.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        for header in delivery.access.headers { request.headers.replaceOrAdd(name: header.name, value: try header.value.reveal()) }
        if let authorization = try delivery.access.authorization.header() { request.headers.replaceOrAdd(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(bytes: delivery.body))
        let response = try await pool.client(kind).execute(request, deadline: .now() + .milliseconds(Int64(seconds * 1_000)))
        var body: [UInt8] = []
        // An answer that is too long is not read to its end: leaving the loop closes the connection.
        for try await part in response.body {
            body += part.readableBytesView.prefix(DeliveryAnswer.bodyBytesMax - body.count)
            if body.count >= DeliveryAnswer.bodyBytesMax { break }
        }
        return DeliveryAnswer(status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), body: body)
    }

    /// The one address that a host's name is connected to; nil when the host is an address.
    private func destination(_ host: String, _ addressee: DeliveryRequest.Addressee) async throws -> ClientPool.Override? {
        if let address = HostAddress(host) {
            let isNamed = addressee != .derived
            if let refusal = rules.refusal(AddressKind(address.bytes), host: host, isNamed: isNamed) { throw DeliveryFailure(refusal, isRetryable: false) }
            return nil
        }
        let addresses: [HostAddress]
        do { addresses = try await resolve(host) } catch let failure as HostAddresses.Failure { throw DeliveryFailure(failure.message, isRetryable: true) }
        // `localhost` says what it is as an address does.
        let isNamed = addressee == .ownServer || addressee == .configured && host.lowercased() == "localhost"
        let refusals = addresses.map { rules.refusal(AddressKind($0.bytes), host: host, isNamed: isNamed) }
        // One forbidden address among others is as suspect as if it were the only one.
        if let refusal = refusals.compactMap({ $0 }).first { throw DeliveryFailure(refusal, isRetryable: false) }
        guard let address = addresses.first?.text else { throw DeliveryFailure("the host \(host) has no address", isRetryable: true) }
        return ClientPool.Override(name: host, host: address)
    }

    private static func proxy(_ text: String) throws -> ClientPool.Proxy {
        guard let url = URLComponents(string: text), url.scheme?.lowercased() == "http", let host = url.host, !host.isEmpty else {
            throw DeliveryFailure("proxy_url must be of the form http://host:port", isRetryable: false)
        }
        return ClientPool.Proxy(host: host, port: url.port ?? 80, username: url.user, password: url.password)
    }

    /// What went wrong, without the URL: it may be a secret.
    private static func failure(_ error: any Error) -> DeliveryFailure {
        switch error {
        case let error as HTTPClientError:
            let isBefore = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .proxyAuthenticationRequired, .invalidProxyResponse,
            ].contains(error)
            if error == .connectTimeout { return DeliveryFailure("no connection within \(connectSeconds) s", isRetryable: true) }
            if error == .deadlineExceeded { return DeliveryFailure("no answer in time", isRetryable: true, mayHaveArrived: true) }
            return DeliveryFailure("the connection failed: \(error.shortDescription)", isRetryable: true, mayHaveArrived: !isBefore)
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "refused"
            return DeliveryFailure("no connection to \(error.host):\(error.port): \(reason)", isRetryable: true)
        case let error as NIOSSLError: return DeliveryFailure("TLS: \(error)", isRetryable: true)
        case let error as NIOSSLExtraError: return DeliveryFailure("TLS: \(error)", isRetryable: true)
        case let error as BoringSSLError: return DeliveryFailure("TLS: \(error)", isRetryable: true)
        case let error as IOError where error.errnoCode == ECONNREFUSED || error.errnoCode == ENETUNREACH || error.errnoCode == EHOSTUNREACH:
            return DeliveryFailure("no connection: \(unsafe String(cString: strerror(error.errnoCode)))", isRetryable: true)
        case let error as IOError: return DeliveryFailure("the connection failed: \(unsafe String(cString: strerror(error.errnoCode)))", isRetryable: true, mayHaveArrived: true)
        default: return DeliveryFailure("the connection failed: \(type(of: error))", isRetryable: true, mayHaveArrived: true)
        }
    }
}

/// Spans of time as errors say them.
enum DurationSentence {
    /// `10 s`, `1.5 s`
    static func seconds(_ seconds: Double) -> String { seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s" }
}
