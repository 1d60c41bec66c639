internal import GatewayModel

/// Classic histograms (series `x_bucket`, `x_count`, `x_sum`) as native ones with custom buckets, as `load_with_nhcb` adds them.
///
/// Source: prometheus/prometheus `util/convertnhcb/convertnhcb.go` and `promql/promqltest/test.go`, appendCustomHistogram.
struct ClassicConversion {
    /// What is known of one histogram at one time.
    private struct Parts {
        /// Cumulative, by limit.
        var buckets: [Double: Double] = [:]
        var count: Double?
        var sum = 0.0
    }

    private var parts: [SeriesLabels: [Int64: Parts]] = [:]

    /// Takes in a series if it is a part of a classic histogram; its stale markers are no parts.
    mutating func add(_ labels: SeriesLabels, _ samples: SampleColumns) {
        guard let name = labels.metricName, let (base, suffix) = Self.base(of: name) else { return }
        let limit = Double(labels["le"] ?? "") ?? .nan
        if suffix == "_bucket", limit.isNaN { return }
        let key = labels.setting(SeriesLabels.metricName, to: base).setting("le", to: "")
        for index in 0..<samples.count where samples.histograms.isEmpty || samples.histograms[index] == nil {
            let value = samples.values[index]
            var part = parts[key, default: [:]][samples.times[index], default: Parts()]
            switch suffix {
            case "_bucket": part.buckets[limit] = part.buckets[limit] ?? value
            case "_count": part.count = value
            default: part.sum = value
            }
            parts[key, default: [:]][samples.times[index]] = part
        }
    }

    /// The histograms as series.
    ///
    /// - Throws: a sentence when counts are negative, go down from one limit to the next, or do not add up.
    func converted() throws(ClassicConversionError) -> [(SeriesLabels, SampleColumns)] {
        var series: [(SeriesLabels, SampleColumns)] = []
        for (labels, times) in parts.sorted(by: { $0.key < $1.key }) {
            var columns = SampleColumns()
            for (time, part) in times.sorted(by: { $0.key < $1.key }) { columns.append(time, try Self.histogram(of: part)) }
            series.append((labels, columns))
        }
        return series
    }

    private static func histogram(of parts: Parts) throws(ClassicConversionError) -> NativeHistogram {
        var buckets = parts.buckets.sorted { $0.key < $1.key }.map { (limit: $0.key, count: $0.value) }
        let count = parts.count ?? buckets.last?.count ?? 0
        if buckets.last?.limit != .infinity { buckets.append((.infinity, count)) }
        var histogram = NativeHistogram()
        histogram.schema = NativeHistogram.customSchema
        histogram.count = count
        histogram.sum = parts.sum
        var before = 0.0
        for (limit, cumulative) in buckets {
            if cumulative < 0 { throw ClassicConversionError(message: "bucket count must be non-negative: le=\(limit), count=\(cumulative)") }
            if cumulative < before { throw ClassicConversionError(message: "count is not cumulative: \(cumulative) < \(before)") }
            histogram.positiveBuckets.append(cumulative - before)
            if limit != .infinity { histogram.customValues.append(limit) }
            before = cumulative
        }
        if before != count { throw ClassicConversionError(message: "count mismatch: count=\(count) != le=+Inf count=\(before)") }
        histogram.positiveSpans = [NativeHistogram.Span(offset: 0, length: UInt32(histogram.positiveBuckets.count))]
        return histogram.compacted()
    }

    private static func base(of name: String) -> (String, String)? {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) { return (String(name.dropLast(suffix.count)), suffix) }
        return nil
    }
}

/// Why a classic histogram is no native one.
struct ClassicConversionError: Error, Equatable {
    let message: String
}
