internal import GatewayModel

/// The counter reset hints that Prometheus's storage gives the histograms of a series when they are read.
///
/// It keeps histograms in chunks. Within a chunk of a counter no resets are possible, so that all but the first are marked as no reset; of the first
/// nothing is known, even when a reset began the chunk, since the chunk before may be gone. A chunk of gauges has gauges only. A new chunk begins after
/// numbers and stale markers, at a reset, and where the buckets change in a way that a chunk cannot hold.
///
/// Source: prometheus/prometheus `tsdb/chunkenc/float_histogram.go`, appendable and counterResetHint.
struct HistogramHints: Sendable {
    /// The last histogram of the chunk; nil when the next one begins a chunk.
    private var last: NativeHistogram?

    /// The next histogram with its hint.
    mutating func hinted(_ histogram: NativeHistogram) -> NativeHistogram {
        var hinted = histogram
        hinted.resetHint = histogram.resetHint == .gauge ? .gauge : continues(with: histogram) ? .notReset : .unknown
        last = histogram
        return hinted
    }

    /// A number or a stale marker was added.
    mutating func end() { last = nil }

    private func continues(with histogram: NativeHistogram) -> Bool {
        guard let last, last.resetHint != .gauge, histogram.resetHint != .reset, last.schema == histogram.schema, last.zeroThreshold == histogram.zeroThreshold,
            last.customValues == histogram.customValues
        else { return false }
        var unmarked = histogram
        unmarked.resetHint = .unknown
        return !unmarked.isReset(after: last)
    }
}
