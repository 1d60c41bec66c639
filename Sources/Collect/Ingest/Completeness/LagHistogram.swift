/// How late records came: counts by lag in logarithmic buckets, with the smallest and largest lag exactly.
///
/// A lag is the time from a call's completion to its reception. There are four buckets to an octave of microseconds: a percentile is
/// within an eighth of the true one, which is as exact as a lag needs to be, and a minute of a steady sender takes a handful of counts.
package struct LagHistogram: Sendable, Equatable {
    /// A bucket that has records.
    struct Count: Sendable, Equatable {
        let bucket: UInt8
        var records: Int64
    }

    /// Ascending by bucket.
    private(set) var counts: [Count] = []
    /// The smallest lag in microseconds; nil when there are no records.
    package private(set) var least: Int64?
    /// The largest lag in microseconds.
    package private(set) var most: Int64?

    package init() {}

    /// A histogram as it was read from a file. Nil when its parts cannot belong together.
    init?(counts: [Count], least: Int64?, most: Int64?) {
        guard counts.isEmpty == (least == nil), (least == nil) == (most == nil), (least ?? 0) >= 0, (least ?? 0) <= (most ?? 0) else { return nil }
        for (index, count) in counts.enumerated() {
            guard count.records > 0, Int(count.bucket) < Self.buckets, index == 0 || counts[index - 1].bucket < count.bucket else { return nil }
        }
        self.counts = counts
        self.least = least
        self.most = most
    }

    /// Records counted.
    package var total: Int64 { counts.reduce(0) { $0 + $1.records } }

    /// Buckets in all: below a millisecond one, then four an octave up to 2^41 microseconds (25 days).
    static let buckets = 1 + 31 * 4

    /// The bucket of a lag in microseconds, not negative.
    static func bucket(of lag: Int64) -> Int {
        guard lag >= 1 << 10 else { return 0 }
        let octave = 63 - lag.leadingZeroBitCount
        let quarter = Int((lag >> (octave - 2)) & 3)
        return min(1 + (octave - 10) * 4 + quarter, buckets - 1)
    }

    /// The smallest lag of a bucket, in microseconds.
    private static func start(of bucket: Int) -> Double {
        guard bucket > 0 else { return 0 }
        return Double(1 << (10 + (bucket - 1) / 4)) * (1 + Double((bucket - 1) % 4) / 4)
    }

    /// Adds records counted in full: one count for each of ``buckets``.
    mutating func add(_ tally: [Int64], least: Int64, most: Int64) {
        var other = LagHistogram()
        other.counts = tally.indices.filter { tally[$0] > 0 }.map { Count(bucket: UInt8($0), records: tally[$0]) }
        guard !other.counts.isEmpty else { return }
        (other.least, other.most) = (least, most)
        add(other)
    }

    /// Adds another histogram's records.
    package mutating func add(_ other: LagHistogram) {
        guard !other.counts.isEmpty else { return }
        var merged: [Count] = []
        merged.reserveCapacity(counts.count + other.counts.count)
        var (mine, theirs) = (counts[...], other.counts[...])
        while let left = mine.first, let right = theirs.first {
            if left.bucket == right.bucket {
                merged.append(Count(bucket: left.bucket, records: left.records + right.records))
                mine = mine.dropFirst()
                theirs = theirs.dropFirst()
            } else if left.bucket < right.bucket {
                merged.append(left)
                mine = mine.dropFirst()
            } else {
                merged.append(right)
                theirs = theirs.dropFirst()
            }
        }
        counts = merged + mine + theirs
        least = min(least ?? .max, other.least ?? .max)
        most = max(most ?? 0, other.most ?? 0)
    }

    /// The lag in microseconds that the given share of the records does not exceed, within an eighth; nil when there are no records.
    package func quantile(_ share: Double) -> Double? {
        guard let least, let most else { return nil }
        let rank = Int64((share * Double(total)).rounded(.up))
        var seen: Int64 = 0
        for count in counts {
            seen += count.records
            guard seen >= rank else { continue }
            let bucket = Int(count.bucket)
            let middle = bucket == 0 ? 512 : (Self.start(of: bucket) + Self.start(of: bucket + 1)) / 2
            return min(max(middle, Double(least)), Double(most))
        }
        return Double(most)
    }
}
