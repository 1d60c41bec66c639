internal import ByteCoding
internal import GatewayModel
internal import PromQL

/// A sample as it is compared: by labels, and by its value or its histogram's notation.
struct ComparedSample: Comparable {
    let labels: SeriesLabels
    let value: Double
    /// Empty when the value counts.
    let histogram: String

    init(labels: SeriesLabels, value: Double, histogram: String) {
        self.labels = labels
        self.value = value
        self.histogram = histogram
    }

    init(_ sample: ExpressionExpectation.Sample) throws(RuleTestFailure) {
        do throws(SeriesNotationError) {
            labels = sample.labels.contains { !$0.isWhitespace } ? try NotatedSeries.labels(sample.labels) : .none
            if sample.histogram.isEmpty {
                (value, histogram) = (sample.value, "")
                return
            }
            let values = try NotatedSeries("{} " + sample.histogram).values
            guard values.count == 1 else { throw SeriesNotationError(message: "expected 1 value, got \(values.count)", offset: 0) }
            guard case .histogram(let native, _) = values[0] else { throw SeriesNotationError(message: "expected histogram", offset: 0) }
            (value, histogram) = (sample.value, native.notation)
        } catch { throw RuleTestFailure("labels \(sample.labels.goQuoted): \(error.message)") }
    }

    static func < (lhs: ComparedSample, rhs: ComparedSample) -> Bool { lhs.labels < rhs.labels }

    /// A value that is no number is never as expected, as in promtool.
    func isSame(_ found: ComparedSample, fuzzily: Bool) -> Bool {
        guard labels == found.labels, histogram == found.histogram else { return false }
        if !histogram.isEmpty { return true }
        return value == found.value || fuzzily && (value.nextUp == found.value || value.nextDown == found.value)
    }

    static func text(of samples: [ComparedSample]) -> String {
        samples.isEmpty ? "nil" : samples.map { "\($0.labels.goText) \($0.histogram.isEmpty ? PrometheusNumber.of($0.value, .exponent).uppercasedExponent : $0.histogram)" }.joined(separator: ", ")
    }
}

extension String {
    /// Go's `%E` where the text is its `%e`.
    fileprivate var uppercasedExponent: String { replacing("e+", with: "E+").replacing("e-", with: "E-") }
}

extension LabelledAlert {
    private var lines: [String] { ["Labels:" + labels.goText, "Annotations:" + annotations.goText] }

    /// As promtool prints a list of alerts.
    static func text(of alerts: [LabelledAlert]) -> String {
        if alerts.isEmpty { return "[]" }
        let inner = alerts.enumerated().map { index, alert in
            (index == 0 ? "[\n0:" : ",\n\(index):") + alert.lines.map { "\n  " + $0 }.joined()
        }
        return (inner.joined() + "\n]").replacing("\n", with: "\n            ")
    }

    /// What is only expected (`-`) and only found (`+`); what is both stands between without a sign.
    static func difference(_ expected: [LabelledAlert], _ found: [LabelledAlert], indentation: String) -> String {
        var lines: [String] = []
        var (left, right) = (expected[...], found[...])
        while let first = left.first ?? right.first {
            let sign: String
            let alert: LabelledAlert
            if let a = left.first, let b = right.first, a == b {
                (sign, alert) = (" ", a)
                left.removeFirst()
                right.removeFirst()
            } else if let b = right.first, left.first.map({ b < $0 }) ?? true {
                (sign, alert) = ("+", b)
                right.removeFirst()
            } else {
                (sign, alert) = ("-", left.first ?? first)
                left.removeFirst()
            }
            lines += alert.lines.map { "\(indentation)\(sign) \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

extension SampleColumns {
    /// `1 @[60000]`, a line for each sample.
    var notated: String {
        (0..<count).map { index in
            let histogram = histograms.isEmpty ? nil : histograms[index]
            return "\(histogram?.notation ?? (Self.isStale(values[index]) ? "stale" : PrometheusNumber.of(values[index], .general))) @[\(times[index])]"
        }.joined(separator: "\n")
    }
}

/// Durations as Go prints them: `1h0m0s`, `1.5s`, `0s`.
enum GoDuration {
    static func text(milliseconds: Int64) -> String {
        let magnitude = milliseconds.magnitude
        let sign = milliseconds < 0 ? "-" : ""
        if magnitude == 0 { return "0s" }
        if magnitude < 1000 { return "\(sign)\(magnitude)ms" }
        let seconds = PrometheusNumber.of(Double(magnitude % 60_000) / 1000, .plain) + "s"
        let (hours, minutes) = (magnitude / 3_600_000, magnitude / 60_000 % 60)
        return sign + (hours > 0 ? "\(hours)h\(minutes)m\(seconds)" : minutes > 0 ? "\(minutes)m\(seconds)" : seconds)
    }
}
