internal import GatewayModel

/// A unit of relative times and bucket widths.
package enum CalendarUnit: Character, Sendable, Equatable, CaseIterable {
    case second = "s"
    case minute = "m"
    case hour = "h"
    case day = "d"
    /// Weeks begin on Monday (ISO 8601).
    case week = "w"
    case month = "M"
    case year = "y"

    /// Microseconds of the units that are always the same length; nil for those that follow the calendar.
    var fixedWidth: Int64? {
        switch self {
        case .second: Timestamp.microsecondsPerSecond
        case .minute: 60 * Timestamp.microsecondsPerSecond
        case .hour: 3_600 * Timestamp.microsecondsPerSecond
        case .day, .week, .month, .year: nil
        }
    }

    /// The shortest that one of the unit lasts, in microseconds: enough to estimate how many fit a range.
    var shortestWidth: Int64 {
        switch self {
        case .second, .minute, .hour: fixedWidth ?? Timestamp.microsecondsPerSecond
        case .day: 23 * 3_600 * Timestamp.microsecondsPerSecond
        case .week: 7 * Timestamp.microsecondsPerDay - 3_600 * Timestamp.microsecondsPerSecond
        case .month: 28 * Timestamp.microsecondsPerDay - 3_600 * Timestamp.microsecondsPerSecond
        case .year: 365 * Timestamp.microsecondsPerDay - 3_600 * Timestamp.microsecondsPerSecond
        }
    }
}

extension QueryTimeZone {
    /// `instant` moved by `count` units: by exact time up to hours, by the calendar from days on
    /// (the wall clock stays; 31 January plus a month is the last of February).
    func shift(_ instant: Timestamp, by count: Int64, _ unit: CalendarUnit) -> Timestamp {
        if let width = unit.fixedWidth { return Timestamp(microseconds: instant.microseconds + count * width) }
        let wall = wall(at: instant)
        let day = floorDivide(wall, Timestamp.microsecondsPerDay)
        let timeOfDay = wall - day * Timestamp.microsecondsPerDay
        let moved: Int64
        switch unit {
        case .second, .minute, .hour, .day: moved = day + count
        case .week: moved = day + 7 * count
        case .month: moved = Self.addMonths(count, toDay: day)
        case .year: moved = Self.addMonths(12 * count, toDay: day)
        }
        return self.instant(ofWall: moved * Timestamp.microsecondsPerDay + timeOfDay)
    }

    /// The start of the unit that `instant` lies in. Minutes and hours are those of the wall clock, which matters in zones with half hours.
    func roundDown(_ instant: Timestamp, to unit: CalendarUnit) -> Timestamp {
        if let width = unit.fixedWidth {
            let offset = offset(at: instant)
            return Timestamp(microseconds: floorDivide(instant.microseconds + offset, width) * width - offset)
        }
        return start(ofPeriod: period(of: instant, 1, unit), 1, unit)
    }

    /// The number of the calendar period of `count` units that an instant lies in; periods are counted from 1970.
    func period(of instant: Timestamp, _ count: Int64, _ unit: CalendarUnit) -> Int64 {
        let day = day(of: instant)
        switch unit {
        case .second, .minute, .hour, .day: return floorDivide(day, count)
        // 1970-01-05 was a Monday.
        case .week: return floorDivide(day - 4, 7 * count)
        case .month: return floorDivide(Self.month(ofDay: day), count)
        case .year: return floorDivide(Self.month(ofDay: day), 12 * count)
        }
    }

    /// The first instant of a calendar period.
    func start(ofPeriod period: Int64, _ count: Int64, _ unit: CalendarUnit) -> Timestamp {
        switch unit {
        case .second, .minute, .hour, .day: startOfDay(period * count)
        case .week: startOfDay(period * 7 * count + 4)
        case .month: startOfDay(Self.firstDay(ofMonth: period * count))
        case .year: startOfDay(Self.firstDay(ofMonth: period * 12 * count))
        }
    }

    /// Months since January 1970.
    private static func month(ofDay day: Int64) -> Int64 {
        let (year, month, _) = Timestamp.civil(fromDays: day)
        return (year - 1970) * 12 + month - 1
    }

    private static func firstDay(ofMonth index: Int64) -> Int64 {
        let year = floorDivide(index, 12)
        return Timestamp.daysFromCivil(year: 1970 + year, month: index - year * 12 + 1, day: 1)
    }

    private static func addMonths(_ count: Int64, toDay day: Int64) -> Int64 {
        let first = firstDay(ofMonth: month(ofDay: day) + count)
        let length = firstDay(ofMonth: month(ofDay: first) + 1) - first
        return first + min(Timestamp.civil(fromDays: day).day, length) - 1
    }
}
