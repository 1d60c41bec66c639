/// What one question may cost. Each limit is named in the error that it causes (`query_limit`, `query_timeout`).
package struct QueryLimits: Sendable, Equatable {
    /// Seconds until a question is given up. A dashboard must load within 5 s, and nobody waits longer for a chart than twice that.
    package var timeoutSeconds: Double = 10
    /// Bytes of working memory: tables of cells, value lists, histograms and sets. Twenty users at once must fit a common server.
    package var memoryBytesMax: Int = 512 << 20
    /// Distinct groups found before ranking. More than this is an identifier, not a dimension, and no chart can show it.
    package var groupsMax: Int = 100_000
    /// Cells (group x bucket) that hold records. At some 24 bytes and up each they are what memory goes to.
    package var cellsMax: Int = 2_000_000
    /// Time buckets of a range, as Prometheus limits the points of a series: more than any screen has pixels.
    package var bucketsMax: Int = 11_000
    /// Rows of an answer: the default 50 groups with the most buckets fit.
    package var rowsMax: Int = 600_000
    /// Counts that the histograms of an answer may hold, some 8 MB of JSON: a heatmap as wide as a screen has a twentieth of it.
    package var histogramCountsMax: Int = 2_000_000
    /// Records that one question may scan: percentile histograms count in 32 bits.
    package var recordsMax: Int = 4_000_000_000
    /// Threads that scan at once. More than cores gains nothing.
    package var workersMax: Int = 8

    package init() {}

    package static let standard = QueryLimits()

    /// The most queries of a batch: a dashboard has some 20 to 30 panels.
    package static let batchQueriesMax = 50
    /// The most measures of a question.
    package static let measuresMax = 32
    /// The most fields to group by: charts show one or two, tables up to four.
    package static let groupFieldsMax = 4
    /// The most groups that `limit` may keep.
    package static let groupLimitMax = 10_000
    /// The most groups that `offset` may pass over: there are no more groups to find.
    package static let groupOffsetMax = 100_000
    /// Groups kept when `limit` is absent: without and with buckets.
    package static let groupLimitDefault = 1_000
    package static let groupLimitDefaultWithBuckets = 50
    /// Records on a page, at most and when `limit` is absent.
    package static let pageRecordsMax = 1_000
    package static let pageRecordsDefault = 50
    /// Values listed of a field, at most and when `top` is absent.
    package static let fieldValuesMax = 1_000
    package static let fieldValuesDefault = 20

    /// The error of a limit that was reached.
    static func reached(_ limit: String, _ most: Int, _ what: String, hint: String? = nil) -> QueryError {
        QueryError(.queryLimit, "the answer needs more than \(most) \(what) (\(limit))", hint: hint)
    }
}
