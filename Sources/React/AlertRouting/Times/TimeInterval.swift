/// Times of the week, the month and the year under a name, which routes are muted or active in.
package struct NamedTimeInterval: Sendable, Equatable {
    package var name: String
    /// The name stands for all of them.
    package var intervals: [TimeInterval]

    package init(name: String, intervals: [TimeInterval]) {
        self.name = name
        self.intervals = intervals
    }
}

/// An interval: all conditions must hold, each by one of its ranges; a condition without ranges always holds.
///
/// Source: prometheus/alertmanager, `timeinterval/timeinterval.go`.
package struct TimeInterval: Sendable, Equatable {
    /// Minutes of the day, 0 to 1,440, without the end.
    package var minutes: [Range<Int>]?
    /// Sunday is 0.
    package var weekdays: [ClosedRange<Int>]?
    package var daysOfMonth: [DayRange]?
    /// January is 1.
    package var months: [ClosedRange<Int>]?
    package var years: [ClosedRange<Int>]?
    /// UTC unless the file says otherwise.
    package var zone = TimeZoneName.utc

    /// Days of a month, both ends within; negative ones count from its end: -1 is the last.
    package struct DayRange: Sendable, Equatable {
        package var first: Int
        package var last: Int

        package init(first: Int, last: Int) {
            self.first = first
            self.last = last
        }
    }

    package init() {}
}
