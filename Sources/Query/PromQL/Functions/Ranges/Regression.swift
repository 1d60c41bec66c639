internal import GatewayModel

/// `deriv` and `predict_linear`: the straight line with the least squares through the numbers of a window. Histograms beside numbers are left out,
/// which a note says.
struct Regression: RangeFunction {
    enum Answer {
        /// The slope, per second.
        case slope
        /// The value so many seconds after the evaluation's instant as the first scalar argument says.
        case prediction
    }

    let answer: Answer

    func apply(
        _ series: WindowedSeries, scalars: [[Double]], call: Call, context: FunctionContext, into row: inout StepRow, notes: inout QueryNotes
    ) throws(PromQLError) {
        let samples = WindowedSamples(series)
        let (times, values) = (samples.times, samples.values)
        SlidingSummary.forEach(
            samples.windows, reference: { Origin(time: times[$0], value: values[$0]) },
            summary: { index, origin in LineSums(x: Double(times[index] - origin.time), y: values[index] - origin.value) }
        ) { step, origin, sums in
            let window = samples.windows[step]
            guard window.count > 1 else { return }
            var line = sums.line(count: Double(window.count))
            line.intercept += origin.value
            line.origin = origin.time
            if !(sums.y.isFinite && sums.xy.isFinite) {
                let start = answer == .slope ? times[window.lowerBound] : context.grid[step]
                line = Self.line(through: window, times: times, values: values, origin: start)
            }
            switch answer {
            case .slope: row.values[step] = line.slope
            case .prediction: row.values[step] = line.value(at: context.grid[step], plus: scalars[0][step])
            }
        }
        samples.noteIgnoredHistograms(series.labels, at: call.firstPlace, &notes)
    }

    /// As Prometheus makes it, sample by sample. Infinite values give NaN.
    private static func line(through window: Range<Int>, times: [Int64], values: [Double], origin: Int64) -> Line {
        let first = values[window.lowerBound]
        if window.allSatisfy({ values[$0] == first }) {
            return first.isInfinite ? Line(slope: .nan, intercept: .nan, origin: origin) : Line(slope: 0, intercept: first, origin: origin)
        }
        var sums = LineSums.empty
        for row in window { sums = sums.joined(with: LineSums(x: Double(times[row] - origin), y: values[row])) }
        var line = sums.line(count: Double(window.count))
        line.origin = origin
        return line
    }
}

private struct Origin {
    let time: Int64
    let value: Double
}

private struct Line {
    /// Per second.
    var slope: Double
    /// The value at the origin.
    var intercept: Double
    /// Milliseconds since 1970.
    var origin: Int64

    func value(at instant: Int64, plus seconds: Double) -> Double {
        slope * seconds + (intercept + slope * (Double(instant - origin) / 1_000))
    }
}

/// The sums of which a line is made: x in milliseconds and y relative to a sample of the window, which keeps their digits.
private struct LineSums: RunSummary {
    var x = 0.0, y = 0.0, xy = 0.0, xx = 0.0

    static let empty = LineSums(x: 0, y: 0)

    init(x: Double, y: Double) {
        self.x = x
        self.y = y
        xy = x * y
        xx = x * x
    }

    func joined(with later: LineSums) -> LineSums {
        var result = self
        result.x += later.x
        result.y += later.y
        result.xy += later.xy
        result.xx += later.xx
        return result
    }

    /// The line with the least squares, its origin where x is 0.
    func line(count: Double) -> Line {
        let slope = (xy - x * y / count) / (xx - x * x / count)
        return Line(slope: slope * 1_000, intercept: y / count - slope * x / count, origin: 0)
    }
}
