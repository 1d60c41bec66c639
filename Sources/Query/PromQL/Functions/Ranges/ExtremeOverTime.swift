internal import GatewayModel

/// `max_over_time`, `min_over_time` and when it was: `ts_of_max_over_time`, `ts_of_min_over_time` (of equal values the last). NaN counts only where
/// there is nothing else. Histograms beside numbers are left out, which a note says.
struct ExtremeOverTime: RangeFunction {
    let isMaximum: Bool
    let givesTime: Bool

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        if givesTime {
            // The largest of the negated values is the smallest.
            let sign = isMaximum ? 1.0 : -1.0
            SlidingSummary.forEach(
                samples.windows, reference: { _ in }, summary: { index, _ in LastMaximum(sign * samples.values[index], index) }
            ) { step, _, extreme in
                row.values[step] = Double(samples.times[extreme.row]) / 1_000
            }
        } else if isMaximum {
            SlidingSummary.forEach(samples.windows, reference: { _ in }, summary: { index, _ in Maximum(value: samples.values[index]) }) { step, _, extreme in
                row.values[step] = extreme.value
            }
        } else {
            SlidingSummary.forEach(samples.windows, reference: { _ in }, summary: { index, _ in Minimum(value: samples.values[index]) }) { step, _, extreme in
                row.values[step] = extreme.value
            }
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }
}

private struct Maximum: RunSummary {
    let value: Double
    static let empty = Maximum(value: .nan)

    func joined(with later: Maximum) -> Maximum { later.value > value || value.isNaN ? later : self }
}

private struct Minimum: RunSummary {
    let value: Double
    static let empty = Minimum(value: .nan)

    func joined(with later: Minimum) -> Minimum { later.value < value || value.isNaN ? later : self }
}

/// The largest value and the last row that has it; of NaN only the last row.
private struct LastMaximum: RunSummary {
    let value: Double
    /// -1 for none.
    let row: Int
    static let empty = LastMaximum(.nan, -1)

    init(_ value: Double, _ row: Int) {
        self.value = value
        self.row = row
    }

    func joined(with later: LastMaximum) -> LastMaximum { later.row >= 0 && (later.value >= value || value.isNaN) ? later : self }
}
