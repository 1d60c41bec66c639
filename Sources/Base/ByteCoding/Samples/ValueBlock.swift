/// A run of 64-bit floating-point numbers as few bytes, bit for bit, NaN payloads included: how samples of series are kept.
///
/// Most series are counters: whole numbers, or decimals with few places, that grow by small steps. So the encoder looks for the smallest power of ten that
/// makes all values whole numbers below 2^53, and keeps those; dividing the whole number by the same power gives the same 64 bits back, which is checked for
/// each value. The few values that are no such number (the marker of a series' end, NaN, infinities, -0) stand apart with their places. Scheme, in the first
/// byte:
///
/// | scheme | content | for |
/// |---|---|---|
/// | 0 raw | count x 8 bytes | short runs of real numbers |
/// | 1 constant | 8 bytes | one value in all places |
/// | 2 decimals | header, an ``IntegerBlock`` | gauges; the samples in memory |
/// | 3 steps | header, differences as bytes, Zstandard | counters: the entropy coder of Zstandard gives small steps their fractions of a bit |
/// | 4 planes | Zstandard around 8 planes of bytes | real numbers |
/// | 5 differences | header, first, an ``IntegerBlock`` of the differences | counters in memory |
///
///     header: u8 exponent of ten | u32 exceptions | for each: u32 place, u64 bits
///     3: header | u8 order | u8 planes | i64 first | i64 second | i64 base | u32 n | a frame of n bytes
///     4: u32 n | a frame of n bytes
///     5: header | i64 first | integer block of the count - 1 differences between neighbours
///
/// Steps: `order` 1 keeps the differences between neighbours, 2 the differences between these, for what grows steadily; less `base`, the smallest of them.
/// The low bytes of all steps come first, then the second ones, ... Plane k of scheme 4 has byte k of each value's bits less those of the value before it.
/// All integers are little endian; the number of values is known from outside.
package enum ValueBlock {
    /// How hard the encoder looks for a small form.
    package enum Effort: Sendable {
        /// One pass and no Zstandard: for samples in memory, which are written anew soon.
        case fast
        /// The smallest scheme: for files, which are written once and read often.
        case small
    }

    enum Scheme: UInt8 {
        case raw = 0
        case constant = 1
        case decimals = 2
        case steps = 3
        case planes = 4
        case differences = 5
    }

    /// Powers of ten that are exact as 64-bit floating-point numbers; with whole numbers below 2^53 the division is rounded once, and so correctly.
    static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

    /// Exceptions are worth their 12 bytes as long as they are at most one in so many values.
    static let exceptionShare = 8

    /// Bytes of a step at most; wider steps are kept as planes.
    static let stepPlanesMax = 5

    /// Values of a block at most.
    package static let valuesMax = 1 << 20
}
