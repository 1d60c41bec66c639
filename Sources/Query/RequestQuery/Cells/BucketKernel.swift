internal import GatewayModel

/// Puts times into a stretch of a question's buckets, by multiplication where they are equally wide.
struct BucketKernel: Sendable {
    /// The first bucket of the stretch; results count from it.
    let first: Int
    /// Buckets of the stretch.
    let count: Int
    private let edges: [Int64]
    private let width: UInt64
    private let reciprocal: UInt64

    /// The buckets that the closed span of times touches.
    init(_ buckets: TimeBuckets, first: Timestamp, last: Timestamp) {
        let low = buckets.index(of: first)
        let high = buckets.index(of: last)
        self.first = low
        count = high - low + 1
        edges = buckets.edges[low...(high + 1)].map(\.microseconds)
        width = UInt64(buckets.fixedWidth ?? 0)
        reciprocal = width > 0 ? UInt64.max / width : 0
    }

    /// Each time's bucket, counted from ``first``.
    func fill(_ times: [Int64], into numbers: inout [UInt32]) {
        MaskKernel.resize(&numbers, times.count)
        if count == 1 {
            for index in numbers.indices { numbers[index] = 0 }
        } else if width > 0 {
            Self.divide(times, from: edges[0], width, reciprocal, last: UInt64(count - 1), into: &numbers)
        } else {
            Self.search(times, edges, into: &numbers)
        }
    }

    /// floor(x / width) as the high half of x * floor((2^64 - 1) / width): exact or one too low for x < 2^63, which the remainder tells.
    private static func divide(
        _ times: [Int64], from start: Int64, _ width: UInt64, _ reciprocal: UInt64, last: UInt64, into numbers: inout [UInt32]
    ) {
        let times = times.span
        var target = numbers.mutableSpan
        precondition(times.count == target.count, "one bucket per time")
        for index in times.indices {
            let distance = unsafe UInt64(bitPattern: times[unchecked: index] &- start)
            let estimate = distance.multipliedFullWidth(by: reciprocal).high
            let rest = distance &- estimate &* width
            let quotient = rest >= width ? estimate &+ 1 : estimate
            unsafe target[unchecked: index] = UInt32(truncatingIfNeeded: min(quotient, last))
        }
    }

    /// Calendar buckets: the bucket of the row before is nearly always right, since records stand in order of time.
    private static func search(_ times: [Int64], _ edges: [Int64], into numbers: inout [UInt32]) {
        let times = times.span
        let edges = edges.span
        var target = numbers.mutableSpan
        precondition(times.count == target.count, "one bucket per time")
        var current = 0
        for index in times.indices {
            let time = times[index]
            if time < edges[current] || time >= edges[current &+ 1] {
                var low = 0
                var high = edges.count - 1
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if edges[middle] <= time { low = middle } else { high = middle }
                }
                current = low
            }
            target[index] = UInt32(truncatingIfNeeded: current)
        }
    }
}
