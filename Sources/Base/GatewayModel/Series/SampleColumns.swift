/// Samples of one series, as columns in the order of time.
package struct SampleColumns: Sendable {
    /// Milliseconds since 1970, strictly ascending.
    package var times: [Int64] = []
    /// One for each time. May hold ``staleMarker``; compare its bits with ``isStale(_:)``, since arithmetic may lose the mark.
    /// Where the sample is a histogram, the value means nothing.
    package var values: [Double] = []
    /// Empty when no sample is a histogram, otherwise one for each time: nil where the sample is a number.
    package var histograms: [NativeHistogram?] = []

    package init() {}

    package var count: Int { times.count }

    /// The value that says that a series ended: a NaN of its own.
    ///
    /// Source: prometheus/prometheus `model/value/value.go`.
    package static let staleMarker = Double(bitPattern: 0x7ff0_0000_0000_0002)

    package static func isStale(_ value: Double) -> Bool { value.bitPattern == 0x7ff0_0000_0000_0002 }

    package mutating func append(_ time: Int64, _ value: Double) {
        times.append(time)
        values.append(value)
        if !histograms.isEmpty { histograms.append(nil) }
    }

    package mutating func append(_ time: Int64, _ histogram: NativeHistogram) {
        if histograms.isEmpty { histograms = Array(repeating: nil, count: times.count) }
        times.append(time)
        values.append(0)
        histograms.append(histogram)
    }

    package mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        histograms.removeAll(keepingCapacity: true)
    }
}
