import Foundation
import Testing

@testable import PromQL

/// Expressions of real dashboards, rules and of the compliance suite: they are read, and read the same when they are written out.
struct SuiteExpressionsTests {
    /// How expressions start that are not PromQL, and why; Prometheus refuses them too. One that is listed must be refused.
    private static let exceptions: [String: String] = [
        "connection_pool_utilization_ratio by": "groups without an aggregation",
        "connection_pool_active_connections by": "groups without an aggregation",
        "connection_pool_idle_connections by": "groups without an aggregation",
        "rate(connection_pool_errors_total[5m]) by": "groups without an aggregation",
        "rate(circuit_breaker_rejected_requests_total[5m]) by": "groups without an aggregation",
        "rate(circuit_breaker_state_transitions_total[5m]) by": "groups without an aggregation",
        "rate(read_replica_queries_total[5m]) by": "groups without an aggregation",
        "database_query_duration_seconds by": "groups without an aggregation",
        "topk(10, rate(gatewayz_api_cost_usd_total[5m]) by": "groups without an aggregation",
        "rate(provider_slow_requests_total[5m]) by": "groups without an aggregation",
        "rate(fastapi_exceptions_total[5m]) by": "groups without an aggregation",
        "lag(vmanomaly_start_time_seconds": "a function of MetricsQL",
        "sum(rate(process_cpu_seconds_total{job=~\".*vmanomaly.*\"}[5m])) by (job, instance) / sum(vmanomaly_cpu_cores_available":
            "a sum over a range, of MetricsQL",
        "sum(count_over_time({job=~\".*gatewayz.*\"} |~": "LogQL",
    ]

    private static let dashboards = ["grafana_kubernetes_mixin", "grafana_llm_and_gateway"]
    private static let rules = [
        "awesome_prometheus_alerts_dev", "gatewayz_stack_rules", "kube_prometheus_rules", "kubernetes_mixin_unit_tests_dev",
        "victoriametrics_rules",
    ]

    @Test(.enabled(if: SharedSuites.areAvailable), arguments: dashboards) func dashboardsAreRead(_ archive: String) throws {
        let files = try SharedArchives.files("dashboards/\(archive).tar.gz", endingWith: [".json"])
        let expressions = try files.flatMap { try DashboardExpressions.all(in: $0.data) }
        #expect(expressions.count > 300)
        for expression in expressions { check(expression) }
    }

    @Test(.enabled(if: SharedSuites.areAvailable), arguments: rules) func rulesAreRead(_ archive: String) throws {
        let files = try SharedArchives.files("rules/\(archive).tar.gz", endingWith: [".yml", ".yaml"])
        let expressions = files.flatMap { YAMLExpressions.all(in: String(decoding: $0.data, as: UTF8.self)) }
        #expect(expressions.count > 50)
        for expression in expressions { check(expression) }
    }

    @Test(.enabled(if: SharedSuites.areAvailable)) func complianceQueriesAreRead() throws {
        struct Query: Decodable {
            let query: String
            let should_fail: Bool
        }
        let queries = try SharedSuites.jsonLines("promql/compliance_queries_dev.jsonl", as: Query.self)
        #expect(queries.count > 200)
        for query in queries where !query.should_fail { check(query.query) }
    }

    private func check(_ expression: String) {
        let errors = PromQLParser.errors(in: expression).map(\.description)
        if let reason = Self.exceptions.first(where: { expression.drop { $0.isWhitespace }.hasPrefix($0.key) })?.value {
            #expect(!errors.isEmpty, "\(expression) is read although it is listed: \(reason)")
            return
        }
        guard let parsed = try? PromQLParser.parse(expression) else {
            Issue.record("\(expression): \(errors)")
            return
        }
        #expect((try? PromQLParser.parse(parsed.text).text) == parsed.text, "\(expression)")
        #expect((try? PromQLParser.parse(parsed.prettyText).text) == parsed.text, "\(expression)")
    }
}
