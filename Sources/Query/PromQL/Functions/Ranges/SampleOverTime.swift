internal import GatewayModel

/// Functions that look at the first, the last or the number of samples of a window, be they numbers or histograms.
struct SampleOverTime: RangeFunction {
    enum Answer {
        case first, last, firstTime, lastTime, count, presence
    }

    let answer: Answer

    var keepsName: Bool { answer == .first || answer == .last }

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = series.samples
        for (step, window) in series.windows.enumerated() where !window.isEmpty {
            switch answer {
            case .first: Self.copy(samples, window.lowerBound, to: &row, step)
            case .last: Self.copy(samples, window.upperBound - 1, to: &row, step)
            case .firstTime: row.values[step] = Double(samples.times[window.lowerBound]) / 1_000
            case .lastTime: row.values[step] = Double(samples.times[window.upperBound - 1]) / 1_000
            case .count: row.values[step] = Double(window.count)
            case .presence: row.values[step] = 1
            }
        }
    }

    private static func copy(_ samples: SampleColumns, _ index: Int, to row: inout StepRow, _ step: Int) {
        if !samples.histograms.isEmpty, let histogram = samples.histograms[index] {
            row.set(histogram, at: step)
        } else {
            row.values[step] = samples.values[index]
        }
    }

    static let all: [String: any RangeFunction] = [
        "first_over_time": SampleOverTime(answer: .first),
        "last_over_time": SampleOverTime(answer: .last),
        "ts_of_first_over_time": SampleOverTime(answer: .firstTime),
        "ts_of_last_over_time": SampleOverTime(answer: .lastTime),
        "count_over_time": SampleOverTime(answer: .count),
        "present_over_time": SampleOverTime(answer: .presence),
    ]
}
