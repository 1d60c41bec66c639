/// How queries are evaluated, and what they may cost.
package struct PromQLOptions: Sendable, Equatable {
    /// How old a sample may be to count as a series' value, in milliseconds.
    package var lookbackMilliseconds: Int64
    /// The step of subqueries that name none, in milliseconds; Prometheus takes its evaluation interval.
    package var subqueryStepMilliseconds: Int64
    /// Samples held at the same time. Prometheus's limit; more is a query by mistake.
    package var samplesMax: Int
    package var timeoutSeconds: Double
    /// Series of one selector. More than this is a selector by mistake, whose labels alone would fill the memory.
    package var seriesMax: Int
    /// Bytes of the rows held at the same time: 8 for each series and instant, whether it has a value there or not.
    package var memoryBytesMax: Int
    /// Whether names are taken away at the end of the query only, as Prometheus's test scripts expect it; the server's default is not to.
    package var delaysNameRemoval: Bool
    /// Threads for one query.
    package var parallelism: Int

    package static let standard = PromQLOptions()

    package init(
        lookbackMilliseconds: Int64 = 300_000, subqueryStepMilliseconds: Int64 = 60_000, samplesMax: Int = 50_000_000, timeoutSeconds: Double = 120,
        seriesMax: Int = 500_000, memoryBytesMax: Int = 1 << 30, delaysNameRemoval: Bool = false, parallelism: Int = 2
    ) {
        self.lookbackMilliseconds = lookbackMilliseconds
        self.subqueryStepMilliseconds = subqueryStepMilliseconds
        self.samplesMax = samplesMax
        self.timeoutSeconds = timeoutSeconds
        self.seriesMax = seriesMax
        self.memoryBytesMax = memoryBytesMax
        self.delaysNameRemoval = delaysNameRemoval
        self.parallelism = parallelism
    }
}
