import ConfigurationText
import Foundation
import GatewayModel
import Logging
import SeriesIngest
import ServiceLifecycle
import WebAPI

/// Keeps what Gatewatch says of itself as series, as if it scraped its own `/metrics`: rules over the way in, the store and the notifications need the past.
///
/// The series have `job="gatewatch"` and `instance` as an outside Prometheus would give them, and `up` among them.
struct OwnMetricsService: Service {
    private let manager: ScrapeManager

    /// - Parameters:
    ///   - seconds: between two readings.
    ///   - address: host and port, the value of `instance`.
    init(_ metrics: OwnMetrics, seconds: Int, address: String, writer: any SeriesWriter, logger: Logger) throws(ConfigurationFault) {
        let yaml = """
            scrape_configs:
              - job_name: gatewatch
                scrape_interval: \(seconds)s
                scrape_timeout: \(seconds)s
                static_configs: [{targets: ['\(address)']}]
            """
        manager = ScrapeManager(
            try ScrapeConfigurationReader.read(yaml, folder: "/"), fetcher: OwnPage(metrics: metrics), writer: writer, clock: SystemScrapeClock(),
            folder: DiskTargetFolder(), onEvent: { ScrapeService.write($0, to: logger) })
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await manager.run() }
        try? await gracefulShutdown()
    }
}

/// The program's own page, without a connection.
private struct OwnPage: ScrapeFetcher {
    let metrics: OwnMetrics

    func fetch(_ target: ScrapeTarget, _ job: ScrapeJob) async throws(ScrapeFailure) -> ScrapeResponse {
        do { return ScrapeResponse(contentType: OwnMetrics.contentType, body: try await metrics.page()) } catch { throw ScrapeFailure("\(error)") }
    }
}
