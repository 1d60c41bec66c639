package import GatewayModel
internal import Synchronization

/// Series in memory: what test scripts and rule tests load, and read again.
///
/// Histograms are given the counter reset hints that Prometheus's storage gives them (``HistogramHints``), since functions decide by them.
package final class SampleStore: SeriesReader {
    fileprivate struct Series {
        var samples = SampleColumns()
        var hints = HistogramHints()
    }

    private let series = Mutex<[SeriesLabels: Series]>([:])

    package init() {}

    /// Adds samples of a series. One at or before the series' last one replaces it, or goes where it belongs in time.
    package func append(_ labels: SeriesLabels, _ samples: SampleColumns) {
        series.withLock { series in
            for index in 0..<samples.count { series[labels, default: Series()].append(samples, index) }
        }
    }

    package func removeAll() { series.withLock { $0.removeAll() } }

    package func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries] {
        series.withLock { series in
            series.filter { labels, _ in request.matchers.allSatisfy { $0.matches(labels) } }
                .map { StoredSeries(labels: $0.key, samples: $0.value.samples) }.sorted { $0.labels < $1.labels }
        }
    }

    package func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String] {
        limited(Set(listed(question).flatMap { $0.labels.map(\.name) }).sorted(), question)
    }

    package func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String] {
        limited(Set(listed(question).compactMap { $0[name] }).sorted(), question)
    }

    package func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels] { limited(listed(question).sorted(), question) }

    private func listed(_ question: SeriesListing) -> [SeriesLabels] {
        series.withLock { series in
            series.filter { labels, entry in
                let matches = question.selectors.isEmpty || question.selectors.contains { $0.allSatisfy { $0.matches(labels) } }
                return matches && entry.samples.times.contains { (question.from...question.through).contains($0) }
            }.map(\.key)
        }
    }

    private func limited<Element>(_ elements: [Element], _ question: SeriesListing) -> [Element] {
        question.limit.map { Array(elements.prefix(max(0, $0))) } ?? elements
    }
}

extension SampleStore.Series {
    fileprivate mutating func append(_ added: SampleColumns, _ index: Int) {
        let time = added.times[index]
        let histogram = added.histograms.isEmpty ? nil : added.histograms[index]
        guard samples.times.last.map({ $0 < time }) ?? true else { return insert(time, added.values[index], histogram) }
        if let histogram {
            samples.append(time, hints.hinted(histogram))
        } else {
            samples.append(time, added.values[index])
            hints.end()
        }
    }

    private mutating func insert(_ time: Int64, _ value: Double, _ histogram: NativeHistogram?) {
        var merged = SampleColumns()
        let place = samples.times.firstIndex { $0 >= time } ?? samples.count
        for index in 0..<place { merged.copy(samples, index) }
        if let histogram { merged.append(time, histogram) } else { merged.append(time, value) }
        let next = place < samples.count && samples.times[place] == time ? place + 1 : place
        for index in next..<samples.count { merged.copy(samples, index) }
        samples = merged
    }
}

extension SampleColumns {
    fileprivate mutating func copy(_ other: SampleColumns, _ index: Int) {
        if !other.histograms.isEmpty, let histogram = other.histograms[index] {
            append(other.times[index], histogram)
        } else {
            append(other.times[index], other.values[index])
        }
    }
}

/// A series as it was when it was selected.
private struct StoredSeries: SelectedSeries {
    let labels: SeriesLabels
    let samples: SampleColumns

    func read(from: Int64, through: Int64, into columns: inout SampleColumns) throws(SeriesError) {
        for index in samples.times.indices where from <= samples.times[index] && samples.times[index] <= through { columns.copy(samples, index) }
    }
}
