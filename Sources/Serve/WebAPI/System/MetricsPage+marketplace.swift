internal import GatewayModel
internal import HTTPTransport
internal import RequestQuery

/// This server's own figures under the names that the marketplace's dashboards know: `fastapi_*` of HTTP, `database_*` of the query engine.
extension MetricsPage {
    func writeMarketplace(to text: inout PrometheusText) {
        writeServer(to: &text)
        writeServerDurations(to: &text)
        writeDatabase(to: &text)
        writeConnections(to: &text)
    }

    func writeServer(to text: inout PrometheusText) {
        let counters = services.transportCounters()
        text.family(
            "fastapi_requests_total", .counter, "Requests that this server answered, by status class.",
            counters.responsesByClass.enumerated().map { ([("status", "\($0.offset + 1)xx")], Double($0.element)) })
        text.family("fastapi_requests_in_progress", .gauge, "Requests that this server is answering.", counters.requestsInFlight)
        text.family("fastapi_exceptions_total", .counter, "Requests that this server could not answer (status 5xx).", counters.responsesByClass[4])
        text.family("fastapi_app_info", .gauge, "The program.", [([("app_name", "gatewatch"), ("version", services.identity.version)], 1)])
    }

    func writeServerDurations(to text: inout PrometheusText) {
        text.histogram(
            "fastapi_requests_duration_seconds", "Time from a request's last byte to the end of this server's response, streams included.",
            services.transportCounters().durations)
    }

    func writeDatabase(to text: inout PrometheusText) {
        text.histogram("database_query_duration_seconds", "Time that the query engine took for a question.", services.queries.counters.durations)
    }

    func writeConnections(to text: inout PrometheusText) {
        text.family("active_connections", .gauge, "Open connections to this server.", services.transportCounters().connectionsOpen)
    }
}
