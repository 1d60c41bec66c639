internal import ByteCoding
package import GatewayModel

/// What one target's scrapes leave behind: its series, which of them it had last time, and what is known of its families. Pure: bodies in, batches out.
package struct ScrapeMemory: Sendable {
    /// Families whose description is kept for a target.
    private static let familiesMax = 20_000
    /// Series of one target, those that vanished lately included; the caches, which do not start anew by themselves here, are bounded by it.
    private static let seriesMax = 500_000
    /// Bytes of spellings and keys above which series that vanished are forgotten at once.
    private static let bytesMax = 256 << 20

    package let target: ScrapeTarget
    let job: ScrapeJob
    /// Spellings of series in the target's text; `places` says which series each one is.
    private var spellings = SeriesCache(seriesMax: .max, bytesMax: .max)
    private var places: [Int] = []
    /// The series by their keys.
    private var series = SeriesCache(seriesMax: .max, bytesMax: .max)
    /// For each series the number of the scrape that had it last, or one of the two words below.
    private var lastSeen: [Int] = []
    private var scrape = 0
    /// The entries of the batch's series, for what the writer says of them.
    private var written: [Int] = []
    /// What is known of the target's families.
    package private(set) var families: [String: MetricMetadata] = [:]

    /// A spelling that relabelling drops.
    private static let dropped = -1
    /// In ``lastSeen``: never seen; seen with a timestamp of its own, which ends by itself.
    private static let never = -1
    private static let untracked = 0

    package init(_ target: ScrapeTarget, _ job: ScrapeJob) {
        self.target = target
        self.job = job
    }

    /// What a scrape gives to the writer, and how it went.
    package struct Outcome: Sendable {
        package var batch: SampleBatch
        /// nil when the target is up.
        package var failure: String?
    }

    private struct Counts {
        var scraped = 0
        var kept = 0
        var added = 0
    }

    // MARK: Scrapes

    /// The batch of a scrape, whatever came of it: samples, stale markers for what vanished, and the scrape's own figures.
    ///
    /// - Parameters:
    ///   - time: of samples without one, milliseconds since 1970.
    ///   - seconds: how long it took.
    package mutating func finish(_ result: Result<ScrapeResponse, ScrapeFailure>, time: Int64, seconds: Double) -> Outcome {
        forgetOldSeries()
        scrape += 1
        written = []
        let before = lastSeen
        var counts = Counts()
        var batch = SampleBatch()
        var failure: String?
        switch result {
        case .failure(let error): failure = error.message
        case .success(let response):
            do throws(ScrapeFailure) { try read(response, time, &batch, &counts) } catch {
                failure = error.message
                batch = SampleBatch()
                written = []
                // None of the samples counts, so that all series end.
                lastSeen = before + [Int](repeating: Self.never, count: lastSeen.count - before.count)
            }
        }
        report(failure == nil, counts, time, seconds, &batch)
        markVanished(time, &batch)
        return Outcome(batch: batch, failure: failure)
    }

    /// The end of the target: stale markers for all its series.
    package mutating func end(at time: Int64) -> SampleBatch {
        scrape += 1
        written = []
        var batch = SampleBatch()
        markVanished(time, &batch)
        return batch
    }

    /// Keeps the numbers that the writer gave the series of the last batch.
    package mutating func learn(_ receipt: SampleReceipt) {
        guard receipt.references.count == written.count else { return }
        for (entry, reference) in zip(written, receipt.references) { series.learn(entry, reference) }
    }

    // MARK: Reading

    private mutating func read(_ response: ScrapeResponse, _ time: Int64, _ batch: inout SampleBatch, _ counts: inout Counts) throws(ScrapeFailure) {
        guard let format = ExpositionFormat(contentType: response.contentType) ?? job.fallbackFormat else {
            throw ScrapeFailure(
                "received unsupported Content-Type \"\(response.contentType ?? "")\" and no fallback_scrape_protocol specified for target")
        }
        let failure = unsafe response.body.withUnsafeBytes { source -> ScrapeFailure? in
            do throws(ScrapeFailure) {
                unsafe try read(source, format, time, &batch, &counts)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    private mutating func read(
        _ source: UnsafeRawBufferPointer, _ format: ExpositionFormat, _ time: Int64, _ batch: inout SampleBatch, _ counts: inout Counts
    ) throws(ScrapeFailure) {
        var parser = unsafe ExpositionParser(source, format)
        var family = "", kind = MetricMetadata.Kind.unknown
        do throws(ExpositionError) {
            while let entry = try parser.next() {
                switch entry {
                case .type(let name, let declared):
                    (family, kind) = (parser.string(name), declared)
                    describe(family, &batch) { $0.kind = declared }
                case .help(let name, let text): describe(parser.string(name), &batch) { $0.help = parser.string(text) }
                case .unit(let name, let unit): describe(parser.string(name), &batch) { $0.unit = parser.string(unit) }
                case .sample(let sample):
                    counts.scraped += 1
                    try take(sample, &parser, family, kind, time, &batch, &counts)
                }
            }
        } catch { throw ScrapeFailure(error.reason) }
    }

    private mutating func describe(_ family: String, _ batch: inout SampleBatch, _ change: (inout MetricMetadata) -> Void) {
        let before = families[family]
        guard before != nil || families.count < Self.familiesMax else { return }
        var metadata = before ?? MetricMetadata(.unknown)
        change(&metadata)
        guard metadata != before else { return }
        families[family] = metadata
        batch.append(family: family, metadata)
    }

    /// - Throws: with the sample's line for what makes the whole scrape fail.
    private mutating func take(
        _ sample: ExpositionParser.Sample, _ parser: inout ExpositionParser, _ family: String, _ kind: MetricMetadata.Kind, _ time: Int64, _ batch: inout SampleBatch,
        _ counts: inout Counts
    ) throws(ExpositionError) {
        let spelling: Int
        if let known = unsafe spellings.find(parser.bytes(sample.series)) {
            spelling = known
        } else {
            let place = try place(sample, parser, family, kind)
            guard places.count < Self.seriesMax else {
                throw ExpositionError("more than \(Self.seriesMax) series of one target", line: parser.line - 1, column: 1)
            }
            spelling = unsafe spellings.insert(parser.bytes(sample.series), key: [])
            places.append(place)
        }
        let entry = places[spelling]
        guard entry != Self.dropped else { return }
        let ownTime = job.honorsTimestamps ? sample.time : nil
        // A series that stands twice without timestamps counts once.
        if ownTime == nil, lastSeen[entry] == scrape { return }
        counts.kept += 1
        if job.limits.samples > 0, counts.kept > job.limits.samples {
            throw ExpositionError("sample limit exceeded: more than sample_limit (\(job.limits.samples)) samples", line: parser.line - 1, column: 1)
        }
        let seen = lastSeen[entry]
        if seen == Self.never || seen != Self.untracked && seen < scrape - 1 { counts.added += 1 }
        lastSeen[entry] = ownTime == nil || job.tracksTimestampStaleness ? scrape : Self.untracked
        begin(entry, &batch)
        batch.append(ownTime ?? time, sample.value)
        if let exemplar = sample.exemplar { batch.append(parser.exemplar(exemplar, at: ownTime ?? time)) }
        batch.endSeries()
    }

    private mutating func begin(_ entry: Int, _ batch: inout SampleBatch) {
        batch.beginSeries(series.references[entry])
        series.appendKey(entry, to: &batch.keys)
        written.append(entry)
    }

    /// The series that a spelling means: with the target's labels, relabelled.
    private mutating func place(
        _ sample: ExpositionParser.Sample, _ parser: borrowing ExpositionParser, _ family: String, _ kind: MetricMetadata.Kind
    ) throws(ExpositionError) -> Int {
        var exposed = parser.seriesLabels(sample)
        if parser.string(sample.name).hasPrefix(family), let limit = Self.limitLabel(kind), let index = exposed.firstIndex(where: { $0.name == limit }),
            let number = Double(exposed[index].value.replacing("Inf", with: "inf"))
        {
            exposed[index] = SeriesLabel(limit, FloatText.canonical(number))
        }
        var labels = ScrapedLabels.merged(exposed, target.labels, honorsTarget: job.honorsLabels)
        guard labels.apply(job.metricRelabelRules), !labels.isEmpty else { return Self.dropped }
        guard !labels[SeriesLabels.metricName].isEmpty else {
            throw ExpositionError("missing metric name (__name__ label)", line: parser.line - 1, column: 1)
        }
        if let problem = ScrapedLabels.excess(labels, job.limits) { throw ExpositionError(problem, line: parser.line - 1, column: 1) }
        return entry(SeriesKey.bytes(of: labels.series))
    }

    /// The label whose numbers have one spelling, so that `le="1"` and `le="1.0"` are the same series.
    private static func limitLabel(_ kind: MetricMetadata.Kind) -> String? {
        switch kind {
        case .histogram, .gaugehistogram: "le"
        case .summary: "quantile"
        case .counter, .gauge, .info, .stateset, .unknown: nil
        }
    }

    private mutating func entry(_ key: [UInt8]) -> Int {
        if let known = unsafe key.withUnsafeBytes({ unsafe series.find($0) }) { return known }
        lastSeen.append(Self.never)
        return unsafe key.withUnsafeBytes { unsafe series.insert($0, key: key) }
    }

    // MARK: Ends of series, and the scrape's own figures

    private mutating func markVanished(_ time: Int64, _ batch: inout SampleBatch) {
        for entry in lastSeen.indices where scrape > 1 && lastSeen[entry] == scrape - 1 {
            begin(entry, &batch)
            batch.append(time, SampleColumns.staleMarker)
            batch.endSeries()
        }
    }

    private mutating func report(_ isUp: Bool, _ counts: Counts, _ time: Int64, _ seconds: Double, _ batch: inout SampleBatch) {
        let figures: [(String, Double)] = [
            ("up", isUp ? 1 : 0), ("scrape_duration_seconds", seconds), ("scrape_samples_scraped", Double(counts.scraped)),
            ("scrape_samples_post_metric_relabeling", Double(counts.kept)), ("scrape_series_added", Double(counts.added)),
        ]
        for (name, value) in figures {
            let labels = ScrapedLabels.merged([SeriesLabel(SeriesLabels.metricName, name)], target.labels, honorsTarget: false)
            let entry = entry(SeriesKey.bytes(of: labels.series))
            lastSeen[entry] = scrape
            begin(entry, &batch)
            batch.append(time, value)
            batch.endSeries()
        }
    }

    /// A target whose series change all the time must not fill the memory with those of the past: they are left out before a scrape, once they are many
    /// more than the living.
    private mutating func forgetOldSeries() {
        let living = lastSeen.indices.filter { lastSeen[$0] == scrape || lastSeen[$0] == Self.untracked }
        let isLarge = spellings.byteCount + series.byteCount > Self.bytesMax
        guard isLarge || max(series.count, places.count) > living.count * 3 + 10_000 else { return }
        var kept = SeriesCache(seriesMax: .max, bytesMax: .max)
        for entry in living {
            let key = series.key(entry)
            let place = unsafe key.withUnsafeBytes { unsafe kept.insert($0, key: key) }
            kept.learn(place, series.references[entry])
        }
        series = kept
        lastSeen = living.map { lastSeen[$0] }
        spellings = SeriesCache(seriesMax: .max, bytesMax: .max)
        places = []
        written = []
    }
}
