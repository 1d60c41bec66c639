internal import GatewayModel

extension QueryTimeZone {
    /// ISO 8601 on the zone's clock with its offset: `2026-03-05T17:03:00+01:00`, `...Z` in UTC; fractions only where there are some.
    func iso8601(_ instant: Timestamp) -> String {
        let offset = offset(at: instant)
        let minutes = abs(offset) / 60_000_000
        let zone = offset == 0 ? "Z" : (offset < 0 ? "-" : "+") + Self.two(minutes / 60) + ":" + Self.two(minutes % 60)
        return clock(instant, separator: "T") + zone
    }

    /// For people: `2026-03-05 17:03:00`.
    func clock(_ instant: Timestamp, separator: String = " ") -> String {
        let text = Timestamp(microseconds: wall(at: instant)).iso8601
        let seconds = text.prefix(10) + separator + text.dropFirst(11).prefix(8)
        let fraction = text.dropFirst(19).dropLast()
        return fraction == ".000000" ? String(seconds) : String(seconds) + fraction
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
