internal import HTTPTransport

/// The Prometheus HTTP API: what Grafana, promtool and everything else that speaks PromQL asks.
///
/// Source: https://prometheus.io/docs/prometheus/latest/querying/api and the OpenAPI description that a Prometheus serves.
struct PrometheusRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router) {
        let add = RouteAdder(guardian: services.guardian, logger: services.logger, dialect: .prometheus)
        PrometheusQueryRoutes(services: services).addRoutes(to: &router, add)
        PrometheusSeriesRoutes(services: services).addRoutes(to: &router, add)
        PrometheusStatusRoutes(services: services).addRoutes(to: &router, add)
        PrometheusTargetRoutes(status: services.series.targets).addRoutes(to: &router, add)
        PrometheusRuleRoutes(alerts: services.alerts).addRoutes(to: &router, add)
        PrometheusWriteRoutes(services: services).addRoutes(to: &router, add)
        FederateRoute(services: services).addRoutes(to: &router, add)
        ExploreRoutes(services: services).addRoutes(to: &router, add)
    }
}
