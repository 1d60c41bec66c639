package import GatewayModel

/// What `/api/v1/targets`, `scrape_pools` and `targets/metadata` tell.
package struct ScrapeStatus: Sendable {
    /// One for each job, in the order of the configuration.
    package var pools: [ScrapePoolStatus] = []

    package init() {}
}

/// The targets of one job.
package struct ScrapePoolStatus: Sendable {
    package var name: String
    /// By URL.
    package var active: [ScrapeTargetStatus] = []
    /// Labels, before relabelling, of targets that it dropped; the first ``droppedMax`` of them.
    package var dropped: [SeriesLabels] = []
    package var droppedCount = 0

    /// Dropped targets listed of one job.
    package static let droppedMax = 1_000

    package init(name: String) { self.name = name }
}

/// How one target does.
package struct ScrapeTargetStatus: Sendable {
    package enum Health: String, Sendable { case up, down, unknown }

    package var target: ScrapeTarget
    package var health = Health.unknown
    /// Empty when the last scrape went well.
    package var lastError = ""
    /// Milliseconds since 1970; nil before the first.
    package var lastScrape: Int64?
    package var lastDurationSeconds = 0.0
    /// What is known of the target's families.
    package var families: [String: MetricMetadata] = [:]

    package init(_ target: ScrapeTarget) { self.target = target }
}
