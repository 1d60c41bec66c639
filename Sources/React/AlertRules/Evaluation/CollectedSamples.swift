internal import GatewayModel

/// Samples of a group's evaluation that are not stored yet.
struct CollectedSamples: Sendable {
    struct Entry: Sendable {
        let labels: SeriesLabels
        /// The rule's place in its group; nil for series of rules that are gone.
        let rule: Int?
    }

    private(set) var batch = SampleBatch()
    /// One for each series of the batch.
    private(set) var entries: [Entry] = []
    /// Names of the series.
    private(set) var names: Set<String> = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ labels: SeriesLabels, _ reference: SeriesReference, rule: Int?, at time: Int64, _ value: Double) {
        begin(labels, reference, rule)
        batch.append(time, value)
        batch.endSeries()
    }

    mutating func append(_ labels: SeriesLabels, _ reference: SeriesReference, rule: Int?, at time: Int64, _ histogram: NativeHistogram) {
        begin(labels, reference, rule)
        batch.append(time, histogram)
        batch.endSeries()
    }

    private mutating func begin(_ labels: SeriesLabels, _ reference: SeriesReference, _ rule: Int?) {
        entries.append(Entry(labels: labels, rule: rule))
        names.insert(labels.metricName ?? "")
        batch.beginSeries(reference)
        SeriesKey.append(labels, to: &batch.keys)
    }
}
