internal import GatewayModel

/// Looks at a batch before it is written: finds its series, tells good samples from others, and notes what must be undone if writing fails.
///
/// Runs on the write queue under the state's lock. What it lets in is visible only with ``apply(_:to:)``.
struct BatchAdmission {
    /// A series as it was before.
    private struct Before {
        let series: SeriesHandle
        let newest: Int64
        let newestBits: UInt64?
        let definedIn: UInt32
    }

    struct Limits {
        let configuration: SeriesStoreConfiguration
        let times: TimeLimits
    }

    struct TimeLimits {
        /// The earliest and the latest time that is taken, in milliseconds since 1970.
        let earliest: Int64
        let latest: Int64
        let outOfOrderMilliseconds: Int64
    }

    private let configuration: SeriesStoreConfiguration
    private let times: TimeLimits
    private(set) var receipt = SampleReceipt()
    private(set) var runs: [SampleFrame.Run] = []
    private(set) var histograms: [(id: UInt32, time: Int64, histogram: NativeHistogram)] = []
    private(set) var exemplars: [(id: UInt32, exemplar: Exemplar)] = []
    /// Series whose ids the log does not explain yet.
    private(set) var definitions: [KeptSeries] = []
    private var before: [Before] = []
    /// The first entry of the batch's histograms that has not been looked at.
    private var nextHistogram = 0

    init(_ limits: Limits) { (configuration, times) = (limits.configuration, limits.times) }

    /// Whether nothing has to be written.
    var isEmpty: Bool { runs.isEmpty && histograms.isEmpty && exemplars.isEmpty }

    mutating func admit(_ batch: SampleBatch, _ state: inout SeriesState) {
        receipt.references.reserveCapacity(batch.series.count)
        runs.reserveCapacity(batch.series.count)
        before.reserveCapacity(batch.series.count)
        var nextExemplar = 0
        for index in 0..<batch.series.count {
            let samples = batch.sampleRange(index)
            let series: KeptSeries
            switch find(batch, index, &state) {
            case .success(let found): series = found
            case .failure(let refusal):
                receipt.references.append(.none)
                refuse(refusal.reason, samples: samples.count, time: nil) { refusal.text }
                nextHistogram = batch.histograms[nextHistogram...].firstIndex { $0.sample >= samples.upperBound } ?? batch.histograms.count
                while nextExemplar < batch.exemplars.count, batch.exemplars[nextExemplar].series == index { nextExemplar += 1 }
                continue
            }
            receipt.references.append(SeriesReference(UInt64(series.id)))
            unsafe before.append(Before(series: SeriesHandle(series), newest: series.newest, newestBits: series.newestBits, definedIn: series.definedIn))
            admit(samples, of: series, batch)
            while nextExemplar < batch.exemplars.count, batch.exemplars[nextExemplar].series == index {
                take(batch.exemplars[nextExemplar].exemplar, series)
                nextExemplar += 1
            }
            define(series, state.generation)
        }
    }

    /// Takes back what the admission changed in series, the newest first.
    func undo() {
        for entry in before.reversed() {
            entry.series.with { series in
                unsafe series.newest = entry.newest
                unsafe series.newestBits = entry.newestBits
                unsafe series.definedIn = entry.definedIn
            }
        }
    }

    // MARK: Series

    private struct Refusal: Error {
        let reason: SampleRefusal
        let text: String
    }

    private func find(_ batch: SampleBatch, _ index: Int, _ state: inout SeriesState) -> Result<KeptSeries, Refusal> {
        let reference = batch.series[index].reference.value
        if reference != 0, reference < UInt64(UInt32.max), let known = state.directory[UInt32(reference)] { return .success(known) }
        let range = batch.keyRange(index)
        return unsafe batch.keys.withUnsafeBytes { keys in
            let key = unsafe UnsafeRawBufferPointer(rebasing: keys[range])
            if let known = unsafe state.directory.find(key) { return .success(known) }
            return unsafe make([UInt8](key), &state)
        }
    }

    private func make(_ key: [UInt8], _ state: inout SeriesState) -> Result<KeptSeries, Refusal> {
        guard let labels = SeriesKey.labels(of: key), !labels.labels.isEmpty else {
            return .failure(Refusal(reason: .labels, text: "a key of \(key.count) bytes"))
        }
        let reason: SampleRefusal? =
            if labels.labels.count > configuration.labelsMax { .labelCount }
            else if labels.labels.contains(where: { $0.name.utf8.count > configuration.labelNameBytesMax || $0.value.utf8.count > configuration.labelValueBytesMax }) { .labelLength }
            else if state.directory.count >= configuration.seriesMax || state.directory.nextID >= SampleFrame.idMax { .seriesLimit }
            else if state.directory.index.seriesCount(ofMetric: labels.metricName ?? "") >= configuration.seriesPerMetricMax { .metricSeriesLimit }
            else { nil }
        if let reason { return .failure(Refusal(reason: reason, text: labels.briefText)) }
        return .success(state.directory.insert(id: state.directory.nextID, key: key, labels: labels))
    }

    private mutating func define(_ series: KeptSeries, _ generation: UInt32) {
        guard unsafe series.definedIn != generation else { return }
        let isUsed = runs.last?.series.id == series.id || histograms.last?.id == series.id || exemplars.last?.id == series.id
        guard isUsed else { return }
        if unsafe series.newest != .min, unsafe series.definedIn == 0, unsafe series.blocks == 0 { receipt.newSeries += 1 }
        unsafe series.definedIn = generation
        definitions.append(series)
    }

    // MARK: Samples

    private mutating func admit(_ samples: Range<Int>, of series: KeptSeries, _ batch: SampleBatch) {
        var start = samples.lowerBound
        for index in samples {
            let isHistogram = nextHistogram < batch.histograms.count && batch.histograms[nextHistogram].sample == index
            let isBroken = isHistogram && !HistogramCoding.isValid(batch.histograms[nextHistogram].histogram)
            let verdict: Verdict =
                isBroken
                ? .refused(.histogram) : Self.verdict(batch.times[index], isHistogram ? nil : batch.values[index].bitPattern, series, times, batch.isImport)
            if case .take = verdict, !isHistogram { continue }
            // What was taken so far is one run; this sample is not part of it.
            close(start..<index, series)
            start = index + 1
            count(verdict, series, batch.times[index])
            if isHistogram {
                if case .take = verdict { take(batch.histograms[nextHistogram].histogram, batch.times[index], series) }
                nextHistogram += 1
            }
        }
        close(start..<samples.upperBound, series)
    }

    private mutating func close(_ run: Range<Int>, _ series: KeptSeries) {
        guard !run.isEmpty else { return }
        runs.append(SampleFrame.Run(series: SeriesHandle(series), samples: run))
        receipt.stored += run.count
    }

    private mutating func take(_ histogram: NativeHistogram, _ time: Int64, _ series: KeptSeries) {
        histograms.append((series.id, time, histogram))
        receipt.stored += 1
    }

    private mutating func take(_ exemplar: Exemplar, _ series: KeptSeries) {
        let bytes = exemplar.labels.labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if bytes <= configuration.exemplarLabelBytesMax { exemplars.append((series.id, exemplar)) } else { receipt.droppedExemplars += 1 }
    }

    private enum Verdict {
        case take
        /// Kept already.
        case repeated
        case refused(SampleRefusal)
    }

    /// Static, so that looking at a sample does not count references to everything that the admission holds.
    ///
    /// - Parameter bits: nil for a histogram.
    @inline(__always) private static func verdict(_ time: Int64, _ bits: UInt64?, _ series: KeptSeries, _ limits: TimeLimits, _ isImport: Bool) -> Verdict {
        if unsafe time > series.newest, time <= limits.latest, time >= limits.earliest {
            unsafe series.newest = time
            unsafe series.newestBits = bits
            return .take
        }
        return lateVerdict(time, bits, series, limits, isImport)
    }

    private static func lateVerdict(_ time: Int64, _ bits: UInt64?, _ series: KeptSeries, _ limits: TimeLimits, _ isImport: Bool) -> Verdict {
        if time > limits.latest { return .refused(.tooFarAhead) }
        if time < limits.earliest { return .refused(.tooOld) }
        if let bits, let known = unsafe time == series.newest ? series.newestBits : series.active.bits(at: time) ?? series.sealed.bits(at: time) {
            return known == bits ? .repeated : .refused(.duplicate)
        }
        if bits == nil, unsafe series.active.histograms.last?.time == time { return .repeated }
        if isImport { return .take }
        if limits.outOfOrderMilliseconds == 0, unsafe time < series.newest { return .refused(.outOfOrder) }
        return unsafe time < series.newest - limits.outOfOrderMilliseconds ? .refused(.tooOld) : .take
    }

    private mutating func count(_ verdict: Verdict, _ series: KeptSeries, _ time: Int64) {
        switch verdict {
        case .take: break
        case .repeated: receipt.stored += 1
        case .refused(let reason): refuse(reason, samples: 1, time: time) { series.labels.briefText }
        }
    }

    private mutating func refuse(_ reason: SampleRefusal, samples: Int, time: Int64?, _ text: () -> String) {
        if let place = receipt.refused.firstIndex(where: { $0.reason == reason }) {
            receipt.refused[place].samples += samples
        } else {
            receipt.refused.append(SampleReceipt.Refused(reason, samples: samples, series: text(), time: time))
        }
    }
}

extension SeriesLabels {
    /// `name{label="value"}`, cut where it is long: for messages.
    var briefText: String {
        let rest = labels.filter { $0.name != Self.metricName }.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
        let text = (metricName ?? "") + (rest.isEmpty ? "" : "{\(rest)}")
        return text.count <= Self.briefTextMax ? text : String(text.prefix(Self.briefTextMax)) + "..."
    }

    /// Characters of a series' text in a message at most.
    private static let briefTextMax = 400
}
