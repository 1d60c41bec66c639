internal import Glibc

/// An instant: microseconds since 1970-01-01T00:00:00Z, without leap seconds, as the integer columns hold it.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// The first instant of a UTC day, counted as ``utcDay`` is.
    package init(utcDay: Int32) { microseconds = Int64(utcDay) * Timestamp.microsecondsPerDay }

    package static let microsecondsPerSecond: Int64 = 1_000_000
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    package static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.microseconds < rhs.microseconds }

    package var seconds: Double { Double(microseconds) / 1e6 }

    /// Days since 1970-01-01 in UTC, rounded down: the partition a record belongs to.
    package var utcDay: Int32 {
        let day = microseconds >= 0 ? microseconds / Self.microsecondsPerDay : (microseconds + 1) / Self.microsecondsPerDay - 1
        return Int32(clamping: day)
    }

    /// The system's clock now.
    package static func now() -> Timestamp {
        var value = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &value)
        return Timestamp(microseconds: Int64(value.tv_sec) * microsecondsPerSecond + Int64(value.tv_nsec) / 1_000)
    }
}


/// A half-open span of time: `from <= t < to`.
package struct TimeRange: Sendable, Hashable {
    package var from: Timestamp
    package var to: Timestamp

    package init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    package static let all = TimeRange(from: Timestamp(microseconds: .min + 1), to: Timestamp(microseconds: .max))

    package var isEmpty: Bool { to <= from }

    /// Whether any instant of the closed span `first...last` lies in the range.
    package func overlaps(first: Timestamp, last: Timestamp) -> Bool { first < to && last >= from }
}
