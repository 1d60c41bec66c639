/// Where samples of series are kept: what scraping, remote write and imports hand batches to.
package protocol SeriesWriter: Sendable {
    /// Makes the good samples of a batch durable and visible, all of them at once, and only then returns.
    ///
    /// Called concurrently; concurrent batches share one synchronisation to disk. Samples that break a rule (too old, over a limit) cost only
    /// themselves and are counted in the receipt.
    /// - Throws: when nothing of the batch was stored; ``SeriesWriteError/isRetryable`` says whether to send it again.
    func append(_ batch: SampleBatch) async throws(SeriesWriteError) -> SampleReceipt
}

/// Why a batch was not stored.
package enum SeriesWriteError: Error, Sendable, Equatable {
    /// The disk or the store refused; nothing of the batch was stored.
    case storage(StorageError)
    /// The batch has more samples than one may have.
    case tooLarge(samplesMax: Int)

    /// Whether the sender should send the same again later.
    package var isRetryable: Bool {
        switch self {
        case .storage(let error): error.isRetryable
        case .tooLarge: false
        }
    }
}

/// A series as the writer numbered it: a short cut for senders that write the same series again and again.
///
/// The writer looks the key up when the number means nothing any more, so a reference may be kept for as long as the process lives. It must be the one that the
/// same writer gave for the same key: that is trusted, because comparing keys is what references save. Never kept on disk.
package struct SeriesReference: Sendable, Hashable {
    /// 0 for none.
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package static let none = SeriesReference(0)
}

/// Samples on their way to a ``SeriesWriter``: columns over all series, with the series' labels as ``SeriesKey`` bytes.
///
///     batch.beginSeries(known)
///     SeriesKey.append(labels, to: &batch.keys)
///     batch.append(time, value)
///     batch.endSeries()
///
/// The same series may come several times. Samples of one series should ascend in time.
package struct SampleBatch: Sendable {
    /// Where the parts of one series end; they begin where those of the series before end.
    package struct Series: Sendable {
        /// In `keys`.
        package var keyEnd: Int
        /// In `times` and `values`.
        package var sampleEnd: Int
        package var reference: SeriesReference

        @inlinable package init(keyEnd: Int, sampleEnd: Int, reference: SeriesReference) {
            self.keyEnd = keyEnd
            self.sampleEnd = sampleEnd
            self.reference = reference
        }
    }

    /// A sample that is a native histogram: `values` has 0 in its place.
    package struct HistogramSample: Sendable {
        /// Index in `times`.
        package var sample: Int
        package var histogram: NativeHistogram
    }

    /// An exemplar and the index of its series in the batch.
    package struct SeriesExemplar: Sendable {
        package var series: Int
        package var exemplar: Exemplar
    }

    /// What is known of a metric family.
    package struct FamilyMetadata: Sendable {
        package var family: String
        package var metadata: MetricMetadata

        package init(family: String, metadata: MetricMetadata) {
            self.family = family
            self.metadata = metadata
        }
    }

    /// The ``SeriesKey`` bytes of all series, end to end.
    package var keys: [UInt8] = []
    package var series: [Series] = []
    /// Milliseconds since 1970.
    package var times: [Int64] = []
    /// One for each time; ``SampleColumns/staleMarker`` where a series ended.
    package var values: [Double] = []
    /// Ascending by sample.
    package var histograms: [HistogramSample] = []
    /// Ascending by series.
    package var exemplars: [SeriesExemplar] = []
    package var metadata: [FamilyMetadata] = []
    /// Whether samples of any age that retention keeps are taken, as for the import of a past: without it they may be only a little older than
    /// the newest of their series.
    package var isImport = false

    package init() {}

    package var sampleCount: Int { times.count }
    package var isEmpty: Bool { times.isEmpty && exemplars.isEmpty && metadata.isEmpty }

    /// The bytes of a series' key in `keys`.
    @inlinable package func keyRange(_ index: Int) -> Range<Int> { (index == 0 ? 0 : series[index - 1].keyEnd)..<series[index].keyEnd }
    /// A series' samples in `times`.
    @inlinable package func sampleRange(_ index: Int) -> Range<Int> { (index == 0 ? 0 : series[index - 1].sampleEnd)..<series[index].sampleEnd }

    /// The series' key must be appended to `keys` between this and ``endSeries()``.
    @inlinable package mutating func beginSeries(_ reference: SeriesReference = .none) {
        series.append(Series(keyEnd: keys.count, sampleEnd: times.count, reference: reference))
    }

    @inlinable package mutating func endSeries() {
        series[series.count - 1].keyEnd = keys.count
        series[series.count - 1].sampleEnd = times.count
    }

    /// A sample of the series that was begun.
    @inlinable package mutating func append(_ time: Int64, _ value: Double) {
        times.append(time)
        values.append(value)
    }

    package mutating func append(_ time: Int64, _ histogram: NativeHistogram) {
        histograms.append(HistogramSample(sample: times.count, histogram: histogram))
        append(time, 0)
    }

    /// An exemplar of the series that was begun.
    package mutating func append(_ exemplar: Exemplar) { exemplars.append(SeriesExemplar(series: series.count - 1, exemplar: exemplar)) }

    package mutating func append(family: String, _ metadata: MetricMetadata) { self.metadata.append(FamilyMetadata(family: family, metadata: metadata)) }

    /// A whole series at once, for senders that are in no hurry.
    package mutating func append(_ labels: SeriesLabels, _ samples: SampleColumns) {
        beginSeries()
        SeriesKey.append(labels, to: &keys)
        for index in 0..<samples.count {
            if !samples.histograms.isEmpty, let histogram = samples.histograms[index] {
                append(samples.times[index], histogram)
            } else {
                append(samples.times[index], samples.values[index])
            }
        }
        endSeries()
    }

    /// Empties the batch and keeps its memory.
    package mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        series.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        histograms.removeAll()
        exemplars.removeAll()
        metadata.removeAll()
    }
}

/// Why samples were refused. The raw value is the word for logs and the label of a counter.
package enum SampleRefusal: String, Sendable, CaseIterable {
    /// Older than the series' newest sample, where no disorder is allowed.
    case outOfOrder = "out_of_order"
    /// At a time for which another value is kept.
    case duplicate = "duplicate_timestamp"
    /// Older than disorder is allowed, or than anything is kept.
    case tooOld = "too_old"
    /// Further in the future than a clock may be wrong.
    case tooFarAhead = "too_far_in_future"
    /// A new series over the limit of all series.
    case seriesLimit = "series_limit"
    /// A new series over the limit of one metric's series.
    case metricSeriesLimit = "metric_series_limit"
    /// A series with too many labels.
    case labelCount = "label_count"
    /// A label's name or value is too long.
    case labelLength = "label_length"
    /// The key is not one: unsorted or repeated names, an empty name or value, bytes that are not UTF-8, or no label at all.
    case labels = "invalid_labels"
    /// A native histogram whose spans and buckets do not fit, or that is too large.
    case histogram = "invalid_histogram"
}

/// What became of a batch.
package struct SampleReceipt: Sendable, Equatable {
    /// Samples refused for one reason.
    package struct Refused: Sendable, Equatable {
        package let reason: SampleRefusal
        package var samples: Int
        /// The first offending series, as text: `name{label="value"}`.
        package let series: String
        /// The time of its sample, in milliseconds since 1970; nil when the series itself was refused.
        package let time: Int64?

        package init(_ reason: SampleRefusal, samples: Int, series: String, time: Int64?) {
            self.reason = reason
            self.samples = samples
            self.series = series
            self.time = time
        }
    }

    /// Samples that are kept, those with the same time and value as a kept one included.
    package var stored = 0
    /// Series that were seen for the first time.
    package var newSeries = 0
    /// Exemplars that were left out because their labels are too long. They are hints: the samples are kept all the same.
    package var droppedExemplars = 0
    /// One for each reason that occurred, in order of first occurrence.
    package var refused: [Refused] = []
    /// One for each series of the batch; ``SeriesReference/none`` where the series was refused.
    package var references: [SeriesReference] = []

    package init() {}

    package func refused(_ reason: SampleRefusal) -> Int { refused.first { $0.reason == reason }?.samples ?? 0 }
}
