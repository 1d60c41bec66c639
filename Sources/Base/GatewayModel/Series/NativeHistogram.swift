/// A native histogram sample with float counts: exponential buckets, or buckets with limits of their own.
///
/// Source: prometheus/prometheus `model/histogram/float_histogram.go`. Buckets hold absolute counts, in the order of their indices.
package struct NativeHistogram: Sendable, Equatable {
    /// What is known of whether the sample before it was larger.
    package enum ResetHint: UInt8, Sendable {
        case unknown, reset, notReset, gauge
    }

    /// A run of buckets that exist.
    package struct Span: Sendable, Equatable {
        /// Buckets left out since the span before; of the first span the index of its first bucket.
        package var offset: Int32
        /// Buckets of the span.
        package var length: UInt32

        package init(offset: Int32, length: UInt32) {
            self.offset = offset
            self.length = length
        }
    }

    /// -4...8 for exponential buckets (each power of two is cut into 2^schema), ``customSchema`` for limits of their own.
    package var schema: Int32 = 0
    /// The zero bucket holds what lies within this distance of 0.
    package var zeroThreshold = 0.0
    package var zeroCount = 0.0
    /// All observations, NaN included.
    package var count = 0.0
    package var sum = 0.0
    package var positiveSpans: [Span] = []
    package var positiveBuckets: [Double] = []
    package var negativeSpans: [Span] = []
    package var negativeBuckets: [Double] = []
    /// Upper limits of the positive buckets, ascending, `+Inf` left out; only with ``customSchema``.
    package var customValues: [Double] = []
    package var resetHint = ResetHint.unknown

    package static let customSchema: Int32 = -53

    package init() {}

    package var hasCustomBuckets: Bool { schema == Self.customSchema }
}
