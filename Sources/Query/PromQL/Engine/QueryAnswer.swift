package import GatewayModel

/// What a query gives.
package struct QueryAnswer: Sendable {
    package enum Value: Sendable {
        case scalar(Double)
        case string(String)
        /// Samples at the query's instant, in their order (`sort`, `topk`).
        case vector([AnswerSample])
        /// Series in ascending order of their labels, none without samples.
        case matrix([AnswerSeries])
    }

    package let value: Value
    /// The instant of an instant query, the last one of a range query; milliseconds since 1970.
    package let time: Int64
    package let notes: QueryNotes
    package let statistics: QueryStatistics
}

/// One element of an instant vector.
package struct AnswerSample: Sendable, Equatable {
    package let labels: SeriesLabels
    /// Means nothing when there is a histogram.
    package let value: Double
    package let histogram: NativeHistogram?

    package init(labels: SeriesLabels, value: Double, histogram: NativeHistogram? = nil) {
        self.labels = labels
        self.value = value
        self.histogram = histogram
    }
}

/// One series of a matrix.
package struct AnswerSeries: Sendable {
    package let labels: SeriesLabels
    /// At least one.
    package let points: SampleColumns
}

/// What a query cost.
package struct QueryStatistics: Sendable, Equatable {
    /// Series that were selected, those of each selector counted anew.
    package var series = 0
    /// Samples that were looked at, once for each instant that saw them.
    package var samples = 0
    /// The most samples held at the same time.
    package var samplesPeak = 0
    package var elapsedSeconds = 0.0
}
