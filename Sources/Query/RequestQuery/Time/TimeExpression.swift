internal import ByteCoding
package import GatewayModel

/// A point in time as people write it: absolute, on the wall clock, or relative to now.
package enum TimeExpression: Sendable, Equatable {
    /// An instant: ISO 8601 with an offset, or an epoch number.
    case absolute(Timestamp)
    /// ISO 8601 without an offset: microseconds since 1970-01-01T00:00 on the clock of the question's time zone.
    case wall(microseconds: Int64)
    /// `now` with steps applied from left to right.
    case relative([Step])

    package enum Step: Sendable, Equatable {
        /// `-15m`, `+1h`
        case shift(Int64, CalendarUnit)
        /// `/d`: down to the start of the unit in the time zone.
        case roundDown(CalendarUnit)
    }

    package static let now = TimeExpression.relative([])
    package static let lastHour = TimeExpression.relative([.shift(-1, .hour)])

    /// Instants outside the years 1 to 9999 are refused: ISO 8601 has no four-digit years for them, and sums stay far from overflow.
    package static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
    package static let latest = Timestamp(microseconds: 253_402_300_799_999_999)
    /// The largest number of units in one step, about 30 years in seconds.
    static let shiftMax: Int64 = 999_999_999
    /// The most steps of an expression; people write two.
    static let stepsMax = 8

    /// The instant it means.
    ///
    /// - Parameter field: the key that the error shall name.
    /// - Throws: `invalid_time` when it lies outside the years 1 to 9999.
    package func resolve(now: Timestamp, zone: QueryTimeZone, field: String) throws(QueryError) -> Timestamp {
        switch self {
        case .absolute(let instant): return try Self.checked(instant, field)
        case .wall(let wall):
            _ = try Self.checked(Timestamp(microseconds: wall), field)
            return try Self.checked(zone.instant(ofWall: wall), field)
        case .relative(let steps):
            var instant = now
            for step in steps {
                switch step {
                case .shift(let count, let unit):
                    let estimate = Double(instant.microseconds) + Double(count) * Double(unit.shortestWidth)
                    guard estimate > Double(Self.earliest.microseconds), estimate < Double(Self.latest.microseconds) else { throw Self.outOfRange(field) }
                    instant = try Self.checked(zone.shift(instant, by: count, unit), field)
                case .roundDown(let unit): instant = zone.roundDown(instant, to: unit)
                }
            }
            return try Self.checked(instant, field)
        }
    }

    /// The canonical text: ISO 8601 or `now...`.
    package var text: String {
        switch self {
        case .absolute(let instant): return instant.iso8601
        case .wall(let wall): return String(Timestamp(microseconds: wall).iso8601.dropLast())
        case .relative(let steps):
            var text = "now"
            for step in steps {
                switch step {
                case .shift(let count, let unit): text += (count < 0 ? "" : "+") + String(count) + String(unit.rawValue)
                case .roundDown(let unit): text += "/" + String(unit.rawValue)
                }
            }
            return text
        }
    }

    private static func checked(_ instant: Timestamp, _ field: String) throws(QueryError) -> Timestamp {
        guard instant >= earliest, instant <= latest else { throw outOfRange(field) }
        return instant
    }

    private static func outOfRange(_ field: String) -> QueryError {
        QueryError(.invalidTime, "the time lies outside the years 1 to 9999", field: field)
    }
}

extension TimeExpression {
    /// Parses ISO 8601 (`2026-03-05`, `2026-03-05T16:03`, with or without offset), epoch seconds or milliseconds (12 digits and more),
    /// or `now` with steps (`now-15m`, `now-1d/d`, `now/w+8h`).
    ///
    /// - Parameter field: the key that the error shall name.
    /// - Throws: `invalid_time`.
    package init(_ text: String, field: String) throws(QueryError) {
        let trimmed = text.trimmingSpaces()
        if let parsed = Self.relative(trimmed) ?? Self.epoch(trimmed) ?? Self.iso8601(trimmed) {
            self = parsed
            return
        }
        throw QueryError(
            .invalidTime, "'\(trimmed.prefix(64))' is not a time", field: field,
            hint: "write 2026-03-05T16:03:00Z, now-15m, now/d (units s m h d w M y), or epoch seconds")
    }

    private static func relative(_ text: String) -> TimeExpression? {
        guard text.hasPrefix("now") else { return nil }
        var rest = text.dropFirst(3)
        var steps: [Step] = []
        while let sign = rest.first {
            rest = rest.dropFirst()
            switch sign {
            case "/":
                guard let unit = rest.popFirst().flatMap(CalendarUnit.init(rawValue:)) else { return nil }
                steps.append(.roundDown(unit))
            case "+", "-":
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(digits.count)
                guard let count = Int64(digits), count <= shiftMax, let unit = rest.popFirst().flatMap(CalendarUnit.init(rawValue:)) else { return nil }
                steps.append(.shift(sign == "-" ? -count : count, unit))
            default: return nil
            }
        }
        return steps.count <= stepsMax ? .relative(steps) : nil
    }

    private static func epoch(_ text: String) -> TimeExpression? {
        var copy = text
        guard let number = copy.withUTF8({ unsafe NumberText.parse(UnsafeRawBufferPointer($0)) }) else { return nil }
        // Eleven digits of seconds reach the year 5138; so twelve and more are milliseconds.
        let isMilliseconds = abs(number.double) >= 1e11
        if let integer = number.integer {
            let (micros, overflow) = integer.multipliedReportingOverflow(by: isMilliseconds ? 1_000 : 1_000_000)
            return overflow ? nil : .absolute(Timestamp(microseconds: micros))
        }
        let micros = (number.double * (isMilliseconds ? 1e3 : 1e6)).rounded()
        return abs(micros) < 9e18 ? .absolute(Timestamp(microseconds: Int64(micros))) : nil
    }

    private static func iso8601(_ text: String) -> TimeExpression? {
        guard text.utf8.count >= 10, let instant = Timestamp(iso8601: text) else { return nil }
        let time = text.dropFirst(10)
        let hasOffset = time.contains { "Zz+-".contains($0) }
        return hasOffset ? .absolute(instant) : .wall(microseconds: instant.microseconds)
    }
}

extension StringProtocol {
    /// Without white space at either end.
    func trimmingSpaces() -> String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
