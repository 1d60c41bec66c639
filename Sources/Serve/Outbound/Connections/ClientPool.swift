internal import AsyncHTTPClient
internal import ConfigurationText
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Clients by what decides over a connection: requests that agree in it share one, and with it its open connections.
final class ClientPool: Sendable {
    /// What decides over a connection.
    struct Kind: Hashable {
        var tls = HTTPAccess.TLS()
        /// Redirects that are followed; 0 for none.
        var redirectsMax = 0
        /// A name of the URL, and the host or address that is connected to instead.
        var override: Override?
        var proxy: Proxy?
        var connectSeconds: Int64 = 10
        /// Whether a connection that cannot be made is tried again until the request's deadline.
        var retriesConnecting = true
        var idleSeconds: Int64 = 60
    }

    struct Override: Hashable {
        var name: String
        var host: String
    }

    struct Proxy: Hashable {
        var host: String
        var port: Int
        var username: String?
        var password: String?
    }

    /// Clients kept at most: as many as there are different kinds of targets in large configurations. Beyond it the one that was made first goes.
    private static let clientsMax = 256

    private struct State {
        var clients: [Kind: HTTPClient] = [:]
        var order: [Kind] = []
    }

    private let state = Mutex(State())

    func shutdown() async {
        let clients = state.withLock { state in
            defer { state = State() }
            return Array(state.clients.values)
        }
        for client in clients { try? await client.shutdown() }
    }

    /// - Throws: ``ConfigurationFault`` when a certificate or key cannot be read.
    func client(_ kind: Kind) throws -> HTTPClient {
        if let known = state.withLock({ $0.clients[kind] }) { return known }
        let made = try Self.make(kind)
        let (kept, spare) = state.withLock { state -> (HTTPClient, HTTPClient?) in
            if let known = state.clients[kind] { return (known, made) }
            state.clients[kind] = made
            state.order.append(kind)
            guard state.order.count > Self.clientsMax else { return (made, nil) }
            return (made, state.clients.removeValue(forKey: state.order.removeFirst()))
        }
        // Requests under way on a client that goes end first.
        if let spare { spare.shutdown { _ in } }
        return kept
    }

    private static func make(_ kind: Kind) throws -> HTTPClient {
        let tls = try kind.tls.clientConfiguration()
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = kind.redirectsMax > 0 ? .follow(max: kind.redirectsMax, allowCycles: false) : .disallow
        configuration.timeout.connect = .seconds(kind.connectSeconds)
        configuration.connectionPool.retryConnectionEstablishment = kind.retriesConnecting
        configuration.connectionPool.idleTimeout = .seconds(kind.idleSeconds)
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        if let override = kind.override { configuration.dnsOverride = [override.name: override.host] }
        if let proxy = kind.proxy {
            let authorization = proxy.username.map { HTTPClient.Authorization.basic(username: $0, password: proxy.password ?? "") }
            configuration.proxy = .server(host: proxy.host, port: proxy.port, authorization: authorization)
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

extension HTTPAccess.Authorization {
    /// The value of the `Authorization` header; nil for none.
    ///
    /// - Throws: ``ConfigurationFault`` when a secret cannot be read.
    func header() throws -> String? {
        switch self {
        case .none: nil
        case .basic(let username, let password): "Basic " + Base64Text.encode("\(username):\(try password.reveal())")
        case .credentials(let type, let credentials): "\(type) \(try credentials.reveal())"
        }
    }
}
