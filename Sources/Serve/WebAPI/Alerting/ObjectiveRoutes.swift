internal import AlertRules
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import PromQL
internal import RequestQuery
internal import Synchronization

/// `GET /api/v1/objectives`: where every objective stands now.
struct ObjectiveRoutes: Sendable {
    let services: WebServices
    private let memory = ObjectiveMemory()

    init(services: WebServices) { self.services = services }

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/objectives") { try await objectives($0) }
    }

    private func objectives(_ request: ServerRequest) async throws -> ServerResponse {
        guard services.alerts.rules != nil else { throw APIError(.notFound, "alerting is switched off") }
        let (objectives, reader, options, memory) = (services.alerts.objectives(), services.series.reader, services.series.options, memory)
        let now = Timestamp.now().microseconds / 1_000
        var statuses = memory.recent(of: objectives, at: now)
        if statuses == nil {
            statuses = try await services.queries(of: request).perform { _ in
                let engine = PromQLEngine(reader: reader, options: options)
                let statuses = objectives.map { ObjectiveStatus($0, engine, at: now) }
                memory.keep(statuses, at: now)
                return statuses
            }
        }
        return .json { writer in
            writer.object { answer in answer.array("objectives") { array in for status in statuses ?? [] { array.object { Self.write(status, to: &$0) } } } }
        }
    }

    private static func write(_ status: ObjectiveStatus, to writer: inout JSONWriter) {
        let objective = status.objective
        writer.member("name", objective.name)
        writer.member("sli", objective.indicatorName)
        if case .cost(let budget) = objective.indicator {
            // The promise is to stay within the budget: all of it may be spent.
            writer.member("objective", 1.0)
            writer.member("budget_usd", budget)
        } else {
            writer.member("objective", objective.target)
        }
        writer.member("window_days", Double(objective.window) / 86_400_000)
        writer.member("sli_now", status.indicator)
        writer.member("budget_left", status.budgetLeft)
        writer.member("burn_1h", status.burnHour)
        writer.member("burn_6h", status.burnSixHours)
        writer.member("error", status.fault)
    }
}

/// What was found last: a page that many look at asks every few seconds, and a month's figures do not change as fast.
private final class ObjectiveMemory: Sendable {
    private static let milliseconds: Int64 = 10_000

    private let kept = Mutex<(statuses: [ObjectiveStatus], at: Int64)?>(nil)

    func recent(of objectives: [Objective], at now: Int64) -> [ObjectiveStatus]? {
        kept.withLock { kept in
            guard let kept, (kept.at...kept.at + Self.milliseconds).contains(now), kept.statuses.map(\.objective) == objectives else { return nil }
            return kept.statuses
        }
    }

    func keep(_ statuses: [ObjectiveStatus], at now: Int64) { kept.withLock { $0 = (statuses, now) } }
}
