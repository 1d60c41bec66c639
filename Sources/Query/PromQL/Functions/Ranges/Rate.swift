internal import GatewayModel

/// `rate`, `increase` and `delta`: how much a series changed within a window, continued to the window's edges.
///
/// Where the samples lie close to an edge (up to 1.1 of their average distance) the change is continued up to the edge, otherwise by half their average
/// distance; a counter never below 0. Source: prometheus/prometheus `promql/functions.go`, extrapolatedRate.
///
/// A counter's resets are rare, so they are found once for the whole series, and a window adds up those that lie in it.
struct Rate: RangeFunction {
    /// Whether a smaller value means that the counter began anew at 0.
    let isCounter: Bool
    /// Whether the change is divided by the seconds of the range.
    let isPerSecond: Bool

    static let all: [String: any RangeFunction] = [
        "rate": Rate(isCounter: true, isPerSecond: true),
        "increase": Rate(isCounter: true, isPerSecond: false),
        "delta": Rate(isCounter: false, isPerSecond: false),
    ]

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        if isCounter, let increases = series.exactIncreases {
            takeExact(increases, series, into: &row)
        } else {
            let samples = WindowedSamples(series)
            if series.edges != nil {
                ratesWithEdges(series, samples, into: &row)
            } else {
                rates(series, samples, into: &row)
            }
            addHistograms(series, samples, place: call.firstPlace, into: &row, &notes)
        }
        noteOddName(series.labels, row, at: call.firstPlace, &notes)
    }

    /// A counter that is known at every instant needs no continuation.
    private func takeExact(_ increases: [Double], _ series: WindowedSeries, into row: inout StepRow) {
        let seconds = Double(series.range) / 1_000
        for (step, increase) in increases.enumerated() where !StepRow.isAbsent(increase) {
            row.values[step] = isPerSecond ? increase / seconds : increase
        }
    }

    private func rates(_ series: WindowedSeries, _ samples: WindowedSamples, into row: inout StepRow) {
        let (times, values) = (samples.times, samples.values)
        let resets = isCounter ? Self.resets(values) : []
        var firstReset = 0
        for (step, window) in samples.windows.enumerated() where window.count > 1 && !samples.hasHistograms(step) {
            let (first, last) = (window.lowerBound, window.upperBound - 1)
            var change = values[last] - values[first]
            while firstReset < resets.count, resets[firstReset] <= first { firstReset += 1 }
            var reset = firstReset
            while reset < resets.count, resets[reset] <= last {
                change += values[resets[reset] - 1]
                reset += 1
            }
            var zeroAfter = Double.infinity
            if isCounter, change > 0, values[first] >= 0 { zeroAfter = values[first] / change }
            let edges = Continuation(start: series.start(step), end: series.ends[step], first: times[first], last: times[last], count: window.count)
            row.values[step] = change * edges.factor(zeroAfter: zeroAfter, perSecondsOf: isPerSecond ? series.range : nil)
        }
    }

    /// The rows whose value is less than the one before.
    static func resets(_ values: [Double]) -> [Int] {
        var rows: [Int] = []
        guard var before = values.first else { return rows }
        for row in values.indices.dropFirst() {
            let value = values[row]
            if value < before { rows.append(row) }
            before = value
        }
        return rows
    }

    private static let counterEndings = ["_total", "_sum", "_count", "_bucket"]

    /// Says that a metric whose numbers are taken for a counter's is not called like one.
    private func noteOddName(_ labels: SeriesLabels, _ row: StepRow, at place: SourceRange?, _ notes: inout QueryNotes) {
        guard isCounter, let name = labels.metricName, !Self.counterEndings.contains(where: name.hasSuffix) else { return }
        if row.values.indices.contains(where: { row.histogram(at: $0) == nil && !StepRow.isAbsent(row.values[$0]) }) {
            notes.mayBeNoCounter(name, at: place)
        }
    }
}

/// How far a change between the first and the last sample of a window is continued to the window's edges.
struct Continuation {
    /// Milliseconds since 1970: the window's edges, and its first and last sample.
    let start: Int64, end: Int64, first: Int64, last: Int64
    /// Samples, at least 2.
    let count: Int

    /// What the change is to be multiplied by.
    ///
    /// - Parameters:
    ///   - zeroAfter: how many times the span of the samples lies between the instant at which a counter with this slope was 0 and the first sample.
    ///   - range: milliseconds by whose seconds the change is divided; nil for none.
    func factor(zeroAfter: Double, perSecondsOf range: Int64?) -> Double {
        let span = Double(last - first) / 1_000
        let distance = span / Double(count - 1)
        let threshold = distance * 1.1
        var toStart = Double(first - start) / 1_000
        if toStart >= threshold { toStart = distance / 2 }
        toStart = min(toStart, span * zeroAfter)
        var toEnd = Double(end - last) / 1_000
        if toEnd >= threshold { toEnd = distance / 2 }
        let factor = (span + toStart + toEnd) / span
        return range.map { factor / (Double($0) / 1_000) } ?? factor
    }
}
