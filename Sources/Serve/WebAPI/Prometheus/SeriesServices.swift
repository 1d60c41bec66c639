package import GatewayModel
package import PromQL

/// What the Prometheus API needs beside ``WebServices``.
package struct SeriesServices: Sendable {
    /// Everything that can be asked for by a metric's name: families over records, and kept samples.
    package let reader: any SeriesReader
    /// How queries are evaluated and what they may cost.
    package let options: PromQLOptions
    /// What is kept of samples, for `status/tsdb`; its series are listed from `kept`.
    package let storeStatus: @Sendable () -> SeriesStoreStatus
    /// The kept samples alone.
    package let kept: any SeriesReader
    /// The effective configuration, for `status/config`.
    package let configurationYAML: String
    /// Settings by their names, for `status/flags`.
    package let flags: [(name: String, value: String)]

    package init(
        reader: any SeriesReader, kept: any SeriesReader, options: PromQLOptions = .standard, storeStatus: @escaping @Sendable () -> SeriesStoreStatus = { SeriesStoreStatus() },
        configurationYAML: String = "", flags: [(name: String, value: String)] = []
    ) {
        self.reader = reader
        self.kept = kept
        self.options = options
        self.storeStatus = storeStatus
        self.configurationYAML = configurationYAML
        self.flags = flags
    }
}

/// How large the kept samples are.
package struct SeriesStoreStatus: Sendable {
    package var chunks = 0
    /// The first and last instants of what is kept in memory, milliseconds since 1970; nil while nothing is kept.
    package var from: Int64?
    package var through: Int64?
    /// Seconds for which samples are kept.
    package var retentionSeconds = 0
    /// Damage found since the start.
    package var corruptions = 0

    package init() {}
}
