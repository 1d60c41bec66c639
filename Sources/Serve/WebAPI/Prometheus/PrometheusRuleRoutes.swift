internal import ByteCoding
internal import HTTPTransport

/// `rules`, `alerts` and `alertmanagers` of the Prometheus API. There are no rules yet, which is what they say; clients ask for them at every look.
struct PrometheusRuleRoutes: Sendable {
    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/rules") { request in
            let type = try PrometheusParameters(request).text("type").lowercased()
            guard ["", "alert", "record"].contains(type) else { throw PrometheusError.invalid("type", "not supported value \"\(type)\"") }
            return .prometheus { $0.object { $0.array("groups") { _ in } } }
        }
        add(&router, ["GET"], "/api/v1/alerts") { _ in .prometheus { $0.object { $0.array("alerts") { _ in } } } }
        add(&router, ["GET"], "/api/v1/alertmanagers") { _ in
            .prometheus { writer in
                writer.object { data in
                    data.array("activeAlertmanagers") { _ in }
                    data.array("droppedAlertmanagers") { _ in }
                }
            }
        }
    }
}
