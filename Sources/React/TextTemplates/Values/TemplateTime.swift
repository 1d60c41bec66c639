internal import Foundation
package import GatewayModel

/// An instant, in a time zone, as Go's `time.Time`.
///
/// Source: https://pkg.go.dev/time#Time.
package struct TemplateTime: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    let seconds: Int64
    /// 0 up to 999,999,999.
    let nanoseconds: Int64
    /// Seconds east of Greenwich, and the zone's short name, at that instant.
    let offset: Int64
    let zone: String

    /// Go's zero time, year 1: what Alertmanager gives as the end of what has not ended.
    package static let zero = TemplateTime(seconds: -62_135_596_800, nanoseconds: 0)

    init(seconds: Int64, nanoseconds: Int64, offset: Int64 = 0, zone: String = "UTC") {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.offset = offset
        self.zone = zone
    }

    /// In UTC.
    package init(_ time: Timestamp) {
        let second = time.microseconds.quotientRoundedDown(by: Timestamp.microsecondsPerSecond)
        self.init(seconds: second, nanoseconds: (time.microseconds - second * Timestamp.microsecondsPerSecond) * 1000)
    }

    /// The same instant in a zone of the IANA database, `UTC`, or `Local`, which is UTC here.
    ///
    /// - Returns: nil when there is no such zone.
    func inZone(_ name: String) -> TemplateTime? {
        if name.isEmpty || name == "UTC" || name == "Local" { return TemplateTime(seconds: seconds, nanoseconds: nanoseconds, zone: name == "Local" ? "Local" : "UTC") }
        guard !name.contains(".."), let zone = TimeZone(identifier: name) else { return nil }
        let date = Date(timeIntervalSince1970: Double(seconds))
        let offset = Int64(zone.secondsFromGMT(for: date))
        return TemplateTime(seconds: seconds, nanoseconds: nanoseconds, offset: offset, zone: ZoneNames.name(of: name, at: seconds, offset: offset) ?? GoTimeFormat.numeric(offset))
    }

    /// Nanoseconds between two instants, as much as 64 bits hold.
    func nanoseconds(since other: TemplateTime) -> Int64 {
        let (product, overflows) = (seconds &- other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        if overflows { return seconds > other.seconds ? .max : .min }
        let (sum, tooLarge) = product.addingReportingOverflow(nanoseconds - other.nanoseconds)
        return tooLarge ? (product > 0 ? .max : .min) : sum
    }

    func adding(_ duration: Int64) -> TemplateTime {
        let total = nanoseconds + duration % 1_000_000_000
        let carry = total.quotientRoundedDown(by: 1_000_000_000)
        return TemplateTime(seconds: seconds &+ duration / 1_000_000_000 &+ carry, nanoseconds: total - carry * 1_000_000_000, offset: offset, zone: zone)
    }

    /// Methods that templates call.
    func member(_ name: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue? {
        let parts = GoTimeFormat.Parts(self)
        switch (name, arguments.count) {
        case ("Format", 1):
            guard case .string(let layout) = arguments[0] else { throw TemplateFailure("wrong type for value; expected string; got \(arguments[0].typeName)") }
            return .string(GoTimeFormat.text(self, layout))
        case ("String", 0): return .string(GoTimeFormat.text(self, GoTimeFormat.printed))
        case ("Unix", 0): return .int(Int(seconds))
        case ("UnixMilli", 0): return .int(Int(seconds * 1000 + nanoseconds / 1_000_000))
        case ("UnixNano", 0): return .int(Int(seconds &* 1_000_000_000 &+ nanoseconds))
        case ("UTC", 0): return .time(TemplateTime(seconds: seconds, nanoseconds: nanoseconds))
        case ("Local", 0): return .time(TemplateTime(seconds: seconds, nanoseconds: nanoseconds, zone: "Local"))
        case ("IsZero", 0): return .bool(seconds == Self.zero.seconds && nanoseconds == 0)
        case ("Year", 0): return .int(Int(parts.year))
        case ("Month", 0): return .string(GoTimeFormat.months[Int(parts.month) - 1])
        case ("Day", 0): return .int(Int(parts.day))
        case ("Hour", 0): return .int(Int(parts.hour))
        case ("Minute", 0): return .int(Int(parts.minute))
        case ("Second", 0): return .int(Int(parts.second))
        case ("Nanosecond", 0): return .int(Int(nanoseconds))
        case ("YearDay", 0): return .int(Int(parts.dayOfYear))
        case ("Weekday", 0): return .string(GoTimeFormat.weekdays[Int(parts.weekday)])
        case ("Add", 1):
            switch arguments[0] {
            case .duration(let duration): return .time(adding(duration))
            case .int(let nanoseconds): return .time(adding(Int64(nanoseconds)))
            default: throw TemplateFailure("wrong type for value; expected time.Duration; got \(arguments[0].typeName)")
            }
        case ("Sub", 1), ("Before", 1), ("After", 1), ("Equal", 1):
            guard case .time(let other) = arguments[0] else { throw TemplateFailure("wrong type for value; expected time.Time; got \(arguments[0].typeName)") }
            let difference = nanoseconds(since: other)
            return name == "Sub" ? .duration(difference) : .bool(name == "Before" ? difference < 0 : name == "After" ? difference > 0 : difference == 0)
        default: return nil
        }
    }
}

extension Int64 {
    func quotientRoundedDown(by divisor: Int64) -> Int64 { self / divisor - (self % divisor < 0 ? 1 : 0) }
}
