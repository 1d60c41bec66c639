internal import GatewayModel

/// Samples of one series in memory. A value: readers take a copy, which later samples do not change.
struct HeadSamples: Sendable {
    /// In the order of time.
    private(set) var closed: [ClosedChunk] = []
    /// Behind `closed` in time; its first `openCount` samples count.
    private(set) var open: OpenChunk?
    private(set) var openCount = 0
    /// The time of the last sample in `open` or `closed`.
    private(set) var last = Int64.min
    /// Samples that came when a later one was there, in the order of time.
    private(set) var lateTimes: [Int64] = []
    private(set) var lateValues: [Double] = []
    /// Histogram samples in the order of time.
    private(set) var histograms: [HistogramSample] = []

    struct HistogramSample: Sendable {
        let time: Int64
        let histogram: NativeHistogram
    }

    /// Samples of an open chunk at most: the frame of a compressed chunk (some 60 bytes) is then below half a byte a sample, and its samples in
    /// plain form take 2 kB a series.
    static let openSamplesMax = 128
    /// Samples that a first chunk has room for: many series never see more before they end.
    private static let openSamplesMin = 8

    /// Bytes that a histogram takes in memory, about, beside its buckets.
    private static let histogramBytes = 200

    var isEmpty: Bool { closed.isEmpty && openCount == 0 && lateTimes.isEmpty && histograms.isEmpty }

    /// Adds a sample; one whose time is there already is left out. Returns the bytes by which the memory grew.
    mutating func append(_ time: Int64, _ value: Double) -> Int {
        guard time > last else { return insertLate(time, value) }
        defer { last = time }
        if let open, openCount < open.capacity {
            open.set(openCount, time, value)
            openCount &+= 1
            return 0
        }
        let grown = makeRoom()
        open?.set(openCount, time, value)
        openCount &+= 1
        return grown
    }

    private mutating func makeRoom() -> Int {
        guard let full = open else {
            open = OpenChunk(capacity: closed.isEmpty ? Self.openSamplesMin : Self.openSamplesMax)
            return (open?.capacity ?? 0) * 16
        }
        if full.capacity < Self.openSamplesMax {
            let grown = full.grown(to: full.capacity * 4, keeping: openCount)
            open = grown
            return (grown.capacity - full.capacity) * 16
        }
        let chunk = unsafe full.withSamples(openCount) { unsafe ClosedChunk($0, $1) }
        closed.append(chunk)
        // Readers may hold the full one: it is not used again.
        open = OpenChunk(capacity: Self.openSamplesMax)
        openCount = 0
        return chunk.bytes.count + MemoryLayout<ClosedChunk>.stride
    }

    private mutating func insertLate(_ time: Int64, _ value: Double) -> Int {
        let place = Self.place(of: time, in: lateTimes)
        if place < lateTimes.count, lateTimes[place] == time { return 0 }
        lateTimes.insert(time, at: place)
        lateValues.insert(value, at: place)
        return 16
    }

    mutating func append(_ time: Int64, _ histogram: NativeHistogram) -> Int {
        let place = histograms.last.map { $0.time < time } ?? true ? histograms.count : histograms.firstIndex { $0.time >= time } ?? histograms.count
        if place < histograms.count, histograms[place].time == time { return 0 }
        histograms.insert(HistogramSample(time: time, histogram: histogram), at: place)
        return Self.histogramBytes + 8 * (histogram.positiveBuckets.count + histogram.negativeBuckets.count + histogram.customValues.count)
    }

    /// The bits of the number at exactly this time where that is quickly known; nil when there is none or it would have to be decompressed.
    func bits(at time: Int64) -> UInt64? {
        if let open, openCount > 0, time >= open.time(0) {
            var (low, high) = (0, openCount)
            while low < high {
                let middle = (low + high) / 2
                if open.time(middle) < time { low = middle + 1 } else { high = middle }
            }
            if low < openCount, open.time(low) == time { return open.value(low).bitPattern }
        }
        let place = Self.place(of: time, in: lateTimes)
        return place < lateTimes.count && lateTimes[place] == time ? lateValues[place].bitPattern : nil
    }

    /// The first index whose time is not before `time`.
    static func place(of time: Int64, in times: [Int64]) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The times of the first and the last sample; nil when there is none.
    var bounds: (first: Int64, last: Int64)? {
        var first = Int64.max
        var last = last
        if let chunk = closed.first { first = chunk.first } else if openCount > 0, let open { first = open.time(0) }
        if let early = lateTimes.first, let late = lateTimes.last { (first, last) = (min(first, early), max(last, late)) }
        if let early = histograms.first, let late = histograms.last { (first, last) = (min(first, early.time), max(last, late.time)) }
        return isEmpty ? nil : (first, last)
    }

    /// Samples, doubles among late ones included.
    var count: Int { closed.reduce(openCount + lateTimes.count + histograms.count) { $0 + $1.count } }
}
