internal import AsyncHTTPClient
internal import ByteCoding
internal import ConfigurationText
internal import Foundation
internal import GatewayModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import SeriesIngest
internal import Synchronization

/// Asks targets for their samples over HTTP and HTTPS, with connections that stay open from scrape to scrape.
package final class ScrapeClient: ScrapeFetcher {
    /// What decides over a connection; targets that agree in it share a client.
    private struct Kind: Hashable {
        var tls: HTTPAccess.TLS
        var followsRedirects: Bool
        /// The host whose name is replaced by `server_name` for the certificate's check; nil when it is not.
        var host: String?
    }

    private static let redirectsMax = 10
    private static let accept = """
        application/openmetrics-text;version=1.0.0;escaping=allow-utf8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
        text/plain;version=1.0.0;escaping=allow-utf8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1
        """

    private let clients = Mutex<[Kind: HTTPClient]>([:])
    private let version: String

    package init(version: String) { self.version = version }

    package func shutdown() async {
        for client in clients.withLock({ $0.values.map { $0 } }) { try? await client.shutdown() }
    }

    // MARK: One scrape

    package func fetch(_ target: ScrapeTarget, _ job: ScrapeJob) async throws(ScrapeFailure) -> ScrapeResponse {
        do { return try await withinTimeout(target) { try await self.ask(target, job) } } catch let failure as ScrapeFailure { throw failure } catch {
            throw ScrapeFailure(Self.sentence(error))
        }
    }

    /// The client has a deadline of its own; a body that trickles for ever must end too.
    private func withinTimeout(_ target: ScrapeTarget, _ body: @escaping @Sendable () async throws -> ScrapeResponse) async throws -> ScrapeResponse {
        try await withThrowingTaskGroup(of: ScrapeResponse.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .milliseconds(target.timeout))
                throw ScrapeFailure("context deadline exceeded: no whole answer within \(DurationText.text(milliseconds: target.timeout))")
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw ScrapeFailure("no answer") }
            return response
        }
    }

    private func ask(_ target: ScrapeTarget, _ job: ScrapeJob) async throws -> ScrapeResponse {
        let (client, url, host) = try client(target, job)
        var request = HTTPClientRequest(url: url)
        request.headers = HTTPHeaders([
            ("Accept", Self.accept), ("Accept-Encoding", "gzip"), ("User-Agent", "gatewatch/\(version)"),
            ("X-Prometheus-Scrape-Timeout-Seconds", String(Double(target.timeout) / 1_000)),
        ])
        if let host { request.headers.replaceOrAdd(name: "Host", value: host) }
        if let authorization = try Self.authorization(job.access.authorization) { request.headers.add(name: "Authorization", value: authorization) }
        let response = try await client.execute(request, deadline: .now() + .milliseconds(target.timeout))
        guard response.status == .ok else { throw ScrapeFailure("server returned HTTP status \(response.status.code) \(response.status.reasonPhrase)") }
        let bytes: ByteBuffer
        do { bytes = try await response.body.collect(upTo: job.limits.bodyBytes) } catch is NIOTooManyBytesError { throw Self.tooLarge(job) }
        let contentType = response.headers.first(name: "Content-Type")
        guard response.headers.first(name: "Content-Encoding")?.lowercased() == "gzip" else {
            return ScrapeResponse(contentType: contentType, body: Array(bytes.readableBytesView))
        }
        do throws(CompressionError) {
            return ScrapeResponse(contentType: contentType, body: try Gzip.decompress(Array(bytes.readableBytesView), limit: job.limits.bodyBytes))
        } catch .tooLarge { throw Self.tooLarge(job) } catch { throw ScrapeFailure("the answer's gzip is damaged") }
    }

    private static func tooLarge(_ job: ScrapeJob) -> ScrapeFailure { ScrapeFailure("body size limit exceeded: more than \(job.limits.bodyBytes) bytes") }

    private static func authorization(_ authorization: HTTPAccess.Authorization) throws -> String? {
        switch authorization {
        case .none: nil
        case .basic(let username, let password): "Basic " + Data("\(username):\(try secret(password))".utf8).base64EncodedString()
        case .credentials(let type, let credentials): "\(type) \(try secret(credentials))"
        }
    }

    private static func secret(_ secret: SecretText) throws -> String {
        do throws(ConfigurationFault) { return try secret.reveal() } catch { throw ScrapeFailure(error.message) }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout: "context deadline exceeded"
        case let error as HTTPClientError where error == .redirectLimitReached || error == .redirectCycleDetected: "stopped after \(redirectsMax) redirects"
        default: "\(error)"
        }
    }

    // MARK: Connections

    /// The client for a target, the URL to ask it for, and the `Host` header where it is not the URL's.
    private func client(_ target: ScrapeTarget, _ job: ScrapeJob) throws -> (HTTPClient, String, String?) {
        var kind = Kind(tls: job.access.tls, followsRedirects: job.followsRedirects)
        var url = target.url
        var hostHeader: String?
        if let serverName = job.access.tls.serverName, var components = URLComponents(string: url), let host = components.host, components.scheme == "https" {
            kind.host = host
            hostHeader = components.port.map { "\(host):\($0)" } ?? host
            components.host = serverName
            url = components.string ?? url
        }
        if let known = clients.withLock({ $0[kind] }) { return (known, url, hostHeader) }
        let made = try Self.makeClient(kind)
        let (kept, spare) = clients.withLock { clients -> (HTTPClient, HTTPClient?) in
            if let known = clients[kind] { return (known, made) }
            clients[kind] = made
            return (made, nil)
        }
        // Two scrapes made one at the same time; nothing was asked with the second.
        spare?.shutdown { _ in }
        return (kept, url, hostHeader)
    }

    private static func makeClient(_ kind: Kind) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = kind.tls.caFile {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file)) } catch {
                throw ScrapeFailure("unable to read the CA file \(file): \(error)")
            }
        }
        if let certificate = kind.tls.certificateFile, let key = kind.tls.keyFile {
            do {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch { throw ScrapeFailure("unable to read the client certificate \(certificate) or its key \(key): \(error)") }
        }
        if kind.tls.skipsVerification { tls.certificateVerification = .none }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = kind.followsRedirects ? .follow(max: redirectsMax, allowCycles: false) : .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        if let host = kind.host, let serverName = kind.tls.serverName { configuration.dnsOverride = [serverName: host] }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
