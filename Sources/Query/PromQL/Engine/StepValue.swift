internal import GatewayModel

/// The value of an expression at every instant of an evaluation, in columns: one number, or one row for each series, over a ``StepGrid``.
///
/// Range vectors have no such value: a function takes them series by series (``WindowedSeries``).
enum StepValue: Sendable {
    /// One number for each instant.
    case scalar([Double])
    /// Rows in no particular order; an instant's vector is made of the rows that have a value there.
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

    static func isAbsent(_ value: Double) -> Bool { SampleColumns.isStale(value) }

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
