internal import ByteCoding
internal import GatewayModel

/// The payload of a frame of samples. Drawn in `docs/formats/series-write-ahead-log.md`.
///
///     varint series, for each: varint id, varint n, n bytes of key
///     varint runs, for each: varint zigzag(id - the run's before), varint samples, for each: varint zigzag(time - the sample's before), u64 bits of the value
///     varint histograms, for each: varint id, varint zigzag(time), varint n, n bytes
///     varint exemplars, for each: varint id, varint zigzag(time), u64 bits of the value, varint n, n bytes of key
///     varint families, for each: three texts (varint n, n bytes): name, help, unit; u8 kind
enum SampleFrame {
    /// Samples of one series, one behind the other in a batch.
    struct Run {
        let series: SeriesHandle
        let samples: Range<Int>
    }

    /// Bytes of a varint at most.
    private static let varintBytesMax = 10

    /// The frame's runs, which are nearly all of it, in one allocation.
    static func encodeRuns(_ runs: [Run], _ batch: SampleBatch) -> [UInt8] {
        let samples = runs.reduce(0) { $0 + $1.samples.count }
        let bound = varintBytesMax + runs.count * 2 * varintBytesMax + samples * (varintBytesMax + 8)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var cursor = unsafe Cursor(UnsafeMutableRawPointer(start))
            unsafe cursor.write(UInt64(runs.count))
            unsafe batch.times.withUnsafeBufferPointer { times in
                unsafe batch.values.withUnsafeBufferPointer { values in
                    var (id, time): (Int64, Int64) = (0, 0)
                    for run in runs {
                        unsafe cursor.write(zigzag(Int64(run.series.id) - id))
                        id = Int64(run.series.id)
                        unsafe cursor.write(UInt64(run.samples.count))
                        for index in run.samples {
                            unsafe cursor.write(zigzag(times[index] &- time))
                            unsafe time = times[index]
                            unsafe cursor.write(bits: values[index].bitPattern)
                        }
                    }
                }
            }
            count = unsafe cursor.pointer - UnsafeMutableRawPointer(start)
        }
    }

    /// Writes where there is room for all.
    @unsafe private struct Cursor {
        var pointer: UnsafeMutableRawPointer

        init(_ pointer: UnsafeMutableRawPointer) { unsafe self.pointer = pointer }

        @inline(__always) mutating func write(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                unsafe pointer.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
                unsafe pointer += 1
                rest &>>= 7
            }
            unsafe pointer.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
            unsafe pointer += 1
        }

        @inline(__always) mutating func write(bits: UInt64) {
            unsafe pointer.storeBytes(of: bits.littleEndian, as: UInt64.self)
            unsafe pointer += 8
        }
    }

    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }
    static func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1) }
}
