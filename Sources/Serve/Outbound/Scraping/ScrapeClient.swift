internal import AsyncHTTPClient
internal import ByteCoding
internal import ConfigurationText
internal import Foundation
internal import GatewayModel
internal import NIOCore
internal import NIOHTTP1
package import SeriesIngest

/// Asks targets for their samples over HTTP and HTTPS, with connections that stay open from scrape to scrape.
package final class ScrapeClient: ScrapeFetcher {
    private static let redirectsMax = 10
    private static let accept = """
        application/openmetrics-text;version=1.0.0;escaping=allow-utf8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
        text/plain;version=1.0.0;escaping=allow-utf8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1
        """

    private let pool = ClientPool()
    private let version: String

    package init(version: String) { self.version = version }

    package func shutdown() async { await pool.shutdown() }

    // MARK: One scrape

    package func fetch(_ target: ScrapeTarget, _ job: ScrapeJob) async throws(ScrapeFailure) -> ScrapeResponse {
        do {
            let late = ScrapeFailure("context deadline exceeded: no whole answer within \(DurationText.text(milliseconds: target.timeout))")
            return try await withTimeLimit(milliseconds: target.timeout, late: late) { try await self.ask(target, job) }
        } catch let failure as ScrapeFailure { throw failure } catch let fault as ConfigurationFault { throw ScrapeFailure(fault.message) } catch {
            throw ScrapeFailure(Self.sentence(error))
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
        if let authorization = try job.access.authorization.header() { request.headers.add(name: "Authorization", value: authorization) }
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
        var kind = ClientPool.Kind(tls: job.access.tls, redirectsMax: job.followsRedirects ? Self.redirectsMax : 0)
        var url = target.url
        var hostHeader: String?
        if let serverName = job.access.tls.serverName, var components = URLComponents(string: url), let host = components.host, components.scheme == "https" {
            kind.override = ClientPool.Override(name: serverName, host: host)
            hostHeader = components.port.map { "\(host):\($0)" } ?? host
            components.host = serverName
            url = components.string ?? url
        }
        return (try pool.client(kind), url, hostHeader)
    }
}
