package import GatewayModel

extension TimeInterval {
    /// Whether an instant, on the clocks of the interval's zone, is within it.
    package func contains(_ time: Timestamp) -> Bool {
        let local = LocalTime(time, in: zone)
        if let minutes, !minutes.contains(where: { $0.contains(local.minute) }) { return false }
        if let daysOfMonth, !daysOfMonth.contains(where: { $0.contains(local.day, daysInMonth: local.daysInMonth) }) { return false }
        if let months, !months.contains(where: { $0.contains(local.month) }) { return false }
        if let weekdays, !weekdays.contains(where: { $0.contains(local.weekday) }) { return false }
        if let years, !years.contains(where: { $0.contains(local.year) }) { return false }
        return true
    }
}

extension TimeInterval.DayRange {
    /// Days beyond the month's end are its last one; a range that begins beyond it has no day in the month.
    fileprivate func contains(_ day: Int, daysInMonth: Int) -> Bool {
        func counted(_ day: Int) -> Int { day < 0 ? daysInMonth + day + 1 : day }
        let first = counted(first)
        guard first <= daysInMonth else { return false }
        return day >= first && day <= min(counted(last), daysInMonth)
    }
}

/// An instant on a zone's clocks and calendars.
package struct LocalTime: Sendable, Equatable {
    package let year: Int
    /// January is 1.
    package let month: Int
    package let day: Int
    /// Sunday is 0.
    package let weekday: Int
    /// Of the day, 0 to 1,439.
    package let minute: Int
    package let daysInMonth: Int

    package init(_ time: Timestamp, in zone: TimeZoneName) {
        let seconds = time.microseconds.dividedDown(by: Timestamp.microsecondsPerSecond) + Int64(zone.offset(at: time))
        let days = seconds.dividedDown(by: 86_400)
        let (year, month, day) = Timestamp.civil(fromDays: days)
        let nextMonth = Timestamp.daysFromCivil(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
        self.year = Int(year)
        self.month = Int(month)
        self.day = Int(day)
        // 1970-01-01 was a Thursday.
        weekday = Int((days % 7 + 11) % 7)
        minute = Int(seconds - days * 86_400) / 60
        daysInMonth = Int(nextMonth - Timestamp.daysFromCivil(year: year, month: month, day: 1))
    }
}

extension Int64 {
    /// The quotient rounded down, also of negative numbers.
    fileprivate func dividedDown(by divisor: Int64) -> Int64 { self >= 0 ? self / divisor : (self + 1) / divisor - 1 }
}
