import Glibc

/// The `Date` header's value, made once a second.
struct DateHeader {
    private var second = Int.min
    private var text = ""

    /// The present time.
    mutating func now() -> String {
        let second = time(nil)
        if second != self.second {
            self.second = second
            text = Self.format(secondsSince1970: second)
        }
        return text
    }

    /// IMF-fixdate (RFC 9110, 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(secondsSince1970: Int) -> String {
        let (days, second) = floorDivision(secondsSince1970, 86_400)
        let (year, month, day) = civilDate(daysSince1970: days)
        let weekday = floorDivision(days + 4, 7).remainder  // 1 January 1970 was a Thursday.
        let date = "\(weekdays[weekday]), \(twoDigits(day)) \(months[month - 1]) \(year)"
        return "\(date) \(twoDigits(second / 3_600)):\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func floorDivision(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
        let remainder = (value % divisor + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    /// The Gregorian date of a day number, by counting in eras of 400 years that begin on 1 March, so that the leap day is a year's last
    /// (https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    private static func civilDate(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivision(daysSince1970 + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
