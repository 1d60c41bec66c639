internal import Dashboards
internal import GatewayModel
internal import RequestQuery

/// The days of an answer in quarters of an hour.
struct DailyLoads {
    let days: [DailyLoad]

    /// The question whose answer these days are made of.
    ///
    /// - Parameter measure: `rate` or `rate(FIELD)`.
    static func query(measure: String, days: Int, where filter: String? = nil, timeZone: String?) throws(QueryError) -> RequestQuery {
        var parameters = QueryParameters()
        parameters.from = "now-\(days)d/d"
        parameters.every = "15m"
        parameters.measures = [measure]
        parameters.where = filter
        parameters.timeZone = timeZone
        return try parameters.query()
    }

    /// - Parameter result: time and one rate, by time.
    init(_ result: QueryResult) {
        var days: [DailyLoad] = []
        var quarters: [(time: Timestamp, value: Double)] = []
        let retained = result.completeness.retainedFrom
        func finish(next: Timestamp?) {
            guard let first = quarters.first, let peak = quarters.max(by: { $0.value < $1.value }) else { return }
            let isKept = retained.map { $0 <= first.time } ?? true
            days.append(
                DailyLoad(
                    day: first.time, peak: peak.value, peakTime: peak.time, mean: quarters.reduce(0) { $0 + $1.value } / Double(quarters.count),
                    isComplete: next != nil && isKept))
            quarters = []
        }
        for index in 0..<result.rowCount {
            let row = result.row(index)
            guard case .time(let time)? = row.first else { continue }
            if let first = quarters.first, Self.day(of: first.time, in: result.timeZone) != Self.day(of: time, in: result.timeZone) { finish(next: time) }
            quarters.append((time, row.last?.double ?? 0))
        }
        finish(next: nil)
        self.days = days
    }

    /// Days since 1970 on the wall's clock.
    private static func day(of time: Timestamp, in zone: QueryTimeZone) -> Int64 {
        let day = 86_400 * Timestamp.microsecondsPerSecond
        let wall = time.microseconds + zone.offset(at: time)
        return wall / day - (wall % day < 0 ? 1 : 0)
    }
}
