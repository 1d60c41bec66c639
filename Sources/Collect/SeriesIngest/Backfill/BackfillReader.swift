internal import ByteCoding
package import GatewayModel

/// Reads OpenMetrics text with timestamps into batches for a store: the past of series, as `promtool tsdb create-blocks-from openmetrics` takes it.
///
/// It borrows the bytes and must not outlive the `withUnsafeBytes` call it was made in.
@safe package struct BackfillReader {
    /// Samples of one batch: a few MB, and often enough to show progress.
    package static let samplesPerBatch = 50_000

    private var parser: ExpositionParser
    private var rules: OpenMetricsRules?
    private var cache = SeriesCache()
    private var written: [Int] = []
    private var generation = 0
    private var described: [String: MetricMetadata] = [:]
    private var isAtEnd = false
    /// Samples read so far.
    package private(set) var samples = 0
    /// The earliest and the latest time read so far, milliseconds since 1970.
    package private(set) var first: Int64?
    package private(set) var last: Int64?

    /// - Parameter isStrict: whether the rules of OpenMetrics's families are applied beside its syntax; a dump of series by series often breaks them.
    package init(_ source: UnsafeRawBufferPointer, isStrict: Bool = false) {
        parser = unsafe ExpositionParser(source, .openMetrics)
        rules = isStrict ? OpenMetricsRules() : nil
    }

    /// The bytes read so far.
    package var offset: Int { parser.at }

    /// The next samples; nil at the end.
    ///
    /// - Throws: with the line, at the first that cannot be read or has no timestamp. What came before in batches stays.
    package mutating func next() throws(ExpositionError) -> SampleBatch? {
        guard !isAtEnd else { return nil }
        var batch = SampleBatch()
        batch.isImport = true
        written = []
        generation = cache.generation
        var current = -1
        while batch.sampleCount < Self.samplesPerBatch {
            guard let entry = try parser.next() else {
                try rules?.finish(parser)
                isAtEnd = true
                break
            }
            try rules?.check(entry, parser)
            switch entry {
            case .type(let family, let kind): describe(parser.string(family), &batch) { $0.kind = kind }
            case .help(let family, let text):
                let help = parser.string(text)
                describe(parser.string(family), &batch) { $0.help = help }
            case .unit(let family, let unit):
                let word = parser.string(unit)
                describe(parser.string(family), &batch) { $0.unit = word }
            case .sample(let sample): try take(sample, &current, &batch)
            }
        }
        if current >= 0 { batch.endSeries() }
        return batch.isEmpty && isAtEnd ? nil : batch
    }

    /// Keeps the numbers that the writer gave the series of the last batch.
    package mutating func learn(_ receipt: SampleReceipt) {
        guard receipt.references.count == written.count, generation == cache.generation else { return }
        for (entry, reference) in zip(written, receipt.references) { cache.learn(entry, reference) }
    }

    private mutating func take(_ sample: ExpositionParser.Sample, _ current: inout Int, _ batch: inout SampleBatch) throws(ExpositionError) {
        guard let time = sample.time else { throw ExpositionError("the sample has no timestamp", line: parser.line - 1, column: 1) }
        var known = unsafe cache.find(parser.bytes(sample.series))
        if known == nil {
            let labels = SeriesLabels(parser.seriesLabels(sample))
            known = unsafe cache.insert(parser.bytes(sample.series), key: SeriesKey.bytes(of: labels))
        }
        guard let entry = known else { return }
        if entry != current {
            if current >= 0 { batch.endSeries() }
            batch.beginSeries(cache.references[entry])
            cache.appendKey(entry, to: &batch.keys)
            written.append(entry)
            current = entry
        }
        batch.append(time, sample.value)
        if let exemplar = sample.exemplar { batch.append(parser.exemplar(exemplar, at: time)) }
        samples += 1
        first = min(first ?? time, time)
        last = max(last ?? time, time)
    }

    private mutating func describe(_ family: String, _ batch: inout SampleBatch, _ change: (inout MetricMetadata) -> Void) {
        var metadata = described[family] ?? MetricMetadata(.unknown)
        change(&metadata)
        guard metadata != described[family] else { return }
        described[family] = metadata
        batch.append(family: family, metadata)
    }
}
