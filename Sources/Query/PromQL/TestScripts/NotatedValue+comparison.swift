internal import ByteCoding
internal import GatewayModel

extension NotatedValue {
    init(_ sample: AnswerSample) { self = sample.histogram.map { .histogram($0, statesHint: false) } ?? .number(sample.value) }

    init(_ points: SampleColumns, _ index: Int) {
        let histogram = points.histograms.isEmpty ? nil : points.histograms[index]
        self = histogram.map { .histogram($0, statesHint: false) } ?? .number(points.values[index])
    }

    /// Whether a value is as expected by this one: the same but for rounding; its hint only if one is written here.
    func isAlmost(_ found: NotatedValue, within tolerance: Double) -> Bool {
        switch (self, found) {
        case (.number(let expected), .number(let value)): isAlmostEqual(expected, value, within: tolerance)
        case (.histogram(let expected, let statesHint), .histogram(let value, _)):
            expected.isAlmost(value, within: tolerance) && (!statesHint || expected.resetHint == value.resetHint)
        case (.missing, .missing): true
        default: false
        }
    }

    /// In the notation of test scripts.
    var text: String {
        switch self {
        case .missing: "_"
        case .number(let number): SampleColumns.isStale(number) ? "stale" : PrometheusNumber.of(number, .general)
        case .histogram(let histogram, _): histogram.notation
        }
    }
}

extension NativeHistogram {
    /// Whether two histograms are the same but for rounding and buckets that hold nothing.
    ///
    /// Source: prometheus/prometheus `promql/promqltest/test.go`, compareNativeHistogram.
    func isAlmost(_ other: NativeHistogram, within tolerance: Double) -> Bool {
        func same(_ left: IndexedBuckets, _ right: IndexedBuckets) -> Bool {
            left.indices == right.indices && zip(left.counts, right.counts).allSatisfy { isAlmostEqual($0, $1, within: tolerance) }
        }
        return schema == other.schema && isAlmostEqual(count, other.count, within: tolerance) && isAlmostEqual(sum, other.sum, within: tolerance)
            && (!hasCustomBuckets || customValues == other.customValues) && zeroThreshold == other.zeroThreshold
            && isAlmostEqual(zeroCount, other.zeroCount, within: tolerance) && same(positiveSide.populated, other.positiveSide.populated)
            && same(negativeSide.populated, other.negativeSide.populated)
    }
}

extension SampleColumns {
    /// Values with their times, for messages.
    var text: String {
        (0..<count).map { "\(NotatedValue(self, $0).text) @[\(times[$0])]" }.joined(separator: " ")
    }
}
