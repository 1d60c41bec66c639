package import GatewayModel
internal import Foundation

/// An IANA time zone with the calendar arithmetic that questions need: local days, weeks and months as instants.
///
/// Dates are counted with the proleptic Gregorian calendar in integers; only the offset of an instant comes from the system's zone data.
package struct QueryTimeZone: Sendable, Hashable {
    /// The name as it was given, for example `Europe/Berlin`.
    package let identifier: String
    private let zone: TimeZone
    private let isUTC: Bool

    package static let utc = QueryTimeZone(identifier: "UTC", zone: .gmt, isUTC: true)

    private init(identifier: String, zone: TimeZone, isUTC: Bool) {
        self.identifier = identifier
        self.zone = zone
        self.isUTC = isUTC
    }

    /// - Throws: `invalid_time` when the system knows no such zone.
    package init(_ identifier: String) throws(QueryError) {
        if identifier == "UTC" || identifier == "Z" || identifier == "Etc/UTC" {
            self.init(identifier: identifier, zone: .gmt, isUTC: true)
            return
        }
        guard identifier.utf8.count <= 64, let zone = TimeZone(identifier: identifier) else {
            throw QueryError(
                .invalidTime, "there is no time zone '\(identifier.prefix(64))'", field: "time_zone", hint: "write an IANA name such as Europe/Berlin, or UTC")
        }
        self.init(identifier: identifier, zone: zone, isUTC: false)
    }

    package static func == (left: QueryTimeZone, right: QueryTimeZone) -> Bool { left.identifier == right.identifier }
    package func hash(into hasher: inout Hasher) { hasher.combine(identifier) }

    /// Microseconds east of UTC at an instant.
    package func offset(at instant: Timestamp) -> Int64 {
        if isUTC { return 0 }
        let seconds = floorDivide(instant.microseconds, Timestamp.microsecondsPerSecond)
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))) * Timestamp.microsecondsPerSecond
    }

    /// The clock on the wall at an instant, in microseconds since 1970-01-01T00:00 of that clock.
    func wall(at instant: Timestamp) -> Int64 { instant.microseconds + offset(at: instant) }

    /// The first instant at which the wall clock shows `wall` or, where the clock is put forward over it, the instant of the change.
    func instant(ofWall wall: Int64) -> Timestamp {
        if isUTC { return Timestamp(microseconds: wall) }
        // The offsets well before and behind: no zone changes twice within three days, and the longest jump (a whole day, Samoa 2011) is inside.
        let margin = 36 * 3_600 * Timestamp.microsecondsPerSecond
        let before = offset(at: Timestamp(microseconds: wall - margin))
        let after = offset(at: Timestamp(microseconds: wall + margin))
        let early = Timestamp(microseconds: wall - before)
        if before == after || offset(at: early) == before { return early }
        let late = Timestamp(microseconds: wall - after)
        if offset(at: late) == after { return late }
        return change(after: min(early, late), until: max(early, late), to: after)
    }

    /// The first instant of a local day, counted from 1970-01-01.
    func startOfDay(_ day: Int64) -> Timestamp { instant(ofWall: day * Timestamp.microsecondsPerDay) }

    /// The local day of an instant, counted from 1970-01-01.
    func day(of instant: Timestamp) -> Int64 { floorDivide(wall(at: instant), Timestamp.microsecondsPerDay) }

    /// The instant between `low` and `high` from which on the offset is `offset`, to the second.
    private func change(after low: Timestamp, until high: Timestamp, to offset: Int64) -> Timestamp {
        let second = Timestamp.microsecondsPerSecond
        var low = floorDivide(low.microseconds, second)
        var high = floorDivide(high.microseconds, second) + 1
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: Timestamp(microseconds: middle * second)) == offset { high = middle } else { low = middle }
        }
        return Timestamp(microseconds: high * second)
    }
}

/// Division rounded down, also below zero. `divisor` is positive.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
