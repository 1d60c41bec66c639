internal import GatewayModel

/// How wide the time buckets of a question are.
package enum BucketWidth: Sendable, Equatable {
    /// About ``autoBuckets`` buckets of a round width, never under 1 s.
    case automatic
    /// `count` units: up to hours of fixed width and aligned to 1970-01-01T00:00Z; from days on by the calendar of the question's zone.
    case every(Int64, CalendarUnit)

    /// What `auto` aims at: a chart of a common width then has a bar every 8 to 10 pixels.
    static let autoBuckets = 120
    /// The widths that `auto` chooses from, ascending: those that people read off an axis without counting.
    static let niceWidths: [(Int64, CalendarUnit)] = [
        (1, .second), (2, .second), (5, .second), (10, .second), (15, .second), (30, .second), (1, .minute), (2, .minute), (5, .minute), (10, .minute),
        (15, .minute), (30, .minute), (1, .hour), (2, .hour), (3, .hour), (6, .hour), (12, .hour), (1, .day), (1, .week), (1, .month), (3, .month),
        (1, .year), (10, .year), (100, .year),
    ]
    /// The largest number of units.
    static let countMax: Int64 = 100_000

    /// Parses `10s`, `1m`, `1h`, `1d`, `1w`, `1M`, `1y`, `auto`.
    ///
    /// - Throws: `invalid_time`, naming the key `every`.
    package init(_ text: String) throws(QueryError) {
        let trimmed = text.trimmingSpaces()
        if trimmed == "auto" {
            self = .automatic
            return
        }
        guard let unit = trimmed.last.flatMap(CalendarUnit.init(rawValue:)), trimmed.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }),
            let count = Int64(trimmed.dropLast()), count >= 1, count <= Self.countMax
        else {
            throw QueryError(
                .invalidTime, "'\(trimmed.prefix(64))' is not a bucket width", field: "every", hint: "write 10s, 1m, 1h, 1d, 1w, 1M, 1y or auto")
        }
        self = .every(count, unit)
    }

    /// The text that ``init(_:)`` reads.
    package var text: String {
        switch self {
        case .automatic: "auto"
        case .every(let count, let unit): "\(count)\(unit.rawValue)"
        }
    }

    /// The width to use for a range: the first round one that gives at most a quarter more than ``autoBuckets`` buckets.
    func resolved(for range: TimeRange) -> (Int64, CalendarUnit) {
        switch self {
        case .every(let count, let unit): return (count, unit)
        case .automatic:
            let span = Double(range.to.microseconds) - Double(range.from.microseconds)
            let fitting = Self.niceWidths.first { span / (Double($0.0) * Double($0.1.shortestWidth)) <= Double(Self.autoBuckets) * 1.25 }
            return fitting ?? (1_000, .year)
        }
    }
}
