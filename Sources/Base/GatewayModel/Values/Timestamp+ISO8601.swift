extension Timestamp {
    /// Parses RFC 3339 / ISO 8601: `2025-03-05T16:03:20.123456789+00:00`, `2025-03-05 16:03Z`, `2025-03-05`.
    ///
    /// Digits beyond microseconds are cut off. Without an offset the instant is taken as UTC.
    /// - Returns: nil when `bytes` are not of that form or name a day or time that does not exist.
    package init?(iso8601 bytes: UnsafeRawBufferPointer) {
        var reader = unsafe Digits(bytes: bytes)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"), let day = reader.number(2),
            (1...12).contains(month), (1...Self.daysIn(month: month, year: year)).contains(day)
        else { return nil }
        var micros = Self.daysFromCivil(year: year, month: month, day: day) * Self.microsecondsPerDay
        if !reader.isAtEnd {
            guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let time = reader.timeOfDay(), let offset = reader.offset(), reader.isAtEnd
            else { return nil }
            micros += time - offset
        }
        self.init(microseconds: micros)
    }

    package init?(iso8601 string: String) {
        var string = string
        guard let parsed = string.withUTF8({ unsafe Timestamp(iso8601: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = parsed
    }

    /// `2025-03-05T16:03:20.123456Z`
    package var iso8601: String {
        let (year, month, day) = Self.civil(fromDays: Int64(utcDay))
        let rest = microseconds - Int64(utcDay) * Self.microsecondsPerDay
        let seconds = rest / Self.microsecondsPerSecond
        let parts = [pad(year, 4), "-", pad(month, 2), "-", pad(day, 2), "T", pad(seconds / 3_600, 2), ":", pad(seconds / 60 % 60, 2), ":",
            pad(seconds % 60, 2), ".", pad(rest % Self.microsecondsPerSecond, 6), "Z"]
        return parts.joined()
    }

    private func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    package static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of ``daysFromCivil(year:month:day:)`` (same source, civil_from_days).
    package static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// Days of a month, from 1, in a year.
    package static func daysIn(month: Int64, year: Int64) -> Int64 {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}

/// A cursor over fixed-width digits.
@safe private struct Digits {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    var isAtEnd: Bool { unsafe position >= bytes.count }

    mutating func number(_ width: Int) -> Int64? {
        guard unsafe position + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for _ in 0..<width {
            let digit = unsafe bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
            position += 1
        }
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard unsafe position < bytes.count, unsafe UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    /// `16:03`, `16:03:20`, `16:03:20.123456789`; in microseconds.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60 else { return nil }
        var micros = (hour * 60 + minute) * 60_000_000
        guard skip(":") else { return micros }
        guard let second = number(2), second <= 60 else { return nil }
        micros += min(second, 59) * 1_000_000
        guard skip(".") || skip(",") else { return micros }
        var scale: Int64 = 100_000
        var digits = 0
        while let digit = number(1) {
            micros += digit * scale
            scale /= 10
            digits += 1
        }
        return digits > 0 ? micros : nil
    }

    /// `Z`, nothing, `+01:00`, `+0100` or `+01`; in microseconds east of UTC.
    mutating func offset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        let minutes = isAtEnd ? 0 : number(2)
        guard let minutes, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000_000
    }
}
