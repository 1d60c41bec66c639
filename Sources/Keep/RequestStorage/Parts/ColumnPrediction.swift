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
                // Without branches, because where values are absent cannot be guessed, and without 64-bit comparisons, which SSE2 does not have.
                for index in 0..<count {
                    let value = unsafe values[index]
                    let other = unsafe term[index]
                    let isAbsent = absentMask(value)
                    let sum = value &+ sign &* (other & ~absentMask(other))
                    unsafe values[index] = (value & isAbsent) | (sum & ~isAbsent)
                }
            }
        }
    }

    /// All ones for the absent value, else 0: it is the only one that is negative and whose predecessor is not.
    @inline(__always) private static func absentMask(_ value: Int64) -> Int64 { (value & ~(value &- 1)) &>> 63 }
}
