import ByteCoding
import GatewayModel
import RequestMetrics
import Testing

@testable import WebAPI

/// The marketplace's metrics API and the families on `/metrics`.
struct SystemZTests {
    private static let categories = ["all", "system", "providers", "models", "business", "performance"]

    private func server() async throws -> TestServer {
        let server = try TestServer(hasMetrics: true)
        try await server.store([Documents.call(at: 0), Documents.call(at: 1), Documents.call(at: 2)])
        return server
    }

    @Test(arguments: categories) func categoriesAreWholeFamilies(_ category: String) async throws {
        let answer = try await server().get("/prometheus/metrics/" + category)
        #expect(answer.status == 200 && answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(PrometheusChecker(answer.text).faults == [])
        let promised: [String: [String]] = [
            "all": ["gatewatch_store_records", "llm_gateway_llm_gateway_requests_total", "model_inference_duration_seconds", "database_query_duration_seconds"],
            "system": ["fastapi_requests_total", "fastapi_requests_duration_seconds", "fastapi_requests_in_progress", "fastapi_exceptions_total", "fastapi_app_info"],
            "providers": ["provider_response_time_seconds"], "models": ["model_inference_requests_total", "model_inference_duration_seconds", "tokens_used_total"],
            "business": ["active_api_keys", "active_connections", "tokens_used_total", "gatewayz_cost_by_provider"],
            "performance": ["fastapi_requests_duration_seconds", "model_inference_duration_seconds", "database_query_duration_seconds", "provider_response_time_seconds"],
        ]
        for name in promised[category] ?? [] { #expect(answer.text.contains("\n# TYPE \(name) ") && answer.text.contains("# HELP \(name) "), "\(name)") }
    }

    @Test func metricsSpeakOpenMetricsToThoseWhoPreferIt() async throws {
        let server = try await server()
        let accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2"
        let answer = try await server.get("/metrics", headers: [("Accept", accept)])
        #expect(answer.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8" && answer.text.hasSuffix("\n# EOF\n"))
        #expect(answer.text.contains("# TYPE llm_gateway_llm_gateway_requests counter\n"))
        let text = try await server.get("/metrics")
        #expect(PrometheusChecker(text.text).faults == [] && text.text.contains("# TYPE llm_gateway_llm_gateway_requests_total counter\n"))
    }

    @Test func theSummaryHasNumbersAndNulls() async throws {
        let server = try await server()
        let summary = try await server.get("/prometheus/metrics/summary").json()
        let metrics = try #require(summary.at("metrics"))
        #expect(metrics.at("models")?.at("total_inference_requests")?.integer == 3)
        #expect(metrics.at("providers")?.at("avg_error_rate") == .null && metrics.at("business")?.at("active_trials") == .null)
        for key in ["http", "models", "providers", "database", "business"] { #expect(metrics.at(key) != nil, "\(key)") }
        let narrow = try await server.get("/prometheus/metrics/summary?category=providers").json()
        #expect(narrow.at("metrics")?.at("providers") != nil && narrow.at("metrics")?.at("http") == nil)
        #expect(try await server.get("/prometheus/metrics/summary?category=nothing").status == 400)
    }

    @Test func theGuideNamesEveryFamily() async throws {
        let answer = try await server().get("/prometheus/metrics/docs")
        #expect(answer.header("Content-Type") == "text/markdown; charset=utf-8")
        for family in MetricFamily.shipped { #expect(answer.text.contains("`\(family.name)`")) }
    }
}
