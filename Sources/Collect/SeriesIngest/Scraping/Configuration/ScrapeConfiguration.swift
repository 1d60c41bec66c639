package import ConfigurationText
package import GatewayModel

/// What of a `prometheus.yml` says whom to scrape, and how.
package struct ScrapeConfiguration: Sendable {
    package internal(set) var jobs: [ScrapeJob] = []
    /// Labels for what leaves this server; kept for those who ask.
    package internal(set) var externalLabels: [SeriesLabel] = []
    /// Milliseconds between evaluations of rules.
    package internal(set) var evaluationInterval: Int64 = 60_000
    /// Sections of the file that Prometheus reads and that have no meaning here.
    package internal(set) var ignoredSections: [String] = []
}

/// A job: targets that are scraped in the same way.
package struct ScrapeJob: Sendable {
    package var name: String
    /// Milliseconds.
    package var interval: Int64
    package var timeout: Int64
    package var metricsPath = "/metrics"
    package var scheme = "http"
    /// URL parameters, in the order of the file.
    package var parameters: [(name: String, values: [String])] = []
    /// Whether a target's own `job` and `instance` win over ours.
    package var honorsLabels = false
    package var honorsTimestamps = true
    /// Whether series with timestamps of their own get stale markers too.
    package var tracksTimestampStaleness = false
    package var access = HTTPAccess()
    package var followsRedirects = true
    package var staticGroups: [TargetGroup] = []
    package var fileDiscovery: [FileDiscovery] = []
    package var relabelRules: [RelabelRule] = []
    package var metricRelabelRules: [RelabelRule] = []
    package var limits = ScrapeLimits()
    /// The form in which an answer without a usable content type is read; nil: such an answer is refused.
    package var fallbackFormat: ExpositionFormat?
}

/// What a scrape may cost; 0 for no limit.
package struct ScrapeLimits: Sendable, Equatable {
    package var samples = 0
    package var labels = 0
    package var labelNameLength = 0
    package var labelValueLength = 0
    package var targets = 0
    /// Bytes of a body after decompression.
    package var bodyBytes = ScrapeLimits.bodyBytesMax

    /// Prometheus has no limit unless told; a target that never ends must not take all memory: 200,000 series take some 30 MB.
    package static let bodyBytesMax = 128 << 20

    package init() {}
}

/// Targets with the same labels.
package struct TargetGroup: Sendable, Equatable {
    /// `host:port`.
    package var addresses: [String]
    package var labels: [SeriesLabel]

    package init(addresses: [String], labels: [SeriesLabel] = []) {
        self.addresses = addresses
        self.labels = labels
    }
}

/// Files that list targets.
package struct FileDiscovery: Sendable, Equatable {
    /// Paths; the last part of one may hold `*`.
    package var files: [String]
    /// Milliseconds after which the files are read again even if no change was seen.
    package var refreshInterval: Int64

    package init(files: [String], refreshInterval: Int64) {
        self.files = files
        self.refreshInterval = refreshInterval
    }
}
