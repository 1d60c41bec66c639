internal import GatewayModel

/// The value of an expression at every instant of an evaluation, in columns: one number, or one row for each series, over a ``StepGrid``.
///
/// Range vectors have no such value: a function takes them series by series (``WindowedSeries``).
enum StepValue: Sendable {
    /// One number for each instant.
    case scalar([Double])
    /// An instant's vector is made of the rows that have a value there. With one instant the order of the rows is that of the vector (`sort`, `topk`);
    /// with more it means nothing.
    case vector([StepRow])
    case string(String)
}

/// One series' values, one for each instant of the grid.
struct StepRow: Sendable {
    var labels: SeriesLabels
    /// Whether `__name__` is dropped when the whole query is done (delayed name removal).
    var dropsName = false
    /// ``absent`` where there is no sample, and anything where the sample is a histogram.
    var values: [Double]
    /// Empty when no value is a histogram, otherwise one for each instant.
    var histograms: [NativeHistogram?] = []

    /// Stands for "no sample here". No computation gives it: arithmetic turns signalling NaNs into quiet ones.
    static let absent = SampleColumns.staleMarker

    /// Compares here and not by ``SampleColumns/isStale(_:)``, whose call from another module cost a third of the time of `sum(rate(...))`.
    @inline(__always)
    static func isAbsent(_ value: Double) -> Bool { value.bitPattern == absentBits }

    /// The bits of ``absent``, which a test compares.
    static let absentBits: UInt64 = 0x7ff0_0000_0000_0002

    /// A row without any value.
    init(_ labels: SeriesLabels, count: Int) {
        self.labels = labels
        values = Array(repeating: Self.absent, count: count)
    }

    init(_ labels: SeriesLabels, values: [Double]) {
        self.labels = labels
        self.values = values
    }

    func histogram(at index: Int) -> NativeHistogram? { histograms.isEmpty ? nil : histograms[index] }

    func hasSample(at index: Int) -> Bool { !Self.isAbsent(values[index]) || histogram(at: index) != nil }

    mutating func set(_ histogram: NativeHistogram, at index: Int) {
        if histograms.isEmpty { histograms = Array(repeating: nil, count: values.count) }
        histograms[index] = histogram
        values[index] = Self.absent
    }
}

extension StepRow {
    /// Instants with a sample; a histogram counts for as much memory as it holds.
    var sampleCount: Int {
        var count = 0
        for value in values where !Self.isAbsent(value) { count += 1 }
        for case .some(let histogram) in histograms { count += histogram.sizeInSamples }
        return count
    }

    var isEmpty: Bool {
        for value in values where !Self.isAbsent(value) { return false }
        for histogram in histograms where histogram != nil { return false }
        return true
    }
}

extension NativeHistogram {
    /// How many floating samples take as much memory (16 bytes each), as Prometheus counts it.
    ///
    /// Source: prometheus/prometheus `promql/value.go` and `model/histogram/float_histogram.go`.
    var sizeInSamples: Int {
        let bytes = 5 * 8 + 4 * 24 + 8 + 8 * (positiveSpans.count + negativeSpans.count + positiveBuckets.count + negativeBuckets.count + customValues.count)
        return max(1, (bytes + 8) / 16)
    }
}
