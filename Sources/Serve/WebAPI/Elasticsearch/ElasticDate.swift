internal import GatewayModel
internal import RequestQuery

/// Dates as Elasticsearch clients write them in queries: ISO 8601, `now`, and date math behind `now` or `||`.
///
/// A text means a span: what it leaves open (the time of a bare date, the rest of a rounded day) belongs to it, so that `gte` takes the span's first
/// instant and `lte` its last. Source: Elasticsearch reference 8.19, "Range query", date math and rounding; "Common options", date math.
enum ElasticDate {
    /// The instants that `text` means, first and last in microseconds since 1970; nil when it is no date.
    ///
    /// - Parameters:
    ///   - now: what `now` is.
    ///   - zone: of texts without an offset, and of rounding.
    static func span(of text: String, now: Timestamp, zone: QueryTimeZone) -> ClosedRange<Int64>? {
        if text.hasPrefix("now") { return span(ofMath: text.dropFirst(3), on: now, zone) }
        let parts = text.split(separator: "||", maxSplits: 1, omittingEmptySubsequences: false)
        guard let anchor = parts.first.map(String.init), let plain = span(ofISO: anchor, zone) else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return plain }
        return span(ofMath: parts[1], on: Timestamp(microseconds: plain.lowerBound), zone)
    }

    /// `-1d/d` on an instant. A last step that rounds leaves the rest of its unit open.
    private static func span(ofMath steps: Substring, on base: Timestamp, _ zone: QueryTimeZone) -> ClosedRange<Int64>? {
        // `H` is Elasticsearch's other letter for hours.
        let steps = steps.map { $0 == "H" ? "h" : String($0) }.joined()
        guard let first = instant("now" + steps, base, zone) else { return nil }
        guard let unit = steps.last, steps.dropLast().last == "/" else { return first...first }
        guard let next = instant("now" + steps + "+1" + String(unit), base, zone), next > first else { return nil }
        return first...(next - 1)
    }

    private static func span(ofISO text: String, _ zone: QueryTimeZone) -> ClosedRange<Int64>? {
        guard Timestamp(iso8601: text) != nil, let first = instant(text, Timestamp(microseconds: 0), zone) else { return nil }
        let clock = text.dropFirst(11).prefix { $0.isNumber || $0 == ":" || $0 == "." || $0 == "," }
        switch clock.count {
        case 0:
            guard let next = instant("now+1d", Timestamp(microseconds: first), zone), next > first else { return nil }
            return first...(next - 1)
        case ...5: return first...(first + 60 * Timestamp.microsecondsPerSecond - 1)
        case ...8: return first...(first + Timestamp.microsecondsPerSecond - 1)
        // Elasticsearch's dates are milliseconds; a text that is finer means one of our microseconds.
        case ...12: return first...(first + 999)
        default: return first...first
        }
    }

    private static func instant(_ text: String, _ now: Timestamp, _ zone: QueryTimeZone) -> Int64? {
        guard let expression = try? TimeExpression(text, field: "range") else { return nil }
        return (try? expression.resolve(now: now, zone: zone, field: "range"))?.microseconds
    }
}
