internal import ByteCoding

/// Samples of one series in memory, compressed: an ``IntegerBlock`` of the times, then a ``ValueBlock``.
struct ClosedChunk: Sendable {
    let bytes: [UInt8]
    /// Where the values begin in `bytes`.
    let valuesAt: Int
    let count: Int
    let first: Int64
    let last: Int64

    /// - Parameters: as many times as values, at least one, the times ascending.
    init(_ times: UnsafeBufferPointer<Int64>, _ values: UnsafeBufferPointer<Double>) {
        var bytes: [UInt8] = []
        unsafe IntegerBlock.encode(times, effort: .small, into: &bytes)
        valuesAt = bytes.count
        unsafe ValueBlock.encode(values, effort: .fast, into: &bytes)
        self.bytes = bytes
        count = times.count
        unsafe (first, last) = (times[0], times[times.count - 1])
    }

    func decode(_ times: UnsafeMutableBufferPointer<Int64>, _ values: UnsafeMutableBufferPointer<Double>) throws(ByteReadingError) {
        unsafe try bytes.withUnsafeBufferPointer { (bytes) throws(ByteReadingError) in
            let source = UnsafeRawBufferPointer(bytes)
            unsafe try IntegerBlock.decode(UnsafeRawBufferPointer(rebasing: source[..<valuesAt]), into: times)
            unsafe try ValueBlock.decode(UnsafeRawBufferPointer(rebasing: source[valuesAt...]), into: values)
        }
    }
}
