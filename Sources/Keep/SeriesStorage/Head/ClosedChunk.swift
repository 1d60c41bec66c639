internal import ByteCoding

/// Samples of one series in memory, compressed: the times, then a ``ValueBlock``.
struct ClosedChunk: Sendable {
    let bytes: [UInt8]
    /// The distance between any two neighbours in time; nil where it varies: then the times stand in `bytes` as an ``IntegerBlock``.
    let step: Int64?
    /// Where the values begin in `bytes`.
    let valuesAt: Int
    let count: Int
    let first: Int64
    let last: Int64

    /// - Parameters: as many times as values, at least one, the times ascending.
    init(_ times: UnsafeBufferPointer<Int64>, _ values: UnsafeBufferPointer<Double>) {
        let step = unsafe times.count > 1 ? times[1] &- times[0] : 0
        let isRegular = (1..<max(1, times.count)).allSatisfy { unsafe times[$0] &- times[$0 &- 1] == step }
        self.step = isRegular ? step : nil
        var bytes: [UInt8] = []
        if !isRegular { unsafe IntegerBlock.encode(times, effort: .small, into: &bytes) }
        valuesAt = bytes.count
        unsafe ValueBlock.encode(values, effort: .fast, into: &bytes)
        self.bytes = bytes
        count = times.count
        unsafe (first, last) = (times[0], times[times.count - 1])
    }

    func decode(_ times: UnsafeMutableBufferPointer<Int64>, _ values: UnsafeMutableBufferPointer<Double>) throws(ByteReadingError) {
        unsafe try bytes.withUnsafeBufferPointer { (bytes) throws(ByteReadingError) in
            let source = UnsafeRawBufferPointer(bytes)
            if let step {
                for index in 0..<count { unsafe times[index] = first &+ Int64(index) &* step }
            } else {
                unsafe try IntegerBlock.decode(UnsafeRawBufferPointer(rebasing: source[..<valuesAt]), into: times)
            }
            unsafe try ValueBlock.decode(UnsafeRawBufferPointer(rebasing: source[valuesAt...]), into: values)
        }
    }
}
