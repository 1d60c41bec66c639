internal import AlertDelivery
internal import AlertRouting
internal import Foundation
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// Who was told what, whether it arrived, and how receivers are doing. Shapes are in `docs/reference/alerting-api.md`.
struct DeliveryRoutes {
    let services: WebServices

    /// Lines of the log that one answer holds at most: as many as are kept.
    private static let deliveriesMax = 10_000
    private static let deliveriesUsual = 200

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        guard let delivery = services.alerts.delivery else { return }
        add(&router, ["GET"], "/api/v1/alerting/deliveries") { try Self.deliveries($0, delivery) }
        add(&router, ["GET"], "/api/v1/alerting/receivers") { _ in Self.receivers(delivery) }
        add(&router, ["POST"], "/api/v1/alerting/receivers/{name}/test") { try await Self.test($0, delivery) }
    }

    private static func deliveries(_ request: ServerRequest, _ delivery: DeliveryServices) throws -> ServerResponse {
        let limit =
            try request.query("limit").map { text in
                guard let limit = Int(text), (1...deliveriesMax).contains(limit) else {
                    throw APIError(.invalidRequest, "limit must be a number from 1 to \(deliveriesMax)", field: "limit")
                }
                return limit
            } ?? deliveriesUsual
        let status = try request.query("status").map { text in
            guard let status = DeliveryStatus(rawValue: text) else {
                throw APIError(.invalidRequest, "status must be one of \(DeliveryStatus.allCases.map(\.rawValue).joined(separator: ", "))", field: "status")
            }
            return status
        }
        let receiver = request.query("receiver")
        let records = delivery.outbox.deliveries(limit: limit) { record in
            (receiver == nil || record.integration.receiver == receiver) && (status == nil || record.status == status)
        }
        return ServerResponse.json { writer in
            writer.object { object in
                object.array("deliveries") { array in for record in records { array.object { write(record, to: &$0) } } }
            }
        }
    }

    private static func write(_ record: DeliveryRecord, to object: inout JSONWriter) {
        object.member("id", record.id)
        object.member("receiver", record.integration.receiver)
        object.member("kind", record.integration.kind)
        object.member("index", record.integration.index)
        object.member("group", record.group)
        object.member("reason", record.reason.rawValue)
        object.member("status", record.status.rawValue)
        object.member("firing", record.firing)
        object.member("resolved", record.resolved)
        object.array("alerts") { array in
            for alert in record.alerts {
                array.object { object in
                    object.object("labels") { labels in for label in alert.labels.labels { labels.member(label.name, label.value) } }
                    object.member("status", alert.isResolved ? "resolved" : "firing")
                }
            }
        }
        object.member("queued_at", record.queuedAt.iso8601)
        object.member("delivered_at", record.status == .delivered ? record.endedAt?.iso8601 : nil)
        object.member("ended_at", record.endedAt?.iso8601)
        object.member("condition_since", record.firstBadAt?.iso8601)
        object.member("latency_seconds", record.latencySeconds)
        object.member("attempts", record.attempts)
        object.member("last_error", record.lastError)
    }

    private static func receivers(_ delivery: DeliveryServices) -> ServerResponse {
        let states = delivery.outbox.states
        return ServerResponse.json { writer in
            writer.object { object in
                object.array("receivers") { array in
                    for receiver in delivery.sender.current.receivers {
                        array.object { object in
                            object.member("name", receiver.name)
                            object.array("integrations") { array in
                                for integration in receiver.integrations {
                                    let key = IntegrationKey(receiver: receiver.name, kind: integration.name, index: integration.index)
                                    array.object { write(key, states[key] ?? IntegrationState(), to: &$0) }
                                }
                            }
                        }
                    }
                }
                object.array("alertmanagers") { array in for status in delivery.handover?.status ?? [] { array.object { write(status, to: &$0) } } }
            }
        }
    }

    private static func write(_ key: IntegrationKey, _ state: IntegrationState, to object: inout JSONWriter) {
        object.member("kind", key.kind)
        object.member("index", key.index)
        object.member("state", state.condition.rawValue)
        object.member("queued", state.queueLength)
        object.member("oldest_queued_at", state.oldestQueuedAt?.iso8601)
        object.member("last_delivered_at", state.lastDeliveredAt?.iso8601)
        object.member("last_error", state.lastError)
    }

    private static func write(_ status: AlertmanagerHandover.Status, to object: inout JSONWriter) {
        object.member("address", status.address)
        object.member("queued", status.waiting)
        object.member("sent", status.sent)
        object.member("dropped", status.dropped)
        object.member("failed_requests", status.failedRequests)
        object.member("last_error", status.lastError)
    }

    private static func test(_ request: ServerRequest, _ delivery: DeliveryServices) async throws -> ServerResponse {
        let name = request.parameter("name") ?? ""
        guard let results = await delivery.sender.test(name, newID: { UUID().uuidString.lowercased() }, now: .now()) else {
            throw APIError(.notFound, "there is no receiver '\(name)'")
        }
        return ServerResponse.json { writer in
            writer.object { object in
                object.array("results") { array in
                    for result in results {
                        array.object {
                            $0.member("kind", result.integration.kind)
                            $0.member("index", result.integration.index)
                            $0.member("delivered", result.error == nil)
                            $0.member("error", result.error)
                        }
                    }
                }
            }
        }
    }
}
