internal import ByteCoding
internal import GatewayModel

/// The acknowledged rows that are not in parts yet: what one run of the write-ahead log holds, by day of completion.
struct MemoryGeneration: Sendable {
    /// Counts up with every flush; tells a background merge whether its rows are still here.
    let number: UInt64
    /// Segments by UTC day, oldest first.
    private(set) var days: [Int32: [BatchSegment]] = [:]
    private(set) var rows = 0
    /// Bytes in memory.
    private(set) var bytes = 0
    /// Bytes of the log that hold its rows.
    var logBytes = 0
    /// When the first row came; nil when there is none.
    private(set) var began: Timestamp?
    /// When the last row came.
    private(set) var grew: Timestamp?

    init(number: UInt64) { self.number = number }

    var isEmpty: Bool { rows == 0 }
    var segmentCount: Int { days.values.reduce(0) { $0 + $1.count } }

    mutating func append(_ segment: BatchSegment, day: Int32, bytes: Int, now: Timestamp) {
        days[day, default: []].append(segment)
        rows += segment.rowCount
        self.bytes += bytes
        if began == nil { began = now }
        grew = now
    }

    /// The runs that should become one segment each.
    func merges() -> [(day: Int32, run: Range<Int>, segments: [BatchSegment])] {
        days.compactMap { day, segments in
            guard segments.count >= MergePlan.fanIn, let run = MergePlan.next(segments.map(\.rowCount)) else { return nil }
            return (day, run, Array(segments[run]))
        }
    }

    /// Puts a merged segment in the place of the run it was made from; does nothing when the run is not there any more.
    mutating func replace(day: Int32, run: Range<Int>, sources: [BatchSegment], with merged: BatchSegment) {
        guard var segments = days[day], run.upperBound <= segments.count, zip(segments[run], sources).allSatisfy({ $0 === $1 }) else { return }
        segments.replaceSubrange(run, with: [merged])
        days[day] = segments
    }

    /// Forgets the days before `first`; returns the rows that went.
    mutating func drop(before first: Int32) -> Int64 {
        var dropped = 0
        for (day, segments) in days where day < first {
            dropped += segments.reduce(0) { $0 + $1.rowCount }
            days[day] = nil
        }
        rows -= dropped
        return Int64(dropped)
    }
}
