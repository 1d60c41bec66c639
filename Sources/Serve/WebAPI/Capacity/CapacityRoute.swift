internal import ByteCoding
internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import RequestQuery

/// `POST /api/v1/capacity`: daily peaks, how they grow, and when a capacity is reached.
struct CapacityRoute: Sendable {
    let services: WebServices

    /// Days that are looked at when nobody says, and at most: quarters of an hour of more days would be more buckets than a query may have.
    private static let daysStandard = 90.0
    private static let daysMax = 110.0
    /// Shares of the capacity that are told: where one begins to act, and all of it.
    private static let shares = [0.8, 1]

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/capacity") { try await capacity($0) }
    }

    private func capacity(_ request: ServerRequest) async throws -> ServerResponse {
        let body = try AlertingBody.object(request)
        let days = try AlertingBody.number("days", body, atLeast: 1) ?? Self.daysStandard
        guard days <= Self.daysMax else { throw APIError(.invalidRequest, "days must be at most \(Int(Self.daysMax))", field: "days") }
        let capacity = try AlertingBody.number("capacity", body, atLeast: 0)
        let query = try DailyLoads.query(
            measure: try AlertingBody.text("measure", body) ?? "rate", days: Int(days), where: try AlertingBody.text("where", body), timeZone: try AlertingBody.text("time_zone", body))
        guard let measure = query.measures.first, Self.isRate(measure.function) else {
            throw APIError(.invalidMeasure, "a capacity is of rate, rate(FIELD)", field: "measure", hint: "rate, or rate(output_tokens)")
        }
        let result = try await services.queries(of: request).answer(query)
        return answer(DailyLoads(result).days, capacity: capacity, unit: measure.unit, notes: result.completeness.notes)
    }

    private static func isRate(_ function: QueryMeasure.Function) -> Bool {
        switch function {
        case .rate, .rateOf: true
        default: false
        }
    }

    private func answer(_ days: [DailyLoad], capacity: Double?, unit: String, notes: [String]) -> ServerResponse {
        let trend = CapacityTrend(days)
        let peak = days.max { $0.peak < $1.peak }
        return .json { writer in
            writer.object { answer in
                answer.member("unit", unit)
                answer.array("days") { list in for day in days { list.object { day.write(to: &$0) } } }
                if let peak, peak.peak > 0 {
                    answer.member("peak", peak.peak)
                    answer.member("peak_time", peak.peakTime.iso8601)
                }
                if let trend { trend.write(to: &answer) }
                if let trend, let capacity {
                    answer.member("capacity", capacity)
                    answer.array("reached") { list in for share in Self.shares { list.object { trend.reach(capacity * share).write(share: share, to: &$0) } } }
                }
                answer.array("notes") { list in
                    for note in notes { list.value(note) }
                    if trend == nil { list.value("\(days.count { $0.isComplete && $0.peak > 0 }) whole days of data: a trend needs \(CapacityTrend.daysMin).") }
                }
            }
        }
    }
}

extension DailyLoad {
    fileprivate func write(to day: inout JSONWriter) {
        day.member("time", self.day.microseconds / 1_000)
        day.member("peak", peak)
        day.member("mean", mean)
        day.member("complete", isComplete)
    }
}

extension CapacityTrend {
    fileprivate func write(to answer: inout JSONWriter) {
        let share = { (slope: Double) in level > 0 ? slope / level : 0 }
        answer.member("level", level)
        answer.member("growth_per_week", share(slopePerWeek))
        answer.member("growth_low", share(slopeLow))
        answer.member("growth_high", share(slopeHigh))
        answer.array("trend") { list in
            for point in points {
                list.object { entry in
                    entry.member("time", point.day.microseconds / 1_000)
                    entry.member("value", point.value)
                    entry.member("low", point.low)
                    entry.member("high", point.high)
                }
            }
        }
    }
}

extension CapacityTrend.Reach {
    fileprivate func write(share: Double, to reach: inout JSONWriter) {
        reach.member("share", share)
        reach.member("value", limit)
        for (name, time) in [("expected", expected), ("earliest", earliest), ("latest", latest)] {
            reach.member(name, time?.iso8601)
        }
    }
}
