/// A run of 64-bit integers as few bytes: how the write-ahead log and the parts hold every integer column and every column of dictionary codes.
///
/// The encoder looks at the values and takes the smallest of these schemes (first byte of the block):
///
/// | scheme | content | for |
/// |---|---|---|
/// | 0 raw | count x i64 | values that span more than 2^56 |
/// | 1 constant | i64 | one value in all rows (``absent`` included) |
/// | 2 packed | body | most columns |
/// | 3 delta | first i64, body of count - 1 differences | ascending or slowly moving values: time, sequence |
/// | 4 table | u16 n, n x i64, body of indices | few distinct values far apart: status codes, reception times of batches |
///
/// A **body** is a frame of reference with exceptions: value = base + (code - a) * scale, where a is 1 if any value is absent (code 0 then
/// means absent) and 0 otherwise. `scale` is the greatest common divisor of the differences to the base: milliseconds kept as microseconds
/// cost no more than milliseconds. Codes are bit-packed with one width; the few that are wider stand apart, so that one outlier among
/// thousands does not widen all (patched frame of reference: Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006).
///
///     u8 width | u8 exception width | u8 a | u8 0 | u32 exceptions | u32 scale | i64 base | packed codes | u16 positions | packed exceptions
///
/// All integers are little endian; packed runs are those of ``BitPacking``. What was left out: run lengths (exceptions and the Zstandard
/// frame around a chunk do nearly as well on our columns, and unpacking stays one loop).
package enum IntegerBlock {
    /// The value that stands for "no value"; it takes part in every scheme at the cost of one code.
    package static let absent = Int64.min

    /// How hard the encoder looks for a small form.
    package enum Effort: Sendable {
        /// One look at the values; constant, packed or raw. For the write-ahead log, where time is dearer than space.
        case fast
        /// All schemes. For parts, which are written once and read often.
        case small
    }

    enum Scheme: UInt8 {
        case raw = 0
        case constant = 1
        case packed = 2
        case delta = 3
        case table = 4
    }

    /// Distinct values of a table at most: its index then takes 10 bits, and looking for more would cost more than it saves.
    static let tableValuesMax = 1_024

    /// Values of a block that may have exceptions, whose positions take 16 bits.
    static let exceptionRowsMax = 65_536

    /// Bytes of a body before its packed codes.
    static let bodyHeaderBytes = 20

    /// The parameters of a body.
    struct Body {
        var width = 0
        var exceptionWidth = 0
        var hasAbsent = false
        var exceptions = 0
        var scale: Int64 = 1
        var base: Int64 = 0

        /// Bytes of the body for `count` values.
        func bytes(count: Int) -> Int {
            IntegerBlock.bodyHeaderBytes + BitPacking.packedBytes(count: count, width: width) + exceptions * 2
                + BitPacking.packedBytes(count: exceptions, width: exceptionWidth)
        }

        /// The code of a value that is not absent.
        @inline(__always) func code(_ value: Int64) -> UInt64 {
            let difference = UInt64(bitPattern: value &- base)
            let scaled = scale == 1 ? difference : difference / UInt64(bitPattern: scale)
            return hasAbsent ? scaled &+ 1 : scaled
        }
    }
}
