internal import GatewayModel

/// A number that a native histogram gives by itself: `histogram_count`, `histogram_sum`, `histogram_avg`, `histogram_stddev`, `histogram_stdvar`.
/// Numbers have no result.
struct HistogramPartFunction: InstantFunction {
    let part: @Sendable (NativeHistogram) -> Double

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        .vector(
            arguments[0].rows.filter { !$0.histograms.isEmpty }.map { row in
                var result = StepRow(row.labels, values: row.histograms.map { $0.map(part) ?? StepRow.absent })
                context.dropName(of: &result)
                return result
            })
    }

    static let all: [String: any InstantFunction] = [
        "histogram_count": HistogramPartFunction { $0.count },
        "histogram_sum": HistogramPartFunction { $0.sum },
        "histogram_avg": HistogramPartFunction { $0.average },
        "histogram_stddev": HistogramPartFunction { $0.variance.squareRoot() },
        "histogram_stdvar": HistogramPartFunction { $0.variance },
    ]

    init(_ part: @escaping @Sendable (NativeHistogram) -> Double) { self.part = part }
}
