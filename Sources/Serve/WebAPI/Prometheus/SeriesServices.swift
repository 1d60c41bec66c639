package import GatewayModel
package import PromQL
package import SeriesIngest

/// What the Prometheus API needs beside ``WebServices``.
package struct SeriesServices: Sendable {
    /// Everything that can be asked for by a metric's name: families over records, and kept samples.
    package let reader: any SeriesReader
    /// How queries are evaluated and what they may cost.
    package let options: PromQLOptions
    /// What is kept of samples, for `status/tsdb`, with so many entries of each list.
    package let storeStatus: @Sendable (_ entries: Int) -> SeriesStoreStatus
    /// Where written samples go.
    package let samples: SampleDoor
    /// The targets of scraping, and how they are.
    package let targets: @Sendable () -> ScrapeStatus
    /// The effective configuration, for `status/config`.
    package let configurationYAML: String
    /// Settings by their names, for `status/flags`.
    package let flags: [(name: String, value: String)]

    package init(
        reader: any SeriesReader, samples: SampleDoor, options: PromQLOptions = .standard,
        storeStatus: @escaping @Sendable (Int) -> SeriesStoreStatus = { _ in SeriesStoreStatus() },
        targets: @escaping @Sendable () -> ScrapeStatus = { ScrapeStatus() }, configurationYAML: String = "", flags: [(name: String, value: String)] = []
    ) {
        self.reader = reader
        self.samples = samples
        self.options = options
        self.storeStatus = storeStatus
        self.targets = targets
        self.configurationYAML = configurationYAML
        self.flags = flags
    }
}

/// How large the kept samples are.
package struct SeriesStoreStatus: Sendable {
    /// A name and a number that belongs to it.
    package typealias Count = (name: String, value: Int)

    package var series = 0
    /// Distinct pairs of label name and value.
    package var labelPairs = 0
    package var chunks = 0
    /// The times of the oldest and the newest sample, milliseconds since 1970; nil while nothing is kept.
    package var from: Int64?
    package var through: Int64?
    /// Seconds for which samples are kept.
    package var retentionSeconds = 0
    /// Pieces that could not be read since the start.
    package var corruptions = 0
    /// The names with the highest numbers, descending: series of a metric, distinct values of a label, their bytes, series of a pair `name=value`.
    package var seriesByMetric: [Count] = []
    package var valuesByLabel: [Count] = []
    package var bytesByLabel: [Count] = []
    package var seriesByPair: [Count] = []

    package init() {}
}
