package import GatewayModel

/// How daily peaks grow, and when they reach a limit.
///
/// The slope is the median of the slopes between days that are whole weeks apart (Sen's slope in its seasonal form: R. M. Hirsch, J. R. Slack, R. A. Smith,
/// "Techniques of trend analysis for monthly water quality data", 1982), so that neither weekends nor a few bad days bend it; its interval comes from the ranks of
/// those slopes. Around the trend lies the spread that the days themselves showed. `docs/internals/capacity.md` says more.
package struct CapacityTrend: Sendable {
    /// A day of the past or the future.
    package struct Point: Sendable, Equatable {
        package let day: Timestamp
        package let value: Double
        /// The 90 % band.
        package let low: Double
        package let high: Double
    }

    /// When a limit is reached.
    package struct Reach: Sendable, Equatable {
        package let limit: Double
        /// The first day on which the expected peak is at least the limit; nil when it is not within the horizon.
        package let expected: Timestamp?
        /// The same for the upper and the lower edge of the band.
        package let earliest: Timestamp?
        package let latest: Timestamp?
    }

    /// Days of which a trend is made: two weeks, so that each weekday is there twice.
    package static let daysMin = 14
    /// Days from which on weekdays are told apart.
    private static let daysForWeekdays = 28
    /// The furthest that is looked ahead; it is never further than there is past.
    private static let horizonMax = 366
    /// Half of the normal distribution's 90 % interval.
    private static let ninety = 1.6449
    private static let dayMicroseconds: Int64 = 86_400 * Timestamp.microsecondsPerSecond

    /// Change of the peak a week, in the measure's unit, with its 90 % interval.
    package let slopePerWeek: Double
    package let slopeLow: Double
    package let slopeHigh: Double
    /// The peak that is expected of the last day, weekdays evened out: what growth is a share of.
    package let level: Double
    /// The past days, then as many future ones.
    package let points: [Point]

    private let lastDay: Timestamp

    /// - Parameter days: in their order; incomplete ones and those before the first with any load are left out.
    /// - Returns: nil for fewer than ``daysMin`` days.
    package init?(_ days: [DailyLoad]) {
        let complete = days.filter(\.isComplete)
        let used = Array(complete.drop { $0.peak == 0 })
        guard let first = used.first, let last = used.last, used.count >= Self.daysMin else { return nil }
        let x = used.map { Double(($0.day.microseconds - first.day.microseconds + Self.dayMicroseconds / 2) / Self.dayMicroseconds) }
        let y = used.map(\.peak)
        let slope = Slope(x: x, y: y)
        let season = Season(x: x, y: y, slope: slope.median, byWeekday: used.count >= Self.daysForWeekdays)
        let residuals = zip(x, y).map { $1 - season.expected($0) }.sorted()
        let (below, above) = (Self.quantile(residuals, 0.05), Self.quantile(residuals, 0.95))
        let centre = x.reduce(0, +) / Double(x.count)
        let end = x[x.count - 1]
        let horizon = min(Double(Self.horizonMax), end + 1)
        points = (0...Int(end + horizon)).map { index in
            let at = Double(index)
            let value = season.expected(at)
            // Beyond the known days the doubt about the slope grows with the distance.
            let distance = at > end ? at - centre : 0
            let day = Timestamp(microseconds: first.day.microseconds + Int64(index) * Self.dayMicroseconds)
            return Point(
                day: day, value: max(0, value), low: max(0, value + below + (slope.low - slope.median) * distance), high: max(0, value + above + (slope.high - slope.median) * distance))
        }
        (slopePerWeek, slopeLow, slopeHigh) = (slope.median * 7, slope.low * 7, slope.high * 7)
        level = max(0, season.level(end))
        lastDay = last.day
    }

    /// When the peak reaches `limit`.
    package func reach(_ limit: Double) -> Reach {
        let future = points.filter { $0.day > lastDay }
        return Reach(
            limit: limit, expected: future.first { $0.value >= limit }?.day, earliest: future.first { $0.high >= limit }?.day,
            latest: future.first { $0.low >= limit }?.day)
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let rank = share * Double(sorted.count - 1)
        let low = Int(rank)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (rank - Double(low))
    }

    /// The median slope between days whole weeks apart, with its 90 % interval by ranks.
    private struct Slope {
        let median: Double
        let low: Double
        let high: Double

        init(x: [Double], y: [Double]) {
            var slopes: [Double] = []
            var variance = 0.0
            for weekday in 0..<7 {
                let days = x.indices.filter { Int(x[$0]) % 7 == weekday }
                let count = Double(days.count)
                variance += count * (count - 1) * (2 * count + 5) / 18
                for (place, later) in days.enumerated() {
                    for earlier in days[..<place] { slopes.append((y[later] - y[earlier]) / (x[later] - x[earlier])) }
                }
            }
            slopes.sort()
            median = CapacityTrend.quantile(slopes, 0.5)
            let spread = CapacityTrend.ninety * variance.squareRoot() / 2
            let middle = Double(slopes.count) / 2
            low = slopes[max(0, Int((middle - spread).rounded(.down)) - 1)]
            high = slopes[min(slopes.count - 1, Int((middle + spread).rounded(.up)))]
        }
    }

    /// The level of each weekday along the trend.
    private struct Season {
        private let slope: Double
        private let base: Double
        private let offsets: [Double]

        init(x: [Double], y: [Double], slope: Double, byWeekday: Bool) {
            self.slope = slope
            let level = zip(x, y).map { $1 - slope * $0 }
            base = CapacityTrend.quantile(level.sorted(), 0.5)
            let base = base
            offsets = (0..<7).map { weekday in
                guard byWeekday else { return 0 }
                let own = x.indices.filter { Int(x[$0]) % 7 == weekday }.map { level[$0] - base }.sorted()
                return own.isEmpty ? 0 : CapacityTrend.quantile(own, 0.5)
            }
        }

        func level(_ x: Double) -> Double { base + slope * x }
        func expected(_ x: Double) -> Double { level(x) + offsets[Int(x) % 7] }
    }
}
