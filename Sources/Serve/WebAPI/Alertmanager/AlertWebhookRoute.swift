internal import AlertRouting
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// Takes the webhook of another Alertmanager (version 4) and counts its alerts as alerts of ours.
///
/// Source: prometheus/alertmanager, `notify/webhook/webhook.go`; keys that are not known are left alone, as newer versions add some.
struct AlertWebhookRoute: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/alerting/webhook") { try await take($0) }
    }

    private func take(_ request: ServerRequest) async throws -> ServerResponse {
        guard let router = services.alerts.router else { throw APIError(.notFound, "alerting is switched off (alerting.enabled)") }
        let alerts: [PostedAlert]
        do throws(AlertmanagerError) { alerts = try Self.alerts(request, now: await router.now) } catch { throw APIError(.invalidRequest, error.message) }
        let (taken, faults) = await router.post(alerts)
        for sink in services.alerts.postedAlertSinks { await sink.receive(taken) }
        if taken.isEmpty, let fault = faults.first { throw APIError(.invalidRequest, "alert \(fault.index): \(fault.error.message)") }
        return .json { writer in
            writer.object { answer in
                answer.member("accepted", taken.count)
                answer.array("refused") { array in
                    for fault in faults {
                        array.object {
                            $0.member("index", fault.index)
                            $0.member("message", fault.error.message)
                        }
                    }
                }
            }
        }
    }

    private static func alerts(_ request: ServerRequest, now: Timestamp) throws(AlertmanagerError) -> [PostedAlert] {
        let json = try AlertmanagerBody.json(request, "webhook")
        guard let elements = json["alerts"]?.elements else { throw .missing("alerts") }
        if let version = json["version"], version.string != "4" { throw .invalid("version in body must be \"4\"") }
        guard elements.count <= AlertmanagerBody.alertsMax else { throw AlertmanagerError(.badRequest, "more than \(AlertmanagerBody.alertsMax) alerts in a request") }
        var alerts: [PostedAlert] = []
        for (index, element) in elements.enumerated() {
            var alert = try AlertmanagerBody.alert(element, "alerts.\(index)")
            // Resolved without an end: it is over now.
            if element["status"]?.string == "resolved", alert.endsAt == nil { alert.endsAt = now }
            alerts.append(alert)
        }
        return alerts
    }
}
