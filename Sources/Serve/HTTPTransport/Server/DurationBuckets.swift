/// A histogram of durations that the program measures of itself.
package struct DurationBuckets: Sendable, Equatable {
    /// Upper limits in seconds, the infinite one left out: from a cached answer to what nobody waits for.
    package static let limits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// One for each limit and one for all that took longer; not added up.
    package private(set) var counts = [Int](repeating: 0, count: DurationBuckets.limits.count + 1)
    package private(set) var sum = 0.0

    package init() {}

    package var count: Int { counts.reduce(0, +) }

    /// Counts up to each limit, the last one of all.
    package var cumulative: [Int] {
        var total = 0
        return counts.map { count in
            total += count
            return total
        }
    }

    package mutating func add(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        counts[Self.limits.firstIndex { seconds <= $0 } ?? Self.limits.count] += 1
        sum += seconds
    }

    package mutating func add(_ other: DurationBuckets) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
