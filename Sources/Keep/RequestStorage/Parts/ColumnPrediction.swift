internal import GatewayModel

/// What an integer field can be guessed from: columns that mostly say what others of the record already say are kept as the difference.
///
/// `start` is `time - duration` unless the source says otherwise, and then costs nothing. The encoder uses the prediction of a block only
/// where the differences are smaller than the values. A term that is absent in a row counts as 0.
struct ColumnPrediction: Sendable {
    /// The field that is predicted, and the fields that are added (or subtracted) to guess it; where these have predictions of their own,
    /// they stand before it in ``all``.
    let field: RequestField
    let plus: [RequestField]
    let minus: [RequestField]

    /// Part of the format: a field's prediction never changes (a new one needs a new version of the part's format).
    static let all: [ColumnPrediction] = [
        ColumnPrediction(field: .start, plus: [.time], minus: [.duration]),
        ColumnPrediction(field: .receivedAt, plus: [.time], minus: []),
        ColumnPrediction(field: .totalTokens, plus: [.inputTokens, .outputTokens], minus: []),
        ColumnPrediction(field: .upstreamDuration, plus: [.duration], minus: []),
        ColumnPrediction(field: .gatewayOverhead, plus: [.duration], minus: [.upstreamDuration]),
        ColumnPrediction(field: .costReported, plus: [.cost], minus: []),
    ]

    static func of(_ field: RequestField) -> ColumnPrediction? { all.first { $0.field == field } }

    /// Fields that some prediction needs.
    static let terms: Set<RequestField> = Set(all.flatMap { $0.plus + $0.minus })

    /// Adds `sign` times the present values of `term` to the present values of `values`, wrapping.
    static func add(_ term: [Int64], sign: Int64, to values: inout [Int64]) {
        let count = min(term.count, values.count)
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe term.withUnsafeBufferPointer { term in
                for index in 0..<count where unsafe values[index] != absentInteger {
                    unsafe values[index] = unsafe values[index] &+ (term[index] == absentInteger ? 0 : sign &* term[index])
                }
            }
        }
    }
}
