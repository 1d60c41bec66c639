internal import ByteCoding
internal import GatewayModel

/// Samples of one series that lie together: in a chunk of a block or in memory.
struct SamplePiece: Sendable {
    enum Place: Sendable {
        case block(SeriesBlock, chunk: Int)
        case closed(ClosedChunk)
        case open(OpenChunk, count: Int)
        case late([Int64], [Double])
        case histograms([HeadSamples.HistogramSample])
    }

    let place: Place
    /// Times of the first and the last sample.
    let first: Int64
    let last: Int64

    /// Appends the samples of the closed range.
    func append(from: Int64, through: Int64, to samples: inout SampleColumns) throws(SeriesError) {
        let start = samples.count
        if case .block(let block, let chunk) = place { try append(block, chunk, to: &samples) }
        do throws(ByteReadingError) {
            switch place {
            case .block: break
            case .closed(let chunk):
                unsafe try samples.appendNumbers(chunk.count) { (times, values) throws(ByteReadingError) in unsafe try chunk.decode(times, values) }
            case .open(let chunk, let count):
                unsafe chunk.withSamples(count) { times, values in
                    unsafe samples.times.append(contentsOf: times)
                    unsafe samples.values.append(contentsOf: values)
                }
            case .late(let times, let values):
                samples.times += times
                samples.values += values
            case .histograms(let list):
                for sample in list { samples.append(sample.time, sample.histogram) }
            }
        } catch { throw .unreadable("samples in memory: expected \(error.expected)") }
        samples.fillHistograms()
        if first < from || last > through { samples.clip(start, from: from, through: through) }
    }

    private func append(_ block: SeriesBlock, _ chunk: Int, to samples: inout SampleColumns) throws(SeriesError) {
        var histograms: [(Int64, NativeHistogram)] = []
        unsafe try block.withChunk(chunk) { (entry, times, values) throws(ByteReadingError) in
            let count = Int(entry.count)
            guard count <= ValueBlock.valuesMax else { throw ByteReadingError(offset: 0, expected: "fewer samples") }
            if entry.isHistograms {
                unsafe histograms = try Self.decodeHistograms(count, times, values)
            } else {
                unsafe try samples.appendNumbers(count) { (timeTarget, valueTarget) throws(ByteReadingError) in
                    unsafe try IntegerBlock.decode(times, into: timeTarget)
                    unsafe try ValueBlock.decode(values, into: valueTarget)
                }
            }
        }
        for (time, histogram) in histograms { samples.append(time, histogram) }
    }

    /// Bytes of a chunk's histograms at most, 64 MiB: what damage may make a reader allocate.
    private static let histogramBytesMax = 64 << 20

    private static func decodeHistograms(_ count: Int, _ times: UnsafeRawBufferPointer, _ values: UnsafeRawBufferPointer) throws(ByteReadingError) -> [(Int64, NativeHistogram)] {
        var decodedTimes: [Int64] = []
        unsafe try IntegerBlock.decode(times, count: count, into: &decodedTimes)
        var reader = unsafe ByteReader(values)
        let size = Int(try reader.read(UInt32.self, "the size of histograms"))
        let frame = unsafe try reader.readBytes(reader.remaining)
        guard size <= histogramBytesMax, let bytes = unsafe try? Zstd.decompress(frame, size: size) else {
            throw ByteReadingError(offset: 0, expected: "an undamaged frame of histograms")
        }
        return unsafe try bytes.withUnsafeBufferPointer { (bytes) throws(ByteReadingError) in
            var reader = unsafe ByteReader(UnsafeRawBufferPointer(bytes))
            var result: [(Int64, NativeHistogram)] = []
            for time in decodedTimes { result.append((time, try HistogramCoding.decode(&reader))) }
            return result
        }
    }
}

extension SampleColumns {
    /// Makes room for `count` numbers and lets `fill` write them; nothing is added when it throws.
    fileprivate mutating func appendNumbers(
        _ count: Int, _ fill: (UnsafeMutableBufferPointer<Int64>, UnsafeMutableBufferPointer<Double>) throws(ByteReadingError) -> Void
    ) throws(ByteReadingError) {
        let start = times.count
        times.append(contentsOf: repeatElement(0, count: count))
        values.append(contentsOf: repeatElement(0, count: count))
        do throws(ByteReadingError) {
            unsafe try times.withUnsafeMutableBufferPointer { (times) throws(ByteReadingError) in
                unsafe try values.withUnsafeMutableBufferPointer { (values) throws(ByteReadingError) in
                    unsafe try fill(UnsafeMutableBufferPointer(rebasing: times[start...]), UnsafeMutableBufferPointer(rebasing: values[start...]))
                }
            }
        } catch {
            times.removeLast(count)
            values.removeLast(count)
            throw error
        }
    }

    /// One entry of `histograms` for each time, if there are any.
    fileprivate mutating func fillHistograms() {
        if !histograms.isEmpty, histograms.count < times.count { histograms.append(contentsOf: repeatElement(nil, count: times.count - histograms.count)) }
    }

    /// Takes out the samples from `start` on that lie outside of the closed range.
    fileprivate mutating func clip(_ start: Int, from: Int64, through: Int64) {
        let low = place(of: from, from: start)
        let high = through == .max ? times.count : place(of: through + 1, from: start)
        if high < times.count {
            times.removeLast(times.count - high)
            values.removeLast(values.count - high)
            if !histograms.isEmpty { histograms.removeLast(histograms.count - high) }
        }
        if low > start {
            times.removeSubrange(start..<min(low, times.count))
            values.removeSubrange(start..<min(low, values.count))
            if !histograms.isEmpty { histograms.removeSubrange(start..<min(low, histograms.count)) }
        }
    }

    /// The first index from `start` on whose time is not before `time`.
    private func place(of time: Int64, from start: Int) -> Int {
        var (low, high) = (start, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
